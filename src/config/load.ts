/**
 * From the text of channels.yaml to a configuration, or to every problem in it at once.
 *
 * Pure: reads no file and no environment of its own. Text of any kind gives an answer, never a throw.
 */
import { type Document, isMap } from 'yaml';
import type { ChannelConfig, KindOptions } from '../model/channel.ts';
import { type Config, type EntryRules, parseListen } from '../model/config.ts';
import { parseDuration } from '../model/interval.ts';
import type { Place, Problem } from '../model/problem.ts';
import { type Redact, redactor } from '../model/redaction.ts';
import { type Retention, TIERS } from '../model/tier.ts';
import { crossChecks } from './cross-checks.ts';
import { problemsOf } from './issues.ts';
import type { Kinds } from './kinds.ts';
import { settle } from './literals.ts';
import { withNames } from './names.ts';
import { channelNotes } from './notes.ts';
import { parse, toData, tooDeep } from './parse.ts';
import type { Places } from './places.ts';
import { isOwnKey, validationSchema } from './schema.ts';
import { secretsIn } from './secret-values.ts';
import type { SecretReader } from './secrets.ts';
import { DEPTH_MAX } from './unusable.ts';
import { validate } from './validate.ts';
import { isDeeper, valueAt } from './value-at.ts';
import { type Replaced, replaceVariables } from './variables.ts';

/** Longer files are refused, in UTF-16 units. Two thousand channels take about 400,000. */
export const TEXT_LENGTH_MAX = 8_000_000;
/** Problems told at once; a file with more is not the file that was meant. */
export const PROBLEMS_MAX = 100;
/**
 * More channels are refused. So many, each with a connection of its own, were measured at 700 MB of memory, a tenth of a
 * core, and 2 seconds for the list of all channels: what one machine, and one page, can show.
 */
export const CHANNELS_MAX = 2_000;

export interface LoadOptions {
  /** Name of the file, for places. */
  readonly file: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly kinds: Kinds;
  /** Reads the file of a `${file:PATH}`; default: none can be read. */
  readonly readSecret?: SecretReader;
}

export type Loaded = {
  /** What is right, and may not be what was meant. */
  readonly notes: readonly Problem[];
  /** The data of a file that is right, for people: variables are in it by their names. Null for any other. */
  readonly shown: unknown;
} & (
  | { readonly config: Config; readonly problems: readonly [] }
  | { readonly config: null; readonly problems: readonly Problem[] }
);

export function loadConfig(text: string, options: LoadOptions): Loaded {
  const start = { file: options.file, line: 1, column: 1 };
  if (text.length > TEXT_LENGTH_MAX) {
    const message = `the file is longer than ${TEXT_LENGTH_MAX} characters; split it`;
    return refused([{ code: 'file-too-large', message, place: start }]);
  }
  const parsed = parse(text, options.file);
  if ('problems' in parsed) return refused(parsed.problems);
  const { document, places, faults, notes } = parsed;
  const written = toData(document);
  if (written === null) {
    const message = 'the aliases (*name) expand to far more than was written; write it out';
    return refused([{ code: 'yaml-alias-bomb', message, place: start }]);
  }
  // Aliases can pile up what is flat as it is written.
  if (isDeeper(written.data, DEPTH_MAX)) return refused([tooDeep(start)]);
  const shape = shapeProblem(document, written.data, places);
  if (shape !== null) return refused([...faults, shape]);
  settle(written.data);
  const { environment, readSecret = () => ({ fault: 'secrets cannot be read from files here' }) } =
    options;
  const replaced = replaceVariables(document, { environment, readSecret }, places);
  const data = toData(document)!.data as Record<string, unknown>;
  const literals = settle(data);
  const secrets = secretsIn({ written: written.data, data, environment, readSecret });
  const loaded = validated({
    data,
    literals,
    secrets,
    kinds: options.kinds,
    places,
    written: written.data,
    before: {
      problems: [...faults, ...replaced.problems],
      notes: [...notes, ...replaced.notes],
    },
  });
  return masked(loaded, redactor(secrets));
}

/** The same without secrets in what is said, whichever problem or note repeats one. */
function masked(loaded: Loaded, redact: Redact): Loaded {
  const without = (list: readonly Problem[]) =>
    list.map((one) => ({ ...one, message: redact(one.message) }));
  const notes = without(loaded.notes);
  return loaded.config === null
    ? { ...loaded, notes, problems: without(loaded.problems) }
    : { ...loaded, notes };
}

/** What no schema needs to look at: a file without a map in it, or with more channels than there may be. */
function shapeProblem(document: Document.Parsed, data: unknown, places: Places): Problem | null {
  const place = places.offset(document.contents?.range?.[0] ?? 0);
  if (data === null || data === undefined) {
    const message = 'the file is empty; write at least one channel under channels:';
    return { code: 'file-empty', message, place: { ...place, line: 1, column: 1 } };
  }
  if (!isMap(document.contents)) {
    return { code: 'wrong-type', message: 'the file must be a map of keys and values', place };
  }
  const count = Object.keys(valueAt(data, ['channels']) ?? {}).length;
  if (count <= CHANNELS_MAX) return null;
  const message = `there are ${count} channels; the most is ${CHANNELS_MAX}, so count the others with a second Weir`;
  return { code: 'too-many-channels', message, place: places.key(['channels']) };
}

function validated(given: {
  /** As in the file, with the values of its variables. */
  readonly data: Record<string, unknown>;
  readonly literals: ReturnType<typeof settle>;
  readonly secrets: readonly string[];
  readonly kinds: Kinds;
  readonly places: Places;
  /** What was found before the data is validated. */
  readonly before: Replaced;
  /** The data with its variables as they are in the file: what a problem may show. */
  readonly written: unknown;
}): Loaded {
  const { data, literals, secrets, kinds, places, before, written } = given;
  for (const key of Object.keys(data)) if (isOwnKey(key)) delete data[key];
  const schema = validationSchema(kinds);
  const result = validate(schema, data, literals);
  if (!result.success) {
    const context = { schema, written, data, places };
    const found = result.error.issues.flatMap((issue) => problemsOf(issue, context));
    // A value that could not be had is one problem, not two.
    const told = new Set(before.problems.map(({ place }) => JSON.stringify(place)));
    const others = found.filter(({ place }) => !told.has(JSON.stringify(place)));
    return refused([...before.problems, ...others], before.notes);
  }
  const config = { ...toConfig(result.data as FileData), secrets };
  const problems = [...before.problems, ...crossChecks(config, places, written)];
  if (problems.length > 0) return refused(problems, before.notes);
  const { channels } = config;
  const notes = [...before.notes, ...channelNotes({ channels, data, literals, kinds, places })];
  return { config, problems: [], notes: inOrder(notes), shown: withNames(written, data) };
}

function refused(problems: readonly Problem[], notes: readonly Problem[] = []): Loaded {
  return { config: null, problems: inOrder(problems), notes: inOrder(notes), shown: null };
}

/** In the order of the file, and no more than a person can read; the last one then says how many are left out. */
function inOrder(problems: readonly Problem[]): Problem[] {
  const at = ({ place }: Problem): Pick<Place, 'line' | 'column'> =>
    place ?? { line: 0, column: 0 };
  const sorted = problems.toSorted(
    (a, b) => at(a).line - at(b).line || at(a).column - at(b).column,
  );
  if (sorted.length <= PROBLEMS_MAX) return sorted;
  const left = sorted.slice(PROBLEMS_MAX - 1);
  const message = `${left.length} more problems from here on; put the first ones right, and look again`;
  return [...sorted.slice(0, PROBLEMS_MAX - 1), { ...left[0]!, code: 'more-problems', message }];
}

/** What the schema lets through. */
interface FileData extends EntryRules {
  readonly channels: Readonly<Record<string, ChannelData>>;
  readonly listen: string;
  readonly store: KindOptions;
  readonly timezone: string;
  readonly retain: Readonly<Record<string, string>>;
  readonly threads?: number;
  readonly charts: 'google' | 'builtin';
  readonly rtm?: unknown;
}

interface ChannelData {
  readonly title?: string;
  readonly description: string;
  readonly feed: KindOptions;
  readonly processor: KindOptions;
  readonly chart: { readonly interval: string; readonly range: string };
  readonly was?: string | string[];
}

function toConfig(data: FileData): Omit<Config, 'secrets'> {
  const retain = Object.fromEntries(
    TIERS.map(({ name }) => [name, parseDuration(data.retain[name]!)!]),
  ) as Retention;
  return {
    listen: parseListen(data.listen)!,
    allowedHosts: data.allowedHosts,
    allowedOrigins: data.allowedOrigins,
    trustProxy: data.trustProxy,
    access: data.access,
    store: data.store,
    timezone: data.timezone,
    retain,
    threads: data.threads ?? null,
    charts: data.charts,
    rtm: data.rtm ?? null,
    channels: Object.entries(data.channels).map(([name, channel]) => toChannel(name, channel)),
  };
}

function toChannel(name: string, channel: ChannelData): ChannelConfig {
  const { description, feed, processor, chart } = channel;
  const was = channel.was === undefined ? [] : [channel.was].flat();
  return { name, title: channel.title ?? name, description, feed, processor, chart, was };
}
