/** Making SVG elements, and changing only what differs. */

const NAMESPACE = 'http://www.w3.org/2000/svg';

/** null: the attribute is taken away. */
export type Attributes = Readonly<Record<string, string | number | null>>;

/** What was last written to each element: asking the element itself costs more than writing. */
const written = new WeakMap<SVGElement, Attributes>();

export function node(name: string, attributes: Attributes): SVGElement {
  const element = document.createElementNS(NAMESPACE, name);
  change(element, attributes);
  return element;
}

/** Writes what differs from the last time; each element is always given the same names. */
export function change(element: SVGElement, attributes: Attributes): void {
  const before = written.get(element);
  for (const name in attributes) {
    const value = attributes[name] ?? null;
    if (before?.[name] === value) continue;
    if (value === null) element.removeAttribute(name);
    else element.setAttribute(name, String(value));
  }
  written.set(element, attributes);
}

/** Elements by name: those wanted are made or changed, the others go. */
export class ShapeSet {
  readonly #group: SVGElement;
  readonly #held = new Map<string | number, SVGElement>();

  constructor(group: SVGElement) {
    this.#group = group;
  }

  show(wanted: readonly (readonly [string | number, Attributes])[]): void {
    const gone = new Set(this.#held.keys());
    for (const [name, attributes] of wanted) {
      gone.delete(name);
      const held = this.#held.get(name);
      if (held) change(held, attributes);
      else this.#add(name, attributes);
    }
    for (const name of gone) {
      this.#held.get(name)?.remove();
      this.#held.delete(name);
    }
  }

  #add(name: string | number, attributes: Attributes): void {
    const shape = node('rect', attributes);
    this.#held.set(name, shape);
    this.#group.append(shape);
  }
}
