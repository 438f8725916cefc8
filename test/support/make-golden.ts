// node test/support/make-golden.ts <file>: writes the golden store of the schema version that this code writes.
import { copyFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { storeKind } from '../../src/store/index.ts';
import { fill, RETENTION, rollingUp, S, shrink } from './stored.ts';

const path = join(mkdtempSync(join(tmpdir(), 'weir-golden-')), 'weir.db');
const writer = rollingUp(storeKind('sqlite')!.openWriter(path, RETENTION));
fill(writer);
// Seconds before S + 840 are gone; minutes and quarters are all kept.
writer.prune((S + 3_600 + 840) * 1_000);
writer.close();
shrink(path);
copyFileSync(path, process.argv[2]!);
