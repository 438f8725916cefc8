/**
 * A small server for the Satori RTM protocol (v2, JSON): demo, test feed, and an inlet for any RTM
 * client.
 *
 * Everything is kept in memory and bounded. A publish costs the same for any number of connections:
 * it appends to the channel's log, and each subscription takes from there while its socket has
 * room.
 */
import { randomBytes } from 'node:crypto';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Gate } from '../admission/gate.ts';
import { parseDuration } from '../model/interval.ts';
import { isChannelName } from './channel-name.ts';
import { Channels } from './channels.ts';
import { type Counters, zeroCounters } from './counters.ts';
import {
  chooseProtocol,
  type RefusedUpgrade,
  type Rights,
  refusedUpgrade,
  refuseUpgrade,
  rightsOf,
} from './gate.ts';
import { closeAll, listen, openHttp } from './listener.ts';
import type { RtmOptions } from './options.ts';
import { Session, type World } from './session.ts';

export interface RtmDeps {
  /** Unix milliseconds. */
  readonly clock: () => number;
  /** Who may come in; asked at each connection. */
  readonly gate: () => Gate;
  /** Takes a sentence that an operator should read. */
  readonly log?: (line: string) => void;
  /** A fresh nonce for each handshake; from the system's random source by default. */
  readonly random?: () => string;
}

/** Totals since the start, and what there is now. */
export interface RtmStats extends Readonly<Counters> {
  readonly connections: number;
  readonly subscriptions: number;
  readonly channels: number;
  /** What all kept messages cost, in bytes. */
  readonly keptBytes: number;
}

export interface RtmServer {
  /** Where clients connect, without path: `ws://127.0.0.1:40123`. */
  readonly url: string;
  readonly port: number;
  /**
   * Publishes a message (any JSON value) as if a client had, and returns its position.
   * Throws when the name is reserved or too long, `channelsMax` is hit, or the message is not JSON.
   */
  publish(channel: string, message: unknown): string;
  stats(): RtmStats;
  /**
   * Closes all connections with code 1001 and ends within a second; stragglers are cut off. May be
   * called twice.
   */
  close(): Promise<void>;
}

/** Starts to listen. Rejects with a clear error when the address cannot be had. */
export async function startRtmServer(options: RtmOptions, deps: RtmDeps): Promise<RtmServer> {
  const world = makeWorld(options, deps);
  const sessions = new Set<Session>();
  const sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    autoPong: false,
    maxPayload: options.pduBytesMax,
    handleProtocols: chooseProtocol,
  });
  const http = openHttp(
    options.connectionsMax,
    { world, gate: deps.gate },
    (request, socket, head) => {
      const gate = deps.gate();
      const refused = refusedUpgrade(request, options, { gate, connectionCount: sessions.size });
      count(refused, world.counters);
      if (refused !== null) return refuseUpgrade(socket, refused);
      const rights = rightsOf(request, gate);
      sockets.handleUpgrade(request, socket, head, (client) => {
        admit(client, rights, world, sessions);
      });
    },
  );
  const address = await listen(http, options.listen, world);
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  let closed: Promise<void> | null = null;
  return {
    url: `ws://${host}:${address.port}`,
    port: address.port,
    publish: (channel, message) => publish(world.channels, channel, message),
    stats: () => statsOf(world, sessions),
    close: () => {
      closed ??= closeAll(http, sockets);
      return closed;
    },
  };
}

function makeWorld(options: RtmOptions, deps: RtmDeps): World {
  const counters = zeroCounters();
  const { messages, age, bytes } = options.retention;
  const bounds = {
    channelsMax: options.channelsMax,
    bytesMax: bytes,
    messageCountMax: messages,
    ageMsMax: parseDuration(age)!, // The schema has checked it.
  };
  return {
    channels: new Channels(bounds, { clock: deps.clock, counters }),
    counters,
    roles: options.roles,
    restricted: new Set(options.restricted),
    clock: deps.clock,
    random: deps.random ?? (() => randomBytes(16).toString('base64')),
    log: deps.log ?? (() => {}),
  };
}

function count(refused: RefusedUpgrade | null, counters: Counters): void {
  if (refused?.status === 503) counters.refusedConnections += 1;
  else if (refused !== null) counters.refusedUpgrades += 1;
}

/** Connects a socket with its session, for as long as it lasts. */
function admit(socket: WebSocket, rights: Rights, world: World, sessions: Set<Session>): void {
  const session = new Session(socket, rights, world);
  sessions.add(session);
  socket.on('message', (frame: Buffer) => session.receive(frame));
  socket.on('ping', (data: Buffer) => session.outbox.pong(data));
  socket.on('error', () => {}); // A bad frame or a broken connection: 'close' always follows.
  socket.on('close', () => {
    sessions.delete(session);
    session.end();
  });
}

function publish(channels: Channels, name: string, message: unknown): string {
  if (!isChannelName(name)) throw new Error(`"${name}" cannot be the name of an RTM channel`);
  const text = JSON.stringify(message);
  if (text === undefined) throw new Error(`A message on "${name}" is not a JSON value`);
  const channel = channels.open(name);
  if (channel === null)
    throw new Error(`RTM channel "${name}" is one more than channelsMax allows`);
  return channels.publish(channel, text);
}

function statsOf(world: World, sessions: ReadonlySet<Session>): RtmStats {
  let subscriptions = 0;
  for (const session of sessions) subscriptions += session.subscriptions.size;
  const { channels, counters } = world;
  const { count, keptBytes } = channels;
  return { ...counters, connections: sessions.size, subscriptions, channels: count, keptBytes };
}
