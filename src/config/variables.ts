/**
 * Variables: `${NAME}` in any text of the file is the environment's value; `${NAME:-default}` where it may be
 * unset; `$${` is a plain `${`. Values are never shown in a problem.
 */
import { type Document, isScalar, visit } from 'yaml';
import type { Problem } from '../model/problem.ts';
import type { Places } from './places.ts';

const VARIABLE = /\$\$\{|\$\{([A-Za-z_]\w*)(?::-([^}]*))?\}/g;

export function replaceVariables(
  document: Document.Parsed,
  environment: Readonly<Record<string, string | undefined>>,
  places: Places,
): Problem[] {
  const problems: Problem[] = [];
  visit(document, {
    Scalar(key, node) {
      if (key === 'key' || !isScalar(node) || typeof node.value !== 'string') return;
      const at = node.range?.[0] ?? 0;
      node.value = node.value.replace(VARIABLE, (whole, name?: string, fallback?: string) => {
        if (name === undefined) return '${';
        const value = environment[name] ?? fallback;
        if (value !== undefined) return value;
        problems.push({
          code: 'unset-variable',
          message: `the environment variable ${name} is not set; set it, or write \${${name}:-default}`,
          place: places.offset(at),
        });
        return whole;
      });
    },
  });
  return problems;
}
