/**
 * Text to speech in process, by espeak-ng: no key, no network.
 *
 * **espeak-ng is GPL-3.0.** This module does not contain it: it loads
 * `@echogarden/espeak-ng-emscripten` from npm when it first speaks, and a
 * program that ships with that package falls under its terms.
 *
 * @module
 */
import { StreamResampler } from "../../audio/mod.ts";
import { StartFrame } from "../../frames/mod.ts";
import {
  type SpeechEvent,
  type SpeechRequest,
  TTSService,
  type TTSServiceOptions,
  type TTSSettings,
} from "../tts/mod.ts";
import { loadEspeak } from "./espeak.ts";

/** Settings of a {@linkcode LocalTTSService}. */
export interface LocalTTSSettings extends TTSSettings {
  /** Words a minute, from 80 to 450. */
  readonly rate: number;
  /** Pitch, from 0 to 99. */
  readonly pitch: number;
}

/** What a {@linkcode LocalTTSService} can be given. */
export type LocalTTSServiceOptions = TTSServiceOptions<LocalTTSSettings>;

/** The voice that our own recogniser hears best. */
const VOICE = "en-us+f2";

// Rung 3: it runs in this process

/**
 * Speaks with espeak-ng, and knows when each word is said.
 *
 * @example
 * ```ts
 * import { LocalTTSService } from "@parley/sdk/services/local";
 * const tts = new LocalTTSService({ settings: { rate: 180 } });
 * console.log(tts.settings.voice); // "en-us+f2"
 * ```
 * @see https://github.com/espeak-ng/espeak-ng (read 2026-11-20)
 */
export class LocalTTSService extends TTSService<LocalTTSSettings> {
  /** Makes a service; espeak-ng is loaded when the pipeline starts. */
  constructor(options: LocalTTSServiceOptions = {}) {
    super(options, { model: "espeak-ng", voice: VOICE, rate: 160, pitch: 50 });
    this.handle(StartFrame, async (_frame, context) => {
      await this.clock.hold(loadEspeak());
      return await context.forward();
    });
  }

  /** Speaks a text, some seconds of it at a time. */
  protected override async *synthesize(request: SpeechRequest): AsyncIterable<SpeechEvent> {
    const { text, sampleRate, signal } = request;
    const espeak = await this.clock.hold(loadEspeak());
    const { voice = VOICE, rate, pitch } = this.settings;
    const resampler = new StreamResampler(espeak.sampleRate, sampleRate);
    for await (const piece of espeak.speak(text, { voice, rate, pitch, signal })) {
      yield piece.type === "words"
        ? { type: "words", words: piece.words.map((word) => ({ ...word, sentStart: word.start })) }
        : { type: "audio", audio: resampler.process(piece.audio) };
    }
    yield { type: "audio", audio: resampler.flush() };
  }
}
