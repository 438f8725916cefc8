/*
 * PDUs of any kind into the RTM server: the reader never throws, the server never fails, every frame is a request or
 * malformed. How it runs and how a failure is had again: campaign.ts.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readRequest } from '../../src/rtm/request.ts';
import { type Client, connect, serve } from '../rtm/support.ts';
import { campaign } from './campaign.ts';
import type { Dice } from './dice.ts';
import { mutate } from './mutate.ts';
import { NASTY_FRAMES } from './nasty-json.ts';
import { clientPdu } from './rtm-frames.ts';

const PDU_BYTES_MAX = 1_048_576;

test('no request makes the RTM server fail, or go unaccounted for', async (t) => {
  const retention = { messages: 50, bytes: 4 * PDU_BYTES_MAX };
  const given = { roles: {}, retention, channelsMax: 20, pduBytesMax: PDU_BYTES_MAX };
  const server = await serve(t, given);
  let client: Client | null = null;
  await campaign(t, 500, async (dice, figures) => {
    if (client === null || dice.once(10)) {
      client?.socket.terminate();
      client = await connect(t, server);
    }
    const before = server.stats();
    const count = dice.below(100);
    for (let index = 0; index < count; index++) {
      const frame = someFrame(dice);
      const read = readRequest(frame);
      figures.add('fault' in read ? 'malformed' : 'requests');
      client.socket.send(frame, { binary: true });
    }
    await lastAnswer(client);
    const after = server.stats();
    const seen = after.requests + after.malformed - before.requests - before.malformed;
    assert.equal(seen, count + 1);
    assert.equal(after.internalErrors, 0);
    assert.ok(after.keptBytes <= given.retention.bytes + 20 * PDU_BYTES_MAX);
    figures.add('frames', count);
  });
});

let lastNumber = 0;

/** Resolves with the answer to a request that was sent after all others. */
async function lastAnswer(client: Client): Promise<void> {
  lastNumber += 1;
  const id = `the last one ${lastNumber}`;
  client.send({ action: 'rtm/search', id, body: { prefix: 'none' } });
  while ((await client.next()).id !== id);
}

function someFrame(dice: Dice): Buffer {
  if (dice.once(200)) return dice.pick(NASTY_FRAMES);
  const frame = Buffer.from(clientPdu(dice));
  return dice.once(4) ? mutate(dice, frame, Buffer.from(clientPdu(dice))) : frame;
}
