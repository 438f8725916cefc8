/** Buckets as the DataTable of the datasource protocol, after the query has been applied. */

import { alignment, type Interval } from '../../model/interval.ts';
import { fromLocal, localParts } from '../../model/local-time.ts';
import { isShownTwice, offsetAt, offsetText } from '../../model/wall-clock.ts';
import type { BucketView } from '../schemas.ts';
import type { RestChannel } from '../sources.ts';
import { GvizError } from './gviz-error.ts';
import type { TableQuery } from './tq.ts';

export interface GvizColumn {
  readonly id: string;
  readonly label: string;
  readonly type: 'datetime' | 'number' | 'boolean' | 'string';
  readonly role?: 'certainty' | 'tooltip';
  /** Id of the data column that a role belongs to. */
  readonly of?: string;
}

export interface GvizTable {
  readonly columns: readonly GvizColumn[];
  /** Times are Unix milliseconds. */
  readonly rows: readonly (readonly GvizValue[])[];
}

export type GvizValue = number | boolean | string | null;

export interface DateStyle {
  readonly zone: string;
  readonly dates: 'epoch' | 'parts';
  readonly interval: Interval;
}

/** One row a start; one channel also gets a tooltip, several only certainty. `rows` are ascending. */
export function bucketTable(
  channels: readonly RestChannel[],
  rows: readonly BucketView[],
): GvizTable {
  const single = channels.length === 1;
  const columns: GvizColumn[] = [{ id: 't', label: 'Interval', type: 'datetime' }];
  for (const { descriptor } of channels) {
    const id = single ? 'n' : descriptor.name;
    columns.push({ id, label: descriptor.title, type: 'number' });
    columns.push({ id: `${id}-certain`, label: '', type: 'boolean', role: 'certainty', of: id });
    if (single) columns.push({ id: 'tip', label: '', type: 'string', role: 'tooltip', of: id });
  }
  const starts = Map.groupBy(rows, ({ start }) => Date.parse(start));
  return {
    columns,
    rows: [...starts].map(([start, buckets]) => [
      start,
      ...channels.flatMap(({ descriptor }) => {
        const bucket = buckets.find(({ channel }) => channel === descriptor.name);
        const sums = descriptor.processor.measure === 'sum';
        return cells(bucket, sums).slice(0, single ? 3 : 2);
      }),
    ]),
  };
}

function cells(bucket: BucketView | undefined, sums: boolean): GvizValue[] {
  if (!bucket) return [null, null, null];
  const value = (sums ? bucket.sum : bucket.count) ?? null;
  const state = {
    open: 'so far',
    complete: 'complete',
    partial: 'partial',
    missing: 'not observed',
  };
  const tip = `${value ?? '—'}, ${state[bucket.state]}`;
  return [value, bucket.state === 'complete', tip];
}

/** Throws a GvizError for a column or time that is none. */
export function applyQuery(table: GvizTable, query: TableQuery, zone: string): GvizTable {
  const rows = table.rows.filter(([start]) => isWanted(start as number, query, zone));
  const ordered = query.orderBy ? order(rows, table, query.orderBy) : rows;
  const end = query.limit === null ? undefined : query.offset + query.limit;
  return pick(
    { columns: label(table.columns, query), rows: ordered.slice(query.offset, end) },
    query,
  );
}

function isWanted(start: number, { where }: TableQuery, zone: string): boolean {
  return where.every(({ operator, time }) => {
    const limit = fromLocal(time, zone);
    if (limit === null) throw new GvizError('invalid_query', `"${time}" is not a time`);
    switch (operator) {
      case '>':
        return start > limit;
      case '>=':
        return start >= limit;
      case '<':
        return start < limit;
      default:
        return start <= limit;
    }
  });
}

function order(
  rows: GvizTable['rows'],
  table: GvizTable,
  { column, descending }: NonNullable<TableQuery['orderBy']>,
): GvizTable['rows'] {
  const index = indexOf(table.columns, column);
  const rank = (row: readonly GvizValue[]) => Number(row[index] ?? Number.NEGATIVE_INFINITY);
  const sorted = rows.toSorted((a, b) => rank(a) - rank(b));
  return descending ? sorted.reverse() : sorted;
}

function label(columns: readonly GvizColumn[], { labels }: TableQuery): GvizColumn[] {
  for (const id of labels.keys()) indexOf(columns, id);
  return columns.map((column) => ({ ...column, label: labels.get(column.id) ?? column.label }));
}

/** The selected columns, each with its roles. */
function pick({ columns, rows }: GvizTable, { select }: TableQuery): GvizTable {
  if (select === null) return { columns, rows };
  const indices = select.flatMap((id) => {
    indexOf(columns, id);
    return columns.flatMap((column, index) =>
      column.id === id || column.of === id ? [index] : [],
    );
  });
  return {
    columns: indices.map((index) => columns[index]!),
    rows: rows.map((row) => indices.map((index) => row[index] ?? null)),
  };
}

function indexOf(columns: readonly GvizColumn[], id: string): number {
  const index = columns.findIndex((column) => column.id === id);
  if (index >= 0) return index;
  const known = columns.filter(({ role }) => !role).map((column) => column.id);
  throw new GvizError('invalid_query', `there is no column "${id}", only ${known.join(', ')}`);
}

/** The table as the protocol's JSON value. */
export function tableJson({ columns, rows }: GvizTable, query: TableQuery, style: DateStyle) {
  const { interval, zone } = style;
  return {
    p: { interval: interval.text, tz: zone, aligned: alignment(interval) },
    cols: columns.map(({ id, label: text, type, role }) => ({
      id,
      label: text,
      type,
      ...(role ? { p: { role }, role } : {}),
    })),
    rows: query.noValues
      ? []
      : rows.map((row) => ({
          c: row.map((value, index) => cellJson(value, columns[index]!, query, style)),
        })),
  };
}

function cellJson(value: GvizValue, { type }: GvizColumn, query: TableQuery, style: DateStyle) {
  if (value === null) return null;
  if (type !== 'datetime') return { v: value };
  const v = dateJson(value as number, style);
  return query.noFormat ? { v } : { v, f: localText(value as number, style.zone) };
}

/** `Date(2026,10,21,14,5,0,0)`: months count from 0. One argument: milliseconds of the Unix clock. */
function dateJson(at: number, { zone, dates }: DateStyle): string {
  if (dates === 'epoch') return `Date(${at})`;
  const [year, month, ...rest] = localParts(at, zone);
  return `Date(${[year, month - 1, ...rest].join(',')})`;
}

/** `2026-11-21 14:05:00` on the clocks of the zone; with the offset where clocks show this time twice. */
export function localText(at: number, zone: string): string {
  const [year, month, day, hour, minute, second] = localParts(at, zone).map((part) =>
    String(part).padStart(2, '0'),
  );
  const offset = isShownTwice(zone, at) ? ` ${offsetText(offsetAt(zone, at))}` : '';
  return `${year}-${month}-${day} ${hour}:${minute}:${second}${offset}`;
}

/** Rows of texts, for CSV and HTML; the first row has the labels. */
export function tableTexts({ columns, rows }: GvizTable, zone: string): string[][] {
  const shown = columns.flatMap((column, index) => (column.role ? [] : [{ column, index }]));
  return [
    shown.map(({ column }) => column.label),
    ...rows.map((row) =>
      shown.map(({ column, index }) => {
        const value = row[index] ?? null;
        if (value === null) return '';
        return column.type === 'datetime' ? localText(value as number, zone) : String(value);
      }),
    ),
  ];
}
