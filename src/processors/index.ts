/** THE register of processors. A new one: its file, and its line here. */
import { count } from './count.ts';
import { countBy } from './count-by.ts';
import { custom } from './custom.ts';
import type { ProcessorKind } from './processor.ts';
import { sum } from './sum.ts';

/** In the order in which they are documented; names before files. */
export const processorKinds: readonly ProcessorKind[] = [count, countBy, sum, custom];

/** The kind that `name` asks for; undefined if there is none. */
export function processorKind(name: string): ProcessorKind | undefined {
  return processorKinds.find((kind) => kind.matches(name));
}
