import { languageBase } from "../../text/mod.ts";
import {
  type HttpSTTProtocol,
  HttpSTTService,
  type HttpSTTServiceOptions,
  type STTSettings,
} from "../stt/mod.ts";

// Wire: Hathora's own plugin for LiveKit, npm @hathora/livekit-plugin-hathora, src/stt.ts; a
// reference of the API was not found (read 2026-11-21)

/** One more option of a model. */
export interface HathoraConfigOption {
  /** Its name. */
  readonly name: string;
  /** Its value. */
  readonly value: string;
}

/** Settings of a {@linkcode HathoraSTTService}. */
export interface HathoraSTTSettings extends STTSettings {
  /** Language that is spoken, where the model can be told. */
  readonly language?: string | null | undefined;
  /** Further options of the model. */
  readonly config?: readonly HathoraConfigOption[] | undefined;
}

/** What a {@linkcode HathoraSTTService} can be told about the model. */
export interface HathoraSTTParams {
  /** Language that is spoken, where the model can be told. */
  readonly language?: string | undefined;
  /** Further options of the model; see its own page. */
  readonly config?: readonly HathoraConfigOption[] | undefined;
}

/** What a {@linkcode HathoraSTTService} can be given. */
export interface HathoraSTTServiceOptions extends HttpSTTServiceOptions<HathoraSTTSettings> {
  /** The model, such as `nvidia-parakeet-tdt-0.6b-v3`. */
  readonly model: string;
  /** What the model is told. */
  readonly params?: HathoraSTTParams | undefined;
}

const protocol: HttpSTTProtocol<HathoraSTTSettings, HathoraSTTServiceOptions> = {
  provider: "Hathora",
  keyEnv: "HATHORA_API_KEY",
  url: "https://api.models.hathora.dev/inference/v1/stt",
  defaults: {},
  ttfsP99LatencySecs: 0.87,
  request: (wav, { url, apiKey, settings: { model, language, config } }) => ({
    url,
    headers: { Authorization: `Bearer ${apiKey}` },
    json: {
      model,
      ...language && { language: languageBase(language) },
      ...config && { model_config: config },
      audio: wav.toBase64(),
    },
  }),
  receive: (answer) => {
    const text = answer.text("text");
    return text === undefined ? undefined : { text, result: answer.value };
  },
};

/**
 * Transcribes with the models that Hathora hosts, a segment of speech at a time.
 * Needs a VAD before it.
 *
 * @example
 * ```ts
 * import { HathoraSTTService } from "@parley/sdk/services/hathora";
 * const stt = new HathoraSTTService({ apiKey: "key", model: "nvidia-parakeet-tdt-0.6b-v3" });
 * console.log(stt.settings.model); // "nvidia-parakeet-tdt-0.6b-v3"
 * ```
 * @see https://models.hathora.dev
 */
export class HathoraSTTService
  extends HttpSTTService<HathoraSTTSettings, HathoraSTTServiceOptions> {
  /**
   * Makes a service; nothing is opened until somebody first speaks.
   *
   * @throws {MissingKeyError} If there is no key.
   */
  constructor(options: HathoraSTTServiceOptions) {
    const { model, params } = options;
    super(protocol, { ...options, settings: { model, ...params, ...options.settings } });
  }
}
