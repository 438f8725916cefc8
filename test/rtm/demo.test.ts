/**
 * The demo's recordings: readable to the last line, small, and as lively as demo/README.md says.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { parsePosition } from '../../src/rtm/position.ts';
import { type RecordedLine, readRecording } from '../../src/rtm/recording.ts';
import { replay } from '../../src/rtm/replay.ts';
import { connect, serve } from './support.ts';

const DEMOS = [
  { name: 'flights', speed: 3_600, rateMin: 5, rateMax: 40 },
  { name: 'earthquakes', speed: 600, rateMin: 0.5, rateMax: 5 },
];

function path(name: string): string {
  return fileURLToPath(new URL(`../../demo/${name}`, import.meta.url));
}

for (const { name, speed, rateMin, rateMax } of DEMOS) {
  test(`${name}: every line can be used, in order, with dense positions`, async () => {
    const lines: RecordedLine[] = [];
    const report = (problem: string) => assert.fail(problem);
    for await (const line of readRecording(path(`${name}.jsonl`), report)) lines.push(line);
    const positions = readFileSync(path(`${name}.jsonl`), 'utf8')
      .trim()
      .split('\n');
    let messageCount = 0;
    for (const [index, line] of lines.entries()) {
      messageCount += line.messages.length;
      assert.equal(line.subscription_id, name);
      assert(line.timestamp >= (lines[index - 1]?.timestamp ?? 0));
      assert.equal(parsePosition(JSON.parse(positions[index]!).position)?.index, messageCount);
      assert(
        line.messages.every((message) => typeof (message as { time: unknown }).time === 'string'),
      );
    }
    const seconds = (lines.at(-1)!.timestamp - lines[0]!.timestamp) / speed;
    const rate = messageCount / seconds;
    assert(rate >= rateMin && rate <= rateMax, `${rate} messages a second at speed ${speed}`);
    assert(lines.some((line) => line.messages.length > 1));
  });
}

test('a recording played through the server reaches a subscriber whole', async (t) => {
  const server = await serve(t);
  const client = await connect(t, server);
  const { position } = (await client.call('rtm/subscribe', { channel: 'flights' })).body;
  const { signal } = new AbortController();
  const options = { file: path('flights.jsonl'), speed: 'unlimited', loop: false } as const;
  const count = await replay(options, { publish: server.publish, signal, clock: Date.now });
  assert.equal((await client.take(count, position)).length, 1_526);
});

test('the recordings are a few hundred kB together', () => {
  const bytes = DEMOS.reduce((sum, { name }) => sum + statSync(path(`${name}.jsonl`)).size, 0);
  assert(bytes > 100_000 && bytes < 800_000, `${bytes} bytes`);
});

test('making the recordings again gives the same bytes', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'weir-demo-'));
  t.after(() => rmSync(folder, { recursive: true }));
  assert.equal(spawnSync(process.execPath, [path('make.ts'), folder]).status, 0);
  for (const { name } of DEMOS) {
    const [kept, made] = [path(`${name}.jsonl`), join(folder, `${name}.jsonl`)];
    assert(readFileSync(kept).equals(readFileSync(made)), name);
  }
});
