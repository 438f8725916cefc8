// The faults of `npm run mutants` are of lines that are there. Whether each is found, only the long form says.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { MUTANTS } from './mutant-list.ts';
import { TAP_MUTANTS } from './mutant-list-tap.ts';

test('every planted fault has its one place', () => {
  for (const { name, file, line, fault } of [...MUTANTS, ...TAP_MUTANTS]) {
    const path = fileURLToPath(new URL(`../../${file}`, import.meta.url));
    assert.equal(readFileSync(path, 'utf8').split(line).length, 2, `${name}: ${file}: ${line}`);
    assert.notEqual(line, fault, name);
  }
});
