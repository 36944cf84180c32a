import { type Clock, deadline, type Logger, systemClock } from "../async/mod.ts";
import type { Frame } from "../frames/mod.ts";
import type { BaseObserver } from "../observers/mod.ts";
import type { TaskRTVI } from "../pipeline/mod.ts";
import { BotSession, type BotTransport, type RunnerFlags } from "../runner/session.ts";
import { VirtualClock } from "./virtual_clock.ts";

export interface CallLineOptions {
  readonly clock: Clock;
  readonly transport: BotTransport;
  readonly rtvi?: TaskRTVI | undefined;
  readonly flags: RunnerFlags | undefined;
  readonly observers: readonly BaseObserver[];
  /** Told that the call begins. */
  readonly began: () => void;
  /** Told what went wrong. */
  readonly problem: (text: string) => void;
  /** Told what may go wrong. */
  readonly warning?: ((text: string) => void) | undefined;
}

/** A line to a bot without a server: sound in, sound out, on a clock. */
export class CallLine {
  readonly clock: Clock;
  readonly session: BotSession;
  readonly #tellBegan: () => void;
  readonly #began: PromiseWithResolvers<void> = Promise.withResolvers();
  readonly #gone = new AbortController();
  #over: Promise<void> = Promise.resolve();
  /** What the bot failed with, if it did. */
  failure: { readonly error: unknown } | undefined;

  constructor(options: CallLineOptions) {
    const { clock, transport, rtvi, flags, observers, began } = options;
    this.clock = clock;
    this.#tellBegan = began;
    this.session = new BotSession({
      transport,
      rtvi,
      clock,
      flags,
      observers,
      signal: this.#gone.signal,
      log: loggerTo(options),
    });
  }

  /** Says that the transport has started. */
  began(): void {
    this.#tellBegan();
    this.#began.resolve();
  }

  /** Has the bot take the call; resolves when the call has begun, or the bot is done with it. */
  async begin(bot: (session: BotSession) => Promise<void>): Promise<void> {
    this.#over = bot(this.session).catch((error) => {
      this.failure = { error };
    });
    const isOver = () => this.#began.resolve();
    void this.#over.then(isOver);
    // What a bot does before its task runs, such as to import services, takes no virtual time.
    await firstOf(this.session.started, this.#over);
    await this.run(this.#began.promise);
  }

  /** Resolves when the bot is done with the call; never rejects. */
  get over(): Promise<void> {
    return this.#over;
  }

  /** Sends frames to the bot, as a client's program does. */
  send(...frames: readonly Frame[]): void {
    for (const frame of frames) {
      frame.metadata["caller"] = true;
      void this.session.task?.queueFrame(frame);
    }
  }

  /** Breaks the line off. */
  hangUp(reason: string = "The caller hung up"): void {
    this.#gone.abort(reason);
  }

  /** Steps the clock until something is settled; on another clock, waits for it. */
  async run<T>(work: Promise<T>, limitMs = 60_000): Promise<T> {
    const { clock } = this;
    if (clock instanceof VirtualClock) return await clock.runUntil(work, { limitMs });
    return await deadline(work, { clock: systemClock, timeoutMs: limitMs, doing: "go on" });
  }

  /** Waits until nothing is in work. */
  async settle(): Promise<void> {
    if (this.clock instanceof VirtualClock) await this.clock.settle();
    else await this.clock.sleep(20);
  }
}

function loggerTo({ problem, warning }: CallLineOptions): Logger {
  const nothing = () => {};
  return { debug: nothing, info: nothing, warn: warning ?? nothing, error: problem };
}

/** Resolves when one of them is settled. */
function firstOf(...all: readonly Promise<void>[]): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  for (const one of all) one.then(resolve, () => resolve());
  return promise;
}
