// Cases against the RTM server: a client by hand publishes them, a subscriber says what arrived.
import assert from 'node:assert/strict';
import type { RtmServer } from '../../src/rtm/server.ts';
import type { Client } from '../rtm/support.ts';
import { type Case, framesOf } from './case.ts';
import { type Done, faultsOf, play } from './outcome.ts';
import { connectByHand } from './wire.ts';

const CHANNEL = 'conformance';

/** Runs the cases one after the other; calls `done` with what was wrong with each. */
export async function runOnRtm(
  cases: readonly Case[],
  server: RtmServer,
  witness: Client,
  done: Done,
): Promise<void> {
  const subscribed = await witness.call('rtm/subscribe', { channel: CHANNEL });
  let { position } = subscribed.body;
  let publishedBefore = server.stats().published;
  for (const one of cases) {
    const wire = await connectByHand(`${server.url}/v2?appkey=demo`);
    // With an exact length, the message is shorter by what is around it.
    const sent: Buffer[] = [];
    const wrap = (payload: Buffer) => {
      const around = publishPdu(Buffer.alloc(0)).length;
      const length = Math.max(0, payload.length - around);
      const message = one.exactLength ? payload.subarray(0, length) : payload;
      sent.push(message);
      return publishPdu(message);
    };
    const frames = one.steps.flatMap((step) => framesOf(step, wrap));
    const outcome = await play(one, frames, wire);
    wire.destroy();
    const { published } = server.stats();
    const arrived = await witness.take(published - publishedBefore, position);
    publishedBefore = published;
    await witness.silent();
    position = (await witness.call('rtm/read', { channel: CHANNEL })).body.position;
    position = next(position);
    const messages = arrived.map((message) => Buffer.from(String(message), 'latin1'));
    const exact = messages.every((message, index) => message.equals(sent[index]!));
    const faults = faultsOf(shortened(one, sent), outcome, messages, 0);
    if (!done(one, exact ? faults : [...faults, 'a message arrived otherwise than sent'])) break;
  }
}

/** A PDU that publishes bytes, as a text of one letter a byte. */
function publishPdu(message: Buffer): Buffer {
  const body = { channel: CHANNEL, message: message.toString('latin1') };
  return Buffer.from(JSON.stringify({ action: 'rtm/publish', body }), 'utf8');
}

function shortened(one: Case, sent: readonly Buffer[]): Case {
  let index = 0;
  const steps = one.steps.map((step) =>
    step.kind === 'message' ? { ...step, payload: sent[index++]! } : step,
  );
  return { ...one, steps };
}

/** The position after a message's own. */
function next(position: string): string {
  const parts = /^(\d+):(\d+)$/.exec(position);
  assert.ok(parts, position);
  return `${parts[1]}:${Number(parts[2]) + 1}`;
}
