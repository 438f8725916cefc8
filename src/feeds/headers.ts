/** HTTP headers of a handshake, as far as they can be sent at all: what Node would refuse later is refused here. */
import { validateHeaderName, validateHeaderValue } from 'node:http';
import { z } from 'zod';

/** Headers that the handshake itself sets; another value would be dropped in silence, or break it. */
const OWN = /^(?:connection|upgrade|content-length|transfer-encoding|sec-websocket-.*)$/i;

export const headers = z
  .record(z.string(), z.string())
  .superRefine((given, context) => {
    const names = new Set<string>();
    for (const [name, value] of Object.entries(given)) {
      const message = faultOfName(name, names) ?? faultOfValue(value);
      if (message !== null) context.addIssue({ code: 'custom', path: [name], message });
      names.add(name.toLowerCase());
    }
  })
  .default({})
  .describe('Extra HTTP headers of the handshake, such as Authorization.');

function faultOfName(name: string, before: ReadonlySet<string>): string | null {
  if (!passes(() => validateHeaderName(name))) return 'is not the name of a header';
  if (OWN.test(name)) return 'is set by the handshake itself; take it out';
  return before.has(name.toLowerCase()) ? 'is there twice, in other letters; take one out' : null;
}

function faultOfValue(value: string): string | null {
  if (/[\r\n]/.test(value)) {
    return 'has a line break, and a header is one line; look for one at the end of the value';
  }
  if (passes(() => validateHeaderValue('x', value))) return null;
  return 'has characters that no header can have; encode them, such as with Base64 or %-codes';
}

function passes(check: () => void): boolean {
  try {
    check();
    return true;
  } catch {
    // What follows: the option is refused, with its place.
    return false;
  }
}
