// A million messages over fifty channels: REST gives back exactly what was sent, at every interval.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { AWKWARD } from '../support/awkward-json.ts';
import { type RtmSender, startRtmSender } from '../support/rtm-sender.ts';
import { seeded } from '../support/seeded.ts';
import { startTestWeir, type TestWeir, until } from '../support/weir.ts';

const MESSAGE_COUNT = 1_000_000;
const CHANNEL_COUNT = 50;
const BATCH_MAX = 120;
/** Frames of one burst; the reader has handled all of them before the next burst. */
const BURST_FRAMES = 100;
const SEED = 20_261_121;

const names = Array.from({ length: CHANNEL_COUNT }, (_, index) => `channel-${index}`);

/** What was sent, by channel and second; and the seconds whose start a burst ran across. */
interface Sent {
  readonly counts: Map<string, Map<number, number>>;
  readonly blurred: Set<number>;
}

test('a million messages: the sums over REST equal what was sent, at 1s, 10s, 1m and 1h', async (t) => {
  const sender = await startRtmSender(t);
  const channels = names.map(
    (name) => `  ${name}: { feed: { kind: satori, url: "${sender.url}", appkey: k } }`,
  );
  const weir = await startTestWeir(t, `channels:\n${channels.join('\n')}\n`);
  await until('all channels subscribed', () => sender.subscribers.size === CHANNEL_COUNT);
  t.diagnostic(`seed ${SEED}`);
  const sent = await sendAll(sender);
  await until('the last second sealed', async () => {
    const { data } = await weir.get(`/api/v1/channels/${names[0]}/buckets?interval=1s&from=now-3s`);
    return data.some(
      (bucket: { state: string; end: string }) =>
        bucket.state !== 'open' &&
        Date.parse(bucket.end) > Math.max(...sent.counts.get(names[0]!)!.keys()) * 1_000,
    );
  });
  const total = [...sent.counts.values()].flatMap((counts) => [...counts.values()]);
  assert.equal(
    total.reduce((a, b) => a + b, 0),
    MESSAGE_COUNT,
  );
  for (const [interval, seconds] of [
    ['1s', 1],
    ['10s', 10],
    ['1m', 60],
    ['1h', 3_600],
  ] as const) {
    await compare(weir, sent, interval, seconds);
  }
});

async function sendAll(sender: RtmSender): Promise<Sent> {
  const random = seeded(SEED);
  const sent: Sent = {
    counts: new Map(names.map((name) => [name, new Map()])),
    blurred: new Set(),
  };
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  for (let left = MESSAGE_COUNT; left > 0; ) {
    const burst = new Map<string, number>();
    const startedAt = Date.now();
    for (let frame = 0; frame < BURST_FRAMES && left > 0; frame++) {
      const name = pick(names);
      // Empty arrays are sent too; they count nothing.
      const count = Math.min(left, Math.floor(random() * BATCH_MAX));
      sender.send(
        name,
        Array.from({ length: count }, () => pick(AWKWARD)),
      );
      burst.set(name, (burst.get(name) ?? 0) + count);
      left -= count;
    }
    await sender.handled(names[0]!);
    note(sent, burst, startedAt, Date.now());
    // Keeps clear of the turn of the second, where nobody could say to which one a frame belongs.
    const intoSecond = Date.now() % 1_000;
    if (intoSecond > 700) await sleep(1_030 - intoSecond);
  }
  return sent;
}

function note(sent: Sent, burst: Map<string, number>, startedAt: number, endedAt: number): void {
  const second = Math.floor(startedAt / 1_000);
  const margin = 10;
  for (let at = second + 1; at <= Math.floor((endedAt + margin) / 1_000); at++)
    sent.blurred.add(at);
  if (startedAt % 1_000 < margin) sent.blurred.add(second);
  for (const [name, count] of burst) {
    const counts = sent.counts.get(name)!;
    counts.set(second, (counts.get(second) ?? 0) + count);
  }
}

/** Compares span by span: buckets whose common edge a burst ran across are compared together. */
async function compare(
  weir: TestWeir,
  sent: Sent,
  interval: string,
  seconds: number,
): Promise<void> {
  const path = `/api/v1/buckets?channels=${names.join(',')}&interval=${interval}&from=now-50m&order=asc&limit=5000`;
  const got = new Map(names.map((name) => [name, new Map<number, number>()]));
  for (let next: string | null = path; next; ) {
    const page: {
      data: { channel: string; start: string; count: number | null }[];
      links: { next: string | null };
    } = await weir.get(next);
    for (const { channel, start, count } of page.data) {
      if (count) got.get(channel)!.set(Date.parse(start) / 1_000, count);
    }
    next = page.links.next;
  }
  for (const name of names) {
    const spanOf = (second: number) => {
      let start = second - (second % seconds);
      while (sent.blurred.has(start)) start -= seconds;
      return start;
    };
    const sum = (counts: Map<number, number>) => {
      const spans = new Map<number, number>();
      for (const [second, count] of counts) {
        if (count > 0) spans.set(spanOf(second), (spans.get(spanOf(second)) ?? 0) + count);
      }
      return [...spans].sort(([a], [b]) => a - b);
    };
    assert.deepEqual(sum(got.get(name)!), sum(sent.counts.get(name)!), `${name} at ${interval}`);
  }
}
