// An installation without the compiled scanner (npm ci --ignore-scripts): Weir says so, and counts the same.
import assert from 'node:assert/strict';
import { cpSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { scannerTrouble } from '../../src/tap/index.ts';
import { WeirProcess } from '../chaos/weir-process.ts';
import { ROOT } from '../support/cli.ts';
import { startFeedServer } from '../support/feed-server.ts';
import { temporaryFolder } from '../support/folder.ts';
import { until } from '../support/weir.ts';

test('without wasm/dist, the event "degraded" names the file and the remedy, and messages are counted', async (t) => {
  const server = await startFeedServer(t);
  const folder = temporaryFolder(t);
  for (const part of ['bin', 'src', 'package.json']) {
    cpSync(join(ROOT, part), join(folder, part), { recursive: true });
  }
  cpSync(join(ROOT, 'wasm/layout.ts'), join(folder, 'wasm/layout.ts'));
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  const config = join(folder, 'channels.yaml');
  writeFileSync(config, `channels:\n  a: { feed: { kind: websocket, url: "${server.url}" } }\n`);
  const weir = new WeirProcess({ config, store: 'memory', door: join(folder, 'bin/weir.mjs') });
  t.after(() => weir.kill());
  await weir.started();
  const peer = await server.accept();
  peer.send({ n: 1 }, { n: 2 }, { n: 3 });
  await until('all are counted', async () => {
    const { data } = await weir.get('/api/v1/ledger');
    return data.channels[0].counted === 3;
  });
  const { data } = await weir.get('/api/v1/events');
  const told = data.filter(({ kind }: { kind: string }) => kind === 'degraded');
  assert.equal(told.length, 1);
  assert.match(told[0].detail, /scanner\.wasm cannot be read \(ENOENT\); "npm run build" makes it/);
  assert.match(weir.lines.join('\n'), /scanner\.wasm/);
});

test('a scanner that is damaged is told, a sound one is not', (t) => {
  const file = join(temporaryFolder(t), 'scanner.wasm');
  writeFileSync(file, 'nothing of the kind');
  assert.match(scannerTrouble(pathToFileURL(file))!, /is damaged/);
  assert.equal(scannerTrouble(), null);
});
