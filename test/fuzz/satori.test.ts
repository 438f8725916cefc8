/*
 * PDUs of any kind into the satori feed, whose server answers as it likes: nothing throws, the accounts balance.
 * How it runs and how a failure is had again: campaign.ts.
 */
import { once } from 'node:events';
import { test } from 'node:test';
import { satori } from '../../src/feeds/satori/index.ts';
import { type Peer, startFeedServer } from '../support/feed-server.ts';
import { campaign, type Figures, isLong } from './campaign.ts';
import { openCounted, RETRIES_AT_ONCE } from './counted-feed.ts';
import type { Dice } from './dice.ts';
import { mutate } from './mutate.ts';
import { NASTY_FRAMES } from './nasty-json.ts';
import { serverPdu } from './rtm-frames.ts';
import { PROCESSORS } from './websocket-options.ts';

const CONNECTS_MAX = 4;

test('no PDU makes the satori feed throw, or lose count', async (t) => {
  const server = await startFeedServer(t, { perMessageDeflate: { threshold: 16 } });
  await campaign(t, 450, async (dice, figures) => {
    const shared = { ...sharedOptions(dice), kind: 'satori', url: server.url, appkey: 'k' };
    const channels = ['one', 'two'].map((channel) => ({
      name: channel,
      options: satori.options.parse({ ...shared, channel, ...ownOptions(dice) }),
      processor: dice.once(2) ? PROCESSORS[0]! : dice.pick(PROCESSORS),
    }));
    const opened = await openCounted(satori, channels);
    for (let connects = 0; connects < CONNECTS_MAX; connects++) {
      const peer = await server.accept();
      const tries = server.handshakeCount;
      const lost = once(peer.socket, 'close').then(() => true);
      await greet(dice, peer);
      sendSome(dice, peer, figures);
      const isLost = await Promise.race([lost, peer.settled().then(() => false)]);
      if (!isLost) {
        opened.pass(dice.below(3_000));
        break;
      }
      figures.add('links lost');
      if (connects + 1 < CONNECTS_MAX) await opened.untilTried(() => server.handshakeCount > tries);
    }
    for (const tally of await opened.end()) {
      for (const field of ['received', 'counted', 'malformed', 'missedUnknown'] as const) {
        figures.add(field, tally[field]);
      }
    }
  });
});

function sharedOptions(dice: Dice): Record<string, unknown> {
  const role = dice.once(6) ? { role: 'r', secret: 's' } : {};
  return {
    ...role,
    ...RETRIES_AT_ONCE,
    compress: dice.once(4),
    frameBytesMax: 1_048_576,
    ping: '1h',
    silence: '1d',
  };
}

function ownOptions(dice: Dice): Record<string, unknown> {
  const time = dice.once(4) ? { time: dice.pick(['id', 'time', 'position', 'data[0]']) } : {};
  const history = dice.once(4) ? { history: dice.pick([{ count: 3 }, { age: 60 }]) } : {};
  return { ...time, ...history, ...(dice.once(6) ? { only: 'value_changes' } : {}) };
}

/** Answers what the feed asked, well or badly or not at all. */
async function greet(dice: Dice, peer: Peer): Promise<void> {
  const first = JSON.parse(await peer.next());
  const outcome = dice.once(6) ? 'error' : 'ok';
  const data = { nonce: dice.once(3) ? 7 : 'nonce' };
  const answer = (id: unknown, name: unknown) => {
    const error = dice.pick(['expired_position', 'invalid_format', 'authorization_denied', null]);
    const rest = outcome === 'error' ? { error } : { data, position: dice.pick(['1:0', 7, null]) };
    const cobra = dice.once(6) ? { redis_node: 'x' } : {};
    const body = { ...rest, ...cobra, subscription_id: name };
    peer.send({ action: `${first.action}/${outcome}`, id, body });
  };
  if (dice.once(8)) return;
  answer(first.id, 'one');
  if (first.action === 'rtm/subscribe') answer(first.id + 1, 'two');
}

function sendSome(dice: Dice, peer: Peer, figures: Figures): void {
  for (let count = dice.below(isLong ? 200 : 60); count > 0; count--) {
    const frame = someFrame(dice);
    figures.add('frames');
    peer.socket.send(frame, { binary: dice.once(4), compress: dice.once(2) });
  }
  if (dice.once(50)) peer.socket.send(Buffer.alloc(64 * 1_048_576), { compress: true });
  if (dice.once(30)) peer.socket.close(1001);
}

function someFrame(dice: Dice): Buffer {
  if (dice.once(200)) return dice.pick(NASTY_FRAMES);
  const frame = Buffer.from(serverPdu(dice));
  return dice.once(4) ? mutate(dice, frame, Buffer.from(serverPdu(dice))) : frame;
}
