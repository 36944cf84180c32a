import type { Frame, FrameClass } from "../frames/mod.ts";
import type { Handler } from "./contract.ts";
import { isLifecycle } from "./_lifecycle.ts";
import { isPause } from "./_pause.ts";

// deno-lint-ignore ban-types -- constructors are looked up by identity
type Constructor = Function;

/** One handler with what it replaced: the chain that `forward` goes down. */
export interface HandlerLink {
  readonly handler: Handler<Frame>;
  readonly base: HandlerLink | undefined;
}

/** What a processor does with the frames of one class. */
export interface Route {
  readonly link: HandlerLink | undefined;
  /** Whether the frames begin or end something, so that nobody may swallow them. */
  readonly lifecycle: boolean;
  /** Whether the frames pause or resume a processor, as the base does for all of them. */
  readonly pauses: boolean;
  /** Whether somebody wants to know that such frames come by. */
  readonly watched: boolean;
}

/** Handlers by frame class; the nearest class wins, in constant time. */
export class HandlerTable {
  readonly #own: Map<Constructor, HandlerLink> = new Map();
  readonly #routes: Map<Constructor, Route> = new Map();
  readonly #times: Map<Constructor, number> = new Map();
  #watched: readonly FrameClass[] = [];

  /** Classes of frames that somebody wants to know of, their child classes included. */
  set watched(classes: readonly FrameClass[]) {
    if (classes === this.#watched) return;
    this.#watched = classes;
    this.#routes.clear();
  }

  /**
   * Adds a handler. A class may be handled once at each of the `levels` of a
   * processor's class hierarchy; the later one stands above the earlier.
   */
  add<F extends Frame>(
    frameClass: FrameClass<F>,
    handler: Handler<F>,
    options: { readonly levels: number; readonly owner: string },
  ): void {
    const times = (this.#times.get(frameClass) ?? 0) + 1;
    if (times > options.levels) {
      throw new TypeError(
        `Cannot handle "${frameClass.name}" twice in "${options.owner}": it has a handler already`,
      );
    }
    this.#times.set(frameClass, times);
    const base = this.#own.get(frameClass);
    this.#own.set(frameClass, { handler: handler as Handler<Frame>, base });
    this.#routes.clear();
  }

  /** The handler of a frame's class, or of its nearest parent class. */
  route(frame: Frame): Route {
    return this.#routes.get(frame.constructor) ?? this.#find(frame);
  }

  #find(frame: Frame): Route {
    let link: HandlerLink | undefined;
    let at: unknown = frame.constructor;
    while (typeof at === "function" && !link) {
      link = this.#own.get(at);
      at = Object.getPrototypeOf(at);
    }
    const watched = this.#watched.some((frameClass) => frame instanceof frameClass);
    const route = { link, lifecycle: isLifecycle(frame), pauses: isPause(frame), watched };
    this.#routes.set(frame.constructor, route);
    return route;
  }
}
