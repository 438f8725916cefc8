/*
 * Frames of any kind into the websocket feed, with any options: nothing throws, the accounts balance, memory stays.
 * How it runs and how a failure is had again: campaign.ts.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { websocket } from '../../src/feeds/websocket/index.ts';
import { type Peer, startFeedServer } from '../support/feed-server.ts';
import { campaign, type Figures, isLong } from './campaign.ts';
import { type CountedFeed, openCounted, RETRIES_AT_ONCE } from './counted-feed.ts';
import type { Dice } from './dice.ts';
import { mutate } from './mutate.ts';
import { json, NASTY_FRAMES } from './nasty-json.ts';
import { FittingFrames, PROCESSORS, STYLE, websocketFeed } from './websocket-options.ts';

const FRAME_BYTES_MAX = 1_048_576;
const BOUNDS = { frameBytesMax: FRAME_BYTES_MAX, ...RETRIES_AT_ONCE };
/** How often a round goes on after its link was lost. */
const CONNECTS_MAX = 4;

test('no frame and no option makes the websocket feed throw, or lose count', async (t) => {
  const server = await startFeedServer(t, { perMessageDeflate: { threshold: 16 } });
  await campaign(t, 600, async (dice, figures) => {
    const given = { ...websocketFeed(dice), url: server.url, ...BOUNDS };
    const parsed = websocket.options.safeParse(given);
    if (!parsed.success) return figures.add('options refused');
    const channel = { name: 'c', options: parsed.data, processor: dice.pick(PROCESSORS) };
    const opened = await openCounted(websocket, [channel]);
    const fitting = new FittingFrames(dice, () => opened.time.now());
    let sent = 0;
    for (let connects = 0; connects < CONNECTS_MAX; connects++) {
      const peer = await server.accept();
      const tries = server.handshakeCount;
      const lost = once(peer.socket, 'close').then(() => true);
      sent += sendSome(dice, fitting, peer, figures);
      const isLost = await Promise.race([lost, peer.settled().then(() => false)]);
      if (!isLost) {
        opened.pass(dice.below(3_000));
        break;
      }
      figures.add('links lost');
      if (connects + 1 < CONNECTS_MAX) await opened.untilTried(() => server.handshakeCount > tries);
    }
    await settle(opened, sent, parsed.data, figures);
  });
});

/** Sends frames until there are enough, or the socket is gone; how many. */
function sendSome(dice: Dice, fitting: FittingFrames, peer: Peer, figures: Figures): number {
  const count = dice.below(isLong ? 200 : 60);
  for (let index = 0; index < count; index++) {
    const frame = someFrame(dice, fitting);
    figures.add('frames');
    figures.add('bytes', frame.length);
    peer.socket.send(frame, { binary: dice.once(4), compress: dice.once(2) });
    if (dice.once(40)) peer.socket.ping('x');
  }
  if (isLong && dice.once(400)) peer.socket.send(Buffer.alloc(64 * 1_048_576, '['));
  // A bomb: 64 MiB of nothing are 64 KiB on the wire.
  if (dice.once(50)) peer.socket.send(Buffer.alloc(64 * FRAME_BYTES_MAX), { compress: true });
  if (dice.once(30)) peer.socket.close(dice.pick([1000, 1001, 1011, 3000, 4999]), 'x'.repeat(9));
  return count;
}

function someFrame(dice: Dice, fitting: FittingFrames): Buffer {
  if (dice.once(150)) return dice.pick(NASTY_FRAMES);
  const frame = Buffer.from(dice.once(2) ? fitting.next() : json(dice, STYLE, 4));
  return dice.once(4) ? mutate(dice, frame, dice.pick(NASTY_FRAMES).subarray(0, 500)) : frame;
}

/** Closes, checks the accounts, and what is known of the sum: a feed without conditions hands every frame over. */
async function settle(
  opened: CountedFeed,
  sent: number,
  options: Record<string, unknown>,
  figures: Figures,
): Promise<void> {
  const [tally] = await opened.end();
  for (const field of ['received', 'counted', 'malformed', 'duplicate', 'late'] as const) {
    figures.add(field, tally![field]);
  }
  assert.ok(options['messages'] !== undefined || tally!.received <= sent, 'no frame counts twice');
}
