/** Making SVG elements, and changing only what differs. */

const NAMESPACE = 'http://www.w3.org/2000/svg';

/** null: the attribute is taken away. */
export type Attributes = Readonly<Record<string, string | number | null>>;

export function node(name: string, attributes: Attributes): SVGElement {
  const element = document.createElementNS(NAMESPACE, name);
  change(element, attributes);
  return element;
}

export function change(element: SVGElement, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null) element.removeAttribute(name);
    else if (element.getAttribute(name) !== String(value))
      element.setAttribute(name, String(value));
  }
}
