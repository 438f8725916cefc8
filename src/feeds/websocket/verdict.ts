/** What the number of a message proves. */
export type Verdict =
  /** It comes for the first time; so many before it are missing, or null for an unknown number. */
  | { readonly kind: 'new'; readonly missed: number | null }
  | { readonly kind: 'duplicate' }
  /** It was booked as missing at `bookedAt` (Unix milliseconds), and came after all. */
  | { readonly kind: 'found'; readonly bookedAt: number };

export const NEW: Verdict = { kind: 'new', missed: 0 };
export const DUPLICATE: Verdict = { kind: 'duplicate' };
/** The numbers begin again: how many messages are missing before, nobody knows. */
export const BEGUN_AGAIN: Verdict = { kind: 'new', missed: null };

/** What a stream needs of the rules of its kind. */
export interface Rules {
  take(number: number, now: number): Verdict;
  /** Whether `number` may still come. */
  isMissing(number: number): boolean;
  readonly last: number;
  /** What is known of the numbers below the last, as one line. */
  readonly text: string;
  /** Whether something was forgotten because of a bound. */
  readonly overflowed: boolean;
}
