/** `weir schema`: the JSON Schema of channels.yaml. */
import { jsonSchema } from '../config/schema.ts';
import { type Command, EXIT } from './command.ts';
import { kinds } from './configuration.ts';

const help = `weir schema

Prints the JSON Schema of channels.yaml, for editors that complete and check while you type:

  weir schema > channels.schema.json

and as the first line of channels.yaml:

  # yaml-language-server: $schema=./channels.schema.json`;

export const schema: Command = {
  name: 'schema',
  summary: 'print the JSON Schema of channels.yaml',
  help,
  async run(_args, out) {
    out.print(JSON.stringify(jsonSchema(kinds), null, 2));
    return EXIT.ok;
  },
};
