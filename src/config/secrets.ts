/** Secrets from files, `${file:PATH}`: what the loader asks for, and what it says of the file's contents and rights. */
import { isUtf8 } from 'node:buffer';

/** Reads the file at a path, relative to the folder of channels.yaml. Never throws. */
export type SecretReader = (path: string) => Secret;

export type Secret =
  /** `remark`: what the operator should know of the file; null for nothing. */
  | { readonly text: string; readonly remark: string | null }
  /** Why the file gives no secret, and what to do. The path is not named: it is in the line that the problem points to. */
  | { readonly fault: string };

/** Longer files are no secrets. In bytes. */
export const SECRET_BYTES_MAX = 65_536;
/** Bits of a file's mode: others than its owner may write it; everybody may read it. */
const WRITABLE = 0o022;
const READABLE = 0o004;

/** The secret in a file of such contents and mode: the text without the line break at its end. */
export function secretIn(contents: Uint8Array, mode: number): Secret {
  if ((mode & WRITABLE) !== 0) {
    return {
      fault: 'others may write the file of this secret; take that away with chmod go-w',
    };
  }
  if (contents.length > SECRET_BYTES_MAX) {
    return { fault: `the file of this secret is longer than ${SECRET_BYTES_MAX} bytes` };
  }
  if (!isUtf8(contents)) return { fault: 'the file of this secret is not UTF-8' };
  const remark =
    (mode & READABLE) === 0
      ? null
      : 'everybody on this machine may read the file of this secret; take that away with chmod o-r';
  return {
    text: Buffer.from(contents)
      .toString('utf8')
      .replace(/\r?\n$/, ''),
    remark,
  };
}
