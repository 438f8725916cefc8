// A scanner alone, without a socket: frame in, count out.
import type { SeriesBatch } from '../../src/model/delivery.ts';
import { createKernel, instantiate } from '../../src/tap/kernel.ts';
import { type LinkPlan, TapLink } from '../../src/tap/link.ts';
import { createTwin } from '../../src/tap/twin.ts';
import { ENVELOPE_JSON, READ_AT } from '../../wasm/layout.ts';

export const KERNELS = {
  wasm: createKernel(instantiate()!),
  js: createKernel(createTwin()),
} as const;
/** What a frame comes to: what was counted, or null where it is for ws. */
export type Scan = (payload: Buffer) => { readonly count: number; readonly sum: number } | null;

export function scanner(
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
