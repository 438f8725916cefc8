/** Buckets as JSON, CSV (RFC 4180) and NDJSON. */
import type { BucketView } from './schemas.ts';

const COLUMNS = [
  'channel',
  'key',
  'series',
  'start',
  'end',
  'count',
  'sum',
  'state',
  'coverage',
  'missed',
  'replayed',
  'undated',
  'late',
  'malformed',
  'rev',
  'reason',
] as const satisfies readonly (keyof BucketView)[];

/** What `JSON.stringify` makes of them, in half the time. */
export function toJson(rows: readonly BucketView[]): string {
  let text = '[';
  for (const row of rows) text += text === '[' ? rowJson(row) : `,${rowJson(row)}`;
  return `${text}]`;
}

/** Names and times have nothing to escape, counts are finite; rows with more than these are left to `JSON.stringify`. */
function rowJson(row: BucketView): string {
  if (row.gaps.length > 0 || row.series !== undefined || row.sum !== undefined) {
    return JSON.stringify(row);
  }
  const { channel, start, end, count } = row;
  return `{"channel":"${channel}","start":"${start}","end":"${end}","count":${count},${restJson(row)}`;
}

/** What was written last of a row without gaps, after its count: a bucket is mostly like the one before. */
let last: { readonly row: BucketView; readonly text: string } | null = null;

function restJson(row: BucketView): string {
  if (last && sameRest(last.row, row)) return last.text;
  const { state, coverage, missed, replayed, undated, late, malformed, rev, gaps } = row;
  const rest = { state, coverage, missed, replayed, undated, late, malformed, rev, gaps };
  const text = JSON.stringify(rest).slice(1);
  last = { row, text };
  return text;
}

function sameRest(one: BucketView, other: BucketView): boolean {
  return (
    one.state === other.state &&
    one.coverage === other.coverage &&
    one.missed === other.missed &&
    one.replayed === other.replayed &&
    one.undated === other.undated &&
    one.late === other.late &&
    one.malformed === other.malformed &&
    one.rev === other.rev
  );
}

/** With a header line; null is an empty field. */
export function toCsv(rows: readonly BucketView[]): string {
  const lines = rows.map((row) => COLUMNS.map((column) => csvField(row[column])).join(','));
  return [COLUMNS.join(','), ...lines, ''].join('\r\n');
}

/** One field, quoted where it must be. */
export function csvField(value: string | number | null | undefined): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number') return String(value);
  // A spreadsheet takes such a text for a formula; keys come from outside.
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** One bucket a line. */
export function toNdjson(rows: readonly BucketView[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}
