import type { Frame } from "../frames/mod.ts";

/** Broadcasts whose second copy may still be on its way here. */
const COPIES = 256;

/**
 * Tells the first sight of a frame from the later ones: a frame goes through
 * many hands, and a broadcast is two frames that say the same.
 */
export class FirstSight {
  readonly #seen: WeakSet<Frame> = new WeakSet();
  readonly #copies: Set<number> = new Set();
  readonly #limit: number;

  constructor(limit: number = COPIES) {
    this.#limit = limit;
  }

  /** Whether neither the frame nor its copy was here before. */
  isFirst(frame: Frame): boolean {
    if (this.#seen.has(frame)) return false;
    this.#seen.add(frame);
    const copy = frame.broadcastSiblingId;
    if (copy === undefined) return true;
    if (this.#copies.delete(frame.id)) return false;
    this.#copies.add(copy);
    const [oldest] = this.#copies;
    if (this.#copies.size > this.#limit && oldest !== undefined) this.#copies.delete(oldest);
    return true;
  }
}
