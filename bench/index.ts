/** `npm run bench [-- throughput|idle|close|streams|viewers|memory|page|range]`: measures side by side, prints tables for bench/README.md. */
import { cpus } from 'node:os';
import { close } from './close.ts';
import { idle } from './idle.ts';
import { memory } from './memory.ts';
import { page } from './page.ts';
import { range } from './range.ts';
import { streams } from './streams.ts';
import { throughput } from './throughput.ts';
import { viewers } from './viewers.ts';

const print = (line: string) => void process.stdout.write(`${line}\n`);
const wanted = process.argv[2];

print(
  `Node ${process.version}, ${cpus().length} × ${cpus()[0]!.model}, ${new Date().toISOString().slice(0, 10)}\n`,
);
if (wanted === undefined || wanted === 'throughput') await throughput(print, process.argv.slice(3));
print('');
if (wanted === undefined || wanted === 'idle') await idle(print);
// Long, and asked for by name.
if (wanted === 'close') await close(print);
if (wanted === 'streams') await streams(print);
if (wanted === 'viewers') await viewers(print);
if (wanted === 'memory') await memory(print, process.argv.slice(3));
if (wanted === 'page') await page(print);
if (wanted === 'range') await range(print);
