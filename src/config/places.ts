/** From a path in the data to a place in the text. */
import { isMap, isPair, isScalar, isSeq, type LineCounter, type Node, type Pair } from 'yaml';
import type { Place } from '../model/problem.ts';

export type Path = readonly PropertyKey[];

/** Finds places in one parsed file. */
export interface Places {
  /** The value at the path; of a missing one, its nearest parent that exists. */
  value(path: Path): Place;
  /** The key at the path. */
  key(path: Path): Place;
  offset(offset: number): Place;
}

export function placesIn(file: string, root: Node | null, lines: LineCounter): Places {
  const offset = (at: number): Place => {
    const { line, col } = lines.linePos(at);
    return { file, line: Math.max(1, line), column: Math.max(1, col) };
  };
  const start = (node: Node | null | undefined): Place => offset(node?.range?.[0] ?? 0);
  return {
    offset,
    value(path) {
      const { node, key } = descend(root, path);
      // A collection starts where its key says so, which is where people look.
      return start(key && !isScalar(node) ? key : node);
    },
    key(path) {
      const parent = descend(root, path.slice(0, -1)).node;
      const pair = isMap(parent) ? pairOf(parent.items, path.at(-1)!) : undefined;
      return start((pair?.key as Node | undefined) ?? parent);
    },
  };
}

function descend(root: Node | null, path: Path): { node: Node | null; key: Node | null } {
  let node = root;
  let key: Node | null = null;
  for (const step of path) {
    if (isMap(node)) {
      const pair = pairOf(node.items, step);
      if (!pair?.value) break;
      key = pair.key as Node;
      node = pair.value as Node;
    } else if (isSeq(node)) {
      const item: unknown = node.items[Number(step)];
      if (!item || isPair(item)) break;
      key = null;
      node = item as Node;
    } else break;
  }
  return { node, key };
}

function pairOf(items: readonly Pair[], step: PropertyKey): Pair | undefined {
  return items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
}
