import type { Frame, FrameClass, FrameDirection } from "../frames/mod.ts";
import type { FrameProcessor } from "../processors/mod.ts";

/** Tells of frames of some classes that come to one end of a pipeline. */
export class ReachedFilter {
  readonly #end: FrameProcessor;
  readonly #direction: FrameDirection;
  readonly #tell: (frame: Frame) => void;
  #types: readonly FrameClass[] = [];
  readonly #listener = (frame: Frame, direction: FrameDirection): void => {
    if (direction !== this.#direction) return;
    if (this.#types.some((type) => frame instanceof type)) this.#tell(frame);
  };

  constructor(end: FrameProcessor, direction: FrameDirection, tell: (frame: Frame) => void) {
    this.#end = end;
    this.#direction = direction;
    this.#tell = tell;
  }

  get types(): readonly FrameClass[] {
    return this.#types;
  }

  /** Nobody listens to the end while nothing is wanted, so that it costs nothing. */
  set types(types: readonly FrameClass[]) {
    this.#types = [...new Set(types)];
    this.#end.off("beforeProcessFrame", this.#listener);
    if (types.length > 0) this.#end.on("beforeProcessFrame", this.#listener);
  }
}
