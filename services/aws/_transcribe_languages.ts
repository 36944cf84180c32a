/**
 * Languages that Amazon Transcribe hears as they are spoken, by tag.
 *
 * @see https://docs.aws.amazon.com/transcribe/latest/dg/supported-languages.html (read 2026-11-21)
 */
export const TRANSCRIBE_LANGUAGES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    [
      ["af-ZA", "ar-AE", "ar-SA", "ca-ES", "cs-CZ", "da-DK", "de-CH", "de-DE", "el-GR", "en-AB"],
      ["en-AU", "en-GB", "en-IE", "en-IN", "en-NZ", "en-US", "en-WL", "en-ZA", "es-ES", "es-US"],
      ["eu-ES", "fa-IR", "fi-FI", "fr-CA", "fr-FR", "gl-ES", "he-IL", "hi-IN", "hr-HR", "id-ID"],
      ["it-IT", "ja-JP", "ka-GE", "ko-KR", "lv-LV", "ms-MY", "nl-NL", "no-NO", "pl-PL", "pt-BR"],
      ["pt-PT", "ro-RO", "ru-RU", "sk-SK", "so-SO", "sr-RS", "sv-SE", "th-TH", "tl-PH", "uk-UA"],
      ["vi-VN", "zh-CN", "zh-HK", "zh-TW", "zu-ZA"],
    ].flat().map((code) => [code, code]),
  ),
  // Where no country is named.
  ar: "ar-SA",
  es: "es-ES",
  pt: "pt-PT",
  yue: "zh-HK",
  zh: "zh-CN",
};
