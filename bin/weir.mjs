#!/usr/bin/env node
// The door: plain JavaScript, so that an old Node can still be told what is wrong.
const [major] = process.versions.node.split('.').map(Number);
if (major < 24) {
  console.error(
    `weir needs Node 24 or newer; this is ${process.version}. In the project folder "npm ci" brings one: use "npm start" or "npx weir".`,
  );
  process.exit(1);
}
const { run } = await import('../src/cli/index.ts');
process.exitCode = await run(process.argv.slice(2));
