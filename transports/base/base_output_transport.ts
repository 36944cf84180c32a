import { type BaseAudioMixer, isSilence } from "../../audio/mod.ts";
import {
  BotSpeakingFrame,
  BotStartedSpeakingFrame,
  BotStoppedSpeakingFrame,
  CancelFrame,
  ControlFrame,
  DataFrame,
  EndFrame,
  type Frame,
  type FrameClass,
  HeardTextFrame,
  HeartbeatFrame,
  InterruptionFrame,
  LLMFullResponseEndFrame,
  LLMFullResponseStartFrame,
  MixerControlFrame,
  OutputAudioRawFrame,
  OutputTransportMessageFrame,
  OutputTransportMessageUrgentFrame,
  OutputTransportReadyFrame,
  SpeechOutputAudioRawFrame,
  StartFrame,
  StopFrame,
  TTSAudioRawFrame,
  TTSStartedFrame,
  TTSStoppedFrame,
  TTSTextFrame,
} from "../../frames/mod.ts";
import {
  type FrameContext,
  FrameProcessor,
  type FrameProcessorOptions,
  type FrameScope,
  type Handler,
  type ProcessorRole,
} from "../../processors/mod.ts";
import type { SpeechSign } from "./_bot_speech.ts";
import type { AudioFormat } from "./_converter.ts";
import { Mixers } from "./_mixers.ts";
import { Playout, type PlayoutSink } from "./_playout.ts";
import type { AudioChunk } from "./audio_chunk.ts";
import { untilAborted } from "./_until_aborted.ts";
import { checkTransportParams, type TransportParams } from "./params.ts";

/** Silence after the last word, in seconds, unless the params say something else. */
const END_SILENCE_SECS = 2;

/** How much speech may be queued before those who push wait. */
const QUEUE_LIMIT_MS = 120_000;

const SIGNS: Readonly<Record<SpeechSign, new () => Frame>> = {
  started: BotStartedSpeakingFrame,
  speaking: BotSpeakingFrame,
  stopped: BotStoppedSpeakingFrame,
};

/**
 * The end of a pipeline that a user hears.
 *
 * It cuts audio into chunks and gives each to {@linkcode BaseOutputTransport.writeAudio} in time, on absolute
 * deadlines. Every other frame that comes down with the audio passes on when the audio before it has been heard.
 * Texts are kept until they have been heard and then pass on as `HeardTextFrame`. An interruption drops what has not
 * been heard, after saying what has. When the bot starts and stops speaking, by what is played, it says so both ways.
 * Audio that was heard passes on as well, for recorders behind it; its `pts` says when it began to be heard.
 *
 * A transport extends it with what its wire needs; only `writeAudio` must be there.
 *
 * @example An output that only counts
 * ```ts
 * import { BaseOutputTransport } from "@parley/sdk/transports/base";
 *
 * class CountingOutput extends BaseOutputTransport {
 *   samples = 0;
 *   protected override writeAudio(pcm: Int16Array): void {
 *     this.samples += pcm.length;
 *   }
 * }
 * await using output = new CountingOutput({ audioOutEnabled: true });
 * console.log(output.role); // "output"
 * ```
 */
export abstract class BaseOutputTransport extends FrameProcessor {
  /** What it was told. */
  protected readonly params: TransportParams;
  readonly #playouts: Map<string | undefined, Playout> = new Map();
  readonly #mixers: Mixers;
  readonly #warned: Set<string> = new Set();
  #format: AudioFormat | undefined;
  #scope: FrameScope | undefined;
  #lasting: FrameScope | undefined;
  #last: Frame | undefined;
  #finishing = false;

  /**
   * Makes an output; nothing is opened until the pipeline starts.
   *
   * @throws {RangeError} If a number among the params is out of its range.
   */
  constructor(params: TransportParams, options: FrameProcessorOptions = {}) {
    super(options);
    checkTransportParams(params);
    this.params = params;
    this.#mixers = new Mixers(params.audioOutMixer);
    this.handle(StartFrame, (frame, context) => this.#start(frame, context));
    this.handle(EndFrame, (frame) => this.#finish(frame));
    this.handle(StopFrame, (frame) => this.#finish(frame));
    this.handle(InterruptionFrame, () => this.#each((playout) => playout.interrupted()));
    this.onInterruption((frame) => this.#interrupt(frame));
    this.handle(HeartbeatFrame, (_frame, context) => context.forward());
    this.handle(HeardTextFrame, (_frame, context) => context.forward());
    this.handle(OutputTransportMessageUrgentFrame, (frame) => this.#send(frame));
    this.#downstream(DataFrame, (frame, context) => this.#inOrder(frame, context));
    this.#downstream(ControlFrame, (frame, context) => this.#inOrder(frame, context));
    this.#downstream(OutputAudioRawFrame, (frame) => this.#audio(frame));
    this.#downstream(TTSTextFrame, (frame) => this.#playoutOf(frame)?.text(frame));
    this.#handleUtterances();
    this.#downstream(MixerControlFrame, async (frame, context) => {
      await this.#mixers.control(frame);
      return context.forward();
    });
  }

  /** It is an output: one way through a pipeline has room for one. */
  override get role(): ProcessorRole {
    return "output";
  }

  /** The format of the audio that goes out, once the pipeline has started. */
  protected get format(): { readonly sampleRate: number; readonly numChannels: number } {
    if (this.#format) return this.#format;
    throw new TypeError(`Cannot tell the format of "${this.name}": the pipeline has not started`);
  }

  /** The sample rate that the wire needs, if it needs one; what the user says goes before it. */
  protected get preferredSampleRate(): number | undefined {
    return undefined;
  }

  /** Whether there is anybody to write to: while there is nobody, audio is dropped at the pace of its playing. */
  protected get ready(): boolean {
    return true;
  }

  /** Whether the wire carries audio all the time, so that silence has to be written, too. */
  protected get continuous(): boolean {
    return false;
  }

  /**
   * Whether the peer says what it has played, with {@linkcode BaseOutputTransport.acknowledge}. Then only that counts
   * as heard, not what a clock says.
   */
  protected get acknowledges(): boolean {
    return false;
  }

  /** Opens what the transport needs, before the start passes on. */
  protected open(_frame: StartFrame): void | Promise<void> {}

  /** Told that everything up to here has started, and frames will come. */
  protected begin(): void {}

  /** Closes what the transport holds, after the last frame: an `EndFrame` or `CancelFrame`, if there was one. */
  protected shut(_frame: Frame | undefined): void | Promise<void> {}

  /**
   * Gives a chunk to the wire. A promise it gives holds the next chunk back; after 2 s the wire counts as dead, and
   * audio is dropped until it resolves.
   *
   * @param pcm The samples, interleaved; they may be kept, and must not be written to.
   * @param chunk How they are to be read, and where they stand.
   */
  protected abstract writeAudio(pcm: Int16Array, chunk: AudioChunk): void | Promise<void>;

  /** Sends a message to the client. */
  protected sendMessage(
    frame: OutputTransportMessageFrame | OutputTransportMessageUrgentFrame,
  ): void | Promise<void> {
    this.log.debug(`"${this.name}" has no way to send "${frame.name}"`);
  }

  /**
   * Takes back what was written and not yet played; called by an interruption.
   *
   * @param _destination Where it was written to; `undefined` is the usual destination.
   * @returns How many milliseconds of it were not played, at once if that is known at once; `undefined` if the wire
   * cannot do it: then it counts as played only up to now.
   */
  protected recall(_destination: string | undefined): number | Promise<number> | undefined {
    return undefined;
  }

  /**
   * Says that the peer has played everything up to a position.
   *
   * @param positionMs The `endPositionMs` of a chunk.
   * @param destination Where that chunk was written to.
   */
  protected acknowledge(positionMs: number, destination?: string): void {
    this.#playouts.get(destination)?.acknowledge(positionMs);
  }

  /** Has audio that waits looked at again, after {@linkcode BaseOutputTransport.ready} changed. */
  protected readyChanged(): void {
    this.#each((playout) => playout.pump());
  }

  #downstream<F extends Frame>(frameClass: FrameClass<F>, handler: Handler<F>): void {
    this.handle(
      frameClass,
      (frame, context) =>
        context.direction === "upstream" ? context.forward() : handler(frame, context),
    );
  }

  #handleUtterances(): void {
    this.#downstream(TTSStartedFrame, (frame, context) => {
      this.#playoutOf(frame)?.begin(frame.contextId);
      return this.#inOrder(frame, context);
    });
    this.#downstream(TTSStoppedFrame, (frame, context) => {
      this.#playoutOf(frame)?.end(frame.contextId);
      return this.#inOrder(frame, context);
    });
    this.#downstream(LLMFullResponseStartFrame, (frame, context) => {
      this.#each((playout) => playout.response(true));
      return this.#inOrder(frame, context);
    });
    this.#downstream(LLMFullResponseEndFrame, (frame, context) => {
      this.#each((playout) => playout.response(false));
      return this.#inOrder(frame, context);
    });
  }

  async #start(frame: StartFrame, context: FrameContext): Promise<void> {
    const { params } = this;
    const sampleRate = params.audioOutSampleRate ?? this.preferredSampleRate ??
      frame.audioOutSampleRate;
    this.#format = { sampleRate, numChannels: params.audioOutChannels ?? 1 };
    this.#finishing = false;
    this.#scope = this.scope();
    if (!this.#lasting) this.spawn("close", (signal) => this.#closeAtEnd(signal));
    this.#lasting ??= this.scope({ uninterruptible: true });
    await this.open(frame);
    if (this.lifeSignal.aborted) return;
    for (const destination of [undefined, ...params.audioOutDestinations ?? []]) {
      const mixer = await this.#mixers.start(destination, {
        sampleRate,
        clock: this.clock,
        problem: (doing, error) => this.#problem(doing, error),
      });
      this.#playouts.set(destination, this.#makePlayout(destination, mixer));
    }
    void context.forward();
    void this.#lasting.push(new OutputTransportReadyFrame(), "upstream");
    this.begin();
    this.#each((playout) => playout.pump());
  }

  #makePlayout(destination: string | undefined, mixer: BaseAudioMixer | undefined): Playout {
    const { params } = this;
    return new Playout({
      clock: this.clock,
      format: this.format,
      sink: this.#sink(destination),
      chunkMs: (params.audioOut10msChunks ?? 4) * 10,
      sendAheadMs: params.sendAheadMs ?? 80,
      limitMs: QUEUE_LIMIT_MS,
      mixer,
      continuous: mixer !== undefined || (this.continuous && (params.audioOutAutoSilence ?? true)),
      acknowledged: this.acknowledges,
    });
  }

  #sink(destination: string | undefined): PlayoutSink {
    const format = this.format;
    return {
      ready: () => this.ready && this.params.audioOutEnabled === true,
      write: ({ pcm, at, to, speech }) => {
        // An end that plays out goes on, also where nothing but silence is left.
        if (this.#finishing) this.env.activity.count++;
        const endPositionMs = to * 1000 / format.sampleRate;
        return this.writeAudio(pcm, { ...format, atMs: at, endPositionMs, speech, destination });
      },
      recall: () => this.recall(destination),
      pass: (frame) => this.#pass(frame),
      heard: (text) => void this.#lasting?.push(HeardTextFrame.of(text)),
      played: (pcm, atMs) => {
        const frame = addressed(new OutputAudioRawFrame(pcm, format), destination);
        frame.pts = atMs * 1_000_000;
        void this.#scope?.push(frame);
      },
      sign: (sign) =>
        void this.#lasting?.broadcast(() => addressed(new SIGNS[sign](), destination)),
      problem: (doing, error) => this.#problem(doing, error),
    };
  }

  #playoutOf(frame: Frame): Playout | undefined {
    return this.#playouts.get(frame.transportDestination) ?? this.#playouts.get(undefined);
  }

  #each(does: (playout: Playout) => void): void {
    for (const playout of this.#playouts.values()) does(playout);
  }

  #audio(frame: OutputAudioRawFrame): Promise<void> | undefined {
    const { transportDestination: destination } = frame;
    const playout = this.#playouts.get(destination);
    if (this.#playouts.size === 0) return undefined;
    if (!this.params.audioOutEnabled) {
      this.#warnOnce(`"${this.name}" drops audio: its params do not set "audioOutEnabled"`);
      return undefined;
    }
    if (!playout) {
      this.#warnOnce(`"${this.name}" drops audio for "${destination}": no such destination`);
      return undefined;
    }
    const speech = frame instanceof TTSAudioRawFrame ||
      (frame instanceof SpeechOutputAudioRawFrame && !isSilence(frame.audio));
    return playout.audio(frame, speech);
  }

  /** Lets a frame by when the audio before it has been heard, at once if it has. */
  #inOrder(frame: Frame, context: FrameContext): void | Promise<void> {
    const playout = this.#playoutOf(frame);
    if (playout && !playout.idle) playout.mark(frame);
    else if (frame instanceof OutputTransportMessageFrame) this.#send(frame);
    else return context.forward();
  }

  #pass(frame: Frame): void {
    if (frame instanceof OutputTransportMessageFrame) this.#send(frame);
    else void (frame.uninterruptible ? this.#lasting : this.#scope)?.push(frame);
  }

  #send(frame: OutputTransportMessageFrame | OutputTransportMessageUrgentFrame): void {
    const failed = (error: unknown) => this.#problem(`send "${frame.name}"`, error);
    try {
      this.sendMessage(frame)?.catch(failed);
    } catch (error) {
      failed(error);
    }
  }

  #interrupt(frame: Frame): void {
    // What is pushed from here on belongs to the time after the interruption, though it arrives before it.
    if (this.#scope) this.#scope = this.scope();
    this.#each((playout) => playout.interrupt());
    if (!(frame instanceof CancelFrame)) return;
    this.#last = frame;
    this.#each((playout) => {
      playout.interrupted();
      playout.close();
    });
  }

  async #finish(frame: EndFrame | StopFrame): Promise<void> {
    const ends = frame instanceof EndFrame;
    if (ends) this.#last = frame;
    const silenceMs = ends ? (this.params.audioOutEndSilenceSecs ?? END_SILENCE_SECS) * 1000 : 0;
    this.#finishing = true;
    await Promise.all([...this.#playouts.values()].map((playout) => playout.finish(silenceMs)));
    // What comes behind the last frame is for nobody.
    this.#each((playout) => playout.close());
    if (!ends) await this.#stopPlaying();
  }

  /** Waits until the processor is closed, and closes what it holds. */
  async #closeAtEnd(signal: AbortSignal): Promise<void> {
    await untilAborted(signal);
    await this.#stopPlaying();
    await this.shut(this.#last);
  }

  async #stopPlaying(): Promise<void> {
    this.#each((playout) => playout.close());
    this.#playouts.clear();
    await this.#mixers.stop();
  }

  #problem(doing: string, error: unknown): void {
    const why = error instanceof Error ? error.message : String(error);
    this.reportError(`Cannot ${doing} in "${this.name}": ${why}`, error);
  }

  #warnOnce(message: string): void {
    if (this.#warned.has(message)) return;
    this.#warned.add(message);
    this.log.warn(message);
  }
}

function addressed<F extends Frame>(frame: F, destination: string | undefined): F {
  frame.transportDestination = destination;
  return frame;
}
