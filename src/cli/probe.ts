/** The probe behind `weir check --probe`: opens each feed for a moment, and shows what comes. */

import { Gate } from '../admission/gate.ts';
import { IN_THE_FILE } from '../admission/remedies.ts';
import type { FeedChannel, FeedSink, MessagePath } from '../feeds/feed.ts';
import { feedKind } from '../feeds/index.ts';
import type { ChannelConfig } from '../model/channel.ts';
import type { Config } from '../model/config.ts';
import { stringifyExact } from '../model/exact-json.ts';
import { type Redact, redactor } from '../model/redaction.ts';
import type { WorthOf } from '../model/worth.ts';
import { processorKind } from '../processors/index.ts';
import type { RtmOptions } from '../rtm/options.ts';
import { startOwnRtm } from '../rtm/own-rtm.ts';
import { anchorToWall, nodeTimers, threadClock } from '../shared/clock.ts';
import { allocatePulse, Pulse } from '../shared/pulse.ts';
import type { Output } from './command.ts';
import { describePaths, type Sample } from './probe-paths.ts';

const SAMPLE_LENGTH_MAX = 300;
/** Messages in which paths are looked for. */
const SAMPLES_MAX = 1_000;

interface Seen {
  up: boolean;
  messageCount: number;
  malformedCount: number;
  readonly samples: Sample[];
  /** Messages whose time cannot be read, and such a time. */
  undatedCount: number;
  unreadTime: string;
  trouble: string;
}

/** Resolves with whether every feed connected. */
export async function probeChannels(
  config: Config,
  {
    folder,
    probeMs,
    out: output,
  }: { readonly folder: string; readonly probeMs: number; readonly out: Output },
): Promise<boolean> {
  // Messages and errors are shown as they come, and a feed may send back what it was sent.
  const redact = redactor(config.secrets);
  const out: Output = {
    print: (text) => output.print(redact(text)),
    complain: (text) => output.complain(redact(text)),
  };
  const gate = new Gate({ ...config, listenHost: config.listen.host, remedies: IN_THE_FILE });
  const rtm =
    config.rtm === null
      ? null
      : await startOwnRtm(config.rtm as RtmOptions, {
          folder,
          clock: Date.now,
          gate: () => gate,
          complain: out.complain,
        });
  const channels = config.channels.map((channel) =>
    rtm && channel.feed['url'] === 'self'
      ? { ...channel, feed: { ...channel.feed, url: rtm.url } }
      : channel,
  );
  const seen = await listen(channels, folder, probeMs);
  await rtm?.close();
  for (const channel of channels) {
    const given = { folder, probeMs, redact };
    const lines = await describeSeen(channel, seen.get(channel.name)!, given);
    for (const line of lines) out.print(line);
  }
  return [...seen.values()].every(({ up }) => up);
}

async function listen(
  channels: readonly ChannelConfig[],
  folder: string,
  probeMs: number,
): Promise<Map<string, Seen>> {
  const pulse = new Pulse(allocatePulse());
  anchorToWall(pulse);
  const deps = { clock: threadClock(pulse), timers: nodeTimers, random: Math.random, folder };
  const seen = new Map<string, Seen>();
  const feeds = channels.map((channel) => {
    const record: Seen = {
      up: false,
      messageCount: 0,
      malformedCount: 0,
      samples: [],
      undatedCount: 0,
      unreadTime: '',
      trouble: '',
    };
    seen.set(channel.name, record);
    const { name, feed } = channel;
    const probed: FeedChannel = { name, options: feed, sink: probeSink(record), needsBody: true };
    return feedKind(feed.kind)!.open([probed], deps);
  });
  await new Promise<void>((done) => nodeTimers.after(probeMs, done));
  await Promise.all(feeds.map((feed) => feed.close()));
  return seen;
}

function probeSink(record: Seen): FeedSink {
  return {
    position: () => undefined,
    positions: () => [],
    messages(bodies, _changes, about) {
      record.messageCount += bodies.length;
      record.undatedCount += about?.times?.filter((time) => time === null).length ?? 0;
      record.unreadTime ||= about?.unreadTime ?? '';
      for (const body of bodies) {
        if (record.samples.length < SAMPLES_MAX) record.samples.push({ body, frame: about?.frame });
      }
    },
    tally(count) {
      record.messageCount += count;
    },
    tallySeries({ count }) {
      record.messageCount += count;
    },
    slotOf: () => null,
    malformed(count, detail) {
      record.malformedCount += count;
      record.trouble = detail;
    },
    duplicate: () => {},
    missed: () => {},
    found: () => {},
    up() {
      record.up = true;
      record.trouble = '';
    },
    down(detail) {
      record.trouble = detail;
    },
    alive: () => {},
    settled: () => {},
    note: () => {},
  };
}

async function describeSeen(
  { name, feed, processor }: ChannelConfig,
  seen: Seen,
  {
    folder,
    probeMs,
    redact,
  }: { readonly folder: string; readonly probeMs: number; readonly redact: Redact },
): Promise<string[]> {
  if (!seen.up) return [`${name}: not connected: ${seen.trouble || 'no answer in time'}`];
  const rate = (seen.messageCount / (probeMs / 1_000)).toFixed(1);
  const count = seen.messageCount === 1 ? '1 message' : `${seen.messageCount} messages`;
  const lines = [`${name}: connected (${feed.kind}), ${count}, ${rate} /s`];
  if (seen.malformedCount > 0) lines.push(`  malformed  ${seen.malformedCount}: ${seen.trouble}`);
  const [sample] = seen.samples;
  if (!sample) return lines;
  lines.push(`  message    ${inspect(sample.body, redact)}`);
  lines.push(`  worth      ${await worthText(processor, sample, folder)}`);
  const paths = [...processorPaths(processor), ...feedKind(feed.kind)!.paths(feed)];
  if (seen.undatedCount > 0) {
    const such = seen.unreadTime === '' ? '' : `, such as ${redact(seen.unreadTime)}`;
    lines.push(`  undated    ${seen.undatedCount} of ${count}: no time can be read${such}`);
  }
  for (const line of describePaths(paths, seen.samples)) lines.push(`  path       ${line}`);
  return lines;
}

function processorPaths(processor: ChannelConfig['processor']): MessagePath[] {
  const { paths } = processorKind(processor.kind)!.traits(processor);
  return (['key', 'value'] as const).flatMap((option) => {
    const path = paths?.[option] ?? null;
    return path === null ? [] : [{ option, path }];
  });
}

/** A message as text. It is cut only after its secrets were masked: half of one could not be recognised. */
function inspect(message: unknown, redact: Redact): string {
  if (Buffer.isBuffer(message)) return `${message.length} bytes`;
  const text = redact(stringifyExact(message));
  return text.length > SAMPLE_LENGTH_MAX ? `${text.slice(0, SAMPLE_LENGTH_MAX)}…` : text;
}

async function worthText(
  processor: ChannelConfig['processor'],
  { body, frame }: Sample,
  folder: string,
): Promise<string> {
  try {
    const worthOf: WorthOf = await processorKind(processor.kind)!.create(processor, folder);
    const worth = worthOf(body, frame);
    if (worth === null) return 'not counted';
    if (typeof worth === 'number' || typeof worth === 'bigint') return String(worth);
    if (typeof worth === 'string') return `1, under key ${JSON.stringify(worth)}`;
    const { key, value } = worth;
    return key === null ? `${value}, without a key` : `${value}, under key ${JSON.stringify(key)}`;
  } catch (error) {
    return `malformed: ${(error as Error).message}`;
  }
}
