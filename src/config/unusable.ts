/**
 * What YAML's grammar lets through and nobody can use: an alias without its anchor, a merge of something that is no map,
 * a key that is itself a list or a map, nesting without bottom. Made into data, each of them would throw, take forever, or
 * make those throw who go through the data.
 */
import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  type Node,
  visit,
} from 'yaml';
import type { Problem } from '../model/problem.ts';
import type { Places } from './places.ts';

/** More maps and lists within each other are no configuration. */
export const DEPTH_MAX = 100;

/** Every such part, at its place. */
export function unusableParts(document: Document.Parsed, places: Places): Problem[] {
  const problems: Problem[] = [];
  const anchors = new Map<string, Node>();
  const target = (node: unknown): unknown => (isAlias(node) ? anchors.get(node.source) : node);
  const tell = (node: Node, message: string) => {
    const place = places.offset(node.range?.[0] ?? 0);
    problems.push({ code: 'yaml-syntax', message, place });
  };
  visit(document, {
    // In the order of the text, so that an anchor is known where it may be used.
    Value(_key, node, path) {
      if (node.anchor) anchors.set(node.anchor, node);
      if (path.filter(isCollection).length <= DEPTH_MAX) return undefined;
      tell(node, 'the file is nested too deeply here; it cannot be what was meant');
      return visit.BREAK;
    },
    Alias(_key, node) {
      if (anchors.has(node.source)) return;
      // Its name is not repeated: a secret that starts with * looks the same.
      tell(
        node,
        'there is no anchor (&name) before this alias; put a text that starts with * in quotes',
      );
    },
    Pair(_key, { key, value }) {
      const name = target(key);
      if (isMap(name) || isSeq(name))
        tell(key as Node, 'a key must be a text, not a list or a map');
      if (!isMergeKey(key)) return;
      const source = target(value);
      const merged = isSeq(source) ? source.items.map(target) : [source];
      // One that names nothing is told as such.
      if (merged.every((one) => one === undefined || isMap(one))) return;
      tell(key as Node, 'what << merges must be a map, or a list of maps');
    },
  });
  return problems;
}

function isMergeKey(key: unknown): boolean {
  return isScalar(key) && typeof key.value === 'symbol' && key.value.description === '<<';
}
