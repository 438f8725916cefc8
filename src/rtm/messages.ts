/**
 * Publishing, and a channel as a key whose value is its last message (satori-rtm.md, 2.5 to 2.7).
 */
import { z } from 'zod';
import { channelField, readBody } from './body.ts';
import type { Channel } from './channel.ts';
import { HEARTBEAT_CHANNEL } from './channel-name.ts';
import { FAULTS, invalidFormat } from './fault.ts';
import { type Answer, ok, refuse } from './pdu.ts';
import { formatPosition, ORIGIN, type Position, parsePosition, samePosition } from './position.ts';
import type { Session } from './session.ts';

/** How many names one `rtm/search/data` PDU holds. */
export const SEARCH_NAMES_MAX = 256;

const publishBody = z.object({ channel: channelField, message: z.unknown().optional() });
const writeBody = publishBody.extend({ position: z.string().optional() });
const readBodySchema = z.object({ channel: channelField, position: z.string().optional() });
const deleteBody = z.object({ channel: channelField, purge: z.boolean().default(false) });
const searchBody = z.object({ prefix: z.string() });

/** `rtm/publish`: the reply holds the message's own position. */
export function publish(body: unknown, session: Session): Answer {
  const parsed = readBody(publishBody, body);
  if ('fault' in parsed) return refuse(parsed.fault);
  const { channel, message } = parsed.value;
  if (channel === HEARTBEAT_CHANNEL) return ok({ position: formatPosition(ORIGIN) });
  const fault = session.fault('publish', channel);
  if (fault !== null) return refuse(fault);
  return append(channel, message, session);
}

/**
 * `rtm/write`: a publish; with `position`, only if the channel's last message is still the one at
 * that position.
 */
export function write(body: unknown, session: Session): Answer {
  const parsed = readBody(writeBody, body);
  if ('fault' in parsed) return refuse(parsed.fault);
  const { channel, message, position: text } = parsed.value;
  if (text !== undefined) {
    const expected = parsePosition(text);
    if (expected === null) return refuse(invalidFormat("'position' was invalid"));
    const current = lastPosition(session.world.channels.find(channel));
    if (!samePosition(current, expected)) return refuse(FAULTS.changed);
  }
  return append(channel, message, session);
}

/** `rtm/delete`: publishes null; with `purge`, forgets everything before it. */
export function deleteValue(body: unknown, session: Session): Answer {
  const parsed = readBody(deleteBody, body);
  if ('fault' in parsed) return refuse(parsed.fault);
  const { channel: name, purge } = parsed.value;
  const answer = append(name, null, session);
  const log = session.world.channels.find(name)?.log;
  if (purge && log !== undefined) log.trimTo(log.nextIndex - 1);
  return answer;
}

/** `rtm/read`: the last message, or the one at `position`. A channel without it has null there. */
export function read(body: unknown, session: Session): Answer {
  const parsed = readBody(readBodySchema, body);
  if ('fault' in parsed) return refuse(parsed.fault);
  const channel = session.world.channels.find(parsed.value.channel);
  if (parsed.value.position === undefined) return valueAt(channel, lastPosition(channel));
  const position = parsePosition(parsed.value.position);
  if (position === null) return refuse(invalidFormat("'position' was invalid"));
  return valueAt(channel, position);
}

/** `rtm/search`: the channels whose names start with `prefix`. */
export function search(body: unknown, session: Session): Answer {
  const parsed = readBody(searchBody, body);
  if ('fault' in parsed) return refuse(parsed.fault);
  const found = session.world.channels.search(parsed.value.prefix);
  const names = found.filter((name) => session.mayUse(name));
  const bodies: string[] = [];
  for (let start = 0; start === 0 || start < names.length; start += SEARCH_NAMES_MAX) {
    bodies.push(JSON.stringify({ channels: names.slice(start, start + SEARCH_NAMES_MAX) }));
  }
  return { data: bodies.slice(0, -1), ok: bodies.at(-1)! };
}

function append(name: string, message: unknown, session: Session): Answer {
  if (name.startsWith('$')) return refuse(FAULTS.reservedChannel);
  if (message === undefined) return refuse(invalidFormat("'message' is missing"));
  const text = toText(message);
  if (text === null) return refuse(FAULTS.tooDeep);
  const { channels } = session.world;
  const channel = channels.open(name);
  if (channel === null) return refuse(FAULTS.tooManyChannels);
  return ok({ position: channels.publish(channel, text) });
}

/**
 * JSON.parse reads any depth, JSON.stringify only as deep as the stack: null for what is deeper.
 */
function toText(message: unknown): string | null {
  try {
    return JSON.stringify(message);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** The position of the channel's last message; the origin when there is none. */
function lastPosition(channel: Channel | null): Position {
  if (channel === null || channel.log.count === 0) return ORIGIN;
  return { generation: channel.generation, index: channel.log.nextIndex - 1 };
}

function valueAt(channel: Channel | null, position: Position): Answer {
  const index = channel?.indexOf(position) ?? null;
  const text = formatPosition(position);
  if (channel === null || index === null || index < channel.log.firstIndex) {
    const empty = samePosition(position, lastPosition(channel));
    return empty ? ok({ position: text, message: null }) : refuse(FAULTS.expired);
  }
  const message = index < channel.log.nextIndex ? channel.log.entry(index).text : 'null';
  return { ok: `{"position":"${text}","message":${message}}` };
}
