/**
 * From the text of channels.yaml to a configuration, or to every problem in it at once.
 *
 * Pure: reads no file and no environment of its own. Text of any kind gives an answer, never a throw.
 */
import { type Document, LineCounter, parseDocument } from 'yaml';
import type { ChannelConfig, KindOptions } from '../model/channel.ts';
import { type Config, type EntryRules, parseListen } from '../model/config.ts';
import { parseDuration } from '../model/interval.ts';
import type { Place, Problem } from '../model/problem.ts';
import { redactor } from '../model/redaction.ts';
import { type Retention, TIERS } from '../model/tier.ts';
import { crossChecks } from './cross-checks.ts';
import { problemsOf } from './issues.ts';
import type { Kinds } from './kinds.ts';
import { type Places, placesIn } from './places.ts';
import { validationSchema } from './schema.ts';
import { secretsIn } from './secrets.ts';
import { DEPTH_MAX, unusableParts } from './unusable.ts';
import { isDeeper } from './value-at.ts';
import { replaceVariables } from './variables.ts';

/** Longer files are refused, in UTF-16 units. Ten thousand channels take about 2 million. */
export const TEXT_LENGTH_MAX = 8_000_000;
/** Problems told at once; a file with more is not the file that was meant. */
export const PROBLEMS_MAX = 100;
/** How often aliases may be expanded before the file counts as a bomb. */
const ALIAS_COUNT_MAX = 1_000;

export interface LoadOptions {
  /** Name of the file, for places. */
  readonly file: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly kinds: Kinds;
}

export type Loaded =
  | { readonly config: Config; readonly problems: readonly [] }
  | { readonly config: null; readonly problems: readonly Problem[] };

export function loadConfig(text: string, options: LoadOptions): Loaded {
  const { file, kinds } = options;
  const start = { file, line: 1, column: 1 };
  if (text.length > TEXT_LENGTH_MAX) {
    const message = `the file is longer than ${TEXT_LENGTH_MAX} characters; split it`;
    return refused([{ code: 'file-too-large', message, place: start }]);
  }
  const document = parse(text);
  if (!document) return tooDeep(start);
  const places = placesIn(file, document.contents, linesOf(text));
  if (document.errors.some(({ message }) => message.includes('call stack'))) return tooDeep(start);
  if (document.errors.length > 0) return refused(syntaxProblems(document, places));
  const unusable = unusableParts(document, places);
  if (unusable.length > 0) return refused(unusable);
  const written = toData(document);
  if (written === ALIAS_BOMB) {
    const message = 'the aliases (*name) expand to far more than was written; write it out';
    return refused([{ code: 'yaml-alias-bomb', message, place: start }]);
  }
  // Aliases can pile up what is flat as it is written.
  if (isDeeper(written, DEPTH_MAX)) return tooDeep(start);
  if (written === null || written === undefined) {
    const message = 'the file is empty; write at least one channel under channels:';
    return refused([{ code: 'file-empty', message, place: start }]);
  }
  const before = replaceVariables(document, options.environment, places);
  const data = toData(document);
  const secrets = secretsIn({ written, data, environment: options.environment });
  return masked(validate(data, { kinds, places, before, written, secrets }), secrets);
}

/** The problems without secrets, whichever of them repeats one. */
function masked(loaded: Loaded, secrets: readonly string[]): Loaded {
  if (loaded.config !== null) return loaded;
  const redact = redactor(secrets);
  const problems = loaded.problems.map((one) => ({ ...one, message: redact(one.message) }));
  return { config: null, problems };
}

function validate(
  data: unknown,
  given: {
    readonly kinds: Kinds;
    readonly places: Places;
    readonly before: Problem[];
    /** The data with its variables as they are in the file: what a problem may show. */
    readonly written: unknown;
    readonly secrets: readonly string[];
  },
): Loaded {
  const { places, before, written } = given;
  const schema = validationSchema(given.kinds);
  const result = schema.safeParse(data);
  if (!result.success) {
    const context = { schema, written, places };
    return refused([
      ...before,
      ...result.error.issues.flatMap((issue) => problemsOf(issue, context)),
    ]);
  }
  const config = { ...toConfig(result.data as FileData), secrets: given.secrets };
  const problems = [...before, ...crossChecks(config, places, written)];
  return problems.length > 0 ? refused(problems) : { config, problems: [] };
}

function tooDeep(place: Place): Loaded {
  const message = 'the file is nested too deeply; it cannot be what was meant';
  return refused([{ code: 'yaml-syntax', message, place }]);
}

/** Counted here, because the parser misses lines where the text is not right. */
function linesOf(text: string): LineCounter {
  const lines = new LineCounter();
  lines.addNewLine(0);
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
    lines.addNewLine(at + 1);
  }
  return lines;
}

function parse(text: string): Document.Parsed | null {
  try {
    return parseDocument(text, { merge: true, prettyErrors: false, logLevel: 'error' });
  } catch (error) {
    // The parser is recursive; a thousand brackets in a row overflow the stack.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

const ALIAS_BOMB = Symbol('alias bomb');

function toData(document: Document.Parsed): unknown {
  try {
    return document.toJS({ maxAliasCount: ALIAS_COUNT_MAX });
  } catch (error) {
    // The only thing left that can fail: aliases, too many (ReferenceError) or circular (RangeError).
    if (error instanceof ReferenceError || error instanceof RangeError) return ALIAS_BOMB;
    throw error;
  }
}

function syntaxProblems(document: Document.Parsed, places: Places): Problem[] {
  const seen = new Set<number>();
  return document.errors.flatMap((error): Problem[] => {
    // One mistake often breaks several rules of the grammar; the first is the one to put right.
    if (seen.has(error.pos[0])) return [];
    seen.add(error.pos[0]);
    const place = places.offset(error.pos[0]);
    if (error.code === 'DUPLICATE_KEY') {
      const message = 'this key is in the map already; give each its own name, or remove one';
      return [{ code: 'yaml-duplicate-key', message, place }];
    }
    // The parser quotes the text at the place, which may hold a secret.
    const sentence = error.message.split('\n')[0]!.replace(/: ".*$/, '');
    return [{ code: 'yaml-syntax', message: `not YAML: ${sentence}`, place }];
  });
}

function refused(problems: readonly Problem[]): Loaded {
  const sorted = problems.toSorted(
    (a, b) =>
      (a.place?.line ?? 0) - (b.place?.line ?? 0) ||
      (a.place?.column ?? 0) - (b.place?.column ?? 0),
  );
  return { config: null, problems: sorted.slice(0, PROBLEMS_MAX) };
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
