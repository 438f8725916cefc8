// The house: floors, single homes of packages, registers and folders. Reads the sources as text.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { feedKinds } from '../src/feeds/index.ts';
import { processorKinds } from '../src/processors/index.ts';
import { storeKinds } from '../src/store/index.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const source = join(root, 'src');

/** Room → floor. A new room is entered here, and in src/README.md. */
const FLOORS: Readonly<Record<string, number>> = {
  model: 0,
  admission: 1,
  shared: 1,
  tap: 1,
  config: 2,
  counting: 2,
  feeds: 2,
  processors: 2,
  rest: 2,
  rtm: 2,
  store: 2,
  timer: 2,
  threads: 3,
  cli: 4,
  '.': 4,
};

/** Package → the rooms that may import it. */
const HOMES: Readonly<Record<string, readonly string[]>> = {
  ws: ['feeds', 'rest', 'rtm'],
  express: ['rest'],
  helmet: ['rest'],
  'prom-client': ['rest'],
  'swagger-ui-express': ['rest'],
  'zod-openapi': ['rest'],
  yaml: ['config'],
  'fastest-levenshtein': ['config'],
  luxon: ['model'],
  pino: ['cli'],
  'pino-pretty': ['cli'],
  zod: ['config', 'feeds', 'processors', 'rest', 'rtm', 'store'],
  'google-charts': ['web'],
  preact: ['web'],
  '@preact/signals': ['web'],
};

interface Import {
  readonly file: string;
  readonly room: string;
  readonly target: string;
}

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory())
      return ['node_modules', 'dist'].includes(entry.name) ? [] : sourceFiles(path);
    return /\.tsx?$/.test(entry.name) ? [path] : [];
  });
}

function importsOf(path: string): string[] {
  const text = readFileSync(path, 'utf8');
  const pattern =
    /(?:^|\n)\s*(?:import|export)\b[^'";]*?from\s*'([^']+)'|(?:^|\n)\s*import\s*'([^']+)'|\bimport\('([^']+)'\)/g;
  return [...text.matchAll(pattern)].map((match) => match[1] ?? match[2] ?? match[3]!);
}

function roomOf(path: string): string {
  const [room, ...rest] = relative(source, path).split('/');
  return rest.length === 0 ? '.' : room!;
}

const files = sourceFiles(source);
const imports: Import[] = files.flatMap((path) =>
  importsOf(path).map((target) => ({ file: relative(root, path), room: roomOf(path), target })),
);

test('every room has a floor', () => {
  const rooms = new Set(files.map(roomOf));
  assert.deepEqual([...rooms].sort(), Object.keys(FLOORS).sort());
});

test('imports go down, and rooms on one floor never see each other', () => {
  const wrong = imports.filter(({ file, room, target }) => {
    if (!target.startsWith('.')) return false;
    const path = resolve(root, dirname(file), target);
    // The layout of the scanner's memory is read by both sides of it, and by nobody else.
    if (relative(root, path) === 'wasm/layout.ts') return room !== 'tap';
    const to = roomOf(path);
    if (to === room || (FLOORS[room] === 4 && FLOORS[to] === 4)) return false;
    return !(FLOORS[to]! < FLOORS[room]!);
  });
  assert.deepEqual(wrong, []);
});

test('a package has one home', () => {
  const wrong = imports.filter(({ room, target }) => {
    if (target.startsWith('.') || target.startsWith('node:')) return false;
    const name = target
      .split('/')
      .slice(0, target.startsWith('@') ? 2 : 1)
      .join('/');
    return !HOMES[name]?.includes(room);
  });
  assert.deepEqual(wrong, []);
});

test('only shared/ touches SharedArrayBuffer and Atomics', () => {
  const wrong = files.filter((path) => {
    if (roomOf(path) === 'shared') return false;
    const code = readFileSync(path, 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
    return /\bSharedArrayBuffer\b|\bAtomics\b/.test(code);
  });
  assert.deepEqual(wrong, []);
});

test('the model reads no clock, does no I/O and has no randomness', () => {
  const wrong = files.filter((path) => {
    if (roomOf(path) !== 'model') return false;
    const text = readFileSync(path, 'utf8');
    return /Date\.now|performance\.now|Math\.random|\bsetTimeout|from 'node:/.test(text);
  });
  assert.deepEqual(wrong, []);
});

test('only shared/clock.ts and the sealing timers it gives out touch time directly', () => {
  const allowed = [
    'src/shared/clock.ts',
    'src/main.ts',
    'src/supervised-thread.ts',
    'src/rtm/sleep.ts',
    'src/rtm/listener.ts',
    'src/cli/rtm.ts',
    'src/cli/probe.ts',
  ];
  const wrong = files
    .filter((path) =>
      /\bDate\.now\b|\bsetTimeout\(|\bsetInterval\(/.test(readFileSync(path, 'utf8')),
    )
    .map((path) => relative(root, path))
    .filter((path) => !allowed.includes(path));
  assert.deepEqual(wrong, []);
});

test('the page imports nothing of the server but the model', () => {
  const wrong = sourceFiles(join(root, 'web')).flatMap((path) =>
    importsOf(path)
      .filter((target) => target.startsWith('.'))
      .map((target) => relative(root, resolve(dirname(path), target)))
      .filter((target) => !target.startsWith('web/') && !target.startsWith('src/model/'))
      .map((target) => `${relative(root, path)} → ${target}`),
  );
  assert.deepEqual(wrong, []);
});

test('registers list every folder or file of their kind, and nothing twice', () => {
  const folders = (room: string) =>
    readdirSync(join(source, room), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
      .sort();
  assert.deepEqual(feedKinds.map(({ kind }) => kind).sort(), folders('feeds'));
  assert.deepEqual(storeKinds.map(({ kind }) => kind).sort(), folders('store'));
  const processorFiles = readdirSync(join(source, 'processors'))
    .filter((name) => !['index.ts', 'processor.ts', 'options.ts'].includes(name))
    .map((name) => name.replace('.ts', ''))
    .sort();
  const names = processorKinds.map(({ kind }) => (kind === './file.ts' ? 'custom' : kind)).sort();
  assert.deepEqual(names, processorFiles);
});

test('a feed folder is complete: code, README, sample', () => {
  for (const { kind } of feedKinds) {
    for (const name of ['index.ts', 'README.md', 'sample.yaml']) {
      assert.ok(existsSync(join(source, 'feeds', kind, name)), `${kind}/${name} is missing`);
    }
  }
});

test('every file opens by saying what it is for', () => {
  const silent = [...files, ...sourceFiles(join(root, 'wasm'))].filter(
    (path) => !readFileSync(path, 'utf8').startsWith('/**'),
  );
  assert.deepEqual(
    silent.map((path) => relative(root, path)),
    [],
  );
});

test('no file is longer than 300 lines', () => {
  const long = [...files, ...sourceFiles(join(root, 'wasm'))]
    .map((path) => ({
      path: relative(root, path),
      lines: readFileSync(path, 'utf8').split('\n').length,
    }))
    .filter(({ lines }) => lines > 300);
  assert.deepEqual(long, []);
});

test('src/README.md names every room', () => {
  const text = readFileSync(join(source, 'README.md'), 'utf8');
  for (const room of Object.keys(FLOORS)) {
    if (room !== '.') assert.match(text, new RegExp(`\\b${room}/`), `${room}/ is missing`);
  }
});
