import type { Logger } from "../async/mod.ts";
import { ErrorFrame, type Frame, type FrameDirection } from "../frames/mod.ts";

/** Frames that an unlinked stream holds. */
const STREAM_SIZE = 16;

/** What stands between two ends: a processor, or a whole pipeline. */
export interface Between {
  /** Takes in a frame. */
  enter(frame: Frame, direction: FrameDirection): void | Promise<void>;
  /** Resolves when nothing waits and nothing is in work. */
  idle(): Promise<void>;
  /** Stops all work. */
  close(): void;
}

/** Where frames go that nobody reads. */
export const NOWHERE: Pick<Outlets, "give"> = {
  give(frame, _direction, log) {
    if (frame instanceof ErrorFrame) log.error(frame.error, frame.exception ?? "");
  },
};

/** The ordinary streams of a processor or pipeline, made when somebody asks for them. */
export class Outlets {
  readonly #between: Between;
  readonly #out: Partial<Record<FrameDirection, Outlet>> = {};
  readonly #in: Partial<Record<FrameDirection, Inlet>> = {};

  constructor(between: Between) {
    this.#between = between;
  }

  readable(direction: FrameDirection): ReadableStream<Frame> {
    return this.#outlet(direction).stream;
  }

  writable(direction: FrameDirection): WritableStream<Frame> {
    return (this.#in[direction] ??= this.#makeInlet(direction)).stream;
  }

  /** Gives a frame to whoever reads; without a reader it is gone, and errors are logged. */
  give(frame: Frame, direction: FrameDirection, log: Logger): void | Promise<void> {
    const outlet = this.#out[direction];
    return outlet ? outlet.give(frame) : NOWHERE.give(frame, direction, log);
  }

  /** Ends every stream; what was given can still be read. */
  close(): void {
    this.#out.downstream?.end();
    this.#out.upstream?.end();
  }

  #outlet(direction: FrameDirection): Outlet {
    return this.#out[direction] ??= new Outlet((reason) => {
      this.#in[direction]?.fail(reason);
      this.#lost(direction);
    });
  }

  #makeInlet(direction: FrameDirection): Inlet {
    return new Inlet({
      write: (frame) => this.#between.enter(frame, direction),
      close: async () => {
        await this.#between.idle();
        this.#out[direction]?.end();
      },
      abort: (reason) => {
        this.#outlet(direction).fail(reason);
        this.#lost(direction);
      },
    });
  }

  /** Without its way downstream, at either end, there is nothing left to do. */
  #lost(direction: FrameDirection): void {
    if (direction === "downstream") this.#between.close();
  }
}

/** Where frames leave; it tells who gives how much room there is. */
class Outlet {
  readonly stream: ReadableStream<Frame>;
  #controller: ReadableStreamDefaultController<Frame> | undefined;
  #room: PromiseWithResolvers<void> | undefined;

  constructor(cancelled: (reason: unknown) => void) {
    this.stream = new ReadableStream<Frame>({
      start: (controller) => {
        this.#controller = controller;
      },
      pull: () => this.#freed(),
      cancel: (reason) => {
        this.#over();
        cancelled(reason);
      },
    }, new CountQueuingStrategy({ highWaterMark: STREAM_SIZE }));
  }

  give(frame: Frame): void | Promise<void> {
    const controller = this.#controller;
    if (!controller) return;
    controller.enqueue(frame);
    if ((controller.desiredSize ?? 0) > 0) return;
    this.#room ??= Promise.withResolvers<void>();
    return this.#room.promise;
  }

  end(): void {
    this.#over()?.close();
  }

  fail(reason: unknown): void {
    this.#over()?.error(reason);
  }

  #freed(): void {
    this.#room?.resolve();
    this.#room = undefined;
  }

  /** Lets whoever waits go on; what is given from now on is gone. */
  #over(): ReadableStreamDefaultController<Frame> | undefined {
    const controller = this.#controller;
    this.#controller = undefined;
    this.#freed();
    return controller;
  }
}

/** Where frames enter. */
class Inlet {
  readonly stream: WritableStream<Frame>;
  #controller: WritableStreamDefaultController | undefined;

  constructor(sink: Omit<UnderlyingSink<Frame>, "start">) {
    this.stream = new WritableStream<Frame>({
      ...sink,
      start: (controller) => {
        this.#controller = controller;
      },
    }, new CountQueuingStrategy({ highWaterMark: STREAM_SIZE }));
  }

  fail(reason: unknown): void {
    this.#controller?.error(reason);
  }
}
