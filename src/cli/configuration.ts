/** Reading channels.yaml for a command: the text, the registers, and the problems on standard error. */
import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { exposureProblem } from '../admission/gate.ts';
import { IN_THE_FILE } from '../admission/remedies.ts';
import { decode } from '../config/encoding.ts';
import type { Kinds } from '../config/kinds.ts';
import { loadConfig, TEXT_LENGTH_MAX } from '../config/load.ts';
import { feedKinds } from '../feeds/index.ts';
import type { Config } from '../model/config.ts';
import { formatProblem, type Problem } from '../model/problem.ts';
import { processorKinds } from '../processors/index.ts';
import { rtmOptions } from '../rtm/options.ts';
import { storeKinds } from '../store/index.ts';
import type { Output } from './command.ts';
import { secretReader } from './secret-file.ts';

export const FILE_DEFAULT = 'channels.yaml';

/** Every kind there is, for loader and schema. */
export const kinds: Kinds = {
  feeds: feedKinds,
  processors: processorKinds,
  stores: storeKinds,
  rtm: rtmOptions,
};

export interface Read {
  readonly config: Config | null;
  readonly problems: readonly Problem[];
  /** What is right, and may not be what was meant. */
  readonly notes: readonly Problem[];
  /** The data of the file for people, with the names of variables in place of their values; null where it is not right. */
  readonly shown: unknown;
  /** What the file holds; null for one that cannot be read. */
  readonly bytes: Buffer | null;
  /** Absolute; files in the configuration are relative to it. */
  readonly folder: string;
}

/** Settings that the command line gives instead of the file. */
export type Given = Partial<Pick<Config, 'listen' | 'store'>>;

/** Reads the file; what is `given` stands instead of what the file says. */
export function readConfiguration(file: string, given: Given = {}): Read {
  const folder = dirname(resolve(file));
  const wrong = (bytes: Buffer | null, problem: Problem): Read => {
    return { config: null, problems: [problem], notes: [], shown: null, bytes, folder };
  };
  let bytes: Buffer;
  try {
    bytes = readBounded(file);
  } catch (error) {
    return wrong(null, unreadable(file, error));
  }
  const decoded = decode(bytes, file);
  if ('problem' in decoded) return wrong(bytes, decoded.problem);
  const loaded = loadConfig(decoded.text, {
    file,
    environment: process.env,
    kinds,
    readSecret: secretReader(folder),
  });
  if (loaded.config === null) return { ...loaded, bytes, folder };
  const config = { ...loaded.config, ...given };
  const { host, port } = config.listen;
  const exposed = exposureProblem(host, config.access, IN_THE_FILE.listen.rest);
  if (exposed === null) return { ...loaded, config, bytes, folder };
  return wrong(bytes, { code: 'exposed', message: `--listen ${host}:${port} ${exposed}` });
}

/** The contents; of a file that is too long, enough to tell that it is. */
function readBounded(file: string): Buffer {
  const { size } = statSync(file);
  return size > 4 * TEXT_LENGTH_MAX ? Buffer.alloc(TEXT_LENGTH_MAX + 1, ' ') : readFileSync(file);
}

function unreadable(file: string, error: unknown): Problem {
  const { code } = error as NodeJS.ErrnoException;
  const why = code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${code})`;
  const message = `${file}: ${why}; name your file, or write one: see weir up --help`;
  return { code: 'file-unreadable', message };
}

export function tellProblems(problems: readonly Problem[], out: Output): void {
  for (const problem of problems) out.complain(formatProblem(problem));
  const listed = problems.filter(({ code }) => code !== 'more-problems').length;
  const more = listed < problems.length ? 'more than ' : '';
  const count = listed === 1 ? '1 problem' : `${more}${listed} problems`;
  out.complain(`${count}; nothing was started.`);
}
