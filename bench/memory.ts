/**
 * What counting does to memory: one feed thread counts very many messages, and says its memory at every tenth part.
 *
 * `--messages N` (100,000,000); `WEIR_TAP=off` leaves the tap out.
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { MemoryLine } from './counting-weir.thread.ts';
import { Stream } from './stream.ts';

const PARTS = 10;
const SHAPE = { perFrame: 10, messageBytes: 200, keyCount: 100, orderCount: 1 };
const PROGRAM = {
  command: [process.execPath, fileURLToPath(new URL('counting-weir.ts', import.meta.url))],
  environment: {},
};

export async function memory(
  print: (line: string) => void,
  args: readonly string[],
): Promise<void> {
  const { messages } = parseArgs({
    args: [...args],
    options: { messages: { type: 'string', default: '100000000' } },
  }).values;
  // Whole frames, in parts of the same size.
  const partFrames = Math.ceil(Number(messages) / SHAPE.perFrame / PARTS);
  await using stream = await Stream.open(SHAPE);
  print(
    'One feed thread, `count`, 10 × 200 B a frame; MiB of the whole process, and of its heap:\n',
  );
  print(
    '| messages | resident | heap used | major collections so far |\n| --- | --- | --- | --- |',
  );
  const lines: MemoryLine[] = [];
  const hear = (line: unknown) => {
    lines.push(line as MemoryLine);
    print(rowOf(line as MemoryLine));
  };
  const extra = [String(partFrames * SHAPE.perFrame)];
  const { sent, report } = await stream.read(PROGRAM, 'count', partFrames * PARTS, { extra, hear });
  if (report.counted !== sent.messages) {
    throw new Error(`counted ${report.counted} of ${sent.messages}`);
  }
  print(`\n${summary(lines, report.cpuSeconds)}`);
}

function rowOf({ counted, rss, heapUsed, majorCount }: MemoryLine): string {
  const mebibytes = (bytes: number) => (bytes / 2 ** 20).toFixed(1);
  return `| ${counted.toLocaleString('en')} | ${mebibytes(rss)} | ${mebibytes(heapUsed)} | ${majorCount} |`;
}

/** Of the message path alone: what was collected before the first message is no part of it. */
function summary(lines: readonly MemoryLine[], cpuSeconds: number): string {
  const [first, last] = [lines[0]!, lines.at(-1)!];
  const count = last.majorCount - first.majorCount;
  const ms = (last.majorMs - first.majorMs).toFixed(1);
  return `${count} major collections (mark-sweep-compact) on the way, ${ms} ms together, in ${cpuSeconds.toFixed(1)} CPU-seconds.`;
}
