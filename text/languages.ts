import { Language } from "./language_table.ts";

/** Tags that name the same language; a service knows one of each. */
const SAME: readonly (readonly string[])[] = [
  ["zh", "cmn"],
  ["no", "nb"],
  ["fil", "tl"],
  ["jv", "jw"],
  ["he", "iw"],
  ["id", "in"],
  ["yi", "ji"],
];

/**
 * Whether a tag is one of {@linkcode Language}, in the very spelling.
 *
 * @example
 * ```ts
 * import { isLanguage } from "@parley/sdk/text";
 * console.log(isLanguage("en-US"), isLanguage("en_us")); // true false
 * ```
 */
export function isLanguage(tag: string): tag is Language {
  return Object.values<string>(Language).includes(tag);
}

/**
 * The language of a tag, without script, country and variant.
 *
 * @example
 * ```ts
 * import { languageBase } from "@parley/sdk/text";
 * console.log(languageBase("sr-Latn-RS")); // "sr"
 * ```
 */
export function languageBase(tag: string): string {
  return normalize(tag).split("-")[0] ?? "";
}

/**
 * Finds what a service calls a language, or the closest one it has.
 *
 * First the tag itself, whatever its case; then the tag less its country, script and variant, one by
 * one (`en-AU` finds `en`), where a script stands for the country that writes so (`zh-Hant` finds
 * `zh-TW`); then the same under another name (`nb` finds `no`); then the language as its most people
 * speak it (`pt` finds `pt-BR`), or any way it is spoken. Otherwise `undefined`.
 *
 * @param tag Tag of the language wished for (BCP 47); an underscore counts as a hyphen.
 * @param supported Tags a service knows, or a table from tags to what the service calls them.
 *
 * @example
 * ```ts
 * import { Language, resolveLanguage } from "@parley/sdk/text";
 * console.log(resolveLanguage(Language.EN_US, ["de", "en"])); // "en"
 * console.log(resolveLanguage("pt", { "pt-PT": "por-PRT", "pt-BR": "por-BRA" })); // "por-BRA"
 * ```
 */
export function resolveLanguage(
  tag: string,
  supported: readonly string[] | Readonly<Record<string, string>>,
): string | undefined {
  const pairs = Array.isArray(supported)
    ? supported.map((name: string) => [normalize(name), name] as const)
    : Object.entries(supported).map(([key, name]) => [normalize(key), name] as const);
  const known = new Map(pairs);
  const wishes = namesOf(normalize(tag)).flatMap(shorter);
  for (const wish of wishes) {
    const found = known.get(wish);
    if (found !== undefined) return found;
  }
  for (const base of namesOf(languageBase(tag))) {
    const usual = known.get(`${base}-${usualRegion(base)}`);
    const found = usual ?? pairs.find(([key]) => key.startsWith(`${base}-`))?.[1];
    if (found !== undefined) return found;
  }
  return undefined;
}

function normalize(tag: string): string {
  return tag.trim().replaceAll("_", "-").toLowerCase();
}

/** A tag, and the same under other names of its language. */
function namesOf(tag: string): string[] {
  const [base = "", ...rest] = tag.split("-");
  const others = SAME.find((group) => group.includes(base))?.filter((other) => other !== base) ??
    [];
  return [base, ...others].map((name) => [name, ...rest].join("-"));
}

/** A tag, and what is left of it as its parts are taken away from the end; a script also says a country. */
function shorter(tag: string): string[] {
  const parts = tag.split("-");
  const left = parts.map((_, k) => parts.slice(0, parts.length - k).join("-"));
  if (!/^[a-z]{2,3}-[a-z]{4}(-([a-z]{2}|\d{3}))?$/.test(tag)) return left;
  const region = new Intl.Locale(tag).maximize().region?.toLowerCase();
  return [...left.slice(0, -1), `${parts[0]}-${region}`, ...left.slice(-1)];
}

/** Country in which most people speak a language. */
function usualRegion(base: string): string {
  if (!/^[a-z]{2,3}$/.test(base)) return "";
  return new Intl.Locale(base).maximize().region?.toLowerCase() ?? "";
}
