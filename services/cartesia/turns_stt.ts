import {
  type ServerTurnEvents,
  type ServerTurnOptions,
  type STTConnection,
  type STTEvent,
  type STTProtocol,
  type STTSettings,
  type STTTurnPhase,
  WebSocketSTTService,
  type WebSocketSTTServiceOptions,
} from "../stt/mod.ts";
import { JSONFields, type QueryValue, withQuery } from "../wire/mod.ts";
import { hearingError, hearingHeaders, isTaken, keytermsOf } from "./_hearing.ts";

// Wire: https://docs.cartesia.ai/api-reference/stt/turns/websocket (read 2026-11-21)

/** Settings of a {@linkcode CartesiaTurnsSTTService}; model and language cannot be changed later. */
export interface CartesiaTurnsSTTSettings extends STTSettings {
  /** The model. @default {"ink-2"} */
  readonly model?: string | undefined;
  /** Always English, which is all that the models know. */
  readonly language?: string | null | undefined;
  /**
   * Words to expect: the first 100 of them, of 1200 characters in all. A change opens a new
   * connection between turns.
   */
  readonly keyterm?: readonly string[] | undefined;
  /** Further parameters, as Cartesia names them, such as `turn_end_threshold`. */
  readonly extra?: Readonly<Record<string, QueryValue>> | undefined;
}

/** What a {@linkcode CartesiaTurnsSTTService} can be given. */
export interface CartesiaTurnsSTTServiceOptions
  extends WebSocketSTTServiceOptions<CartesiaTurnsSTTSettings>, ServerTurnOptions {
  /** Where the service is. @default {"wss://api.cartesia.ai/stt/turns/websocket"} */
  readonly url?: string | undefined;
  /** Further headers of the handshake. */
  readonly extraHeaders?: Readonly<Record<string, string>> | undefined;
}

type Connection = STTConnection<CartesiaTurnsSTTSettings, CartesiaTurnsSTTServiceOptions>;

/** What happens to a turn, by what Cartesia calls it. */
const PHASES: Readonly<Record<string, STTTurnPhase>> = {
  "turn.start": "start",
  "turn.update": "update",
  "turn.eager_end": "eagerEnd",
  "turn.resume": "resume",
  "turn.end": "end",
};

const protocol: STTProtocol<CartesiaTurnsSTTSettings, CartesiaTurnsSTTServiceOptions> = {
  provider: "Cartesia",
  keyEnv: "CARTESIA_API_KEY",
  defaults: { model: "ink-2" },
  frozen: ["model", "language"],
  serverTurns: () => true,
  awaitsEnd: true,
  unsent: ({ keyterm }) => isTaken(keyterm) ? [] : ["keyterm"],
  connect: (c) => ({ url: addressOf(c), headers: hearingHeaders(c) }),
  end: () => ['{"type":"close"}'],
  *receive(message): Iterable<STTEvent> {
    const fields = new JSONFields(JSON.parse(String(message)));
    const type = fields.text("type") ?? "";
    if (type === "error") return yield hearingError(fields);
    const phase = PHASES[type];
    if (!phase) return;
    const text = fields.text("transcript");
    const words = text === undefined ? {} : { text, language: "en", result: fields.value };
    yield { type: "turn", phase, ...words };
  },
};

function addressOf({ settings, options, sampleRate }: Connection): string {
  return withQuery(options.url || "wss://api.cartesia.ai/stt/turns/websocket", {
    model: settings.model,
    encoding: "pcm_s16le",
    sample_rate: sampleRate,
    keyterm: keytermsOf(settings.keyterm),
    ...settings.extra,
  });
}

/**
 * Transcribes with Cartesia's Ink 2, which also finds out when the user begins to
 * speak and when he has finished: no VAD is needed.
 *
 * @example
 * ```ts
 * import { CartesiaTurnsSTTService } from "@parley/sdk/services/cartesia";
 * const stt = new CartesiaTurnsSTTService({ apiKey: "key", watchdogMinTimeoutSecs: 1 });
 * stt.on("turnStart", () => console.log("The user speaks"));
 * stt.on("turnEagerEnd", (transcript) => console.log("Perhaps that was all:", transcript));
 * stt.on("turnResume", () => console.log("It was not"));
 * stt.on("turnEnd", (transcript) => console.log("The user said:", transcript));
 * console.log(stt.settings.model); // "ink-2"
 * ```
 * @see https://docs.cartesia.ai/api-reference/stt/turns/websocket
 */
export class CartesiaTurnsSTTService extends WebSocketSTTService<
  CartesiaTurnsSTTSettings,
  CartesiaTurnsSTTServiceOptions,
  ServerTurnEvents
> {
  /**
   * Makes a service; it connects when the pipeline starts.
   *
   * @throws {MissingKeyError} If there is no key.
   */
  constructor(options: CartesiaTurnsSTTServiceOptions = {}) {
    super(protocol, options);
  }
}
