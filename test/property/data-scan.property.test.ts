// The scan of data PDUs against JSON.parse, its definition: on what is well formed, and on what has been damaged.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { scanData } from '../../src/feeds/satori/data-scan.ts';
import { parsePdu } from '../../src/feeds/satori/pdu.ts';
import { AWKWARD, seeded } from '../support/awkward-json.ts';

/** What the slow path makes of a frame: the answer where it is a data PDU with all its parts, else null. */
function parsed(bytes: Buffer) {
  const pdu = parsePdu(bytes.toString('utf8'));
  if (pdu?.action !== 'rtm/subscription/data') return null;
  const { subscription_id: subscriptionId, position, messages } = pdu.body;
  if (typeof subscriptionId !== 'string' || typeof position !== 'string') return null;
  return Array.isArray(messages)
    ? { subscriptionId, position, messageCount: messages.length }
    : null;
}

function frame(
  messages: readonly string[],
  parts: { id?: string; position?: string; extra?: string } = {},
): Buffer {
  const { id = '"c"', position = '"1:2"', extra = '' } = parts;
  return Buffer.from(
    `{"action":"rtm/subscription/data",${extra}"body":{"position":${position},"messages":[${messages.join(' , ')}],"subscription_id":${id}}}`,
  );
}

test('awkward messages are scanned, not left to the parser, and counted as it counts them', () => {
  for (let count = 0; count <= AWKWARD.length; count++) {
    const bytes = frame(AWKWARD.slice(0, count));
    assert.deepEqual(scanData(bytes), {
      subscriptionId: 'c',
      position: '1:2',
      messageCount: count,
    });
    assert.deepEqual(parsed(bytes), scanData(bytes));
  }
});

test('any JSON, in any member, in any order: the same as parsing', () => {
  const values = fc.array(fc.json(), { maxLength: 6 });
  fc.assert(
    fc.property(values, fc.json(), fc.string(), fc.boolean(), (messages, other, id, spaced) => {
      const bytes = frame(messages, { id: JSON.stringify(id), extra: `"x":${other},"id":7,` });
      const text = spaced ? bytes.toString().replace('"body"', ' \n\t"body" \r') : bytes.toString();
      const scan = scanData(Buffer.from(text));
      if (!/[\\]/.test(JSON.stringify(id))) assert.ok(scan, text);
      if (scan) assert.deepEqual(scan, parsed(Buffer.from(text)));
    }),
    { numRuns: 3_000 },
  );
});

test('whatever is damaged, the scan never says what parsing would not', () => {
  const seed = Date.now() % 1e9;
  const random = seeded(seed);
  const pick = (n: number) => Math.floor(random() * n);
  const interesting = [...Buffer.from('"\\{}[],:0123-+.eEtfnu \t\n'), 0, 0x1f, 0x80, 0xe2, 0xff];
  let answered = 0;
  for (let round = 0; round < 100_000; round++) {
    const bytes = frame(Array.from({ length: pick(4) }, () => AWKWARD[pick(AWKWARD.length)]!));
    let damaged = Buffer.from(bytes);
    for (let hits = 1 + pick(3); hits > 0; hits--) {
      const at = pick(damaged.length);
      const how = pick(3);
      if (how === 0) damaged[at] = interesting[pick(interesting.length)]!;
      else if (how === 1)
        damaged = Buffer.concat([damaged.subarray(0, at), damaged.subarray(at + 1)]);
      else
        damaged = Buffer.concat([
          damaged.subarray(0, at),
          Buffer.from([interesting[pick(interesting.length)]!]),
          damaged.subarray(at),
        ]);
    }
    const scan = scanData(damaged);
    if (!scan) continue;
    answered += 1;
    assert.deepEqual(scan, parsed(damaged), `seed ${seed}: ${damaged.toString('latin1')}`);
  }
  assert.ok(answered > 5_000, `only ${answered} answered`);
});

test('every cut of a frame, and every name given twice, is left to the parser', () => {
  const bytes = frame(AWKWARD);
  for (let length = 0; length < bytes.length; length++)
    assert.equal(scanData(bytes.subarray(0, length)), null);
  for (const extra of ['"action":"rtm/subscription/data",', '"body":{},', '"acti\\u006fn":"x",']) {
    assert.equal(scanData(frame([], { extra })), null, extra);
  }
  assert.equal(
    scanData(
      Buffer.from(
        `{"action":"rtm/subscription/data","body":{"messages":[],"messages":[1],"position":"1","subscription_id":"c"}}`,
      ),
    ),
    null,
  );
  assert.equal(scanData(frame([`${'['.repeat(100)}${']'.repeat(100)}`])), null);
});
