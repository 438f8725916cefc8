/** The store that a command works on. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { storeKind } from '../store/index.ts';
import type { Output } from './command.ts';
import { FILE_DEFAULT, readConfiguration, tellProblems } from './configuration.ts';

const STORE_DEFAULT = 'data/weir.db';

/** The store that is meant: a file, or that of a channels.yaml. null when there is none, which is reported here. */
export function storeOf(
  given: string | undefined,
  out: Output,
): { kind: string; location: string } | null {
  const file = given ?? (existsSync(FILE_DEFAULT) ? FILE_DEFAULT : STORE_DEFAULT);
  const store = /\.ya?ml$/.test(file) ? configuredStore(file, out) : plainStore(file);
  if (store === null || existsSync(store.location)) return store;
  out.complain(`There is no store at ${store.location}; name one, or a channels.yaml.`);
  return null;
}

function plainStore(path: string) {
  return { kind: 'sqlite', location: resolve(path) };
}

function configuredStore(file: string, out: Output) {
  const { config, problems, folder } = readConfiguration(file);
  if (config) {
    const { kind } = config.store;
    return { kind, location: storeKind(kind)!.locate(config.store, folder) };
  }
  tellProblems(problems, out);
  return null;
}
