import {
  type TTSContext,
  type TTSMessage,
  type TTSProtocol,
  WebSocketTTSService,
  type WebSocketTTSServiceOptions,
} from "../tts/mod.ts";
import { SkipTagsAggregator, type SpokenWord } from "../../text/mod.ts";
import { withQuery } from "../wire/mod.ts";
import { type RimeTTSSettings, SAMPLE_RATES, socketQuery, unsentOf } from "./_speech.ts";

// Wire: https://docs.rime.ai/api-reference/coda/websockets-json and
// https://docs.rime.ai/docs/websockets-segment (read 2026-11-21)

/** What a {@linkcode RimeTTSService} can be given. */
export type RimeTTSServiceOptions = WebSocketTTSServiceOptions<RimeTTSSettings>;

type Context = TTSContext<RimeTTSSettings, RimeTTSServiceOptions>;

/** Where the present one of a context's syntheses begins, from which its words are timed. */
interface Place {
  contextId: string | undefined;
  fromMs: number;
  /** How long it takes, by its words. */
  lengthMs: number;
  /** Milliseconds of audio that came in the context. */
  audioMs: number;
}

const START: Place = { contextId: undefined, fromMs: 0, lengthMs: 0, audioMs: 0 };

const protocol: TTSProtocol<RimeTTSSettings, RimeTTSServiceOptions, Place> = {
  provider: "Rime",
  keyEnv: "RIME_API_KEY",
  url: "wss://users-ws.rime.ai/ws3",
  defaults: { model: "coda" },
  fixed: "all",
  sampleRates: SAMPLE_RATES,
  unsent: unsentOf,
  connect: (connection) => ({
    url: withQuery(connection.url, socketQuery(connection)),
    headers: { Authorization: `Bearer ${connection.apiKey}` },
  }),
  speak: (text, context) => [JSON.stringify(messageOf(text, context))],
  flush: () => [JSON.stringify({ operation: "flush" })],
  // What came too late for the context is asked for again in another.
  finished: () => [JSON.stringify({ operation: "clear" })],
  // No `cancel`: Rime's `clear` stops neither what is being made nor what was flushed.
  goodbye: () => [JSON.stringify({ operation: "eos" })],
  state: () => ({ ...START }),
  *receive({ json }, { sampleRate }, place) {
    const contextId = json.text("contextId");
    if (place.contextId !== contextId) Object.assign(place, START, { contextId });
    switch (json.text("type")) {
      case "chunk": {
        const audio = json.bytes("data");
        place.audioMs += audio.length / 2 / sampleRate * 1000;
        yield { type: "audio", audio, contextId };
        break;
      }
      case "timestamps":
        yield { type: "words", words: wordsOf(json, place), contextId };
        break;
      case "done":
        yield { type: "done", contextId };
        break;
      case "error":
        yield { type: "error", message: json.text("message") ?? "", contextId };
    }
  },
};

/** A text, and how what is in brackets in it is to be spoken. */
function messageOf(text: string, { contextId, settings, options }: Context) {
  const brackets = [...text.matchAll(/\[[^[\]]*\](?:<speed ([^<>]*)>)?/g)];
  const speeds = brackets.map(([, speed]) => speed);
  const hasPhonemes = /\{[^{}]+\}/.test(text) && settings.phonemizeBetweenBrackets === undefined;
  const sent = text.replace(/<speed [^<>]*>/g, "");
  return {
    // Texts are joined as they come: sentences need a space between them.
    text: options.textAggregationMode === "token" ? sent : `${sent} `,
    contextId,
    ...hasPhonemes && { phonemizeBetweenBrackets: true },
    ...speeds.some(Boolean) && {
      inlineSpeedAlpha: speeds.map((speed) => speed ?? "1").join(","),
    },
  };
}

/** Words with times from the beginning of their context: Rime begins anew with each synthesis. */
function wordsOf(json: TTSMessage["json"], place: Place): SpokenWord[] {
  const times = json.fields("word_timestamps");
  const [starts, ends] = [times.numbers("start"), times.numbers("end")];
  if ((starts[0] ?? 0) * 1000 < place.lengthMs) {
    // None begins behind the audio that is there.
    place.fromMs = Math.min(place.fromMs + place.lengthMs, place.audioMs);
    place.lengthMs = 0;
  }
  const { fromMs } = place;
  return times.texts("words").map((text, k) => {
    const [start = NaN, end = start] = [starts[k], ends[k]];
    if (Number.isNaN(start + end)) return { text };
    place.lengthMs = Math.max(place.lengthMs, end * 1000);
    return { text, startMs: fromMs + start * 1000, endMs: fromMs + end * 1000 };
  });
}

/**
 * Speaks with Rime's voices over a WebSocket, and says when which word is spoken, in
 * English and Spanish; in other languages that is estimated.
 *
 * An interruption connects anew, since Rime stops nothing that it has begun.
 *
 * @example
 * ```ts
 * import { RimeTTSService } from "@parley/sdk/services/rime";
 * const tts = new RimeTTSService({ apiKey: "key", settings: { voice: "astra" } });
 * console.log(tts.settings.model); // "coda"
 * console.log(RimeTTSService.spell("AB12")); // "spell(AB12)"
 * ```
 * @see https://docs.rime.ai/docs/websockets
 */
export class RimeTTSService
  extends WebSocketTTSService<RimeTTSSettings, RimeTTSServiceOptions, unknown> {
  /**
   * Makes a service; it connects when the pipeline starts.
   *
   * @throws {MissingKeyError} If there is no key.
   */
  constructor(options: RimeTTSServiceOptions = {}) {
    // What is spelled out has to come in one piece.
    const { textAggregationMode: aggregationType = "sentence" } = options;
    const textAggregator = new SkipTagsAggregator([["spell(", ")"]], { aggregationType });
    super(protocol, { textAggregator, ...options });
  }

  /** Has a text spelled out, letter by letter; for a `textTransforms`. */
  static spell(text: string): string {
    return `spell(${text})`;
  }

  /** A pause of so many seconds; needs the setting `pauseBetweenBrackets`. */
  static pauseTag(seconds: number): string {
    return `<${Math.round(seconds * 1000)}>`;
  }

  /** Has a word spoken as it is written in Rime's phonetic alphabet; for `mistv2`. */
  // deno-lint-ignore house/options-last -- it is documented with these three
  static pronounce(text: string, word: string, phoneme: string): string {
    return text.replaceAll(word, () => `{${phoneme}}`);
  }

  /** Has a text spoken at another speed; for `mistv2` and `mistv3`. */
  static inlineSpeed(text: string, speed: number): string {
    return `[${text}]<speed ${speed}>`;
  }
}
