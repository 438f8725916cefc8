/** `websocket`: any feed of text, JSON or binary frames. One connection a channel. */
import { stringifyExact } from '../../model/exact-json.ts';
import { parseDuration } from '../../model/interval.ts';
import { Connection, type PingPolicy } from '../connection.ts';
import { eventTimeWaitMs, timePath } from '../event-time.ts';
import type { Feed, FeedChannel, FeedDeps, FeedKind } from '../feed.ts';
import { frameReader } from './frames.ts';
import { Intake } from './intake.ts';
import { type WebsocketOptions, websocketOptions } from './options.ts';
import { isListOfTexts } from './outgoing.ts';
import { CURSOR_SHARD } from './positions.ts';
import { sentFrames } from './sent.ts';
import { Sequence } from './sequence.ts';
import { tapOf } from './tapped.ts';

/** So long the last counted message has to come again after a resume. */
const OVERLAP_MS_MAX = 30_000;
const LIST_OF_TEXTS =
  'a list of texts is sent as one message a text; before 0.2 it was one JSON message, for which you now write [[…]]';

export const websocket: FeedKind<WebsocketOptions> = {
  kind: 'websocket',
  options: websocketOptions,
  connectionKey: (_options, channelName) => channelName,
  streamKey: ({ url, subscribe, messages, only, sequence, cursor }) =>
    stringifyExact([url, subscribe?.written, messages, only, sequence, cursor]),
  shardsMax: ({ sequence, cursor }) =>
    (sequence ? Sequence.shardsMax(sequence) : 0) + (cursor ? 1 : 0),
  waitMs: ({ time }) => eventTimeWaitMs(time),
  uncounted({ sequence, cursor }, positions) {
    if (cursor && typeof new Map(positions).get(CURSOR_SHARD) === 'string') return 'again';
    // Numbers say what was lost.
    return sequence || positions.length > 0 ? 'unknown' : 'lost';
  },
  sends: sentFrames,
  paths: ({ time, sequence, cursor }) => [
    ...timePath(time),
    ...(sequence ? [{ option: 'sequence.path', path: sequence.path }] : []),
    ...(sequence?.by === undefined ? [] : [{ option: 'sequence.by', path: sequence.by }]),
    ...(cursor ? [{ option: 'cursor.path', path: cursor.path }] : []),
  ],
  notes: ({ subscribe }) =>
    subscribe && isListOfTexts(subscribe.written)
      ? [{ path: ['subscribe'], message: LIST_OF_TEXTS }]
      : [],
  open(channels, deps) {
    const links = channels.map((channel) => connect(channel, deps));
    return {
      afterPause() {
        links.forEach(({ connection }, index) => {
          connection.barrier(() => channels[index]!.sink.settled());
        });
      },
      async remove() {
        // Each channel has a connection, and is a feed, of its own.
        await this.close();
      },
      async close() {
        await Promise.all(links.map((link) => link.close()));
      },
    } satisfies Feed;
  },
};

/** The connection of one channel. */
interface Link {
  readonly connection: Connection;
  close(): Promise<void>;
}

function connect(channel: FeedChannel<WebsocketOptions>, deps: FeedDeps): Link {
  const { options, sink } = channel;
  const frameOf = frameReader(options);
  const intake = new Intake(options, sink, () => deps.clock.now());
  const greetings = options.subscribe?.frames ?? [];
  let resumed = false;
  let isUp = false;
  const accepted = () => {
    if (isUp) return;
    isUp = true;
    connection.accepted();
    sink.up(resumed);
    intake.takeUp();
    if (resumed) expectOverlap();
  };
  let stopWaiting = () => {};
  // Where nothing comes after a resume, nobody else books the doubt.
  const expectOverlap = () => {
    stopWaiting = deps.timers.after(OVERLAP_MS_MAX, () => intake.overlapIsDue());
  };
  const connection: Connection = new Connection(
    options,
    {
      url() {
        const cursor = intake.resumeAt();
        resumed = cursor !== null;
        return cursor ? withParameter(options.url, cursor) : options.url;
      },
      protocols: [options.protocols].flat(),
      ping: pingPolicy(options.ping),
      tap: tapOf(channel, () => connection.proven()),
    },
    {
      open() {
        for (const text of greetings) connection.send(text);
        intake.opened();
        // A ping that nobody asked for is sent only where its answer is of use.
        const numbered = options.sequence !== undefined && options.ping !== 'off';
        if (resumed || numbered) connection.barrier(() => intake.settled());
        if (options.ready === undefined) return accepted();
        connection.expectAcceptance(`no frame matched "ready" within ${options.handshakeTimeout}`);
      },
      frame(data) {
        const frame = frameOf(data);
        if (frame.kind === 'malformed') sink.malformed(1, frame.detail);
        if (frame.kind === 'ready') accepted();
        if (frame.kind === 'ready' || frame.kind === 'other') intake.observe(frame.value);
        if (frame.kind === 'refused') connection.reconnect(`the feed refused: ${frame.text}`);
        if (frame.kind !== 'messages') return;
        accepted();
        intake.take(frame.messages, frame.value);
        // Messages prove that the feed accepted us; an error text before it hangs up does not.
        if (frame.messages.length > 0) connection.proven();
      },
      alive: () => sink.alive(),
      down(detail, proven, retryMs) {
        isUp = false;
        stopWaiting();
        sink.down(detail, proven, retryMs);
      },
    },
    deps,
  );
  return {
    connection,
    close() {
      stopWaiting();
      return connection.close();
    },
  };
}

function withParameter(
  address: string,
  { param, value }: { readonly param: string; readonly value: string },
): string {
  const url = new URL(address);
  url.searchParams.set(param, value);
  return url.href;
}

function pingPolicy(ping: WebsocketOptions['ping']): PingPolicy | null {
  if (ping === 'off') return null;
  if (typeof ping === 'string') return { everyMs: parseDuration(ping)!, text: null };
  return { everyMs: parseDuration(ping.every)!, text: ping.send };
}
