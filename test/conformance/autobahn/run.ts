/*
 * The Autobahn test suite itself, against Weir's feed connection and Weir's RTM server.
 *
 *   WSTEST='python2 /somewhere/wstest' npm run conformance:autobahn
 *
 * The suite (PyPI autobahntestsuite 0.8.2) needs Python 2.7, so this is no part of `npm test`; its cases are re-enacted
 * there. Ends with 1 when a case fails that is not excluded in ../exclusions.ts. Some ten minutes, most of them for
 * compression; WEIR_CASES=1.*,2.* takes fewer.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Side, SUITE_EXCLUSIONS } from '../exclusions.ts';

const WSTEST = process.env['WSTEST'];
const CASES = (process.env['WEIR_CASES'] ?? '*').split(',');
const FINE = new Set(['OK', 'NON-STRICT', 'INFORMATIONAL']);

if (!WSTEST) throw new Error('set WSTEST to the command that starts wstest');
const [command, ...commandArguments] = WSTEST.split(' ');
const folder = mkdtempSync(join(tmpdir(), 'weir-autobahn-'));
const children: ChildProcess[] = [];
try {
  const failedCount = (await testFeed()) + (await testRtm());
  process.exitCode = failedCount > 0 ? 1 : 0;
} finally {
  for (const child of children) child.kill();
  rmSync(folder, { recursive: true });
}

/** The suite's fuzzing server, and our client. */
async function testFeed(): Promise<number> {
  const url = `ws://127.0.0.1:${await freePort()}`;
  const suite = startSuite('fuzzingserver', 'feed', { url });
  for await (const line of createInterface(suite.stdout!)) if (line.startsWith('Ok, ')) break;
  suite.stdout!.resume();
  const client = start(process.execPath, [join(import.meta.dirname, 'feed-echo.ts'), url]);
  await once(client, 'exit');
  suite.kill();
  return report('feed');
}

/** Our server, and the suite's fuzzing client. */
async function testRtm(): Promise<number> {
  const server = start(process.execPath, [join(import.meta.dirname, 'rtm-echo.ts')]);
  const [url] = await once(createInterface(server.stdout!), 'line');
  const suite = startSuite('fuzzingclient', 'rtm', { servers: [{ agent: 'weir-rtm', url }] });
  suite.stdout!.resume();
  await once(suite, 'exit');
  server.stdin!.end();
  return report('rtm');
}

function startSuite(mode: string, side: Side, given: Record<string, unknown>): ChildProcess {
  const spec = join(folder, `${side}.json`);
  const rest = { 'exclude-cases': [], 'exclude-agent-cases': {} };
  writeFileSync(
    spec,
    JSON.stringify({ outdir: join(folder, side), cases: CASES, ...rest, ...given }),
  );
  return start(command!, [...commandArguments, '-m', mode, '-s', spec]);
}

function start(program: string, words: readonly string[]): ChildProcess {
  const child = spawn(program, words, { stdio: ['pipe', 'pipe', 'inherit'] });
  children.push(child);
  return child;
}

interface Result {
  readonly behavior: string;
  readonly behaviorClose: string;
  readonly remoteCloseCode: number | null;
}

/** Prints what failed and how often what came out; the number of failures that are not excluded. */
function report(side: Side): number {
  const text = readFileSync(join(folder, side, 'index.json'), 'utf8');
  const [results] = Object.values(JSON.parse(text) as Record<string, Record<string, Result>>);
  const sums = new Map<string, number>();
  let failedCount = 0;
  for (const [id, { behavior, behaviorClose, remoteCloseCode }] of Object.entries(results!)) {
    const fine = FINE.has(behavior) && FINE.has(behaviorClose);
    const excluded = SUITE_EXCLUSIONS.some((one) => one.side === side && one.ids.test(id));
    const outcome = fine ? behavior : excluded ? 'EXCLUDED' : 'FAILED';
    sums.set(outcome, (sums.get(outcome) ?? 0) + 1);
    if (outcome !== 'FAILED') continue;
    failedCount += 1;
    console.log(`${side} ${id}: ${behavior}, closing ${behaviorClose} (${remoteCloseCode})`);
  }
  console.log(`${side}:`, [...sums].map(([name, count]) => `${name} ${count}`).join(', '));
  return failedCount;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
