/** `websocket`: any feed of text, JSON or binary frames. One connection a channel. */
import { parseDuration } from '../../model/interval.ts';
import { Connection, type PingPolicy } from '../connection.ts';
import type { Feed, FeedChannel, FeedDeps, FeedKind } from '../feed.ts';
import { frameReader } from './frames.ts';
import { type Outgoing, type WebsocketOptions, websocketOptions } from './options.ts';

export const websocket: FeedKind<WebsocketOptions> = {
  kind: 'websocket',
  options: websocketOptions,
  connectionKey: (_options, channelName) => channelName,
  open(channels, deps) {
    const connections = channels.map((channel) => connect(channel, deps));
    return {
      async close() {
        await Promise.all(connections.map((connection) => connection.close()));
      },
    } satisfies Feed;
  },
};

function connect(channel: FeedChannel<WebsocketOptions>, deps: FeedDeps): Connection {
  const { options, sink } = channel;
  const read = frameReader(options, sink);
  const greetings = outgoingTexts(options.subscribe);
  const connection: Connection = new Connection(
    options,
    { protocols: [options.protocols].flat(), ping: pingPolicy(options.ping) },
    {
      open() {
        for (const text of greetings) connection.send(text);
        sink.up();
      },
      frame(data) {
        // Messages prove that the feed accepted us; an error text before it hangs up does not.
        if (read(data)) connection.proven();
      },
      alive: () => sink.alive(),
      down: (detail) => sink.down(detail),
    },
    deps,
  );
  return connection;
}

/** The texts to send: one message or several. An array that starts with a text is itself one JSON message. */
function outgoingTexts(subscribe: WebsocketOptions['subscribe']): string[] {
  if (subscribe === undefined) return [];
  const several = Array.isArray(subscribe) && typeof subscribe[0] !== 'string';
  const list = several ? (subscribe as Outgoing[]) : [subscribe as Outgoing];
  return list.map(outgoingText);
}

function outgoingText(message: Outgoing): string {
  return typeof message === 'string' ? message : JSON.stringify(message);
}

function pingPolicy(ping: WebsocketOptions['ping']): PingPolicy | null {
  if (ping === 'off') return null;
  if (typeof ping === 'string') return { everyMs: parseDuration(ping)!, text: null };
  return { everyMs: parseDuration(ping.every)!, text: outgoingText(ping.send) };
}
