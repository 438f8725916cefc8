// Messages that trip up anyone who counts commas or brackets instead of reading JSON.
export const AWKWARD: readonly string[] = [
  '{"n":1}',
  'null',
  '0',
  '-1.5e-7',
  'true',
  '""',
  '"a,b],[c"',
  '"\\"quoted\\" and \\\\ \\\\\\" more"',
  '[]',
  '[[],[[1,2],[3,[4,[5]]]],{}]',
  '{"messages":[1,2,3],"position":"9:9"}',
  '{"body":{"messages":[{"a":"]"},{"b":"}"}]}}',
  '{"text":"日本語 🚀 \\u0041\\ud83d\\ude80","k":"é"}',
  '{"__proto__":{"x":1},"constructor":null,"toString":"no"}',
  '{"subscription_id":"other","action":"rtm/subscription/error"}',
  '  {  "spaced" :  [ 1 , 2 ]  }  ',
  '{"":"","a.b":1}',
  '12345678901234567890',
];

/** A small generator with a seed, so that a failure can be run again (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
