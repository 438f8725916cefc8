/** What `weir check --probe` says of the paths in channels.yaml: whether they lead to something in the messages that came. */
import type { MessagePath } from '../feeds/feed.ts';
import { compilePath, isFramePath } from '../model/path.ts';

/** A message, and the frame that it came in where that is not the message itself. */
export interface Sample {
  readonly body: unknown;
  readonly frame: unknown;
}

/** A line for each path that does not lead to a text, number or truth value in every message. */
export function describePaths(
  paths: readonly MessagePath[],
  samples: readonly Sample[],
): readonly string[] {
  if (samples.length === 0) return [];
  return paths.flatMap(({ option, path }) => {
    const found = kindsAt(path, samples);
    const usable = found.get('usable') ?? 0;
    if (usable === samples.length) return [];
    const where = usable === 0 ? 'none' : String(usable);
    const others = [...found].filter(([kind]) => kind !== 'usable');
    const why = others.map(([kind, count]) => `${kind} in ${count}`).join(', ');
    const line = `${option}: ${JSON.stringify(path)} leads to a value in ${where} of ${samples.length} messages (${why})`;
    return [line + remedy(path, usable, samples)];
  });
}

/** How many messages have what at the path. */
function kindsAt(path: string, samples: readonly Sample[]): Map<string, number> {
  const read = compilePath(path);
  const found = new Map<string, number>();
  for (const { body, frame } of samples) {
    const kind = kindOf(read(body, frame));
    found.set(kind, (found.get(kind) ?? 0) + 1);
  }
  return found;
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'absent';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'a map' : 'usable';
}

/** A path that leads nowhere in the messages may lead somewhere in their frames. */
function remedy(path: string, usable: number, samples: readonly Sample[]): string {
  const inFrame = `$frame.${path}`;
  if (usable > 0 || isFramePath(path) || path.startsWith('$')) return '';
  return (kindsAt(inFrame, samples).get('usable') ?? 0) > 0
    ? `; the frame has it: write ${inFrame}`
    : '';
}
