/**
 * What YAML's grammar lets through and nobody can use: an alias without its anchor, a merge of something that is no map,
 * nesting without bottom, and keys that would be lost or changed. Made into data, some of them would throw, take forever, or
 * vanish.
 */
import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  type Scalar,
  visit,
} from 'yaml';
import type { Problem } from '../model/problem.ts';
import { isPlain, readsAs } from './literals.ts';
import type { Places } from './places.ts';

/** More maps and lists within each other are no configuration. */
export const DEPTH_MAX = 100;

/** Every part that keeps the document from being made into data, at its place. */
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
      // The name is not shown: it may be a password that begins with an asterisk.
      tell(
        node,
        'there is no anchor (&) of this name before it; a text that begins with * needs quotes',
      );
    },
    Pair(_key, { key, value }) {
      if (isScalar(key) && key.value === '__proto__') {
        tell(key, 'no key can be named __proto__: it would vanish; take another name');
      }
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

/** Names of channels that are no texts to YAML: 007 would be 7 to other readers. */
export function unusableNames(document: Document.Parsed, places: Places): Problem[] {
  const problems: Problem[] = [];
  for (const key of channelKeys(document)) {
    const read = isPlain(key) ? readsAs(String(key.value)) : null;
    if (read === null) continue;
    const quoted = JSON.stringify(key.value);
    const message = `YAML reads the name ${key.value} as ${read}; put it in quotes: ${quoted}`;
    problems.push({ code: 'bad-name', message, place: places.offset(key.range?.[0] ?? 0) });
  }
  return problems;
}

/** The keys under `channels:`, also those that an alias or a merge brings there. */
function* channelKeys(document: Document.Parsed): Generator<Scalar> {
  const seen = new Set<unknown>();
  const resolved = (node: unknown) => (isAlias(node) ? node.resolve(document) : node);
  const pairsOf = function* (node: unknown): Generator<Pair> {
    const map = resolved(node);
    if (!isMap(map) || seen.has(map)) return;
    seen.add(map);
    for (const pair of map.items) {
      if (!isMergeKey(pair.key)) yield pair;
      else {
        const sources = resolved(pair.value);
        for (const source of isSeq(sources) ? sources.items : [sources]) yield* pairsOf(source);
      }
    }
  };
  for (const { key, value } of pairsOf(document.contents)) {
    if (!isScalar(key) || key.value !== 'channels') continue;
    for (const { key: name } of pairsOf(value)) if (isScalar(name)) yield name;
  }
}

function isMergeKey(key: unknown): boolean {
  return isScalar(key) && isPlain(key) && key.value === '<<';
}
