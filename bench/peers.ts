/** Readers in other languages: built in a temporary folder from `peers/`, or said to be missing in one sentence. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What starts a reader, and what it was made with; or why there is none. */
export type Reader =
  | { readonly command: readonly string[]; readonly madeWith: string | null }
  | { readonly missing: string };

/** Debian's own, for its packages python3-websockets and python3-websocket. */
const PYTHON = '/usr/bin/python3';
const BUILD_MS_MAX = 300_000;
const peers = fileURLToPath(new URL('peers', import.meta.url));

/** The drain in C, with GCC or Clang, whichever `cc` is. */
export function cReader(folder: string): Reader {
  const program = join(folder, 'drain');
  const built = run('cc', ['-O2', '-o', program, join(peers, 'c', 'drain.c')], folder);
  return built ?? { command: [program], madeWith: versionOf('cc', '--version') };
}

export function goReader(folder: string): Reader {
  const program = join(folder, 'counting-go');
  const built = run('go', ['build', '-o', program, '.'], join(peers, 'go'));
  return built ?? { command: [program], madeWith: versionOf('go', 'version') };
}

/** Built from a copy, since cargo writes beside the sources. */
export function rustReader(folder: string): Reader {
  const copy = join(folder, 'rust');
  mkdirSync(copy);
  cpSync(join(peers, 'rust'), copy, { recursive: true });
  const built = run('cargo', ['build', '--release', '--quiet'], copy);
  const command = [join(copy, 'target', 'release', 'counting')];
  return built ?? { command, madeWith: versionOf('rustc', '--version') };
}

/** A script in Python that needs `module`. */
export function pythonReader(script: string, module: string): Reader {
  const importing = run(PYTHON, ['-c', `import ${module}`], peers);
  const command = [PYTHON, join(peers, 'python', script)];
  return importing ?? { command, madeWith: versionOf(PYTHON, '--version') };
}

/** Null when it went well; else why not. */
function run(tool: string, args: readonly string[], cwd: string): { missing: string } | null {
  const { error, status } = spawnSync(tool, args, {
    cwd,
    stdio: 'ignore',
    timeout: BUILD_MS_MAX,
    env: { ...process.env, GOTOOLCHAIN: 'local' },
  });
  if (error) return { missing: `${tool} is not there or took too long` };
  return status === 0 ? null : { missing: `${tool} ${args[0]} failed with code ${status}` };
}

function versionOf(tool: string, flag: string): string | null {
  const { stdout } = spawnSync(tool, [flag], { encoding: 'utf8' });
  return stdout?.split('\n')[0]?.trim() || null;
}
