/**
 * The stylesheet's colours, for what is drawn on a canvas.
 *
 * @module
 */

/** The colours a canvas uses. */
export type ColorName =
  | "you"
  | "bot"
  | "cut"
  | "line"
  | "ink-2"
  | "ink-3"
  | "stage-token"
  | "frame-audio";

const probe = document.createElement("span");
let known = new Map<ColorName, string>();

/** Gives a colour as the present theme has it. */
export function color(name: ColorName): string {
  const found = known.get(name);
  if (found !== undefined) return found;
  // A custom property is resolved only where it is used.
  if (!probe.isConnected) {
    probe.hidden = true;
    document.body.append(probe);
  }
  probe.style.color = `var(--${name})`;
  const value = getComputedStyle(probe).color;
  known.set(name, value);
  return value;
}

/** Forgets the colours: the theme has changed. */
export function forgetColors(): void {
  known = new Map();
}

/** Fits a canvas to its place on the page, in device pixels. */
export function fitCanvas(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const context = canvas.getContext("2d");
  if (context === null) {
    throw new TypeError("Cannot draw: the browser has no canvas");
  }
  const ratio = globalThis.devicePixelRatio || 1;
  const width = Math.round(canvas.clientWidth * ratio);
  const height = Math.round(canvas.clientHeight * ratio);
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, canvas.clientWidth, canvas.clientHeight);
  return context;
}
