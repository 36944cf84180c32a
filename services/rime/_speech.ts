import { resolveLanguage } from "../../text/mod.ts";
import type { TTSConnection, TTSSettings } from "../tts/mod.ts";
import type { QueryValue } from "../wire/mod.ts";

/** Settings of Rime's voices; which model knows which stands in Rime's reference of the model. */
export interface RimeTTSSettings extends TTSSettings {
  /** The model. @default {"coda"} */
  readonly model?: string | undefined;
  /** Name of the voice. */
  readonly voice?: string | undefined;
  /** Language to speak (BCP 47), which has to be one of the voice's. */
  readonly language?: string | undefined;
  /** When text over a WebSocket is spoken. @default {"bySentence", which is Rime's} */
  readonly segment?: "bySentence" | "immediate" | "never" | undefined;
  /** How fast: with `mistv2` more is slower, with later models more is faster. */
  readonly speedAlpha?: number | undefined;
  /** Whether sound matters less than time (`mistv2`). */
  readonly reduceLatency?: boolean | undefined;
  /** Whether `<200>` in the text is a pause of 200 ms (`mistv2`, `mistv3`). */
  readonly pauseBetweenBrackets?: boolean | undefined;
  /** Whether `{h'El.o}` in the text is a word in Rime's phonetic alphabet (`mistv2`). */
  readonly phonemizeBetweenBrackets?: boolean | undefined;
  /** Whether numbers and the like are left as they are written (`mistv2`). */
  readonly noTextNormalization?: boolean | undefined;
  /** Whether words that Rime does not know are kept, to be looked at (`mistv2`). */
  readonly saveOovs?: boolean | undefined;
  /** How fast each `[word]` is, with commas between (`mistv2`, `mistv3`). */
  readonly inlineSpeedAlpha?: string | undefined;
  /** How much repetition is avoided, from 1 to 2 (`arcana`). */
  readonly repetitionPenalty?: number | undefined;
  /** How free it is, from 0 to 1 (`arcana`). */
  readonly temperature?: number | undefined;
  /** How much of what is likely is tried, from 0 to 1 (`arcana`). */
  readonly topP?: number | undefined;
  /** How much longer it takes, above 1, or shorter (`coda`, `arcana`, `mistv3`). */
  readonly timeScaleFactor?: number | undefined;
  /** What else is asked for, as Rime calls it. */
  readonly extra?: Readonly<Record<string, string | number | boolean>> | undefined;
}

/** Rates that all of Rime's models speak at, in hertz. */
export const SAMPLE_RATES = [8_000, 16_000, 22_050, 24_000, 44_100];

/** What Rime calls its languages, with all of its models, as of 2026-11-21. */
const LANGUAGES: Readonly<Record<string, string>> = {
  ar: "ara",
  de: "ger",
  en: "eng",
  es: "spa",
  fr: "fra",
  he: "heb",
  hi: "hin",
  it: "ita",
  ja: "jpn",
  pt: "por",
  ta: "tam",
};

type Connection = Pick<TTSConnection<RimeTTSSettings>, "settings" | "sampleRate">;

/** What is asked of every model in the same words. */
export function speechOf({ settings, sampleRate }: Connection): Record<string, QueryValue> {
  return {
    speaker: settings.voice,
    modelId: settings.model,
    samplingRate: sampleRate,
    lang: languageOf(settings.language),
    speedAlpha: settings.speedAlpha,
    inlineSpeedAlpha: settings.inlineSpeedAlpha,
    ...ofModel(settings),
    ...settings.extra,
  };
}

type Knows = (model: string) => boolean;

const isNoMist: Knows = (model) => !model.startsWith("mist");
const isNotLarge: Knows = (model) => !/^(coda|arcana)/.test(model);

/** What only some models know: what Rime calls it, and whether a model does. */
const OF_MODEL = {
  repetitionPenalty: ["repetition_penalty", isNoMist],
  temperature: ["temperature", isNoMist],
  topP: ["top_p", isNoMist],
  timeScaleFactor: ["timeScaleFactor", (model) => isNoMist(model) || model === "mistv3"],
  reduceLatency: ["reduceLatency", isNotLarge],
  pauseBetweenBrackets: ["pauseBetweenBrackets", isNotLarge],
  phonemizeBetweenBrackets: ["phonemizeBetweenBrackets", isNotLarge],
  noTextNormalization: ["noTextNormalization", isNotLarge],
  saveOovs: ["saveOovs", isNotLarge],
} satisfies { readonly [K in keyof RimeTTSSettings]: readonly [name: string, knows: Knows] };

const NAMES = Object.keys(OF_MODEL) as (keyof typeof OF_MODEL)[];

/** A model that is not known here is told all that is set. */
function ofModel(settings: RimeTTSSettings): Record<string, QueryValue> {
  const unsent = unsentOf(settings);
  const known = NAMES.filter((name) => !unsent.includes(name));
  return Object.fromEntries(known.map((name) => [OF_MODEL[name][0], settings[name]]));
}

/** What is set, and is none of the model's. */
export function unsentOf(settings: RimeTTSSettings): (keyof typeof OF_MODEL)[] {
  const { model = "" } = settings;
  return NAMES.filter((name) => settings[name] !== undefined && !OF_MODEL[name][1](model));
}

/** What a WebSocket is asked for when it is opened. */
export function socketQuery(
  connection: Connection,
  audioFormat: string = "pcm",
): Record<string, QueryValue> {
  const { speaker, modelId, ...rest } = speechOf(connection);
  return { speaker, modelId, audioFormat, segment: connection.settings.segment, ...rest };
}

function languageOf(tag: string | undefined): string | undefined {
  // One that Rime may have learned since is left as it is.
  return tag ? resolveLanguage(tag, LANGUAGES) ?? tag : undefined;
}
