// Both scanners, frame by frame, against JSON.parse, Number and isUtf8.
import assert from 'node:assert/strict';
import { isUtf8 } from 'node:buffer';
import { describe, test } from 'node:test';
import { type LinkPlan, TapLink } from '../../src/tap/link.ts';
import { ENVELOPE_OPAQUE, ENVELOPE_SATORI, READ_AT } from '../../wasm/layout.ts';
import { AWKWARD } from '../support/awkward-json.ts';
import { seeded } from '../support/seeded.ts';
import { KERNELS, scanner } from './scan.ts';

/** Longer than a block, so that its edge falls on every byte of what follows. */
const PADS = 71;

for (const [name, kernel] of Object.entries(KERNELS)) {
  describe(name, () => {
    test('every sequence of up to six tokens is JSON or not, as JSON.parse says', () => {
      const tokens = ['{', '}', '[', ']', ',', ':', '"a":', '"a"', '1'];
      const scan = scanner(kernel);
      let validCount = 0;
      let pad = 0;
      const go = (text: string, left: number) => {
        if (text !== '') {
          pad = (pad + 1) % PADS;
          // White space takes another way from block to block than what stands close together.
          for (const padded of [' '.repeat(pad) + text, `["${'x'.repeat(pad)}",${text}]`]) {
            const isValid = parses(padded);
            validCount += Number(isValid);
            if ((scan(Buffer.from(padded)) !== null) !== isValid)
              assert.fail(JSON.stringify(padded));
          }
        }
        if (left > 0) for (const token of tokens) go(text + token, left - 1);
      };
      go('', name === 'wasm' ? 6 : 5);
      assert.ok(validCount > 10, `${validCount} were JSON`);
    });

    test('every text of up to four bytes that mean something, wherever a block ends', () => {
      const bytes = ['\\', '"', 'u', 'n', '0', '\x1f', ' ', ','];
      const scan = scanner(kernel);
      const go = (text: string, left: number) => {
        for (const pad of [0, 61, 62, 63]) {
          for (const whole of [
            `["${'x'.repeat(pad)}${text}"]`,
            `${' '.repeat(pad)}{"a${text}":1}`,
          ]) {
            const isCounted = scan(Buffer.from(whole)) !== null;
            // An escape in a name may be left to the parser.
            const isOpen = whole.includes(':') && text.includes('\\') && !isCounted;
            if (!isOpen && isCounted !== parses(whole)) assert.fail(JSON.stringify(whole));
          }
        }
        if (left > 0) for (const byte of bytes) go(text + byte, left - 1);
      };
      go('', 4);
    });

    test('numbers and words, wherever a block ends', () => {
      const scan = scanner(kernel);
      // With so large an exponent a number may be beyond all doubles: that is for the parser to find out.
      const scans = (text: string) => parses(text) && !/e[+-]?\d{3}/i.test(text);
      const parts = ['-', '0', '12', '.', '5', 'e', 'E', '+', 'true', 'fals', 'null', 'x'];
      const go = (text: string, left: number) => {
        for (const pad of [0, 60, 62, 63]) {
          const whole = `${' '.repeat(pad)}[${text}]`;
          if ((scan(Buffer.from(whole)) !== null) !== scans(whole)) assert.fail(whole);
          const bare = ' '.repeat(pad) + text;
          if ((scan(Buffer.from(bare)) !== null) !== scans(bare)) assert.fail(bare);
        }
        if (left > 0) for (const part of parts) go(text + part, left - 1);
      };
      go('', 4);
    });

    test('an escape in a name that is looked for is left to the parser, however long the name', () => {
      const name = 'n'.repeat(150);
      const keys: unknown[] = [];
      const scan = scanner(kernel, {
        channels: [
          {
            id: '',
            program: { list: null, key: [name], value: null },
            slotCount: 2,
            counted: () => {},
            slotOf: (key) => {
              keys.push(key);
              return 0;
            },
          },
        ],
      });
      for (let at = 0; at < name.length; at++) {
        const spelled = `${name.slice(0, at)}\\u006e${name.slice(at + 1)}`;
        scan(Buffer.from(`{"${spelled}":1}`));
        scan(Buffer.from(`{"${name}":1,"${spelled}":2}`));
      }
      assert.deepEqual(keys, []);
      scan(Buffer.from(`{"x${name}":1}`));
      scan(Buffer.from(`{"${name}":"\\u0061"}`));
      assert.deepEqual(keys, [undefined, 'a']);
    });

    test('JSON with a text that is not UTF-8 is for ws, where that is malformed', () => {
      const strict = scanner(kernel, { utf8: true });
      const lax = scanner(kernel);
      for (const pad of ['', 'x'.repeat(61), 'x'.repeat(200)]) {
        const broken = Buffer.concat([Buffer.from(`["${pad}`), Buffer.of(0xc3), Buffer.from('"]')]);
        assert.equal(strict(broken), null);
        assert.equal(lax(broken)?.count, 1);
        assert.equal(strict(Buffer.from(`["${pad}é日🚀"]`))?.count, 1);
      }
    });

    test('awkward messages are counted, indented as well', () => {
      const scan = scanner(kernel);
      for (const text of AWKWARD) {
        assert.equal(scan(Buffer.from(text))?.count, 1, text);
        const indented = JSON.stringify(JSON.parse(text), null, '\t').replaceAll('\n', '\r\n');
        assert.equal(scan(Buffer.from(indented))?.count, 1, indented);
      }
    });

    test('deep nesting is counted up to a depth, and never taken for what it is not', () => {
      const scan = scanner(kernel);
      for (let depth = 1; depth < 200; depth++) {
        const opens = '['.repeat(depth);
        const closes = ']'.repeat(depth);
        assert.equal(scan(Buffer.from(opens + closes)) !== null, depth <= 63, String(depth));
        assert.equal(scan(Buffer.from(`${opens}${closes}]`)), null);
        assert.equal(scan(Buffer.from(`${opens}{${closes}`)), null);
        assert.equal(scan(Buffer.from(`${opens}${closes.slice(1)}}`)), null);
        assert.equal(scan(Buffer.from(`{"a":${opens}${closes}}}`)), null);
        assert.equal(scan(Buffer.from(opens + '1,'.repeat(depth) + closes)), null);
      }
    });

    test('decimals are the doubles that JSON.parse makes of them, or left to it', () => {
      const scan = scanner(kernel, {}, ['v']);
      const random = seeded(7);
      let readCount = 0;
      for (let round = 0; round < 50_000; round++) {
        const text = decimal(random);
        const found = scan(Buffer.from(`{"v":${text}}`));
        if (found === null) continue;
        readCount += 1;
        assert.equal(found.sum, JSON.parse(text) + 0, text);
        assert.equal(scan(Buffer.from(`{"v":"${text}"}`))?.sum, Number(text) + 0, text);
      }
      assert.ok(readCount > 25_000, `${readCount} were read`);
    });

    test('a PDU that differs in one byte from the one before', () => {
      let counted: string | null = null;
      const scan = scanner(kernel, {
        envelope: ENVELOPE_SATORI,
        channels: ['c', 'd'].map((id) => ({
          id,
          program: { list: ['body', 'messages'], key: null, value: null },
          slotCount: 0,
          counted: ({ count }, position) => {
            counted = JSON.stringify([id, count, position]);
          },
          slotOf: () => 0,
        })),
      });
      const members = ['"position":"1:7"', '"messages":[{"a":"x"},[1]]', '"subscription_id":"c"'];
      const loud = [...Buffer.from('"\\{}[],:0-. deDmx1'), 0, 0x0a, 0x80];
      for (const order of [
        [0, 1, 2],
        [0, 2, 1],
        [1, 0, 2],
        [1, 2, 0],
        [2, 0, 1],
        [2, 1, 0],
      ]) {
        const body = order.map((index) => members[index]!).join(',');
        const bytes = Buffer.from(`{"action":"rtm/subscription/data","body":{${body}}}`);
        for (let at = 0; at < bytes.length; at++) {
          for (const byte of loud) {
            for (const change of ['replace', 'insert']) {
              counted = null;
              scan(bytes);
              assert.equal(counted, '["c",2,"1:7"]');
              const rest = bytes.subarray(change === 'insert' ? at : at + 1);
              const changed = Buffer.concat([bytes.subarray(0, at), Buffer.from([byte]), rest]);
              counted = null;
              scan(changed);
              const told = counted as string | null;
              if (told !== null)
                assert.equal(told, pduAsParsed(changed), changed.toString('latin1'));
            }
          }
        }
      }
    });

    test('of a link that was closed nothing is used any more', () => {
      const planOf = (value: readonly string[]): LinkPlan => ({
        envelope: ENVELOPE_SATORI,
        utf8: false,
        frameBytesMax: 65_536,
        channels: [
          {
            id: 'c',
            program: { list: ['body', 'messages'], key: null, value },
            slotCount: 0,
            counted: () => {},
            slotOf: () => 0,
          },
        ],
      });
      const pdu = (messages: string) =>
        Buffer.from(
          `{"action":"rtm/subscription/data","body":{"position":"1:7","messages":${messages},"subscription_id":"c"}}`,
        );
      const scan = scanner(kernel, planOf(['v']));
      const other = new TapLink(kernel, planOf(['w']));
      const feed = (payload: Buffer) => {
        kernel.bytes.set([0x81, 126, payload.length >> 8, payload.length & 0xff], READ_AT);
        kernel.bytes.set(payload, READ_AT + 4);
        return other.scan(READ_AT, READ_AT + 4 + payload.length) - READ_AT;
      };
      scan(pdu('[{"v":1}]'));
      const odd = pdu('[{"w":1}]');
      assert.equal(feed(odd), odd.length + 4);
      other.close();
      // Its memory goes to others: what was a path there is now one of two steps, far out of the memory.
      for (let block = 0; block < 16; block++) {
        const at = kernel.heap.take(64) >> 2;
        kernel.words.set([2, 0, -4_096, 1_000, 0, 0, 0, 0, -4_096, 1_000], at);
      }
      assert.equal(scan(pdu('[{"v":1}]}, "a":1 ,"b":[{"v":1}]')), null);
      assert.equal(scan(pdu('[{"v":1}], "a":1 ,"b":[{"v":1}]')), null);
    });

    test('a text that is not UTF-8 is for ws, as isUtf8 says', () => {
      const scan = scanner(kernel, { envelope: ENVELOPE_OPAQUE, utf8: true });
      const random = seeded(11);
      const pick = (list: readonly number[]) => list[Math.floor(random() * list.length)]!;
      const loud = [
        0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1,
      ];
      loud.push(0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff);
      for (let round = 0; round < 100_000; round++) {
        const length = Math.floor(random() * 6);
        const pad = Buffer.alloc(Math.floor(random() * 20), 0x61);
        const bytes = Buffer.concat([
          pad,
          Buffer.from(Array.from({ length }, () => pick(loud))),
          pad,
        ]);
        assert.equal(scan(bytes) !== null, isUtf8(bytes), bytes.toString('hex'));
      }
    });
  });
}

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Channel, number of messages and position, as the parser finds them. */
function pduAsParsed(bytes: Buffer): string | null {
  try {
    const { action, body } = JSON.parse(bytes.toString('utf8'));
    if (action !== 'rtm/subscription/data' || !Array.isArray(body.messages)) return null;
    return JSON.stringify([body.subscription_id, body.messages.length, body.position]);
  } catch {
    return null;
  }
}

function decimal(random: () => number): string {
  const digits = (count: number) =>
    Array.from({ length: count }, () => Math.floor(random() * 10)).join('');
  const whole = String(Number(digits(1 + Math.floor(random() * 9))));
  const fraction = random() < 0.7 ? `.${digits(1 + Math.floor(random() * 9))}` : '';
  const exponent = random() < 0.1 ? `e${Math.floor(random() * 20) - 10}` : '';
  return (random() < 0.3 ? '-' : '') + whole + fraction + exponent;
}
