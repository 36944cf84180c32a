import type { Frame, FrameClass } from "../frames/mod.ts";
import type { FramePushed } from "../processors/mod.ts";
import { FirstSight } from "./_first_sight.ts";
import { FrameTable } from "./_frame_table.ts";

/** What is done with a frame, when it was seen in milliseconds of the clock, and between whom. */
type Watch<F extends Frame> = (frame: F, at: number, data: FramePushed) => void;

/** Has something done with frames the first time they are seen, by class. */
export class FrameWatch {
  readonly #table: FrameTable<[at: number, data: FramePushed]> = new FrameTable();
  readonly #first: FirstSight;

  /** Remembers so many broadcasts of which the second copy is still to come. */
  constructor(copies?: number) {
    this.#first = new FirstSight(copies);
  }

  /** Has something done with the frames of a class. */
  on<F extends Frame>(frameClass: FrameClass<F>, watch: Watch<F>): void {
    this.#table.on(frameClass, watch);
  }

  /** Looks at a push; says whether frames of its class are watched. */
  see(data: FramePushed): boolean {
    const watch = this.#table.find(data.frame);
    if (!watch) return false;
    if (this.#first.isFirst(data.frame)) watch(data.frame, data.timestamp / 1e6, data);
    return true;
  }
}
