import {
  BotStartedSpeakingFrame,
  BotStoppedSpeakingFrame,
  EndTaskFrame,
  InterruptionFrame,
  LLMFullResponseEndFrame,
  LLMFullResponseStartFrame,
  UserStartedSpeakingFrame,
  UserStoppedSpeakingFrame,
} from "../../frames/mod.ts";
import type { AnyFrameProcessor, FrameScope } from "../../processors/mod.ts";
import {
  type AudioChunk,
  BaseInputTransport,
  BaseOutputTransport,
  BaseTransport,
  type BaseTransportOptions,
  type TransportParams,
} from "../base/mod.ts";
import { Tape } from "./_tape.ts";
import { WavConversation, type WavEvent, type WavEventType } from "./_wav_conversation.ts";

/** Audio of a file; what `decodeWav` gives is one. */
export interface FileAudio {
  /** The samples, interleaved when there are several channels. */
  readonly samples: Int16Array;
  /** Samples of one channel in a second, in Hz. */
  readonly sampleRate: number;
  /** How many channels there are. @default {1} */
  readonly numChannels?: number | undefined;
}

/** What a {@linkcode WavTransport} can be told. */
export interface WavTransportOptions extends BaseTransportOptions {
  /** What the user says. Without it there is silence, and what is played, until {@linkcode WavTransport.endInput}. */
  readonly audio?: FileAudio | undefined;
  /** What differs from audio in both ways and no silence at the end. */
  readonly params?: TransportParams | undefined;
  /** Milliseconds for which the bot has to be silent after the input, before it is over. @default {2_000} */
  readonly quietMs?: number | undefined;
  /** Milliseconds after which it is over in any case; none by default. */
  readonly maxMs?: number | undefined;
}

/** Events of a {@linkcode WavTransport}. */
export interface WavTransportEvents {
  /** The conversation begins: the first sample of the input is about to come. */
  readonly started: readonly [];
  /** Something happened, as in {@linkcode WavTransport.timeline}. */
  readonly event: readonly [event: WavEvent];
  /** It is over, and the task is asked to end. */
  readonly finished: readonly [];
}

/** The rate of the recording, in Hz. */
const RECORDING_RATE = 24_000;

const NOTED = [
  [UserStartedSpeakingFrame, "userStartedSpeaking"],
  [UserStoppedSpeakingFrame, "userStoppedSpeaking"],
  [BotStartedSpeakingFrame, "botStartedSpeaking"],
  [BotStoppedSpeakingFrame, "botStoppedSpeaking"],
] as const;

/** Gives the audio of a file as a microphone would, and silence after it. */
class FileInput extends BaseInputTransport {
  readonly #conversation: WavConversation;
  readonly #isFile: boolean;
  readonly #lasting: FrameScope = this.scope({ uninterruptible: true });
  /** What is being given, how much of it has been, and what comes after it. */
  #audio: FileAudio;
  #pieces = 0;
  readonly #next: FileAudio[] = [];

  constructor(
    conversation: WavConversation,
    options: { params: TransportParams; audio: FileAudio | undefined; name: string | undefined },
  ) {
    super(options.params, { name: options.name });
    this.#conversation = conversation;
    this.#isFile = options.audio !== undefined;
    this.#audio = options.audio ?? { samples: new Int16Array(0), sampleRate: 16_000 };
    for (const [frameClass, type] of NOTED) {
      this.handle(frameClass, (_frame, context) => {
        conversation.note(type);
        return context.forward();
      });
    }
    this.handle(InterruptionFrame, () => conversation.note("interruption" satisfies WavEventType));
    this.lifeSignal.addEventListener("abort", () => conversation.close(), { once: true });
  }

  /** Begins to give audio. */
  feed(): void {
    this.spawn("feed", (signal) => this.#feed(signal));
  }

  /** Gives further audio, behind what is being given. */
  play(audio: FileAudio): void {
    this.#next.push(audio);
    this.#goOn();
  }

  /** Asks the task to end. */
  askToEnd(): void {
    void this.#lasting.push(new EndTaskFrame("The conversation from the file is over"), "upstream");
  }

  /** Reports what a handler of the transport's events threw. */
  eventFailed(event: string, error: unknown): void {
    const why = error instanceof Error ? error.message : String(error);
    this.reportError(`Cannot run a handler of "${event}": ${why}`, error);
  }

  /** Each piece comes when it has been spoken to its end, on absolute deadlines. */
  async #feed(signal: AbortSignal): Promise<void> {
    const startMs = this.clock.now();
    for (let piece = 1;; piece++) {
      await this.clock.sleep(Math.max(0, startMs + piece * 20 - this.clock.now()), { signal });
      this.#give();
    }
  }

  #give(): void {
    const { samples, sampleRate, numChannels = 1 } = this.#audio;
    const at = this.#given();
    this.#pieces++;
    const end = this.#given();
    const pcm = new Int16Array(end - at);
    pcm.set(samples.subarray(at, end));
    this.receiveAudio(pcm, { sampleRate, numChannels });
    if (!this.#goOn() && this.#isFile) this.#conversation.endInput();
  }

  /** How many samples of the audio have been given; silence behind its end counts. */
  #given(): number {
    const { sampleRate, numChannels = 1 } = this.#audio;
    return Math.floor(this.#pieces * sampleRate / 50) * numChannels;
  }

  /** Says whether there is more to give; where the audio is over, the next begins. */
  #goOn(): boolean {
    if (this.#given() < this.#audio.samples.length) return true;
    const next = this.#next.shift();
    if (!next) return false;
    this.#audio = next;
    this.#pieces = 0;
    return true;
  }
}

/** Puts what the bot says on a tape, when it is heard. */
class TapeOutput extends BaseOutputTransport {
  readonly #conversation: WavConversation;
  readonly #started: () => void;
  tape: Tape = new Tape(RECORDING_RATE);

  constructor(
    conversation: WavConversation,
    options: { params: TransportParams; name: string | undefined; started: () => void },
  ) {
    super(options.params, { name: options.name });
    this.#conversation = conversation;
    this.#started = options.started;
    this.handle(LLMFullResponseStartFrame, (_frame, context) => {
      conversation.answering(true);
      return context.forward();
    });
    this.handle(LLMFullResponseEndFrame, (_frame, context) => {
      conversation.answering(false);
      return context.forward();
    });
    this.onInterruption(() => conversation.interrupted());
  }

  protected override begin(): void {
    this.tape = new Tape(this.format.sampleRate);
    this.#conversation.begin(this.clock);
    this.#started();
  }

  protected override writeAudio(pcm: Int16Array, { atMs }: AudioChunk): void {
    this.tape.write(pcm, this.#conversation.timeOf(atMs));
    this.#conversation.botUntil(this.tape.endMs);
  }

  protected override recall(): number {
    return this.tape.cut(this.#conversation.nowMs);
  }
}

/**
 * Holds a conversation from a recording: what the user says comes from a file, and what the bot says is recorded on
 * the same line of time, so that pauses and interruptions can be heard in it. On a virtual clock it takes no time.
 *
 * It begins when the whole pipeline up to its output has started. When the file has ended and the bot has been
 * silent for a while, the task is asked to end.
 *
 * @example
 * ```ts
 * import { WavTransport } from "@parley/sdk/transports/local";
 * import { Pipeline, PipelineTask } from "@parley/sdk/pipeline";
 * import { VirtualClock } from "@parley/sdk/testing";
 *
 * const transport = new WavTransport({
 *   audio: { samples: new Int16Array(16_000), sampleRate: 16_000 },
 * });
 * const clock = new VirtualClock();
 * const task = new PipelineTask(new Pipeline([transport.input(), transport.output()]), { clock });
 * await clock.runUntil(task.run());
 * console.log(transport.recording().length); // 72_000: three seconds
 * ```
 */
export class WavTransport extends BaseTransport<WavTransportEvents> {
  readonly #conversation: WavConversation;
  readonly #input: FileInput;
  readonly #output: TapeOutput;

  /**
   * Makes a transport; nothing runs until its pipeline does.
   *
   * @throws {RangeError} If a number among the params is out of its range.
   */
  constructor(options: WavTransportOptions) {
    super(options);
    const { audio, inputName, outputName, quietMs = 2_000, maxMs = Infinity } = options;
    const params: TransportParams = {
      audioInEnabled: true,
      audioOutEnabled: true,
      audioOutEndSilenceSecs: 0,
      ...options.params,
      audioOutChannels: 1,
    };
    this.#conversation = new WavConversation({ quietMs, maxMs }, (event) => this.#tell(event));
    this.#input = new FileInput(this.#conversation, { params, audio, name: inputName });
    this.#output = new TapeOutput(this.#conversation, {
      params,
      name: outputName,
      started: () => {
        this.#input.feed();
        this.emit("started");
      },
    });
  }

  /** What has happened so far, in order, on the line of time of the recording. */
  get timeline(): readonly WavEvent[] {
    return this.#conversation.events;
  }

  /** Where what the user says enters the pipeline. */
  override input(): AnyFrameProcessor {
    return this.#input;
  }

  /** Where what the bot says leaves the pipeline. */
  override output(): AnyFrameProcessor {
    return this.#output;
  }

  /**
   * Says something more: behind what is being said, else from now on. Without `audio` among the options the input
   * is not over after it.
   */
  play(audio: FileAudio): void {
    this.#input.play(audio);
  }

  /** Says that no more input comes; silence goes on. */
  endInput(): void {
    this.#conversation.endInput();
  }

  /** What the bot said: mono at 24 kHz, from the first sample of the input to now or to the end. */
  recording(): Int16Array {
    const finished = this.timeline.findLast(({ type }) => type === "finished");
    return this.#output.tape.read(RECORDING_RATE, finished?.atMs ?? this.#conversation.nowMs);
  }

  /** Reports a handler that threw as an error of the input. */
  protected override handlerFailed(event: string, error: unknown): void {
    this.#input.eventFailed(event, error);
  }

  #tell(event: WavEvent): void {
    this.emit("event", event);
    if (event.type !== "finished") return;
    this.emit("finished");
    this.#input.askToEnd();
  }
}
