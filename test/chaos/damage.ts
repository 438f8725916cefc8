// What a damaged file must still answer: opens it as Weir does, reads every bucket, goes on counting, reads again.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Descriptor, WeirEvent } from '../../src/model/channel.ts';
import { parseInterval } from '../../src/model/interval.ts';
import { keySeries } from '../../src/model/series.ts';
import { tierFor } from '../../src/model/tier.ts';
import { bucketPage } from '../../src/rest/bucket-page.ts';
import type { BucketView } from '../../src/rest/schemas.ts';
import { allocateRing } from '../../src/shared/ring.ts';
import { RingReader } from '../../src/shared/ring-reader.ts';
import { storeKind } from '../../src/store/index.ts';
import { StoreError, type StoreReader, type StoreWriter } from '../../src/store/store.ts';
import { FakeTime } from '../support/fake-time.ts';
import { BY_KEY } from '../support/positions.ts';
import {
  cell,
  commit,
  keyCell,
  RETENTION,
  rollingUp,
  S,
  seal,
  sealSpan,
} from '../support/stored.ts';

const kind = storeKind('sqlite')!;
const SEALED_TO = S + 905;
const GONE_ON_TO = S + 965;

/** Bucket → what was answered. */
type Answers = ReadonlyMap<string, BucketView>;

export interface Outcome {
  /** `refused`: it did not start, and said what to do. `anew`: the file was set aside. `gone on`: neither. */
  readonly start: 'gone on' | 'anew' | 'refused';
  /** Set aside only when it was written. */
  readonly later: boolean;
  /** Commits that failed with a StoreError. */
  readonly troubleCount: number;
  /** Altered counts that were called complete. There must be none. */
  readonly lies: readonly string[];
  /** Whether any answer was another than that of the undamaged file. */
  readonly differs: boolean;
  /** Whether the audit of the damaged file found anything, or refused it. */
  readonly found: boolean;
}

/** Runs the whole on damaged copies of one undamaged file. */
export class DamageBench {
  readonly #folder: string;
  readonly #whole: Buffer;
  readonly #truth: { readonly before: Answers; readonly after: Answers };

  /** Works in a folder of its own, which the caller removes. */
  constructor(folder: string, goldenFile: string) {
    this.#folder = folder;
    this.#whole = readFileSync(goldenFile);
    const path = this.#fresh(this.#whole);
    const { before, after, writer } = liveOn(path, []);
    writer?.close();
    this.#truth = { before, after };
  }

  get whole(): Buffer {
    return this.#whole;
  }

  /** How many buckets the undamaged file calls complete; with fewer than some, the test would prove nothing. */
  get completeCount(): number {
    return [...this.#truth.before.values()].filter(({ state }) => state === 'complete').length;
  }

  run(damaged: Uint8Array): Outcome {
    const audited = this.#fresh(damaged, 'audited');
    const found = auditFinds(audited);
    const path = this.#fresh(damaged);
    const told: WeirEvent[] = [];
    let lived: Lived;
    try {
      lived = liveOn(path, told);
    } catch (error) {
      if (!(error instanceof StoreError) || !/[.;] \w|Move it away/.test(error.message))
        throw error;
      return { start: 'refused', later: false, troubleCount: 0, lies: [], differs: true, found };
    }
    lived.writer.close();
    const { before, after } = this.#truth;
    const lies = [...liesIn(lived.before, before), ...liesIn(lived.after, after)];
    const differs = !same(lived.before, before);
    const start = lived.toldAtStart > 0 ? 'anew' : 'gone on';
    const later = told.length > lived.toldAtStart;
    return { start, later, troubleCount: lived.troubleCount, lies, differs, found };
  }

  #fresh(content: Uint8Array, name = 'lived'): string {
    const folder = join(this.#folder, name);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const path = join(folder, 'weir.db');
    writeFileSync(path, content);
    return path;
  }
}

interface Lived {
  readonly writer: StoreWriter;
  readonly toldAtStart: number;
  readonly before: Answers;
  readonly after: Answers;
  readonly troubleCount: number;
}

/** A run of Weir on the file: it begins, answers, seals the next minute and late seconds of the old ones, answers again. */
function liveOn(path: string, told: WeirEvent[]): Lived {
  const clock = new FakeTime(SEALED_TO * 1_000);
  const tell = (event: WeirEvent) => void told.push(event);
  const writer = rollingUp(kind.openWriter(path, RETENTION, { clock, tell }));
  const toldAtStart = told.length;
  let reader: StoreReader | null = null;
  try {
    writer.begin(SEALED_TO);
    reader = kind.openReader(path);
    const before = answers(reader, SEALED_TO);
    const troubleCount = goOn(writer);
    const after = answers(reader, GONE_ON_TO);
    reader.close();
    return { writer, toldAtStart, before, after, troubleCount };
  } catch (error) {
    reader?.close();
    writer.close();
    throw error;
  }
}

function goOn(writer: StoreWriter): number {
  const late = seal('steady', GONE_ON_TO, [
    cell(S + 850, 2, { coveredMs: 0 }),
    cell(S + 200, 2, { coveredMs: 0 }),
  ]);
  const amendments = [
    {
      ...cell(S + 871, 1, { coveredMs: 0 }),
      keyCells: [keyCell('y', 1, 0)],
      heals: true,
    },
  ];
  const amended = seal('keyed', GONE_ON_TO, [], { amendments, amendmentCount: 1 });
  let troubleCount = 0;
  for (const next of [sealSpan(SEALED_TO, GONE_ON_TO), commit([late, amended])]) {
    try {
      writer.commit(next);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      troubleCount += 1;
    }
  }
  return troubleCount;
}

function auditFinds(path: string): boolean {
  try {
    return kind.audit(path).first !== null;
  } catch (error) {
    if (error instanceof StoreError) return true;
    throw error;
  }
}

/** Every bucket of both channels and of their keys, at four intervals, as REST would answer. */
function answers(history: StoreReader, sealedTo: number): Answers {
  const found = new Map<string, BucketView>();
  for (const name of ['steady', 'keyed']) {
    const keys = name === 'keyed' ? [null, '*', 'x'] : [null];
    for (const interval of ['1s', '1m', '15m', '1h']) {
      for (const key of keys) {
        try {
          for (const row of ask(history, name, interval, key, sealedTo)) {
            found.set(`${name} ${interval} ${key} ${row.key ?? ''} ${row.start}`, row);
          }
        } catch (error) {
          // REST answers with a problem then, and with no number.
          if (!(error instanceof StoreError)) throw error;
        }
      }
    }
  }
  return found;
}

function ask(
  history: StoreReader,
  name: string,
  intervalText: string,
  key: string | null,
  sealedTo: number,
): readonly BucketView[] {
  const interval = parseInterval(intervalText)!;
  const from = (intervalText === '1s' ? S + 840 : S) * 1_000;
  const channel = {
    descriptor: descriptorOf(name),
    ring: ringSealedTo(sealedTo),
    definition: BY_KEY,
    waitMs: 0,
    thread: '',
  };
  const request = {
    channels: [channel],
    interval,
    tier: tierFor(interval)!,
    from,
    to: sealedTo * 1_000,
    zone: 'UTC',
    series: seriesOf(key),
    fill: 'state',
    open: 'include',
    order: 'asc',
    limit: 5_000,
    after: null,
    absolute: true,
    signature: () => '',
  } as const;
  return bucketPage(request, history, sealedTo * 1_000).rows;
}

function seriesOf(key: string | null) {
  if (key === null) return null;
  return key === '*' ? ('all' as const) : keySeries(key);
}

function ringSealedTo(second: number): RingReader {
  const ring = new RingReader(allocateRing({ keysMax: 0, keyWords: 1, shardsMax: 1 }));
  ring.seal(second);
  return ring;
}

function descriptorOf(name: string): Descriptor {
  const keyed = name === 'keyed';
  return {
    name,
    title: name,
    description: '',
    feed: { kind: 'satori' },
    processor: { kind: keyed ? 'count-by' : 'count', measure: 'count', keyed, top: keyed ? 5 : 0 },
    chart: { interval: '1m', range: '1h' },
  };
}

/** Buckets that are called complete with another count than the undamaged file has. */
function liesIn(answered: Answers, truth: Answers): string[] {
  return [...answered].flatMap(([place, { state, count }]) => {
    const right = truth.get(place)?.count ?? 0;
    return state === 'complete' && count !== right ? [`${place}: ${count}, not ${right}`] : [];
  });
}

function same(answered: Answers, truth: Answers): boolean {
  return JSON.stringify([...answered]) === JSON.stringify([...truth]);
}
