// Both scanners, frame by frame, against JSON.parse, Number and isUtf8.
import assert from 'node:assert/strict';
import { isUtf8 } from 'node:buffer';
import { describe, test } from 'node:test';
import type { SeriesBatch } from '../../src/model/delivery.ts';
import { createKernel, instantiate } from '../../src/tap/kernel.ts';
import { type LinkPlan, TapLink } from '../../src/tap/link.ts';
import { createTwin } from '../../src/tap/twin.ts';
import { ENVELOPE_JSON, ENVELOPE_OPAQUE, READ_AT } from '../../wasm/layout.ts';
import { AWKWARD, seeded } from '../support/awkward-json.ts';

const KERNELS = {
  wasm: createKernel(instantiate()!),
  js: createKernel(createTwin()),
} as const;
/** Longer than a block, so that its edge falls on every byte of what follows. */
const PADS = 70;

/** What a frame comes to: what was counted, or null where it is for ws. */
type Scan = (payload: Buffer) => { readonly count: number; readonly sum: number } | null;

function scanner(
  kernel: (typeof KERNELS)['wasm'],
  plan: Partial<LinkPlan> = {},
  value: readonly string[] | null = null,
): Scan {
  let batch: Pick<SeriesBatch, 'count' | 'sum'> | null = null;
  const link = new TapLink(kernel, {
    envelope: ENVELOPE_JSON,
    utf8: false,
    frameBytesMax: 65_536,
    channels: [
      {
        id: '',
        program: { list: null, key: null, value },
        slotCount: 0,
        counted: ({ count, sum }) => {
          batch = { count, sum };
        },
        slotOf: () => 0,
      },
    ],
    ...plan,
  });
  return (payload) => {
    kernel.bytes.set([0x81, 126, payload.length >> 8, payload.length & 0xff], READ_AT);
    kernel.bytes.set(payload, READ_AT + 4);
    batch = null;
    link.scan(READ_AT, READ_AT + 4 + payload.length);
    return batch;
  };
}

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
          const padded = ' '.repeat(pad) + text;
          const isValid = parses(padded);
          validCount += Number(isValid);
          if ((scan(Buffer.from(padded)) !== null) !== isValid) assert.fail(JSON.stringify(padded));
        }
        if (left > 0) for (const token of tokens) go(text + token, left - 1);
      };
      go('', 6);
      assert.ok(validCount > 40, `${validCount} were JSON`);
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
      const parts = ['-', '0', '12', '.', '5', 'e', 'E', '+', 'true', 'fals', 'null', 'x'];
      const go = (text: string, left: number) => {
        for (const pad of [0, 60, 62, 63]) {
          const whole = `${' '.repeat(pad)}[${text}]`;
          if ((scan(Buffer.from(whole)) !== null) !== parses(whole)) assert.fail(whole);
          const bare = ' '.repeat(pad) + text;
          if ((scan(Buffer.from(bare)) !== null) !== parses(bare)) assert.fail(bare);
        }
        if (left > 0) for (const part of parts) go(text + part, left - 1);
      };
      go('', 4);
    });

    test('awkward messages are counted', () => {
      const scan = scanner(kernel);
      for (const text of AWKWARD) assert.equal(scan(Buffer.from(text))?.count, 1, text);
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

function decimal(random: () => number): string {
  const digits = (count: number) =>
    Array.from({ length: count }, () => Math.floor(random() * 10)).join('');
  const whole = String(Number(digits(1 + Math.floor(random() * 9))));
  const fraction = random() < 0.7 ? `.${digits(1 + Math.floor(random() * 9))}` : '';
  const exponent = random() < 0.1 ? `e${Math.floor(random() * 20) - 10}` : '';
  return (random() < 0.3 ? '-' : '') + whole + fraction + exponent;
}
