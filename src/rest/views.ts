/** From the model to what goes out as JSON. */
import { type Bucket, shownCount, shownMissed } from '../model/bucket.ts';
import type { Descriptor } from '../model/channel.ts';
import type { Link } from '../shared/link-words.ts';
import type { BucketParameters, BucketView, ChannelView } from './schemas.ts';
import { formatTime } from './time-parameter.ts';

type Fill = BucketParameters['fill'];

export function bucketToView(descriptor: Descriptor, bucket: Bucket, fill: Fill): BucketView {
  const { counted, sum } = bucket.tally;
  return view(descriptor, bucket, fill, { counted, sum });
}

export function keyBucketToView(
  descriptor: Descriptor,
  bucket: Bucket,
  key: string,
  worth: { readonly counted: number; readonly sum: number },
  fill: Fill,
): BucketView {
  return { ...view(descriptor, bucket, fill, worth), key };
}

/** A channel's link; a next try only while there is one to come. */
export function linkToView({ state, since, detail, nextTry }: Link): ChannelView['link'] {
  const waits = state === 'down' && nextTry > 0;
  return { state, since: formatTime(since), detail, nextTry: waits ? formatTime(nextTry) : null };
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
    ...(processor.measure === 'sum' ? { sum: nothing ? empty : worth.sum } : {}),
    state: bucket.state,
    coverage: Math.round(bucket.coverage * 1e6) / 1e6,
    missed: shownMissed(bucket),
    replayed: bucket.tally.replayed,
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
