/** The threads that serve an address: started so that they come back where they were, and told who may come in. */
import { fileURLToPath } from 'node:url';
import type { Crew } from './crew.ts';
import { type Config, type EntryRules, entryRulesOf, type Listen } from './model/config.ts';
import type { RestThreadData, RtmThreadData, StoreAddress } from './threads/messages.ts';
import { VERSION } from './version.ts';

const PAGE_FOLDER = fileURLToPath(new URL('../web/dist', import.meta.url));

/** What a REST thread shows when it starts; main tells it of every change after. */
export type Shown = Pick<RestThreadData, 'channels' | 'health' | 'configuration'>;

export class Servers {
  readonly #crew: Crew;
  /** Folder of channels.yaml. */
  readonly #folder: string;
  #entryRules: EntryRules;

  constructor(crew: Crew, folder: string, config: Config) {
    this.#crew = crew;
    this.#folder = folder;
    this.#entryRules = entryRulesOf(config);
  }

  /**
   * Says who may come in from now on. It takes effect at once: a refusal names a line to write, and to write it is
   * then enough.
   */
  admit(config: Config): void {
    this.#entryRules = entryRulesOf(config);
    const message = { kind: 'entry-rules', entryRules: this.#entryRules } as const;
    this.#crew.post('rest', message);
    this.#crew.post('rtm', message);
  }

  /** Starts Weir's own RTM server; resolves with its address. */
  async startRtm({ rtm }: Config): Promise<string> {
    let options = rtm as { readonly listen: string };
    const host = options.listen.slice(0, options.listen.lastIndexOf(':'));
    return await this.#crew.superviseListening<Omit<RtmThreadData, 'index' | 'pulse'>>(
      'RTM server',
      {
        name: 'rtm',
        file: 'rtm.thread.ts',
        data: () => ({ folder: this.#folder, options, entryRules: this.#entryRules }),
        // A restarted server must be where the feeds look for it.
        onListening: (url) => {
          options = { ...options, listen: `${host}:${new URL(url).port}` };
        },
      },
    );
  }

  /** Starts page and REST; resolves with their address. `shown` is asked at each start of the thread. */
  async startRest(config: Config, store: StoreAddress, shown: () => Shown): Promise<string> {
    const { listen, retain, timezone, charts } = config;
    let address: Listen = listen;
    return await this.#crew.superviseListening<Omit<RestThreadData, 'index' | 'pulse'>>('page', {
      name: 'rest',
      file: 'rest.thread.ts',
      data: () => ({
        ...shown(),
        store,
        listen: address,
        entryRules: this.#entryRules,
        settings: {
          version: VERSION,
          timezone,
          charts,
          retention: retain,
          pageFolder: PAGE_FOLDER,
        },
      }),
      onListening: (url) => {
        address = { host: listen.host, port: Number(new URL(url).port) };
      },
    });
  }
}
