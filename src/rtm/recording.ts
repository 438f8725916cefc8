/**
 * Reading recordings: one JSON line for each data PDU, `{subscription_id, position, messages,
 * timestamp}`.
 */
import { type FileHandle, open } from 'node:fs/promises';
import { z } from 'zod';

/** How many bad lines of a file are named one by one. */
const BAD_LINES_NAMED_MAX = 10;

const recordedLine = z.object({
  subscription_id: z.string().min(1),
  messages: z.array(z.unknown()),
  /** When the PDU was received, in seconds since 1970. */
  timestamp: z.number(),
});
export type RecordedLine = z.output<typeof recordedLine>;

/**
 * The lines of a recording, in order, read as a stream. A line that cannot be used is reported as
 * `file:line: …` and skipped. Throws when the file cannot be read.
 */
export async function* readRecording(
  file: string,
  report: (problem: string) => void,
): AsyncGenerator<RecordedLine> {
  let lineNumber = 0;
  let badCount = 0;
  for await (const text of readLines(file)) {
    lineNumber += 1;
    if (text.trim() === '') continue;
    const line = parseLine(text);
    if (typeof line !== 'string') {
      yield line;
      continue;
    }
    badCount += 1;
    if (badCount <= BAD_LINES_NAMED_MAX) report(`${file}:${lineNumber}: ${line}; skipped`);
  }
  if (badCount > BAD_LINES_NAMED_MAX) report(`${file}: ${badCount} lines were skipped in all`);
}

async function* readLines(file: string): AsyncGenerator<string> {
  let handle: FileHandle | null = null;
  try {
    handle = await open(file);
    yield* handle.readLines({ encoding: 'utf8' });
  } catch (error) {
    throw new Error(`The recording ${file} cannot be read: ${(error as Error).message}`);
  } finally {
    // A reader that stops early leaves the stream, and so the file, open.
    await handle?.close();
  }
}

/** The line, or what is wrong with it. */
function parseLine(text: string): RecordedLine | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'is not JSON';
  }
  const result = recordedLine.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  return issue.path.length === 0 ? issue.message : `${issue.path.join('.')}: ${issue.message}`;
}
