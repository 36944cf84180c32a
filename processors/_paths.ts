import type { FrameDirection } from "../frames/mod.ts";
import type { FramePath, Named } from "./environment.ts";

/** The ways that frames take from a processor, each made once: what observers are told of a frame. */
export class Paths {
  readonly #owner: Named;
  #down: FramePath | undefined;
  #up: FramePath | undefined;

  constructor(owner: Named) {
    this.#owner = owner;
  }

  /** The way to a neighbour. */
  to(destination: Named, direction: FrameDirection): FramePath {
    const known = direction === "downstream" ? this.#down : this.#up;
    if (known !== undefined && known.destination === destination) return known;
    const path = { source: this.#owner, destination, direction };
    if (direction === "downstream") this.#down = path;
    else this.#up = path;
    return path;
  }
}
