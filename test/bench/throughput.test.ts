// What the bench makes of its runs, and what it sends: the parts that no measurement would show to be wrong.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chart } from '../../bench/chart.ts';
import { type Results, table } from '../../bench/results.ts';
import { sides } from '../../bench/sides.ts';
import { spreadOf, writeFigure, writeSpread } from '../../bench/statistics.ts';
import { Stream } from '../../bench/stream.ts';
import { makeBlock, writePositions } from '../../bench/traffic.ts';

const run = (messages: number, cpuSeconds: number) => ({
  cpuSeconds,
  messages,
  bytes: messages * 200,
});

const results: Results = {
  machine: '2 × a machine',
  node: 'v24.0.0',
  date: '2026-11-21',
  runs: 3,
  cases: [
    {
      name: 'count-10',
      title: 'count, 10 × 200 B a frame',
      sides: [
        {
          name: 'weir',
          label: 'Weir',
          drain: false,
          runs: [run(9e6, 1), run(8e6, 1), run(4e6, 0.5)],
        },
        {
          name: 'bare',
          label: '`ws` & <bare>',
          drain: false,
          runs: [run(1e6, 1), run(2e6, 1), run(1e6, 1)],
        },
        { name: 'c', label: 'C', drain: true, runs: [run(80e6, 1), run(80e6, 1), run(80e6, 1)] },
      ],
    },
  ],
};

test('a spread is median, least and most, and its median of an even number is between two', () => {
  assert.deepEqual(spreadOf([3, 1, 2]), { median: 2, least: 1, most: 3 });
  assert.deepEqual(spreadOf([4, 1, 2, 3]), { median: 2.5, least: 1, most: 4 });
  assert.equal(writeSpread([12.34, 1.234, 0.1234]), '1.23 (0.123 – 12.3)');
  assert.equal(writeSpread([2]), '2.00');
  assert.equal(writeFigure(55.25), '55.3');
});

test('a table compares run by run, and each with its own turn', () => {
  const rows = table(results.cases[0]!);
  assert.equal(rows[2], '| Weir | 8.00 (8.00 – 9.00) | 1.60 | 8.00 (4.00 – 9.00) | 10.0 % |');
  assert.match(rows[4]!, /100\.0 % \|$/);
});

test('the chart names every side once, with its median, and is well-formed', () => {
  const svg = chart(results);
  assert.match(svg, /^<svg [^>]*viewBox/);
  assert.match(svg, />Weir<\/text>/);
  assert.match(svg, />8\.00<\/text>/);
  assert.match(svg, />ws &amp; &lt;bare><\/text>/);
  assert.equal(svg.match(/<rect /g)!.length, 3);
  assert.doesNotMatch(svg, /NaN|undefined|Infinity/);
});

test('a block holds whole frames of one length, with rising dense positions and every key', () => {
  const shape = { perFrame: 10, messageBytes: 200, keyCount: 100, orderCount: 100 };
  const block = makeBlock(shape, 50_000);
  writePositions(block, 1_000, shape.perFrame);
  const { bytes, frameBytes, frameCount } = block;
  assert.equal(bytes.length, frameBytes * frameCount);
  const keys = new Set<string>();
  for (let frame = 0; frame < frameCount; frame++) {
    const at = frame * frameBytes;
    assert.equal(bytes[at], 0x81);
    assert.equal(bytes[at + 1], 126);
    assert.equal(bytes.readUInt16BE(at + 2), frameBytes - 4);
    const { body } = JSON.parse(bytes.toString('utf8', at + 4, at + frameBytes));
    assert.equal(body.position, `1700000000:${100_000_001_000 + (frame + 1) * 10}`);
    for (const message of body.messages) {
      assert.equal(JSON.stringify(message).length, 200);
      keys.add(message.symbol);
    }
  }
  assert.equal(keys.size, 100);
});

test("Weir's reader counts a stream of both kinds of work, says so, and ends", {
  timeout: 60_000,
}, async () => {
  const shape = { perFrame: 10, messageBytes: 200, keyCount: 100, orderCount: 1 };
  await using stream = await Stream.open(shape);
  const side = sides.find(({ name }) => name === 'weir')!;
  const reader = side.reader('');
  assert.ok('command' in reader);
  for (const work of ['count', 'count-by'] as const) {
    const program = { command: reader.command, environment: {} };
    const { sent, report } = await stream.read(program, work, 1_000);
    assert.equal(sent.messages, 10_000);
    assert.equal(report.counted, 10_000);
    assert.equal(report.keys, work === 'count' ? undefined : 100);
  }
});
