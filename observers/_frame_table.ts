import type { Frame, FrameClass } from "../frames/mod.ts";

/** What is done with a frame of a class. */
type Action<F extends Frame, A extends readonly unknown[]> = (frame: F, ...args: A) => void;

/** What is done with frames, by class or nearest parent class, found in constant time. */
export class FrameTable<A extends readonly unknown[]> {
  readonly #own: Map<unknown, Action<Frame, A>> = new Map();
  readonly #nearest: Map<unknown, Action<Frame, A> | undefined> = new Map();

  /** Has something done with the frames of a class. */
  on<F extends Frame>(frameClass: FrameClass<F>, action: Action<F, A>): void {
    // What is found by a frame's class is only called with such frames.
    this.#own.set(frameClass, action as Action<Frame, A>);
    this.#nearest.clear();
  }

  /** What is to be done with a frame, if anything. */
  find({ constructor }: Frame): Action<Frame, A> | undefined {
    if (this.#nearest.has(constructor)) return this.#nearest.get(constructor);
    let action: Action<Frame, A> | undefined;
    for (let at: unknown = constructor; typeof at === "function" && !action;) {
      action = this.#own.get(at);
      at = Object.getPrototypeOf(at);
    }
    this.#nearest.set(constructor, action);
    return action;
  }
}
