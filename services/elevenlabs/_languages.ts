import { resolveLanguage } from "../../text/mod.ts";

// https://elevenlabs.io/docs/overview/models (read 2026-11-21): a model that is told a language it
// does not know refuses the connection.

/** Models that refuse to be told any language. */
const WITHOUT_LANGUAGE = [
  "eleven_flash_v2",
  "eleven_turbo_v2",
  "eleven_monolingual_v1",
  "eleven_multilingual_v1",
  "eleven_multilingual_v2",
];

/** What Flash and Turbo v2.5 speak. */
const V2_5 = [
  ["ar", "bg", "cs", "da", "de", "el", "en", "es", "fi", "fil", "fr", "hi", "hr", "hu", "id", "it"],
  ["ja", "ko", "ms", "nl", "no", "pl", "pt", "ro", "ru", "sk", "sv", "ta", "tr", "uk", "vi", "zh"],
].flat();

/** What Eleven v3 speaks beside. */
const V3 = [
  V2_5,
  ["af", "as", "az", "be", "bn", "bs", "ca", "ceb", "cy", "et", "fa", "ga", "gl", "gu", "ha", "he"],
  ["hy", "is", "jv", "ka", "kk", "kn", "ky", "lb", "ln", "lt", "lv", "mk", "ml", "mr", "ne", "ny"],
  ["pa", "ps", "sd", "sl", "so", "sr", "sw", "te", "th", "ur"],
].flat();

/** What a model calls a language; nothing where it must not be told. */
export function languageCodeOf(language: string | undefined, model: string): string | undefined {
  if (!language || WITHOUT_LANGUAGE.includes(model)) return undefined;
  return resolveLanguage(language, /_v2_5$/.test(model) ? V2_5 : V3);
}

/** Whether a model is told the language that is set, if any is. */
export function isLanguageTaken({ language, model = "" }: {
  readonly language?: string | undefined;
  readonly model?: string | undefined;
}): boolean {
  return !language || languageCodeOf(language, model) !== undefined;
}
