/** The audit of an SQLite store. */
import type { Audit } from '../store.ts';

export function auditSqlite(_location: string): Audit {
  throw new Error('not yet');
}
