#!/usr/bin/env node
import module from 'node:module';
import { fileURLToPath } from 'node:url';

// The door: plain JavaScript, so that an old Node can still be told what is wrong.
const [major] = process.versions.node.split('.').map(Number);
if (major < 24) {
  console.error(
    `weir needs Node 24 or newer; this is ${process.version}. In the project folder "npm ci" brings one: use "npm start" or "npx weir".`,
  );
  process.exit(1);
}
// Keeps what Node makes of the TypeScript files, for the next start: a quarter of a second, and 10 to 20 MB a thread.
// Workers take it from the environment. A folder that cannot be written costs only that.
process.env.NODE_COMPILE_CACHE ??= fileURLToPath(
  new URL('../node_modules/.cache/weir', import.meta.url),
);
module.enableCompileCache(process.env.NODE_COMPILE_CACHE);

const { runOnConsole } = await import('../src/cli/index.ts');
// Not by itself: output that nobody reads would keep the process.
process.exit(await runOnConsole(process.argv.slice(2)));
