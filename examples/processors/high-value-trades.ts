/**
 * A processor of your own: counts only trades above a value, by symbol.
 *
 *     processor:
 *       kind: ./processors/high-value-trades.ts
 *       class: HighValueTrades
 *       keyed: true
 *       above: 100000
 *
 * One instance a channel; `process` is called once a message. Return null (not counted), a number (worth that
 * much), a text (counted under that key), or { key, value }. What you throw makes the message malformed.
 */
import type { Processor, Worth } from '../../src/processors/processor.ts';

interface Options {
  /** Least value of a trade that counts: price times quantity. */
  readonly above: number;
}

export class HighValueTrades implements Processor {
  readonly #above: number;

  /** Gets the options of channels.yaml as they stand there. */
  constructor(options: Options) {
    if (!(options.above >= 0)) throw new TypeError('above must be a number, 0 or more');
    this.#above = options.above;
  }

  process(message: unknown): Worth {
    const { symbol, price, quantity } = message as Record<string, unknown>;
    const value = Number(price) * Number(quantity);
    if (typeof symbol !== 'string' || Number.isNaN(value)) throw new TypeError('this is no trade');
    return value > this.#above ? symbol : null;
  }
}
