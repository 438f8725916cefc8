/** What an operator has to write so that somebody who was refused may come in. */
import type { PublicRight } from '../model/config.ts';

/** One sentence part for each kind of refusal: the line to write. */
export interface Remedies {
  host(name: string): string;
  origin(origin: string): string;
  access(right: PublicRight): string;
  /** Before Weir listens where others can reach it: for page and REST, and for the RTM server. */
  readonly listen: { readonly rest: string; readonly rtm: string };
}

/** For a Weir that reads channels.yaml. */
export const IN_THE_FILE: Remedies = {
  host: (name) => `write allowedHosts: [${name}] in channels.yaml`,
  origin: (origin) => `write allowedOrigins: ["${origin}"] in channels.yaml`,
  access: (right) => `write access: { ${right}: public } in channels.yaml`,
  listen: {
    rest: 'write access: { read: public } in channels.yaml',
    rtm: 'write access: { read: public, publish: public } in channels.yaml',
  },
};

/** For a command without a file. */
export const ON_THE_COMMAND_LINE: Remedies = {
  host: (name) => `start it with --allowed-host ${name}`,
  origin: (origin) => `start it with --allowed-origin ${origin}`,
  access: (right) => `start it with --${right} public`,
  listen: { rest: '', rtm: 'add --read public --publish public' },
};
