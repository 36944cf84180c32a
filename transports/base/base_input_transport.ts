import { PcmChunker } from "../../audio/mod.ts";
import {
  CancelFrame,
  EndFrame,
  FilterControlFrame,
  FilterEnableFrame,
  FilterUpdateSettingsFrame,
  type Frame,
  InputAudioRawFrame,
  InputTransportMessageFrame,
  StartFrame,
  StopFrame,
  VADParamsUpdateFrame,
} from "../../frames/mod.ts";
import { pushVADEvent, VADController } from "../../processors/audio/mod.ts";
import {
  type FrameContext,
  FrameProcessor,
  type FrameProcessorOptions,
  type FrameScope,
  type ProcessorRole,
} from "../../processors/mod.ts";
import { AudioConverter } from "./_converter.ts";
import { FilterLine } from "./_filter_line.ts";
import { untilAborted } from "./_until_aborted.ts";
import { checkTransportParams, type TransportParams } from "./params.ts";

/** How long the chunks are that the pipeline gets. */
const CHUNK_MS = 20;

/** How audio that comes in is to be read. */
export interface ReceivedAudioOptions {
  /** Samples of one channel in a second, in Hz. */
  readonly sampleRate: number;
  /** How many channels are interleaved. @default {1} */
  readonly numChannels?: number | undefined;
}

/**
 * The beginning of a pipeline, where what a user says and sends comes in.
 *
 * A transport extends it and hands on what its wire brings: audio of any rate, channels and chunk size to
 * {@linkcode BaseInputTransport.receiveAudio}, everything else to {@linkcode BaseInputTransport.receive}. The audio is
 * brought to the pipeline's format and cut into chunks of 20 ms; a filter cleans it and a VAD analyzer looks at it,
 * if the params have them. What comes before the pipeline has started, or after it has ended, is dropped.
 *
 * @example An input that is fed by hand
 * ```ts
 * import { BaseInputTransport } from "@parley/sdk/transports/base";
 *
 * class HandFed extends BaseInputTransport {
 *   feed(pcm: Int16Array): void {
 *     this.receiveAudio(pcm, { sampleRate: 48_000, numChannels: 2 });
 *   }
 * }
 * await using input = new HandFed({ audioInEnabled: true });
 * console.log(input.role); // "input"
 * ```
 */
export class BaseInputTransport extends FrameProcessor {
  /** What it was told. */
  protected readonly params: TransportParams;
  #converter: AudioConverter | undefined;
  #chunker: PcmChunker | undefined;
  #controller: VADController | undefined;
  #scope: FrameScope | undefined;
  #filtering: FilterLine | undefined;
  #sampleRate = 0;
  #streaming = false;
  #started = false;
  #last: Frame | undefined;

  /**
   * Makes an input; nothing is opened until the pipeline starts.
   *
   * @throws {RangeError} If a number among the params is out of its range.
   */
  constructor(params: TransportParams, options: FrameProcessorOptions = {}) {
    super(options);
    checkTransportParams(params);
    this.params = params;
    this.handle(StartFrame, (frame, context) => this.#start(frame, context));
    this.handle(EndFrame, (frame) => this.#finish(frame));
    this.handle(StopFrame, (frame) => this.#finish(frame));
    this.#handleControls();
    this.onInterruption((frame) => {
      if (frame instanceof CancelFrame) this.#stop(frame);
    });
    this.lifeSignal.addEventListener("abort", () => this.#stop(this.#last), { once: true });
  }

  /** It is an input: one way through a pipeline has room for one. */
  override get role(): ProcessorRole {
    return "input";
  }

  /** The sample rate of the audio that the pipeline gets, in Hz, once it has started. */
  get sampleRate(): number {
    return this.#sampleRate;
  }

  /** Begins to take audio in, where the params' `audioInStreamOnStart` is false. */
  startAudioStreaming(): void {
    this.#streaming = this.#started && this.params.audioInEnabled === true;
  }

  /** Opens what the transport needs, before the start passes on. */
  protected open(_frame: StartFrame): void | Promise<void> {}

  /** Begins to receive: the pipeline has started, and what comes in from now on is taken. */
  protected begin(): void {}

  /** Closes what the transport holds, after the last frame: an `EndFrame` or `CancelFrame`, if there was one. */
  protected shut(_frame: Frame | undefined): void | Promise<void> {}

  /**
   * Takes audio of any format, in pieces of any length.
   *
   * @param pcm The samples; they are kept, and must not be written to.
   * @param options How they are to be read.
   * @throws {RangeError} If the samples do not divide evenly into the channels, or the rate cannot be resampled.
   */
  protected receiveAudio(pcm: Int16Array, options: ReceivedAudioOptions): void {
    if (!this.#streaming || !this.#converter) return;
    const { sampleRate, numChannels = 1 } = options;
    const converted = this.#converter.convert(pcm, { sampleRate, numChannels });
    if (this.#filtering) this.#filtering.push(converted);
    else this.#cut(converted);
  }

  /**
   * Takes anything that is no audio, and sends it down the pipeline. A message
   * goes up as well: what speaks with the client may stand before the input.
   */
  protected receive(frame: Frame): void {
    if (!this.#started) return;
    if (!(frame instanceof InputTransportMessageFrame)) void this.#scope?.push(frame);
    else void this.#scope?.broadcast(() => new InputTransportMessageFrame(frame.message));
  }

  /** Takes something that others upstream have to know as well. */
  protected receiveBothWays(make: () => Frame): void {
    if (this.#started) void this.#scope?.broadcast(make);
  }

  #handleControls(): void {
    const { audioInFilter: filter } = this.params;
    this.handle(FilterControlFrame, async (frame, context) => {
      await filter?.processFrame(frame);
      return context.forward();
    });
    this.handle(FilterEnableFrame, async (frame, context) => {
      await filter?.setEnabled(frame.enable);
      return context.forward();
    });
    this.handle(FilterUpdateSettingsFrame, async (frame, context) => {
      await filter?.updateSettings(frame.settings);
      return context.forward();
    });
    this.handle(VADParamsUpdateFrame, (frame, context) => {
      this.#controller?.setParams(frame.params);
      return context.forward();
    });
  }

  async #start(frame: StartFrame, context: FrameContext): Promise<void> {
    const { params } = this;
    this.#sampleRate = params.audioInSampleRate ?? frame.audioInSampleRate;
    const format = { sampleRate: this.#sampleRate, numChannels: params.audioInChannels ?? 1 };
    this.#converter = new AudioConverter(format);
    this.#chunker = new PcmChunker(
      Math.round(format.sampleRate * CHUNK_MS / 1000) * format.numChannels,
    );
    if (!this.#scope) this.spawn("close", (signal) => this.#closeAtEnd(signal));
    this.#scope ??= this.scope({ uninterruptible: true });
    await this.#startFilter(format.numChannels);
    if (params.vadAnalyzer) await this.#loadVAD();
    await this.open(frame);
    if (this.lifeSignal.aborted) return;
    void context.forward();
    this.#started = true;
    if (params.audioInStreamOnStart ?? true) this.startAudioStreaming();
    this.begin();
  }

  async #loadVAD(): Promise<void> {
    const { vadAnalyzer: analyzer } = this.params;
    if (!analyzer) return;
    this.#controller = new VADController({
      analyzer,
      clock: this.clock,
      found: (event) => this.#found(event),
      failed: (error) => this.#failed("find speech", error),
    });
    try {
      await this.clock.hold(analyzer.load());
    } catch (error) {
      this.#failed("load the VAD analyzer", error);
    }
  }

  #found(event: Parameters<typeof pushVADEvent>[0]): void {
    if (event.type === "audio") this.#pass(event.frame);
    else if (this.#scope) pushVADEvent(event, this.#scope);
  }

  async #startFilter(numChannels: number): Promise<void> {
    const { audioInFilter: filter } = this.params;
    if (!filter) return;
    this.#filtering = new FilterLine({
      filter,
      clock: this.clock,
      numChannels,
      take: (pcm) => this.#cut(pcm),
      failed: (doing, error) => this.#failed(doing, error),
      slow: (dropped) => {
        const state = `the filter is too slow, and ${dropped} chunks were dropped so far`;
        this.log.warn(`"${this.name}" cannot keep up with live audio: ${state}`);
      },
    });
    await this.#filtering.start(this.#sampleRate);
  }

  #cut(pcm: Int16Array): void {
    const { audioInChannels: numChannels } = this.params;
    for (const chunk of this.#chunker?.push(pcm) ?? []) {
      const frame = new InputAudioRawFrame(chunk, { sampleRate: this.#sampleRate, numChannels });
      if (this.#controller) this.#controller.process(frame);
      else this.#pass(frame);
    }
  }

  #pass(frame: InputAudioRawFrame): void {
    if (this.params.audioInPassthrough ?? true) void this.#scope?.push(frame);
  }

  async #finish(frame: EndFrame | StopFrame): Promise<void> {
    this.#streaming = false;
    await this.#filtering?.idle();
    await this.#controller?.idle();
    this.#stop(frame instanceof EndFrame ? frame : undefined);
  }

  #stop(frame: Frame | undefined): void {
    this.#started = this.#streaming = false;
    this.#filtering?.clear();
    this.#last = frame;
  }

  /** Waits until the processor is closed, and closes what it holds. */
  async #closeAtEnd(signal: AbortSignal): Promise<void> {
    await untilAborted(signal);
    await this.#controller?.close();
    await this.#filtering?.stop();
    await this.shut(this.#last);
  }

  #failed(doing: string, error: unknown): void {
    const why = error instanceof Error ? error.message : String(error);
    this.reportError(`Cannot ${doing} in "${this.name}": ${why}`, error);
  }
}
