import { downmix, StreamResampler } from "../../audio/mod.ts";
import {
  EndFrame,
  type Frame,
  InputAudioRawFrame,
  InterimTranscriptionFrame,
  ServiceSwitcherRequestMetadataFrame,
  StartFrame,
  StopFrame,
  STTMuteFrame,
  STTUpdateSettingsFrame,
  TranscriptionFrame,
  UserAudioRawFrame,
  UserMuteStartedFrame,
  UserMuteStoppedFrame,
} from "../../frames/mod.ts";
import type { FrameContext, ProcessorEvents, ProcessorRole } from "../../processors/mod.ts";
import { STTMetadataFrame } from "../../turns/frames.ts";
import type { UserTurnStrategies } from "../../turns/mod.ts";
import { AIService, type AIServiceOptions, type ServiceSettings } from "../wire/mod.ts";

/** Settings that every STT service has. */
export interface STTSettings extends ServiceSettings {
  /** Language that is spoken (BCP 47); `null` has the provider find out, where it can. */
  readonly language?: string | null | undefined;
}

/** What every STT service can be given. */
export interface STTServiceOptions<S extends STTSettings = STTSettings>
  extends AIServiceOptions<S> {
  /** Whether audio is passed on, for who else wants it. @default {true} */
  readonly audioPassthrough?: boolean | undefined;
  /** Sample rate it hears at, in hertz; that of the pipeline by default. */
  readonly sampleRate?: number | undefined;
  /**
   * Whether a transcript without words is pushed, so that others know that
   * nothing was said where a voice seemed to be.
   *
   * @default {false}
   */
  readonly pushEmptyTranscripts?: boolean | undefined;
  /**
   * Seconds from the end of speech within which 99 of 100 final transcripts
   * come: how long turns wait for one.
   */
  readonly ttfsP99LatencySecs?: number | undefined;
}

/** Events of every STT service. */
export interface STTServiceEvents extends ProcessorEvents {
  /** A connection to the provider is open. */
  readonly connected: readonly [];
  /** A connection to the provider is no more. */
  readonly disconnected: readonly [];
  /** A connection could not be opened, or broke; the error is reported as well. */
  readonly connectionError: readonly [error: string];
}

/** What a service heard. */
export interface Transcript {
  /** The words. */
  readonly text: string;
  /** Language that was heard (BCP 47). */
  readonly language?: string | undefined;
  /** Who spoke, where the provider tells speakers apart; who the audio is from by default. */
  readonly userId?: string | undefined;
  /** What the provider said, as it said it. */
  readonly result?: unknown;
}

/**
 * Speech to text: hears the user's audio and pushes transcriptions.
 *
 * A service of its own says what to do with audio in
 * {@linkcode STTService.receiveAudio}, which must not wait for anything.
 *
 * @example
 * ```ts
 * import { STTService } from "@parley/sdk/services/stt";
 * class Parrot extends STTService {
 *   protected override receiveAudio(): void {
 *     this.pushTranscript({ text: "Squawk" });
 *   }
 * }
 * console.log(new Parrot({}, {}).role); // "stt"
 * ```
 */
export abstract class STTService<
  S extends STTSettings = STTSettings,
  M extends { [K in keyof M]: readonly unknown[] } = STTServiceEvents,
> extends AIService<S, M> {
  readonly #options: STTServiceOptions<S>;
  #resampler: StreamResampler | undefined;
  #userId = "";
  /** Who wants it not to hear: the conversation's mute strategies, and the application. */
  readonly #mutedBy: Set<"user" | "application"> = new Set();

  /** Makes a service. */
  constructor(options: STTServiceOptions<S>, defaults: S) {
    super(options, defaults);
    this.#options = options;
    this.handle(InputAudioRawFrame, (frame, context) => this.#audio(frame, context));
    this.handle(STTUpdateSettingsFrame, (frame, context) => {
      if (!this.updateSettings(frame)) return context.forward();
    });
    this.#handleMuting();
    this.#handleLifecycle();
  }

  /** Always `"stt"`. */
  override get role(): ProcessorRole {
    return "stt";
  }

  /** Seconds from the end of speech within which 99 of 100 final transcripts come, if known. */
  get ttfsP99LatencySecs(): number | undefined {
    return this.#options.ttfsP99LatencySecs;
  }

  /** How turns are to be found with this service, where it has a say in that. */
  protected get userTurnStrategies(): UserTurnStrategies | undefined {
    return undefined;
  }

  /** Sample rates it can hear at, in hertz; any where there is none. */
  protected get sampleRates(): readonly number[] {
    return [];
  }

  /** Sample rate it hears at, in hertz: of those it can, the nearest to what is wanted. */
  protected get sampleRate(): number {
    const wanted = this.#options.sampleRate ?? this.env.params.audioInSampleRate;
    return this.sampleRates.reduce(
      (best, rate) => Math.abs(rate - wanted) < Math.abs(best - wanted) ? rate : best,
      this.sampleRates[0] ?? wanted,
    );
  }

  /** Whether the user is not to be heard at present. */
  protected get muted(): boolean {
    return this.#mutedBy.size > 0;
  }

  /** Takes a piece of the user's audio: mono, at the rate it hears at. */
  protected abstract receiveAudio(audio: Int16Array, frame: InputAudioRawFrame): void;

  /** Called when the user is no longer to be heard: what was half heard is to be forgotten. */
  protected onMuted(): void {}

  /** Resolves when everything heard so far is transcribed; an end waits for it. */
  protected drain(): Promise<void> {
    return Promise.resolve();
  }

  /** Pushes a final transcript; nothing is pushed for one without words. */
  protected pushTranscript(transcript: Transcript, options: { finalized?: boolean } = {}): void {
    const { text, language, result, userId } = transcript;
    if (text.trim() === "" && !this.#options.pushEmptyTranscripts) return;
    void this.lasting.push(
      new TranscriptionFrame(text.trim(), { ...this.#stamp(userId), language, result, ...options }),
    );
  }

  /** Pushes what the user seems to be saying. */
  protected pushInterim(transcript: Transcript): void {
    if (transcript.text.trim() === "") return;
    const { text, language, result, userId } = transcript;
    void this.lasting.push(
      new InterimTranscriptionFrame(text.trim(), { ...this.#stamp(userId), language, result }),
    );
  }

  #stamp(userId = this.#userId): { userId: string; timestamp: string } {
    return { userId, timestamp: this.clock.date().toISOString() };
  }

  #handleMuting(): void {
    this.handle(UserMuteStartedFrame, (_frame, context) => {
      this.#mute("user", true);
      return context.forward();
    });
    this.handle(UserMuteStoppedFrame, (_frame, context) => {
      this.#mute("user", false);
      return context.forward();
    });
    this.handle(STTMuteFrame, (frame, context) => {
      this.#mute("application", frame.mute);
      return context.forward();
    });
  }

  #mute(by: "user" | "application", muted: boolean): void {
    if (!muted) this.#mutedBy.delete(by);
    else {
      this.#mutedBy.add(by);
      this.onMuted();
    }
  }

  #handleLifecycle(): void {
    this.handle(StartFrame, async (_frame, context) => {
      await context.forward();
      await this.#sayMetadata(context);
    });
    this.handle(
      ServiceSwitcherRequestMetadataFrame,
      (frame, context) => frame.service === this ? this.#sayMetadata(context) : context.forward(),
    );
    for (const end of [EndFrame, StopFrame]) {
      this.handle<Frame>(end, async (_frame, context) => {
        await this.drain();
        return await context.forward();
      });
    }
  }

  /** Says how turns are to be found with it, and how long to wait for its words. */
  #sayMetadata(context: FrameContext): void | Promise<void> {
    const { userTurnStrategies } = this;
    // Who finds the turns itself is not waited for.
    const ttfsP99LatencySecs = userTurnStrategies ? 0 : this.ttfsP99LatencySecs;
    if (ttfsP99LatencySecs === undefined) return;
    const metadata = { ttfsP99LatencySecs, userTurnStrategies };
    return context.push(new STTMetadataFrame(this.name, metadata));
  }

  #audio(frame: InputAudioRawFrame, context: FrameContext): void | Promise<void> {
    if (frame instanceof UserAudioRawFrame) this.#userId = frame.userId;
    if (!this.muted) this.receiveAudio(this.#mono(frame), frame);
    if (this.#options.audioPassthrough ?? true) return context.forward();
  }

  /** The frame's audio as the service hears it. */
  #mono({ audio, numChannels, sampleRate }: InputAudioRawFrame): Int16Array {
    const mono = numChannels === 1 ? audio : downmix(audio, numChannels);
    if (sampleRate === this.sampleRate) return mono;
    if (this.#resampler?.fromRate !== sampleRate || this.#resampler.toRate !== this.sampleRate) {
      this.#resampler = new StreamResampler(sampleRate, this.sampleRate);
    }
    return this.#resampler.process(mono);
  }
}
