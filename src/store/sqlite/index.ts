/** `sqlite`: the store that Node brings with it. One file, or memory shared by this process's threads. */
import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { z } from 'zod';
import type { StoreKind } from '../store.ts';
import { auditSqlite } from './audit.ts';
import { backUpSqlite } from './back-up.ts';
import { memoryLocation } from './database.ts';
import { leaveSqliteFact } from './leave-fact.ts';
import { SqliteReader } from './reader.ts';
import { SqliteWriter } from './writer.ts';

const options = z
  .strictObject({
    kind: z.literal('sqlite'),
    path: z
      .string()
      .min(1)
      .default('data/weir.db')
      .describe('A file, relative to channels.yaml; or memory, which is gone when Weir stops.'),
  })
  .describe('An SQLite file.');

export const sqlite: StoreKind<z.infer<typeof options>> = {
  kind: 'sqlite',
  options,
  locate: ({ path }, folder) =>
    path === 'memory' ? memoryLocation(randomUUID()) : resolve(folder, path),
  openWriter: (location, retention, care) => new SqliteWriter(location, retention, care ?? null),
  openReader: (location) => new SqliteReader(location),
  backUp: backUpSqlite,
  leaveFact: leaveSqliteFact,
  audit: auditSqlite,
};
