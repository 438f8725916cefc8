// The documents say what is true: every example in them is parsed, every link leads somewhere.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { kinds } from '../src/cli/configuration.ts';
import { loadConfig } from '../src/config/load.ts';
import { formatProblem } from '../src/model/problem.ts';
import { bucketView } from '../src/rest/schemas.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const SKIPPED = new Set(['node_modules', '.git', 'dist', '.tmp']);

function markdownFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (SKIPPED.has(entry.name)) return [];
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return markdownFiles(path);
    return entry.name.endsWith('.md') ? [path] : [];
  });
}

const files = markdownFiles(root);

function blocks(path: string, language: string): string[] {
  const text = readFileSync(path, 'utf8');
  return [...text.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(
    (match) => match[1]!,
  );
}

/** Examples show a part of the file; this makes a whole one of it. */
function whole(block: string): string {
  if (/^channels:/m.test(block)) return block;
  if (/^feed:/m.test(block))
    return `channels:\n  example:\n    ${block.replaceAll('\n', '\n    ')}`;
  return `${block}\nchannels:\n  example: { feed: { kind: websocket, url: wss://a.example } }\n`;
}

test('every channels.yaml in a document is right', () => {
  const environment = new Proxy(
    {},
    { get: (_, name) => (name === 'TOP' ? '5' : 'x'), has: () => true },
  ) as Record<string, string>;
  for (const path of files) {
    for (const block of blocks(path, 'yaml')) {
      const { problems } = loadConfig(whole(block), {
        file: relative(root, path),
        environment,
        kinds,
        readSecret: () => ({ text: 'x', remark: null }),
      });
      assert.deepEqual(problems.map(formatProblem), [], block);
    }
  }
});

test('every link to a file leads to one', () => {
  for (const path of files) {
    const text = readFileSync(path, 'utf8');
    for (const [, target] of text.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)) {
      assert.ok(existsSync(join(dirname(path), target!)), `${relative(root, path)} → ${target}`);
    }
  }
});

test("the README's bucket is one", () => {
  const [block] = blocks(join(root, 'README.md'), 'json');
  const bucket = JSON.parse(block!.replaceAll('"…"', '"2026-11-21T14:05:00Z"'));
  assert.ok(bucketView.safeParse(bucket).success);
});

test("the README's commands are those of package.json, and .ci/run runs them", () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  assert.match(readme, /npm ci && npm start/);
  assert.match(readme, /npm ci && npm test/);
  const ci = readFileSync(join(root, '.ci/run'), 'utf8');
  assert.match(ci, /^npm ci$/m);
  assert.match(ci, /^npm test$/m);
  const { scripts, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  assert.ok(scripts.start && scripts.test && scripts.bench);
  assert.match(
    readFileSync(join(root, 'CHANGELOG.md'), 'utf8'),
    new RegExp(`^## ${version.replaceAll('.', '\\.')}`, 'm'),
  );
});

test('no registry address is in the lock file', () => {
  assert.ok(!/"resolved"/.test(readFileSync(join(root, 'package-lock.json'), 'utf8')));
});
