// npm run mutants -- [--only text] [--tap]: faults of one line, planted one at a time in a copy of the sources. Each must make the
// named tests fail. Exit code 1 when one survives.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { MUTANTS, type Mutant } from './mutant-list.ts';
import { TAP_MUTANTS } from './mutant-list-tap.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const TEST_MS_MAX = 120_000;

const { values } = parseArgs({
  options: { only: { type: 'string', default: '' }, tap: { type: 'boolean', default: false } },
});
const copy = mkdtempSync(join(tmpdir(), 'weir-mutants-'));
for (const name of ['src', 'wasm', 'test', 'bin', 'web', 'demo', 'examples', 'docs']) {
  cpSync(join(root, name), join(copy, name), { recursive: true });
}
for (const name of [
  'package.json',
  'tsconfig.json',
  'channels.yaml',
  'channels.schema.json',
  'README.md',
]) {
  cpSync(join(root, name), join(copy, name));
}
symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));

/** Whether the tests fail with the fault in place. */
function isKilled({ file, line, fault, tests }: Mutant): boolean {
  const path = join(copy, file);
  const text = readFileSync(path, 'utf8');
  const places = text.split(line).length - 1;
  if (places !== 1) throw new Error(`${file} has ${JSON.stringify(line)} ${places} times`);
  writeFileSync(
    path,
    text.replace(line, () => fault),
  );
  build(file);
  const { status } = spawnSync(process.execPath, ['--test', '--test-timeout=60000', ...tests], {
    cwd: copy,
    timeout: TEST_MS_MAX,
    stdio: 'ignore',
    env: { ...process.env, WEIR_FUZZ_SEED: '1', WEIR_FUZZ_ROUNDS: '700' },
  });
  writeFileSync(path, text);
  build(file);
  return status !== 0;
}

/** The scanner is compiled; the rest is not. */
function build(file: string): void {
  if (!file.startsWith('wasm/')) return;
  const asc = join(copy, 'node_modules/.bin/asc');
  const { status } = spawnSync(asc, ['--config', 'wasm/asconfig.json'], { cwd: copy });
  if (status !== 0) throw new Error(`${file} does not compile with the fault in it`);
}

let survivors = 0;
const chosen = [...(values.tap ? [] : MUTANTS), ...TAP_MUTANTS].filter(({ name }) =>
  name.includes(values.only),
);
for (const mutant of chosen) {
  const killed = isKilled(mutant);
  if (!killed) survivors += 1;
  console.log(`${killed ? 'killed  ' : 'SURVIVED'}  ${mutant.name}`);
}
console.log(`${chosen.length - survivors} of ${chosen.length} killed`);
rmSync(copy, { recursive: true, force: true });
process.exitCode = survivors === 0 ? 0 : 1;
