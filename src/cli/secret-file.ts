/** Reads the files of `${file:PATH}`. */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { resolve } from 'node:path';
import { SECRET_BYTES_MAX, type Secret, type SecretReader, secretIn } from '../config/secrets.ts';

/** A reader of files whose relative paths begin at `folder`. */
export function secretReader(folder: string): SecretReader {
  return (path) => {
    try {
      return readSecret(resolve(folder, path));
    } catch (error) {
      return { fault: faultOf((error as NodeJS.ErrnoException).code ?? '') };
    }
  };
}

/** Rights and contents are those of one open file, which nobody can exchange in between. */
function readSecret(file: string): Secret {
  // Opening a pipe would wait for whoever writes it.
  const handle = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const status = fstatSync(handle);
    if (!status.isFile())
      return { fault: 'this is a folder or a device, not the file of a secret' };
    // One byte more than a secret may have tells that it is too long.
    const contents = Buffer.alloc(SECRET_BYTES_MAX + 1);
    const length = readSync(handle, contents);
    // Windows has no such rights.
    return secretIn(contents.subarray(0, length), process.platform === 'win32' ? 0 : status.mode);
  } finally {
    closeSync(handle);
  }
}

function faultOf(code: string): string {
  if (code === 'ENOENT') {
    return 'the file of this secret is not there; a path that does not begin with / begins at the folder of channels.yaml';
  }
  return code === 'EACCES'
    ? 'Weir may not read the file of this secret; give its user the right to'
    : `the file of this secret cannot be read (${code})`;
}
