import { downmix } from "../../audio/mod.ts";
import {
  type VADAnalysis,
  type VADAnalyzer,
  type VADParams,
  VADState,
} from "../../audio/vad/mod.ts";
import { type Clock, Deque, type Timer } from "../../async/mod.ts";
import {
  type InputAudioRawFrame,
  SpeechControlParamsFrame,
  UserSpeakingFrame,
  VADUserStartedSpeakingFrame,
  VADUserStoppedSpeakingFrame,
} from "../../frames/mod.ts";
import type { FrameScope } from "../mod.ts";

/** What a {@linkcode VADController} found, in the order in which it was said. */
export type VADEvent =
  /** Audio that has been looked at: what it decided comes right after it. */
  | { readonly type: "audio"; readonly frame: InputAudioRawFrame }
  /** Somebody began to speak. */
  | { readonly type: "started"; readonly startSecs: number; readonly timestamp: number }
  /** Somebody is speaking; at an interval. */
  | { readonly type: "speaking" }
  /** Nobody speaks any more. */
  | { readonly type: "stopped"; readonly stopSecs: number; readonly timestamp: number }
  /** From now on speech is found by these parameters. */
  | { readonly type: "params"; readonly vadParams: VADParams };

/** What a {@linkcode VADController} needs to know. */
export interface VADControllerOptions {
  /** Tells speech from silence. */
  readonly analyzer: VADAnalyzer;
  /** The clock of the conversation. */
  readonly clock: Clock;
  /** Seconds between two signs that somebody is speaking. @default {0.2} */
  readonly speechActivityPeriod?: number | undefined;
  /** Seconds without any audio after which nobody speaks any more; 0 turns this off. @default {1} */
  readonly audioIdleTimeout?: number | undefined;
  /** Told of everything that is found, in order. */
  readonly found: (event: VADEvent) => void;
  /** Told what went wrong, once for a row of failures; audio that the analyzer choked on passes all the same. */
  readonly failed: (error: unknown) => void;
}

/** How much audio may wait for the analyzer: 10 s of 20 ms chunks. */
const MOST_WAITING = 500;

/** How soon it looks again whether the audio that has come was the last. */
const LOOK_AGAIN_MS = 20;

/**
 * Feeds a VAD analyzer and tells, in order with the audio, when speech begins and ends.
 *
 * Audio waits in a queue of its own while the analyzer thinks, and the clock waits with it. When the analyzer is
 * slower than speech, the oldest audio is dropped. What a processor does with what is found is its own business:
 * {@linkcode pushVADEvent} does the usual.
 *
 * @example
 * ```ts
 * import { VADController } from "@parley/sdk/processors/audio";
 * import { VADAnalyzer } from "@parley/sdk/audio/vad";
 * import { systemClock } from "@parley/sdk/async";
 * import { InputAudioRawFrame } from "@parley/sdk/frames";
 *
 * class Credulous extends VADAnalyzer {
 *   numFramesRequired() {
 *     return 320;
 *   }
 *   voiceConfidence() {
 *     return 1;
 *   }
 * }
 * const controller = new VADController({
 *   analyzer: new Credulous({ params: { minVolume: 0, startSecs: 0.02 } }),
 *   clock: systemClock,
 *   found: ({ type }) => console.log(type), // "audio", "started", "speaking"
 *   failed: console.error,
 * });
 * controller.process(new InputAudioRawFrame(new Int16Array(320), { sampleRate: 16_000 }));
 * await controller.idle();
 * await controller.close();
 * ```
 */
export class VADController implements AsyncDisposable {
  readonly #options: VADControllerOptions;
  readonly #queue: Deque<InputAudioRawFrame> = new Deque();
  #working: Promise<void> | undefined;
  #closed = false;
  #failing = false;
  #speaking = false;
  #lastAudioMs = 0;
  #nextSignMs = 0;
  #timer: Timer | undefined;
  #dropped = 0;

  /** Makes a controller that has heard nothing yet. */
  constructor(options: VADControllerOptions) {
    this.#options = options;
  }

  /** Whether somebody is speaking, as far as it has looked. */
  get speaking(): boolean {
    return this.#speaking;
  }

  /** How many chunks of audio were dropped because the analyzer was too slow. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Takes the next audio; what is found follows later. */
  process(frame: InputAudioRawFrame): void {
    if (this.#closed) return;
    this.#lastAudioMs = this.#options.clock.now();
    this.#queue.push(frame);
    if (this.#queue.length > MOST_WAITING) {
      this.#queue.shift();
      this.#tellDropped();
    }
    this.#working ??= this.#work();
  }

  /** Changes parameters of the analyzer from the next window on, and tells; what is wrong with them is told instead. */
  setParams(changes: Partial<VADParams>): void {
    if (this.#closed) return;
    const { analyzer, found, failed } = this.#options;
    try {
      analyzer.setParams(changes);
    } catch (error) {
      return failed(error);
    }
    found({ type: "params", vadParams: analyzer.params });
  }

  /** Resolves when all audio has been looked at. */
  async idle(): Promise<void> {
    while (this.#working) await this.#working;
  }

  /** Starts again, for other audio: nobody speaks, and nobody is told. */
  reset(): void {
    this.#options.analyzer.reset();
    this.#speaking = false;
    this.#timer?.cancel();
  }

  /** Ends it, and closes the analyzer. Closing twice is fine. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#queue.clear();
    this.#timer?.cancel();
    await this.#options.analyzer.close();
  }

  /** Closes. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #tellDropped(): void {
    if (this.#dropped++ % MOST_WAITING > 0) return;
    const state = `the analyzer is too slow, and ${this.#dropped} chunks were dropped so far`;
    this.#options.failed(new RangeError(`Cannot keep up with live audio: ${state}`));
  }

  async #work(): Promise<void> {
    for (let frame = this.#queue.shift(); frame; frame = this.#queue.shift()) {
      const analysis = await this.#analyze(frame);
      if (this.#closed) break;
      this.#options.found({ type: "audio", frame });
      if (analysis) this.#tell(analysis);
    }
    this.#working = undefined;
  }

  async #analyze(frame: InputAudioRawFrame): Promise<VADAnalysis | undefined> {
    const { analyzer, clock, failed } = this.#options;
    try {
      analyzer.setSampleRate(frame.sampleRate);
      const analysis = await clock.hold(
        analyzer.analyze(downmix(frame.audio, frame.numChannels)),
      );
      this.#failing = false;
      return analysis;
    } catch (error) {
      if (!this.#failing && !this.#closed) failed(error);
      this.#failing = true;
      return undefined;
    }
  }

  #tell({ transitions }: VADAnalysis): void {
    for (const { state } of transitions) {
      if (state === VADState.SPEAKING && !this.#speaking) this.#start();
      else if (state === VADState.QUIET && this.#speaking) {
        this.#stop(this.#options.analyzer.params.stopSecs);
      }
    }
    const now = this.#options.clock.now();
    if (!this.#speaking || now < this.#nextSignMs) return;
    this.#nextSignMs = now + (this.#options.speechActivityPeriod ?? 0.2) * 1000;
    this.#options.found({ type: "speaking" });
  }

  #start(): void {
    const { analyzer, clock, found } = this.#options;
    const now = clock.now();
    this.#speaking = true;
    this.#nextSignMs = now;
    found({ type: "started", startSecs: analyzer.params.startSecs, timestamp: now / 1000 });
    this.#watchIdle();
  }

  #stop(stopSecs: number): void {
    this.#speaking = false;
    this.#timer?.cancel();
    const timestamp = this.#options.clock.now() / 1000;
    this.#options.found({ type: "stopped", stopSecs, timestamp });
  }

  /** Ends speech when no audio comes any more; one timer, set again only when it fires. */
  #watchIdle(): void {
    const { analyzer, clock, audioIdleTimeout = 1 } = this.#options;
    if (audioIdleTimeout <= 0) return;
    const silentAt = this.#lastAudioMs + audioIdleTimeout * 1000;
    this.#timer?.cancel();
    this.#timer = clock.timer(Math.max(LOOK_AGAIN_MS, silentAt - clock.now()), () => {
      if (this.#closed || !this.#speaking) return;
      const late = clock.now() - this.#lastAudioMs >= audioIdleTimeout * 1000;
      if (!late || this.#working) return this.#watchIdle();
      analyzer.reset();
      this.#stop(audioIdleTimeout);
    });
  }
}

/**
 * Pushes what a {@linkcode VADController} found: audio downstream, signs of speech and new parameters both ways.
 *
 * @example
 * ```ts
 * import { pushVADEvent } from "@parley/sdk/processors/audio";
 * import { type Frame } from "@parley/sdk/frames";
 *
 * const pushed: string[] = [];
 * const target = {
 *   push: (frame: Frame) => void pushed.push(frame.constructor.name),
 *   broadcast: (make: () => Frame) => void pushed.push(make().constructor.name),
 * };
 * pushVADEvent({ type: "started", startSecs: 0.2, timestamp: 1 }, target);
 * console.log(pushed); // ["VADUserStartedSpeakingFrame"]
 * ```
 */
export function pushVADEvent(
  event: VADEvent,
  target: Pick<FrameScope, "push" | "broadcast">,
): void {
  switch (event.type) {
    case "audio":
      return void target.push(event.frame);
    case "started":
      return void target.broadcast(() => new VADUserStartedSpeakingFrame(event));
    case "speaking":
      return void target.broadcast(() => new UserSpeakingFrame());
    case "stopped":
      return void target.broadcast(() => new VADUserStoppedSpeakingFrame(event));
    case "params":
      return void target.broadcast(() => new SpeechControlParamsFrame(event));
    default:
      return event satisfies never;
  }
}
