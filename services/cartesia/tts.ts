import { SkipTagsAggregator } from "../../text/mod.ts";
import {
  type TTSContext,
  type TTSProtocol,
  WebSocketTTSService,
  type WebSocketTTSServiceOptions,
} from "../tts/mod.ts";
import {
  type CartesiaOutputOptions,
  type CartesiaTTSSettings,
  DEFAULTS,
  encodingOf,
  headersOf,
  SAMPLE_RATES,
  speechOf,
} from "./_speech.ts";
import type { CartesiaEmotion } from "./generation.ts";

// Wire: https://docs.cartesia.ai/2026-03-01/api-reference/tts/websocket (read 2026-11-21)

/** What a {@linkcode CartesiaTTSService} can be given. */
export interface CartesiaTTSServiceOptions
  extends WebSocketTTSServiceOptions<CartesiaTTSSettings>, CartesiaOutputOptions {
  /**
   * Milliseconds that Cartesia waits for more text before it speaks.
   *
   * @default {0 for sentences; what Cartesia finds best (3000) for tokens}
   */
  readonly maxBufferDelayMs?: number | undefined;
}

const protocol: TTSProtocol<CartesiaTTSSettings, CartesiaTTSServiceOptions> = {
  provider: "Cartesia",
  keyEnv: "CARTESIA_API_KEY",
  url: "wss://api.cartesia.ai/tts/websocket",
  defaults: DEFAULTS,
  fixed: [],
  sampleRates: SAMPLE_RATES,
  encoding: encodingOf,
  connect: (connection) => ({ url: connection.url, headers: headersOf(connection) }),
  speak: (transcript, context) => [inputOf(context, { transcript, continue: true })],
  flush: (context) => [inputOf(context, { transcript: "", continue: false })],
  cancel: ({ contextId }) => [JSON.stringify({ context_id: contextId, cancel: true })],
  *receive({ json }) {
    const contextId = json.text("context_id");
    switch (json.text("type")) {
      case "chunk":
        yield { type: "audio", audio: json.bytes("data"), contextId };
        break;
      case "timestamps": {
        const times = json.fields("word_timestamps");
        const [starts, ends] = [times.numbers("start"), times.numbers("end")];
        const words = times.texts("words").map((text, k) => ({
          text,
          startMs: milliseconds(starts[k]),
          endMs: milliseconds(ends[k]),
        }));
        yield { type: "words", words, contextId };
        break;
      }
      case "done":
        yield { type: "done", contextId };
        break;
      case "error":
        yield {
          type: "error",
          message: json.text("message") ?? json.text("error") ?? "",
          code: json.text("error_code"),
          status: json.number("status_code"),
          contextId,
        };
    }
  },
};

/** A part of a context; all parts have to say the same of how to speak. */
function inputOf(
  context: TTSContext<CartesiaTTSSettings, CartesiaTTSServiceOptions>,
  part: { readonly transcript: string; readonly continue: boolean },
): string {
  const { maxBufferDelayMs, textAggregationMode } = context.options;
  const delay = maxBufferDelayMs ?? (textAggregationMode === "token" ? undefined : 0);
  return JSON.stringify({
    ...part,
    context_id: context.contextId,
    add_timestamps: true,
    use_normalized_timestamps: false,
    max_buffer_delay_ms: delay,
    ...speechOf(context),
  });
}

function milliseconds(secs: number | undefined): number | undefined {
  return secs === undefined || Number.isNaN(secs) ? undefined : secs * 1000;
}

/**
 * Speaks with Cartesia's voices over a WebSocket, as the text is written, and says
 * when which word is spoken.
 *
 * Cartesia hangs up after five minutes without text; the next text connects anew.
 *
 * @example
 * ```ts
 * import { CartesiaTTSService } from "@parley/sdk/services/cartesia";
 * const tts = new CartesiaTTSService({
 *   apiKey: "key",
 *   settings: { voice: "voice-id", generationConfig: { emotion: "excited", speed: 1.1 } },
 * });
 * console.log(tts.settings.model); // "sonic-3.5"
 * console.log(CartesiaTTSService.spell("AB12")); // "<spell>AB12</spell>"
 * ```
 * @see https://docs.cartesia.ai/api-reference/tts/websocket
 */
export class CartesiaTTSService
  extends WebSocketTTSService<CartesiaTTSSettings, CartesiaTTSServiceOptions> {
  /**
   * Makes a service; it connects when the pipeline starts.
   *
   * @throws {MissingKeyError} If there is no key.
   */
  constructor(options: CartesiaTTSServiceOptions = {}) {
    // What is spelled out has to come in one piece.
    const { textAggregationMode: aggregationType = "sentence" } = options;
    const textAggregator = new SkipTagsAggregator([["<spell>", "</spell>"]], { aggregationType });
    super(protocol, { textAggregator, ...options });
  }

  /** Has a text spelled out, letter by letter; for a `textTransforms`. */
  static spell(text: string): string {
    return `<spell>${text}</spell>`;
  }

  /** Has what follows spoken with an emotion. */
  static emotionTag(emotion: CartesiaEmotion): string {
    return `<emotion value="${emotion}" />`;
  }

  /** A pause of so many seconds. */
  static pauseTag(seconds: number): string {
    return `<break time="${seconds}s" />`;
  }

  /** Has what follows spoken louder or softer, by a factor. */
  static volumeTag(volume: number): string {
    return `<volume ratio="${volume}" />`;
  }

  /** Has what follows spoken faster or slower, by a factor. */
  static speedTag(speed: number): string {
    return `<speed ratio="${speed}" />`;
  }
}
