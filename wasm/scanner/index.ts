/**
 * The scanner: WebSocket frames (RFC 6455 §5.2) in, counts out.
 *
 * `scan` takes frame after frame as long as each is whole, plain and understood, and stops before the first that is
 * not. A frame counts wholly or not at all. What is known of a connection, and what was counted, lies in memory
 * (`../layout.ts`); the other side of this is `src/tap/`, and says the same in JavaScript (`twin.ts` there).
 */
import { sawHighBytes, takeFrame, takeMessages } from './alike';
import { equal, hashOf } from './bytes';
import { scanFrame } from './json';
import {
  CHANNEL_COUNT,
  CHANNEL_ID_AT,
  CHANNEL_ID_LENGTH,
  CHANNEL_NEXT,
  CHANNEL_POSITION_AT,
  CHANNEL_POSITION_LENGTH,
  CHANNEL_PROGRAM,
  CHANNEL_SUM,
  CHANNEL_TABLE,
  CHANNEL_TOUCHED,
  ENVELOPE_OPAQUE,
  ENVELOPE_SATORI,
  LINK_BYTES_MAX,
  LINK_CHAIN_COUNT,
  LINK_CHAINS,
  LINK_CHANNEL,
  LINK_ENVELOPE,
  LINK_PROGRAM,
  LINK_UTF8,
  MISS_AT,
  MISS_MAX,
  MISS_SIZE,
  PROGRAM_KEY,
  PROGRAM_VALUE,
  RESULT_AT,
  RESULT_MISSES,
  RESULT_STOP,
  RESULT_TOUCHED,
  STOP_FULL,
  STOP_STRANGE,
  STOP_UNFINISHED,
  TOUCHED_AT,
  TOUCHED_MAX,
} from '../layout';
import { messageCount } from './messages';
import { idAt, idLength, positionAt, positionLength } from './pdu';
import { keyAt, keyLength, stagedCount, valueOf } from './stage';
import { addTo } from './sum';
import { add, learn, slotOf, tally } from './table';
import {
  fits, foundIdAt, foundIdLength, foundPositionAt, foundPositionLength, messagesAt, messagesEnd, remember,
} from './template';
import { isUtf8 } from './utf8';

/** For JavaScript, which finds chains and tables by the same hash. */
export { add, hashOf, learn };

/**
 * Takes frames from `from` on, and returns where it stopped; why is at RESULT_STOP. Bytes after `to` may be read, up to
 * SLACK_BYTES, and mean nothing.
 */
export function scan(link: usize, from: usize, to: usize): usize {
  store<i32>(RESULT_AT, 0, RESULT_TOUCHED);
  store<i32>(RESULT_AT, 0, RESULT_MISSES);
  let at = from;
  let stop = STOP_UNFINISHED;
  while (at + 2 <= to) {
    const first = load<u8>(at);
    const second = load<u8>(at, 1);
    // A whole message (FIN, no extension's bits), text or binary, unmasked.
    if ((first !== 0x81 && first !== 0x82) || second > 127) {
      stop = STOP_STRANGE;
      break;
    }
    let payload = at + 2;
    let length: u64 = second;
    if (second === 126) {
      payload = at + 4;
      if (payload > to) break;
      length = bswap<u16>(load<u16>(at, 2));
    } else if (second === 127) {
      payload = at + 10;
      if (payload > to) break;
      length = bswap<u64>(load<u64>(at, 2));
    }
    if (length > load<u32>(link, LINK_BYTES_MAX)) {
      stop = STOP_STRANGE;
      break;
    }
    const end = payload + <usize>length;
    if (end > to) break;
    stop = take(link, payload, end);
    if (stop !== STOP_UNFINISHED) break;
    at = end;
  }
  store<i32>(RESULT_AT, stop, RESULT_STOP);
  return at;
}

/** Counts one frame; says why not, if not. */
function take(link: usize, from: usize, to: usize): i32 {
  const envelope = load<i32>(link, LINK_ENVELOPE);
  const channel = load<usize>(link, LINK_CHANNEL);
  if (envelope === ENVELOPE_SATORI) return takePdu(link, channel, from, to);
  const mustBeUtf8 = load<i32>(link, LINK_UTF8) !== 0;
  if (envelope === ENVELOPE_OPAQUE) {
    if (mustBeUtf8 && !isUtf8(from, to)) return STOP_STRANGE;
    return credit(channel, 1);
  }
  if (!takeFrame(load<usize>(channel, CHANNEL_PROGRAM), from, to)) return STOP_STRANGE;
  if (mustBeUtf8 && sawHighBytes && !isUtf8(from, to)) return STOP_STRANGE;
  return commit(channel);
}

function takePdu(link: usize, likely: usize, from: usize, to: usize): i32 {
  if (fits(link, from, to)) {
    const channel = channelOf(link, likely, foundIdAt, foundIdLength);
    if (channel === 0) return STOP_STRANGE;
    if (takeMessages(load<usize>(channel, CHANNEL_PROGRAM), messagesAt, messagesEnd)) {
      return commitPdu(link, channel, foundPositionAt, foundPositionLength);
    }
  }
  // Whose frame it is, only a whole scan says: by a program that looks for nothing else.
  if (!scanFrame(load<usize>(link, LINK_PROGRAM), from, to, true)) return STOP_STRANGE;
  const channel = channelOf(link, likely, idAt, idLength);
  if (channel === 0) return STOP_STRANGE;
  remember(link, from, to);
  const program = load<usize>(channel, CHANNEL_PROGRAM);
  const looks = load<usize>(program, PROGRAM_KEY) | load<usize>(program, PROGRAM_VALUE);
  if (looks && !scanFrame(program, from, to, true)) return STOP_STRANGE;
  return commitPdu(link, channel, positionAt, positionLength);
}

function commitPdu(link: usize, channel: usize, position: usize, length: i32): i32 {
  const stop = commit(channel);
  if (stop !== STOP_UNFINISHED) return stop;
  store<usize>(link, channel, LINK_CHANNEL);
  store<usize>(channel, position, CHANNEL_POSITION_AT);
  store<i32>(channel, length, CHANNEL_POSITION_LENGTH);
  return stop;
}

/** The channel with the subscription id that was found; 0 if it is none of ours. */
function channelOf(link: usize, likely: usize, at: usize, length: i32): usize {
  if (hasId(likely, at, length)) return likely;
  const chain = hashOf(at, length) & (LINK_CHAIN_COUNT - 1);
  let channel = load<usize>(link + LINK_CHAINS + (chain << 2));
  while (channel !== 0 && !hasId(channel, at, length)) channel = load<usize>(channel, CHANNEL_NEXT);
  return channel;
}

function hasId(channel: usize, at: usize, length: i32): bool {
  if (load<i32>(channel, CHANNEL_ID_LENGTH) !== length) return false;
  return equal(load<usize>(channel, CHANNEL_ID_AT), at, length);
}

/** Books what was staged; all of it, or nothing when a list has no room. */
function commit(channel: usize): i32 {
  const table = load<usize>(channel, CHANNEL_TABLE);
  const missCount = load<i32>(RESULT_AT, RESULT_MISSES);
  if (table && missCount + stagedCount > MISS_MAX) return missCount > 0 ? STOP_FULL : STOP_STRANGE;
  const stop = credit(channel, messageCount);
  if (stop !== STOP_UNFINISHED) return stop;
  const hasValue = load<usize>(load<usize>(channel, CHANNEL_PROGRAM), PROGRAM_VALUE) !== 0;
  if (table) commitKeys(channel, table, missCount, hasValue);
  if (hasValue) {
    for (let i = 0; i < stagedCount; i++) addTo(channel + CHANNEL_SUM, valueOf(i));
  }
  return STOP_UNFINISHED;
}

function commitKeys(channel: usize, table: usize, missCount: i32, hasValue: bool): void {
  for (let i = 0; i < stagedCount; i++) {
    const token = keyAt(i);
    const length = keyLength(i);
    const value = valueOf(i);
    const slot = slotOf(table, token, length);
    if (slot >= 0) {
      if (hasValue) add(table, slot, value);
      else tally(table, slot);
      continue;
    }
    const miss = MISS_AT + missCount++ * MISS_SIZE;
    store<usize>(miss, channel);
    store<usize>(miss, token, 4);
    store<i32>(miss, length, 8);
    store<f64>(miss, value, 16);
  }
  store<i32>(RESULT_AT, missCount, RESULT_MISSES);
}

/** Adds to a channel, and puts it on the list of touched ones. */
function credit(channel: usize, count: i32): i32 {
  if (!load<i32>(channel, CHANNEL_TOUCHED)) {
    const touched = load<i32>(RESULT_AT, RESULT_TOUCHED);
    if (touched === TOUCHED_MAX) return STOP_FULL;
    store<usize>(TOUCHED_AT + (touched << 2), channel);
    store<i32>(RESULT_AT, touched + 1, RESULT_TOUCHED);
    store<i32>(channel, 1, CHANNEL_TOUCHED);
  }
  store<i32>(channel, load<i32>(channel, CHANNEL_COUNT) + count, CHANNEL_COUNT);
  return STOP_UNFINISHED;
}
