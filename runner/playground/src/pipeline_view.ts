/**
 * The pipeline as a graph, with the frames that flow through it.
 *
 * @module
 */
import { after } from "./browser_time.ts";
import { h, setAttributes, setText, wantsCalm } from "./dom.ts";
import { FlowCanvas } from "./flow_canvas.ts";
import { familyOf, FlowStats, type LinkCount, linkKey, ranked } from "./flow_stats.ts";
import { drawGraph, type DrawnGraph, type Pointed } from "./graph_drawing.ts";
import { type GraphLayout, layOut } from "./graph_layout.ts";
import type { Flow, FramesMessage, PipelineMessage } from "./server_messages.ts";

const FLASH_MS = 900;
const MOST_CLASSES = 12;

/** Draws the pipeline. */
export class PipelineView {
  readonly #root: HTMLElement;
  readonly #detail: HTMLElement;
  readonly #canvas = h("canvas", { class: "flow", "aria-hidden": "true" });
  readonly #flow = new FlowCanvas(this.#canvas);
  #pipeline: PipelineMessage | undefined;
  #stats = new FlowStats([]);
  #layout: GraphLayout | undefined;
  #drawn: DrawnGraph | undefined;
  #selection: Pointed | undefined;
  #hovered: Pointed | undefined;

  /** Draws into `root`, and what is selected into `detail`. */
  constructor(root: HTMLElement, detail: HTMLElement) {
    this.#root = root;
    this.#detail = detail;
    new ResizeObserver(() => this.#draw()).observe(root);
  }

  /** Whether there is a pipeline to draw. */
  get isEmpty(): boolean {
    return this.#pipeline === undefined;
  }

  /** Shows a pipeline; counts begin at zero. */
  show(pipeline: PipelineMessage): void {
    this.#pipeline = pipeline;
    this.#stats = new FlowStats(pipeline.edges);
    this.#selection = undefined;
    this.#hovered = undefined;
    this.#layout = undefined;
    this.#draw();
    this.#describe();
  }

  /** Counts frames, and lets them flow where they can be seen. */
  flow(message: FramesMessage): void {
    for (const flow of message.flows) {
      const link = this.#stats.add(flow);
      if (link !== undefined) this.#animate(flow, { link, windowMs: message.windowMs });
    }
    this.#drawn?.count(this.#stats);
    this.#describe();
  }

  #animate(
    { frame, from, to, count }: Flow,
    { link, windowMs }: { readonly link: LinkCount; readonly windowMs: number },
  ): void {
    const edge = this.#drawn?.links.get(linkKey(link))?.edge;
    if (this.#drawn === undefined || edge === undefined) return;
    const family = familyOf(frame);
    const { direction } = link;
    this.#flow.show({ edge, family, count, windowMs, direction });
    if (family === "interruption") {
      this.#drawn.flash(to);
      this.#drawn.flash(from);
    } else this.#drawn.glow(direction === "up" ? link.from : link.to, family);
  }

  /** Forgets the pipeline. */
  clear(): void {
    this.#pipeline = undefined;
    this.#drawn = undefined;
    this.#layout = undefined;
    this.#flow.clear();
    this.#root.replaceChildren();
    setText(this.#detail, "");
  }

  #draw(): void {
    const pipeline = this.#pipeline;
    const width = Math.floor(this.#root.clientWidth);
    if (pipeline === undefined || width === 0) return;
    if (this.#layout !== undefined && this.#layout.width === width) return;
    this.#layout = layOut(pipeline.nodes, pipeline.edges, width);
    const drawn = drawGraph(this.#layout, {
      select: (selection) => this.#select(selection),
      hover: (selection) => {
        this.#hovered = selection;
        this.#describe();
      },
      later: after,
      flashMs: wantsCalm() ? 2 * FLASH_MS : FLASH_MS,
    });
    this.#flow.clear();
    this.#drawn = drawn;
    setAttributes(this.#canvas, { width: 0, height: 0 });
    this.#canvas.style.width = `${this.#layout.width}px`;
    this.#canvas.style.height = `${this.#layout.height}px`;
    this.#root.replaceChildren(drawn.element, this.#canvas);
    drawn.count(this.#stats);
  }

  #select(selection: Pointed): void {
    const isSame = this.#selection !== undefined &&
      keyOf(this.#selection) === keyOf(selection);
    this.#selection = isSame ? undefined : selection;
    this.#drawn?.mark(this.#selection && keyOf(this.#selection));
    this.#describe();
  }

  #describe(): void {
    const shown = this.#hovered ?? this.#selection;
    if (shown === undefined) {
      const hint = this.isEmpty
        ? ""
        : "Point at a processor or a link to see which frames pass there.";
      this.#detail.replaceChildren(h("span", { class: "hint" }, hint));
      return;
    }
    if (shown.kind === "node") {
      this.#detail.replaceChildren(
        h("b", {}, shown.name),
        " received ",
        ...chips(this.#stats.receivedBy(shown.id)),
      );
      return;
    }
    const link = this.#stats.link(shown);
    this.#detail.replaceChildren(
      h("b", {}, "downstream "),
      ...chips(ranked(link?.down.byFrame ?? new Map())),
      h("br"),
      h("b", {}, "upstream "),
      ...chips(ranked(link?.up.byFrame ?? new Map())),
    );
  }
}

function keyOf(selection: Pointed): string {
  return selection.kind === "node" ? `n${selection.id}` : linkKey(selection);
}

function chips(counts: readonly [string, number][]): (HTMLElement | string)[] {
  if (counts.length === 0) return ["nothing yet"];
  const shown = counts.slice(0, MOST_CLASSES).map(([frame, count]) =>
    h(
      "span",
      { class: "frame-chip", "data-family": familyOf(frame) },
      frame,
      h("b", {}, count.toLocaleString("en")),
    )
  );
  const rest = counts.length - shown.length;
  return rest > 0 ? [...shown, `and ${rest} more`] : shown;
}
