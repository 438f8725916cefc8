/** The protocol's own parameters: `reqId:0;sig:12ab;out:csv`. What is not known is ignored, as the protocol wants. */

export interface Tqx {
  readonly reqId: string | null;
  readonly sig: string | null;
  readonly out: 'json' | 'csv' | 'html' | 'tsv-excel';
  /** Name of a function to call with the answer; null for plain JSON. */
  readonly responseHandler: string | null;
  readonly outFileName: string;
}

const OUTS = ['json', 'csv', 'html', 'tsv-excel'] as const;

export function parseTqx(text: string): Tqx {
  const pairs = new Map(
    text.split(';').map((pair) => {
      const [key = '', ...value] = pair.split(':');
      return [key.trim(), value.join(':').trim()];
    }),
  );
  const out = OUTS.find((name) => name === pairs.get('out')) ?? 'json';
  const handler = (pairs.get('responseHandler') ?? '').replace(/[^A-Za-z0-9_.]/g, '');
  const file = (pairs.get('outFileName') ?? '').replace(/[^\w.-]/g, '').slice(0, 100) || 'data.csv';
  return {
    reqId: pairs.get('reqId') ?? null,
    sig: pairs.get('sig') ?? null,
    out,
    responseHandler: handler === '' ? null : handler,
    outFileName: file.endsWith('.csv') ? file : `${file}.csv`,
  };
}
