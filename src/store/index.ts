/** THE register of stores. A new one: its folder, and its line here. */
import { sqlite } from './sqlite/index.ts';
import type { StoreKind } from './store.ts';

export const storeKinds: readonly StoreKind[] = [sqlite];

/** The kind of that name; undefined if there is none. */
export function storeKind(name: string): StoreKind | undefined {
  return storeKinds.find(({ kind }) => kind === name);
}
