/**
 * Frames on their way: dots that move along the links of the pipeline.
 *
 * @module
 */
import { now } from "./browser_time.ts";
import { color, type ColorName, fitCanvas } from "./colors.ts";
import { wantsCalm } from "./dom.ts";
import type { FrameFamily } from "./flow_stats.ts";
import { type PlacedEdge, pointOn } from "./graph_layout.ts";

const TRAVEL_MS = 620;
const MOST_DOTS = 220;
/** Each way keeps to its own side of the link. */
const LANE_OFFSET = 4;

const COLORS: Readonly<Record<FrameFamily, ColorName>> = {
  audio: "frame-audio",
  text: "stage-token",
  control: "ink-3",
  interruption: "cut",
};
const SIZES: Readonly<Record<FrameFamily, number>> = {
  audio: 1.8,
  text: 3,
  control: 2.4,
  interruption: 4.5,
};

interface Dot {
  readonly edge: PlacedEdge;
  readonly isUp: boolean;
  readonly family: FrameFamily;
  readonly startMs: number;
}

/** Some frames to be shown. */
export interface Shown {
  /** Where they go. */
  readonly edge: PlacedEdge;
  /** Which way. */
  readonly direction: "down" | "up";
  /** What they carry. */
  readonly family: FrameFamily;
  /** How many they were. */
  readonly count: number;
  /** In which time they went. */
  readonly windowMs: number;
}

/** Draws the dots. */
export class FlowCanvas {
  readonly #canvas: HTMLCanvasElement;
  #dots: Dot[] = [];
  #runs = false;

  /** Draws onto a canvas that lies over the pipeline's drawing. */
  constructor(canvas: HTMLCanvasElement) {
    this.#canvas = canvas;
  }

  /** Shows frames: a few dots stand for many. */
  show(frames: Shown): void {
    if (wantsCalm() || document.hidden) return;
    const most = frames.family === "audio" ? 2 : 3;
    const dots = Math.min(most, Math.ceil(Math.log2(frames.count + 1)));
    for (let i = 0; i < dots && this.#dots.length < MOST_DOTS; i++) {
      this.#dots.push({
        edge: frames.edge,
        isUp: frames.direction === "up",
        family: frames.family,
        startMs: now() + (i * frames.windowMs) / dots,
      });
    }
    if (this.#runs || this.#dots.length === 0) return;
    this.#runs = true;
    requestAnimationFrame(() => this.#step());
  }

  /** Takes all dots away. */
  clear(): void {
    this.#dots = [];
  }

  #step(): void {
    const context = fitCanvas(this.#canvas);
    const atMs = now();
    this.#dots = this.#dots.filter((dot) => atMs < dot.startMs + TRAVEL_MS);
    for (const dot of this.#dots) drawDot(context, dot, atMs);
    this.#runs = this.#dots.length > 0;
    if (this.#runs) requestAnimationFrame(() => this.#step());
  }
}

function drawDot(
  context: CanvasRenderingContext2D,
  dot: Dot,
  atMs: number,
): void {
  const share = (atMs - dot.startMs) / TRAVEL_MS;
  if (share < 0) return;
  const { x, y } = pointOn(dot.edge.curve, dot.isUp ? 1 - share : share);
  const lane = dot.isUp ? LANE_OFFSET : -LANE_OFFSET;
  context.globalAlpha = Math.min(1, 4 * Math.min(share, 1 - share) + 0.25);
  context.fillStyle = color(COLORS[dot.family]);
  context.beginPath();
  context.arc(x + lane, y, SIZES[dot.family], 0, 2 * Math.PI);
  context.fill();
}
