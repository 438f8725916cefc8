/** From the model to what goes out as JSON. */
import { type Bucket, shownCount, shownMissed } from '../model/bucket.ts';
import type { Descriptor } from '../model/channel.ts';
import { shownSum } from '../model/exact-sum.ts';
import type { SeriesName } from '../model/series.ts';
import type { Link } from '../shared/link-words.ts';
import type { BucketParameters } from './queries.ts';
import type { BucketView, ChannelView } from './schemas.ts';
import { formatTime } from './time-parameter.ts';

type Fill = BucketParameters['fill'];

export function bucketToView(descriptor: Descriptor, bucket: Bucket, fill: Fill): BucketView {
  const { counted, sum } = bucket.tally;
  return view(descriptor, bucket, fill, { counted, sum });
}

/** What one series by key has of a bucket. */
export interface SeriesShare {
  readonly name: SeriesName;
  readonly worth: { readonly counted: number; readonly sum: number };
  /** Its messages may be among those of `other`. */
  readonly unknown: boolean;
}

/** A number that is not known is null, and `reason` says why. */
export function keyBucketToView(
  descriptor: Descriptor,
  bucket: Bucket,
  { name, worth, unknown }: SeriesShare,
  fill: Fill,
): BucketView {
  const { series, key } = name;
  const row = { ...view(descriptor, bucket, fill, worth), key, series };
  const reason = keyReason(bucket, unknown);
  if (reason === null) return row;
  return { ...row, count: null, ...(row.sum === undefined ? {} : { sum: null }), reason };
}

function keyReason({ split }: Bucket, unknown: boolean): 'redefined' | 'keys-full' | null {
  if (split === 'none') return 'redefined';
  return unknown ? 'keys-full' : null;
}

/** A channel's link; a next try only while there is one to come. */
export function linkToView({ state, since, detail, nextTry }: Link): ChannelView['link'] {
  const waits = state === 'down' && nextTry > 0;
  return { state, since: formatTime(since), detail, nextTry: waits ? formatTime(nextTry) : null };
}

/** The sum that may be shown: null where no message of the bucket was valued as messages are now. */
function sumOf({ valued }: Bucket, sum: number | null) {
  if (valued === 'none') return { sum: null, reason: 'redefined' as const };
  return { sum: sum === null ? null : shownSum(sum) };
}

function view(
  { name, processor }: Descriptor,
  bucket: Bucket,
  fill: Fill,
  worth: { readonly counted: number; readonly sum: number },
): BucketView {
  const nothing = shownCount(bucket) === null;
  const empty = fill === 'zero' ? 0 : null;
  return {
    channel: name,
    start: formatTime(bucket.start),
    end: formatTime(bucket.end),
    count: nothing ? empty : worth.counted,
    ...(processor.measure === 'sum' ? sumOf(bucket, nothing ? empty : worth.sum) : {}),
    state: bucket.state,
    coverage: Math.round(bucket.coverage * 1e6) / 1e6,
    missed: shownMissed(bucket),
    replayed: bucket.tally.replayed,
    undated: bucket.tally.undated,
    late: bucket.tally.late,
    malformed: bucket.tally.malformed,
    rev: bucket.rev,
    gaps: bucket.gaps.map(({ from, to, cause, detail }) => ({
      from: formatTime(from),
      to: to === null ? null : formatTime(to),
      cause,
      detail,
    })),
  };
}
