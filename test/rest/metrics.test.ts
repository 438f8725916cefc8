// What Prometheus reads: a page that its parser takes, and counters that never fall.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { emptyTally, type MutableTally } from '../../src/model/tally.ts';
import { metricsExposition, risingTotals } from '../../src/rest/metrics.ts';
import { streamExposition } from '../../src/rest/stream/stream-metrics.ts';
import { readExposition } from '../support/exposition.ts';
import { startFeedServer } from '../support/feed-server.ts';
import { gateWith } from '../support/gate.ts';
import { startTestWeir, until } from '../support/weir.ts';
import { handChannel, listen, liveRest } from './live-rest.ts';

describe('the page', () => {
  test('it is what a parser takes, in types and names too, also while somebody looks', async (t) => {
    const { base, get, hub } = await liveRest(t);
    const { hear } = await listen(t, `${base}/api/v1/stream`);
    await hear('hello');
    const page = readExposition(await (await get('/metrics')).text());
    assert.ok(page.size > 15);
    assert.equal(page.get('weir_stream_viewers')!.samples.get(''), 1);
    assert.equal(hub.counters.viewers, 1);
    const received = page.get('weir_received_messages_total')!;
    assert.deepEqual([...received.samples.keys()], ['channel="a"', 'channel="b"']);
  });

  test('what only rises is a counter', async () => {
    const counters = {
      viewers: 3,
      refused: 1,
      dropped: 2,
      merged: 3,
      overflowed: 4,
      unwatched: 5,
    };
    const render = streamExposition(counters);
    const first = readExposition(await render());
    const gauges = [...first].filter(([, { type }]) => type === 'gauge').map(([name]) => name);
    assert.deepEqual(gauges, ['weir_stream_viewers']);
    counters.merged += 7;
    counters.viewers = 0;
    const second = readExposition(await render());
    assert.equal(second.get('weir_stream_events_merged_total')!.samples.get(''), 10);
    assert.equal(second.get('weir_stream_viewers')!.samples.get(''), 0, 'a gauge may fall');
    assert.deepEqual(readExposition(await render()), second, 'to ask again adds nothing');
  });

  test('connections that were turned away are counted by the bound that was hit', async (t) => {
    const { state, get } = await liveRest(t);
    const read = async () =>
      readExposition(await (await get('/metrics')).text()).get('weir_connections_refused_total')!
        .samples;
    assert.deepEqual(
      [...(await read())],
      [
        ['bound="total"', 0],
        ['bound="address"', 0],
      ],
    );
    // Now this machine's address counts like any other.
    state.gate = Object.assign(gateWith(), { isSharedAddress: () => false });
    const all = Array.from({ length: 300 }, () =>
      get('/health/live').then(
        ({ status }) => status,
        () => 0,
      ),
    );
    await Promise.all(all);
    state.gate = gateWith();
    await until('counted', async () => (await read()).get('bound="address"')! > 0);
  });
});

describe('counters', () => {
  test('they never fall, whatever is taken back of what was covered or missed', () => {
    const step = fc.record({
      coveredMs: fc.nat(5_000),
      doubtMs: fc.nat(5_000),
      missed: fc.nat(100),
      found: fc.nat(100),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 50 }), (steps) => {
        const totals = { ...emptyTally(), takenBackMs: 0, found: 0 };
        let before = risingTotals(totals);
        for (const { coveredMs, doubtMs, missed, found } of steps) {
          // As the ring's writer does: a sum that may fall, beside a total of what was taken back.
          const back = Math.min(doubtMs, totals.coveredMs + coveredMs);
          const late = Math.min(found, totals.missed + missed);
          totals.coveredMs += coveredMs - back;
          totals.takenBackMs += back;
          totals.missed += missed - late;
          totals.found += late;
          const after = risingTotals(totals);
          for (const name of ['coveredMs', 'takenBackMs', 'missed', 'found'] as const) {
            assert.ok(after[name] >= before[name], name);
          }
          // What a dashboard wants is the difference of the two.
          assert.equal(after.coveredMs - after.takenBackMs, totals.coveredMs);
          assert.equal(after.missed - after.found, totals.missed);
          before = after;
        }
      }),
    );
  });

  test('they never fall while a link proves dead and late numbers are found', async (t) => {
    const server = await startFeedServer(t);
    const { weir } = await startTestWeir(
      t,
      `channels:
  order: { feed: { kind: websocket, url: "${server.url}", sequence: { path: n, kind: dense }, silence: 3s, ping: off, retry: { first: 10ms, most: 20ms } } }
`,
    );
    const read = async () => {
      const page = readExposition(await (await fetch(`${weir.url}/metrics`)).text());
      const of = (name: string) =>
        page.get(`weir_${name}_total`)!.samples.get('channel="order"') ?? 0;
      return {
        covered: of('covered_seconds'),
        uncovered: of('uncovered_seconds'),
        missed: of('missed_messages'),
        found: of('found_messages'),
      };
    };
    let last = await read();
    const look = async () => {
      const now = await read();
      for (const name of ['covered', 'uncovered', 'missed', 'found'] as const) {
        assert.ok(now[name] >= last[name], `${name}: ${last[name]} → ${now[name]}`);
      }
      last = now;
      return now;
    };
    // Numbers 2 and 3 come late; then the server says no more, and the link turns out to be dead.
    const peer = await server.accept();
    peer.send({ n: 1 }, { n: 4 });
    await until('missed', async () => (await look()).missed === 2);
    peer.send({ n: 2 }, { n: 3 });
    await until('found', async () => (await look()).found === 2);
    await server.accept();
    await until('taken back', async () => (await look()).uncovered > 0);
    const { missed, found } = await look();
    assert.deepEqual([missed, found], [2, 2]);
  });

  test('what was taken back stands in families of its own', async () => {
    const totals: MutableTally & { takenBackMs: number; found: number } = {
      ...emptyTally(),
      coveredMs: 5_200,
      missed: 2,
      takenBackMs: 0,
      found: 0,
    };
    const channel = handChannel('a');
    Object.defineProperty(channel.ring, 'totals', { value: () => totals });
    const sources = {
      channels: [channel],
      health: () => ({
        store: { trouble: null, waiting: null },
        log: { droppedLines: 0 },
        threads: [],
      }),
      settings: { version: '0' },
    };
    const exposition = metricsExposition(sources as never, { total: 0, perAddress: 0 });
    const read = async () => {
      const page = readExposition(await exposition.render());
      const value = (name: string) => page.get(`weir_${name}_total`)!.samples.get('channel="a"');
      return [
        value('covered_seconds'),
        value('uncovered_seconds'),
        value('missed_messages'),
        value('found_messages'),
      ];
    };
    assert.deepEqual(await read(), [5.2, 0, 2, 0]);
    Object.assign(totals, { coveredMs: 0, takenBackMs: 5_200, missed: 0, found: 2 });
    assert.deepEqual(await read(), [5.2, 5.2, 2, 2], 'the link had been dead; both came after all');
  });
});
