/** Taking names and addresses apart, to find what in them is a secret. */

/** The words of a key in small letters: `apiKey`, `api_key`, `X-Api-Key` → api, key. */
export function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.toLowerCase());
}

/** User, password and both together of an address, as written and decoded. Empty for an address without. */
export function userInfoOf(address: string): string[] {
  const [, info] = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)@/i.exec(address) ?? [];
  if (info === undefined) return [];
  const colon = info.indexOf(':');
  const parts = colon < 0 ? [info] : [info, info.slice(0, colon), info.slice(colon + 1)];
  return parts.flatMap((part) => [part, decoded(part)]);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // Not percent-encoded: it stands for itself.
    return text;
  }
}
