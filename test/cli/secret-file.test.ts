// `${file:PATH}` as it is on disk: where a path begins, and what a file must be.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { secretReader } from '../../src/cli/secret-file.ts';
import { temporaryFolder } from '../support/folder.ts';

test('a path begins at the folder of channels.yaml, and may lead through a link', (t) => {
  const folder = temporaryFolder(t);
  const read = secretReader(folder);
  mkdirSync(join(folder, 'run'));
  writeFileSync(join(folder, 'run/key'), 'geheim\n', { mode: 0o600 });
  symlinkSync('run/key', join(folder, 'link'));
  const secret = { text: 'geheim', remark: null };
  assert.deepEqual(read('run/key'), secret);
  assert.deepEqual(read('link'), secret);
  assert.deepEqual(read(join(folder, 'run/key')), secret);
});

test('rights are those of the file', (t) => {
  const folder = temporaryFolder(t);
  const file = join(folder, 'key');
  writeFileSync(file, 'geheim');
  const read = (mode: number) => {
    chmodSync(file, mode);
    return secretReader(folder)('key');
  };
  assert.deepEqual(read(0o400), { text: 'geheim', remark: null });
  assert.match((read(0o444) as { remark: string }).remark, /may read/);
  assert.match((read(0o660) as { fault: string }).fault, /may write/);
  assert.match((read(0o606) as { fault: string }).fault, /may write/);
});

test('what is no readable file is told, and never waited for', (t) => {
  const folder = temporaryFolder(t);
  const fault = (path: string) => (secretReader(folder)(path) as { fault: string }).fault;
  execFileSync('mkfifo', [join(folder, 'pipe')]);
  assert.match(fault('nowhere'), /is not there; a path that does not begin with \/ begins at/);
  assert.match(fault('.'), /a folder or a device/);
  assert.match(fault('pipe'), /a folder or a device/);
  assert.match(fault('nowhere/key'), /is not there/);
  writeFileSync(join(folder, 'long'), 'x'.repeat(100_000), { mode: 0o600 });
  assert.match(fault('long'), /longer than/);
});
