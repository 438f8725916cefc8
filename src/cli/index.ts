/** The command line: finds the command, gives help, turns every error into a sentence and an exit code. */
import { VERSION } from '../version.ts';
import { audit } from './audit.ts';
import { check } from './check.ts';
import { type Command, EXIT, type Output, UsageError } from './command.ts';
import { LineWriter, WAITING_BYTES_MAX } from './line-writer.ts';
import { rtm } from './rtm.ts';
import { schema } from './schema.ts';
import { store } from './store.ts';
import { up } from './up.ts';

const commands: readonly Command[] = [up, check, audit, store, schema, rtm];

/** How long a service that has ended waits for the reader of its last lines, in milliseconds. */
const FLUSH_MS_MAX = 1_000;

/** Runs one command line on the console; resolves with the exit code when its output was read. */
export async function runOnConsole(args: readonly string[]): Promise<number> {
  // A service goes on without its reader. What was asked for once is read to its end, however slowly.
  const isService = commands.some(({ name, service }) => name === args[0] && service);
  const bytesMax = isService ? WAITING_BYTES_MAX : Number.POSITIVE_INFINITY;
  const [output, errors] = [process.stdout, process.stderr].map(
    (stream) => new LineWriter(stream, bytesMax),
  ) as [LineWriter, LineWriter];
  const code = await run(args, {
    print: (line) => output.write(line),
    complain: (line) => errors.write(line),
    droppedCount: () => output.droppedCount + errors.droppedCount,
  });
  const withinMs = isService ? FLUSH_MS_MAX : Number.POSITIVE_INFINITY;
  await Promise.all([output.flushed(withinMs), errors.flushed(withinMs)]);
  return code;
}

/** Runs one command line; resolves with the exit code. */
export async function run(args: readonly string[], out: Output): Promise<number> {
  const [name, ...rest] = args;
  if (name === '--version' || name === '-v') {
    out.print(VERSION);
    return EXIT.ok;
  }
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    const asked = commands.find((command) => command.name === rest[0]);
    out.print(asked ? asked.help : overview());
    return EXIT.ok;
  }
  const command = commands.find((candidate) => candidate.name === name);
  if (!command) {
    out.complain(`weir: there is no command ${JSON.stringify(name)}.\n\n${overview()}`);
    return EXIT.wrongInput;
  }
  if (rest.includes('--help') || rest.includes('-h')) {
    out.print(command.help);
    return EXIT.ok;
  }
  try {
    return await command.run(rest, out);
  } catch (error) {
    const sentence = error instanceof Error ? error.message : String(error);
    out.complain(`weir ${name}: ${sentence}`);
    if (!(error instanceof UsageError)) return EXIT.failed;
    out.complain(`See: weir ${name} --help`);
    return EXIT.wrongInput;
  }
}

function overview(): string {
  const list = commands.map(({ name, summary }) => `  ${name.padEnd(8)}${summary}`).join('\n');
  return `Weir ${VERSION} counts the messages that flow through live channels, per interval.

Usage: weir <command> [options]

${list}

  weir help <command>   what a command does, with examples
  weir --version

Start with:  weir up        then open the printed address
Add a channel: write it into channels.yaml, then  weir check`;
}
