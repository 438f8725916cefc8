/*
 * The long form of the campaigns, one after the other.
 *
 *   npm run fuzz -- --minutes 10            each for ten minutes, which is the default
 *   npm run fuzz -- --minutes 5 satori rtm  only these
 */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

const CAMPAIGNS = ['websocket', 'satori', 'rtm', 'config', 'tap'];

const { values, positionals } = parseArgs({
  options: { minutes: { type: 'string', default: '10' } },
  allowPositionals: true,
});
const wanted = positionals.length > 0 ? positionals : CAMPAIGNS;
const failed = wanted.filter((name) => {
  const file = new URL(`${name}.test.ts`, import.meta.url).pathname;
  const env = { ...process.env, WEIR_FUZZ_MINUTES: values.minutes };
  const words = ['--test', '--test-reporter=spec', file];
  return spawnSync(process.execPath, words, { stdio: 'inherit', env }).status !== 0;
});
process.exitCode = failed.length > 0 ? 1 : 0;
