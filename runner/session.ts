import type { Clock, Logger } from "../async/mod.ts";
import type { BaseObserver } from "../observers/mod.ts";
import type { PipelineTask, PipelineTaskOptions, TaskRTVI } from "../pipeline/mod.ts";
import type { AnyFrameProcessor } from "../processors/mod.ts";

/** What a runner's flags say: `--embedded` is `{ embedded: true }`. */
export type RunnerFlags = Readonly<Record<string, string | boolean | undefined>>;

/** What a bot says of itself to who looks at it. */
export interface BotDescription {
  /** Its name. */
  readonly name: string;
  /** Which services it runs on, in a few words. */
  readonly services: string;
  /** What else is good to know, such as how to get other services. */
  readonly note?: string | undefined;
  /** Things a person could say to it. */
  readonly examples?: readonly string[] | undefined;
}

/** How a bot is reached: any transport. */
export interface BotTransport {
  /** Where what the user says enters the pipeline. */
  input(): AnyFrameProcessor;
  /** Where what the bot says leaves the pipeline. */
  output(): AnyFrameProcessor;
}

/** What a {@linkcode BotSession} is made of. */
export interface BotSessionOptions {
  /** How the bot is reached. */
  readonly transport: BotTransport;
  /** The clock of the conversation. */
  readonly clock: Clock;
  /** Where warnings go. */
  readonly log: Logger;
  /** What the runner was started with. */
  readonly flags?: RunnerFlags | undefined;
  /** Ends the session when it aborts. */
  readonly signal?: AbortSignal | undefined;
  /** Who sees every frame. */
  readonly observers?: readonly BaseObserver[] | undefined;
  /** Speaks with the client. */
  readonly rtvi?: TaskRTVI | undefined;
  /** Told what the bot says of itself. */
  readonly described?: ((description: BotDescription) => void) | undefined;
}

/**
 * One conversation of a bot with somebody, as a runner hands it to the bot.
 *
 * @example A bot
 * ```ts
 * import { Pipeline, PipelineTask } from "@parley/sdk/pipeline";
 * import type { BotSession } from "@parley/sdk/runner";
 * export async function bot(session: BotSession): Promise<void> {
 *   const { transport } = session;
 *   const pipeline = new Pipeline([transport.input(), transport.output()]);
 *   await session.run(new PipelineTask(pipeline, session.taskOptions));
 * }
 * ```
 */
export class BotSession {
  /** Names the session in logs. */
  readonly id: string = crypto.randomUUID();
  /** How the bot is reached. */
  readonly transport: BotTransport;
  /** What the runner was started with. */
  readonly flags: RunnerFlags;
  /** The clock of the conversation. */
  readonly clock: Clock;
  /** Where warnings go. */
  readonly log: Logger;
  readonly #options: BotSessionOptions;
  readonly #ready: PromiseWithResolvers<void> = Promise.withResolvers();
  readonly #started: PromiseWithResolvers<void> = Promise.withResolvers();
  #task: PipelineTask | undefined;

  /** Makes a session. */
  constructor(options: BotSessionOptions) {
    this.#options = options;
    this.transport = options.transport;
    this.flags = options.flags ?? {};
    this.clock = options.clock;
    this.log = options.log;
  }

  /** What the session's task is to be made with: clock, log, observers, RTVI. */
  get taskOptions(): PipelineTaskOptions {
    const { clock, log, signal, observers, rtvi } = this.#options;
    return { clock, log, signal, observers, rtvi, conversationId: this.id };
  }

  /** The task, once it runs. */
  get task(): PipelineTask | undefined {
    return this.#task;
  }

  /** Resolves when the task begins to run: until then the bot loads what it needs. */
  get started(): Promise<void> {
    return this.#started.promise;
  }

  /** Says which bot this is and what it can do. */
  describe(description: BotDescription): void {
    this.#options.described?.(description);
  }

  /** Calls `greet` once somebody is there who can hear it. */
  onReady(greet: () => void): void {
    const failed = (error: unknown) => this.log.error(`Cannot greet: ${error}`, error);
    void this.#ready.promise.then(greet).catch(failed);
  }

  /** Says that somebody is there; runners call this. */
  ready(): void {
    this.#ready.resolve();
  }

  /** Runs the session's task to its end. */
  async run(task: PipelineTask): Promise<void> {
    this.#task = task;
    this.#started.resolve();
    await task.run();
  }
}

/** A bot: what is called for every session, and ends with it. */
export type Bot = (session: BotSession) => Promise<void>;
