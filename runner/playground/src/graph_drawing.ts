/**
 * The pipeline's drawing: boxes, links, counts, and how they react.
 *
 * @module
 */
import type { Cancel, Later } from "./browser_time.ts";
import { setAttributes, setText, svg } from "./dom.ts";
import { type FlowStats, type FrameFamily, linkKey, shortCount } from "./flow_stats.ts";
import {
  type GraphLayout,
  NODE_HEIGHT,
  type PlacedEdge,
  type PlacedNode,
  pointOn,
} from "./graph_layout.ts";

/** What the user points at. */
export type Pointed =
  | { readonly kind: "node"; readonly id: number; readonly name: string }
  | { readonly kind: "link"; readonly from: number; readonly to: number };

/** What a drawing needs to react. */
export interface GraphHooks {
  /** Something was clicked, or chosen by the keyboard. */
  readonly select: (pointed: Pointed) => void;
  /** Something is pointed at; `undefined`: nothing any more. */
  readonly hover: (pointed: Pointed | undefined) => void;
  /** Plans an action. */
  readonly later: Later;
  /** How long a flash stays. */
  readonly flashMs: number;
}

/** A link as drawn. */
export interface DrawnLink {
  /** Between which processors. */
  readonly name: string;
  /** Where it lies. */
  readonly edge: PlacedEdge;
  /** The count of what goes down. */
  readonly down: SVGTextElement;
  /** The count of what goes up. */
  readonly up: SVGTextElement;
  /** All of it. */
  readonly element: SVGGElement;
}

/** A drawing on the page. */
export interface DrawnGraph {
  /** The drawing. */
  readonly element: SVGSVGElement;
  /** The links by their key. */
  readonly links: ReadonlyMap<string, DrawnLink>;
  /** Writes the counts. */
  readonly count: (stats: FlowStats) => void;
  /** Lets a processor light up: a frame has reached it. */
  readonly glow: (id: number, family: FrameFamily) => void;
  /** Lets a processor flash: it was interrupted. */
  readonly flash: (id: number) => void;
  /** Marks what is selected. */
  readonly mark: (key: string | undefined) => void;
}

const GLOW_MS = 320;
const LABEL_GAP = 11;
const NAME_FONT_SIZE = 12.5;
const NAME_START = 34;
const NAME_END = 10;

/** Draws a pipeline. */
export function drawGraph(layout: GraphLayout, hooks: GraphHooks): DrawnGraph {
  const names = new Map(layout.nodes.map(({ id, name }) => [id, name]));
  const links = new Map(layout.edges.map((edge) => {
    const name = `${names.get(edge.from)} to ${names.get(edge.to)}`;
    return [linkKey(edge), drawLink(edge, { name, hooks })];
  }));
  const nodes = new Map(layout.nodes.map((node) => [
    node.id,
    drawNode(node, hooks),
  ]));
  const element = svg(
    "svg",
    {
      class: "pipeline",
      width: layout.width,
      height: layout.height,
      role: "group",
      "aria-label": "The pipeline; arrow keys go from one processor to the next",
    },
    ...Array.from(links.values(), (link) => link.element),
    ...nodes.values(),
  );
  const stops = [...nodes.values(), ...[...links.values()].map((l) => l.element)];
  roam(element, stops);
  const pulse = pulsing(hooks.later);
  return {
    element,
    links,
    count: (stats) => links.forEach((link) => writeCounts(link, stats)),
    glow: (id, family) => pulse(nodes.get(id), `glow-${family}`, GLOW_MS),
    flash: (id) => pulse(nodes.get(id), "flash", hooks.flashMs),
    mark: (key) =>
      stops.forEach((stop) =>
        setAttributes(stop, { "aria-pressed": String(stop.dataset.key === key) })
      ),
  };
}

function drawNode(node: PlacedNode, hooks: GraphHooks): SVGGElement {
  const pointed: Pointed = { kind: "node", id: node.id, name: node.name };
  const room = node.width - NAME_START - NAME_END;
  const group = svg(
    "g",
    {
      class: "node",
      transform: `translate(${node.x} ${node.y})`,
      "data-testid": "pipeline-node",
      "data-kind": node.kind,
      "data-key": `n${node.id}`,
      "aria-label": node.name,
    },
    svg("rect", { width: node.width, height: NODE_HEIGHT, rx: 9 }),
    svg(
      "svg",
      { x: 10, y: (NODE_HEIGHT - 16) / 2, width: 16, height: 16, viewBox: "0 0 24 24" },
      svg("use", { href: `#i-${node.kind}` }),
    ),
    svg(
      "text",
      { x: NAME_START, y: NODE_HEIGHT / 2 + 4.2 },
      shorten(node.name, room),
    ),
    svg("title", {}, node.name),
  );
  react(group, pointed, hooks);
  return group;
}

function drawLink(
  edge: PlacedEdge,
  { name, hooks }: { readonly name: string; readonly hooks: GraphHooks },
): DrawnLink {
  const [a, b, c, d] = edge.curve;
  const path = `M${a.x} ${a.y}C${b.x} ${b.y} ${c.x} ${c.y} ${d.x} ${d.y}`;
  const middle = pointOn(edge.curve, 0.5);
  const y = middle.y + 3.5;
  const down = svg("text", { x: middle.x - LABEL_GAP, y, class: "down", "aria-hidden": "true" });
  const up = svg("text", { x: middle.x + LABEL_GAP, y, class: "up", "aria-hidden": "true" });
  const element = svg(
    "g",
    { class: "link", "data-key": linkKey(edge), "aria-label": name },
    svg("path", { d: path, class: "hit" }),
    svg("path", { d: path, class: "wire" }),
    down,
    up,
  );
  react(element, { kind: "link", from: edge.from, to: edge.to }, hooks);
  return { name, edge, down, up, element };
}

function react(element: SVGGElement, pointed: Pointed, hooks: GraphHooks): void {
  setAttributes(element, {
    role: "button",
    tabindex: -1,
    "aria-pressed": "false",
  });
  element.addEventListener("click", () => hooks.select(pointed));
  element.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    hooks.select(pointed);
  });
  element.addEventListener("pointerenter", () => hooks.hover(pointed));
  element.addEventListener("pointerleave", () => hooks.hover(undefined));
  element.addEventListener("focus", () => hooks.hover(pointed));
  element.addEventListener("blur", () => hooks.hover(undefined));
}

/** Makes the drawing one stop of the tab key; arrows go on inside. */
function roam(root: SVGSVGElement, stops: readonly SVGGElement[]): void {
  stops[0]?.setAttribute("tabindex", "0");
  root.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[
      event.key
    ];
    const at = stops.findIndex((stop) => stop === document.activeElement);
    if (step === undefined || at < 0) return;
    event.preventDefault();
    const next = stops[(at + step + stops.length) % stops.length];
    stops[at]?.setAttribute("tabindex", "-1");
    next?.setAttribute("tabindex", "0");
    next?.focus();
  });
}

function writeCounts(link: DrawnLink, stats: FlowStats): void {
  const counts = stats.link(link.edge);
  const down = counts?.down.total ?? 0;
  const up = counts?.up.total ?? 0;
  setText(link.down, down === 0 ? "" : `${shortCount(down)} ↓`);
  setText(link.up, up === 0 ? "" : `↑ ${shortCount(up)}`);
  setAttributes(link.element, {
    "data-used": down + up > 0,
    "aria-label": `${link.name}: ${down} frames down, ${up} up`,
  });
}

/** Gives a function that puts a class on an element for a while. */
function pulsing(later: Later) {
  const running = new Map<string, Cancel>();
  return (element: SVGGElement | undefined, name: string, forMs: number) => {
    if (element === undefined) return;
    const key = `${element.dataset.key} ${name}`;
    running.get(key)?.();
    element.classList.add(name);
    running.set(key, later(forMs, () => element.classList.remove(name)));
  };
}

/** Cuts a name to the room it has. */
function shorten(name: string, room: number): string {
  const context = document.createElement("canvas").getContext("2d");
  if (context === null) return name;
  const { fontFamily } = getComputedStyle(document.body);
  context.font = `500 ${NAME_FONT_SIZE}px ${fontFamily}`;
  if (context.measureText(name).width <= room) return name;
  let end = name.length - 1;
  while (end > 1 && context.measureText(`${name.slice(0, end)}…`).width > room) {
    end--;
  }
  return `${name.slice(0, end)}…`;
}
