/** The running channels as YAML, and beside them what the schema says about each key. */
import { useEffect, useState } from 'preact/hooks';
import { getJson } from './api.ts';
import { messages } from './messages.ts';
import { configuration } from './store.ts';

const SCHEMA_ADDRESS = 'api/v1/configuration/schema';

/** As much of JSON Schema as is read. */
interface Schema {
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
}

interface Entry {
  readonly path: string;
  readonly text: string;
}

export function ConfigurationView() {
  const [entries, setEntries] = useState<readonly Entry[]>([]);
  useEffect(() => {
    const stop = new AbortController();
    getJson<Schema>(SCHEMA_ADDRESS, stop.signal).then(
      (schema) => setEntries(entriesOf(schema, '')),
      () => {
        // What follows: the YAML stands alone.
      },
    );
    return () => stop.abort();
  }, []);
  return (
    <>
      <p class="soft">{messages.configurationNote}</p>
      <div class="beside">
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard */}
        <pre tabIndex={0}>{configuration.value?.yaml}</pre>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard */}
        <section tabIndex={0} aria-label={messages.documentation}>
          <h3>{messages.documentation}</h3>
          <dl>
            {entries.map(({ path, text }) => (
              <div key={path}>
                <dt>
                  <code>{path}</code>
                </dt>
                <dd>{text}</dd>
              </div>
            ))}
          </dl>
        </section>
      </div>
    </>
  );
}

/** Every key that has something said about it, by its place in the file. */
export function entriesOf(schema: Schema, path: string): Entry[] {
  const own = schema.description ? [{ path, text: describe(schema) }] : [];
  const inner = Object.entries(schema.properties ?? {}).flatMap(([key, value]) =>
    entriesOf(value, path === '' ? key : `${path}.${key}`),
  );
  const each =
    typeof schema.additionalProperties === 'object'
      ? entriesOf(schema.additionalProperties, `${path}.<name>`)
      : [];
  const kinds = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].flatMap((one) => {
    const kind = one.properties?.['kind']?.const;
    return one.properties
      ? entriesOf(one, typeof kind === 'string' ? `${path}(${kind})` : path)
      : [];
  });
  const all = [...own, ...inner, ...each, ...kinds];
  return all.filter(
    (entry, index) => all.findIndex((other) => other.path === entry.path) === index,
  );
}

function describe({ description = '', default: fallback, enum: values }: Schema): string {
  const choices = values ? ` One of ${values.map(String).join(', ')}.` : '';
  const otherwise =
    fallback === undefined || fallback === '' ? '' : ` Default: ${JSON.stringify(fallback)}.`;
  return `${description}${choices}${otherwise}`;
}
