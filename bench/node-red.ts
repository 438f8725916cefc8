/**
 * A Node-RED that counts the messages of so many WebSockets per second, to be idle beside Weir. Installed from npm
 * into a folder of the bench's own; without editor and HTTP, so it serves nothing.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const INSTALL_MS_MAX = 300_000;

/** Installs it into `folder`; returns a sentence when that fails. */
export function installNodeRed(folder: string): string | null {
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  const options = ['--no-audit', '--no-fund', '--omit=optional', '--silent'];
  try {
    const timeout = INSTALL_MS_MAX;
    execFileSync('npm', ['install', ...options, 'node-red'], {
      cwd: folder,
      timeout,
      stdio: 'ignore',
    });
    return null;
  } catch {
    return 'Node-RED could not be installed from npm: skipped.';
  }
}

/** Starts it from `folder` with one counting flow for each address. */
export function startNodeRed(folder: string, urls: readonly string[]): ChildProcess {
  const home = join(folder, `home-${urls.length}`);
  mkdirSync(home);
  writeFileSync(join(home, 'flows.json'), JSON.stringify(flow(urls)));
  writeFileSync(
    join(home, 'settings.js'),
    `module.exports = { httpAdminRoot: false, httpNodeRoot: false, flowFile: 'flows.json', logging: { console: { level: 'error' } } };`,
  );
  const program = join(folder, 'node_modules/node-red/red.js');
  return spawn(process.execPath, [program, '--userDir', home], { stdio: 'ignore' });
}

/** Each WebSocket has a function that counts; once a second another one takes all counts. */
function flow(urls: readonly string[]): object[] {
  const channels = urls.flatMap((path, index) => [
    { id: `client${index}`, type: 'websocket-client', path, wholemsg: 'false', hb: '0' },
    {
      id: `in${index}`,
      type: 'websocket in',
      z: 'tab',
      client: `client${index}`,
      wires: [[`count${index}`]],
    },
    {
      id: `count${index}`,
      type: 'function',
      z: 'tab',
      func: `flow.set('c${index}', (flow.get('c${index}') || 0) + 1);`,
      outputs: 0,
      wires: [],
    },
  ]);
  return [
    { id: 'tab', type: 'tab', label: 'counts' },
    ...channels,
    { id: 'tick', type: 'inject', z: 'tab', props: [], repeat: '1', once: true, wires: [['take']] },
    {
      id: 'take',
      type: 'function',
      z: 'tab',
      func: `const counts = {};
for (const name of flow.keys()) { counts[name] = flow.get(name); flow.set(name, 0); }
context.set('last', counts);`,
      outputs: 0,
      wires: [],
    },
  ];
}
