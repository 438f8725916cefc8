/** Reading channels.yaml for a command: the text, the registers, and the problems on standard error. */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { exposureProblem } from '../admission/gate.ts';
import { IN_THE_FILE } from '../admission/remedies.ts';
import type { Kinds } from '../config/kinds.ts';
import { loadConfig } from '../config/load.ts';
import { feedKinds } from '../feeds/index.ts';
import type { Config } from '../model/config.ts';
import { formatProblem, type Problem } from '../model/problem.ts';
import { processorKinds } from '../processors/index.ts';
import { rtmOptions } from '../rtm/options.ts';
import { storeKinds } from '../store/index.ts';
import type { Output } from './command.ts';

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
  /** What the file holds; empty for one that cannot be read. */
  readonly text: string;
  /** Absolute; files in the configuration are relative to it. */
  readonly folder: string;
}

/** Settings that the command line gives instead of the file. */
export type Given = Partial<Pick<Config, 'listen' | 'store'>>;

/** Reads the file; what is `given` stands instead of what the file says. */
export function readConfiguration(file: string, given: Given = {}): Read {
  const folder = dirname(resolve(file));
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${code})`;
    const message = `${file}: ${why}; name your file, or write one: see weir up --help`;
    return { config: null, folder, text: '', problems: [{ code: 'file-unreadable', message }] };
  }
  const loaded = loadConfig(text, { file, environment: process.env, kinds });
  if (loaded.config === null) return { ...loaded, folder, text };
  const config = { ...loaded.config, ...given };
  const { host, port } = config.listen;
  const exposed = exposureProblem(host, config.access, IN_THE_FILE.listen.rest);
  if (exposed === null) return { config, problems: [], folder, text };
  const message = `--listen ${host}:${port} ${exposed}`;
  return { config: null, problems: [{ code: 'exposed', message }], folder, text };
}

export function tellProblems(problems: readonly Problem[], out: Output): void {
  for (const problem of problems) out.complain(formatProblem(problem));
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  out.complain(`${count}; nothing was started.`);
}
