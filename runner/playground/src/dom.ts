/**
 * Making and finding elements.
 *
 * @module
 */

/** Attributes of an element; `undefined` and `false` leave one out. */
export type Attributes = Readonly<
  Record<string, string | number | boolean | undefined>
>;

const SVG = "http://www.w3.org/2000/svg";

/** Makes an element with attributes and children. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  setAttributes(element, attributes);
  element.append(...children);
  return element;
}

/** Makes an SVG element with attributes and children. */
export function svg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): SVGElementTagNameMap[K] {
  const element = document.createElementNS(SVG, tag);
  setAttributes(element, attributes);
  element.append(...children);
  return element;
}

/** Sets or removes attributes. */
export function setAttributes(element: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) element.removeAttribute(name);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
}

/** Finds an element of the page by its id and class; the page has it. */
export function find<T extends Element>(
  id: string,
  type: abstract new (...args: never[]) => T,
): T {
  const element = document.getElementById(id);
  if (element instanceof type) return element;
  throw new TypeError(
    `Cannot find the element "${id}" as ${type.name}: the page lacks it`,
  );
}

/** Writes text into an element, only where it differs. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** Makes an icon out of the page's symbols. */
export function icon(name: string): SVGSVGElement {
  return svg(
    "svg",
    { class: "icon", viewBox: "0 0 24 24", "aria-hidden": "true" },
    svg("use", { href: `#i-${name}` }),
  );
}

/** Tells whether the user wants as little motion as possible. */
export function wantsCalm(): boolean {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}
