/** Walking a schema along a path of the data, to know which keys would have been allowed. */
import { z } from 'zod';

type Schema = z.core.$ZodType;

/** The schema at the path; null where the path leaves what is known. */
export function schemaAt(schema: Schema, path: readonly PropertyKey[]): Schema | null {
  let at: Schema | null = unwrap(schema);
  for (const step of path) {
    if (at === null) return null;
    if (at instanceof z.ZodObject) at = (at.shape as Record<PropertyKey, Schema>)[step] ?? null;
    else if (at instanceof z.ZodRecord) at = at.valueType as Schema;
    else if (at instanceof z.ZodArray) at = at.element as Schema;
    else if (at instanceof z.ZodUnion) at = inUnion(at, step);
    else return null;
    at = at && unwrap(at);
  }
  return at;
}

/** The keys that an object schema knows; of a union, those of all its objects. */
export function shapeKeys(schema: Schema | null): string[] {
  if (schema instanceof z.ZodObject) return Object.keys(schema.shape);
  if (!(schema instanceof z.ZodUnion)) return [];
  return schema.options.flatMap((option) => shapeKeys(unwrap(option as Schema)));
}

function inUnion(union: z.ZodUnion, step: PropertyKey): Schema | null {
  for (const option of union.options) {
    const found = schemaAt(option as Schema, [step]);
    if (found) return found;
  }
  return null;
}

function unwrap(schema: Schema): Schema {
  const wrapped =
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable;
  if (wrapped) return unwrap(schema.unwrap() as Schema);
  return schema instanceof z.ZodPipe ? unwrap(schema.in as Schema) : schema;
}
