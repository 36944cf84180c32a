/**
 * The last seconds of the conversation as a moving strip: the user's voice
 * above the line, the bot's below, the waits between them, and the cuts.
 *
 * @module
 */
import { now } from "./browser_time.ts";
import { color, fitCanvas } from "./colors.ts";
import { wantsCalm } from "./dom.ts";
import { formatMs } from "./latency.ts";

const SPAN_MS = 14_000;
const BIN_MS = 40;
const BINS = SPAN_MS / BIN_MS + 2;
const CALM_STEP_MS = 300;

interface Gap {
  readonly fromMs: number;
  readonly toMs: number;
  readonly label: string;
}

/** Draws the strip. */
export class Strip {
  readonly #canvas: HTMLCanvasElement;
  readonly #user = new Float32Array(BINS);
  readonly #bot = new Float32Array(BINS);
  #newestBin = 0;
  #gaps: Gap[] = [];
  #cuts: number[] = [];
  #runs = false;
  #drawnAtMs = 0;

  /** Draws onto a canvas. */
  constructor(canvas: HTMLCanvasElement) {
    this.#canvas = canvas;
    new ResizeObserver(() => this.#draw()).observe(canvas);
  }

  /** Begins to move. */
  start(): void {
    if (this.#runs) return;
    this.#runs = true;
    requestAnimationFrame(() => this.#step());
  }

  /** Stands still, empty. */
  stop(): void {
    this.#runs = false;
    this.#user.fill(0);
    this.#bot.fill(0);
    this.#gaps = [];
    this.#cuts = [];
    this.#draw();
  }

  /** The user is this loud now. */
  user(level: number): void {
    this.#put(this.#user, level);
  }

  /** The bot is this loud now. */
  bot(level: number): void {
    this.#put(this.#bot, level);
  }

  /** The first audio of an answer came now, after this wait. */
  answered(waitMs: number): void {
    const toMs = now();
    this.#gaps.push({ fromMs: toMs - waitMs, toMs, label: formatMs(waitMs) });
  }

  /** The bot was cut short now. */
  cut(): void {
    this.#cuts.push(now());
  }

  #put(bins: Float32Array, level: number): void {
    const index = this.#advance() % BINS;
    bins[index] = Math.max(bins[index] ?? 0, level);
  }

  /** Clears the bins that time has passed over. */
  #advance(): number {
    const bin = Math.floor(now() / BIN_MS);
    const passed = Math.min(BINS, bin - this.#newestBin);
    for (let i = 1; i <= passed; i++) {
      this.#user[(bin - passed + i) % BINS] = 0;
      this.#bot[(bin - passed + i) % BINS] = 0;
    }
    this.#newestBin = bin;
    return bin;
  }

  #step(): void {
    if (!this.#runs) return;
    const isDue = !wantsCalm() || now() - this.#drawnAtMs > CALM_STEP_MS;
    if (isDue) this.#draw();
    requestAnimationFrame(() => this.#step());
  }

  #draw(): void {
    const canvas = this.#canvas;
    if (canvas.clientWidth === 0) return;
    const context = fitCanvas(canvas);
    const view = {
      context,
      width: canvas.clientWidth,
      middle: canvas.clientHeight / 2,
      endMs: now(),
    };
    this.#drawnAtMs = view.endMs;
    this.#advance();
    this.#drawGaps(view);
    this.#drawBars(view);
    this.#drawCuts(view);
    context.globalAlpha = 1;
    context.fillStyle = color("line");
    context.fillRect(0, view.middle - 0.5, view.width, 1);
  }

  #drawBars(view: View): void {
    const { context, middle, width } = view;
    const barWidth = Math.max(1.5, (width * BIN_MS) / SPAN_MS - 1);
    const newest = this.#newestBin;
    for (let bin = newest - BINS + 1; bin < newest; bin++) {
      const user = this.#user[((bin % BINS) + BINS) % BINS] ?? 0;
      const bot = this.#bot[((bin % BINS) + BINS) % BINS] ?? 0;
      if (user === 0 && bot === 0) continue;
      const x = xOf(view, bin * BIN_MS);
      context.globalAlpha = fade(x, width);
      context.fillStyle = color("you");
      const up = height(user, middle);
      context.fillRect(x, middle - 1 - up, barWidth, up);
      context.fillStyle = color("bot");
      context.fillRect(x, middle + 1, barWidth, height(bot, middle));
    }
  }

  #drawGaps(view: View): void {
    const { context, middle, width } = view;
    this.#gaps = this.#gaps.filter((gap) => xOf(view, gap.toMs) > -80);
    context.font = "600 10px system-ui, sans-serif";
    context.textBaseline = "top";
    for (const gap of this.#gaps) {
      const from = xOf(view, gap.fromMs);
      const to = xOf(view, gap.toMs);
      context.globalAlpha = 0.16 * fade(from, width);
      context.fillStyle = color("stage-token");
      context.fillRect(from, 0, Math.max(2, to - from), 2 * middle);
      context.globalAlpha = fade(from, width);
      context.fillStyle = color("ink-2");
      const textWidth = context.measureText(gap.label).width;
      if (to + textWidth + 4 < width) context.fillText(gap.label, to + 4, 2);
    }
  }

  #drawCuts(view: View): void {
    const { context, middle, width } = view;
    this.#cuts = this.#cuts.filter((atMs) => xOf(view, atMs) > -4);
    context.fillStyle = color("cut");
    for (const atMs of this.#cuts) {
      const x = xOf(view, atMs);
      context.globalAlpha = fade(x, width);
      context.fillRect(x - 1, middle * 0.35, 2, middle * 1.5);
      context.beginPath();
      context.arc(x, middle * 1.85, 3, 0, 2 * Math.PI);
      context.fill();
    }
  }
}

interface View {
  readonly context: CanvasRenderingContext2D;
  readonly width: number;
  readonly middle: number;
  readonly endMs: number;
}

function xOf(view: View, atMs: number): number {
  return view.width * (1 - (view.endMs - atMs) / SPAN_MS);
}

function fade(x: number, width: number): number {
  return Math.max(0, Math.min(1, (x / width) * 4));
}

function height(level: number, middle: number): number {
  // What lies below a third is the noise of the room.
  const shown = Math.max(0, level - 0.3) / 0.7;
  return level === 0 ? 0 : 1 + shown * shown * (middle - 4) * 1.25;
}
