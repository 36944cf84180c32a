import { assertEquals } from "@std/assert";
import { Language } from "./language_table.ts";
import { isLanguage, languageBase, resolveLanguage } from "./languages.ts";

Deno.test("Language names each tag once", () => {
  const tags = Object.values(Language);
  assertEquals(new Set(tags).size, tags.length);
  assertEquals(tags.length, 304);
});

Deno.test("Language holds well-formed tags under their own names", () => {
  for (const [name, tag] of Object.entries(Language)) {
    // A script under which some services know Burmese, and a language that is named by a country.
    if (name === "MY_MR" || name === "XH") continue;
    assertEquals(Intl.getCanonicalLocales(tag).length, 1, tag);
    assertEquals(tag.toUpperCase().replaceAll("-", "_"), name);
  }
});

Deno.test("isLanguage knows the tags in their very spelling", () => {
  assertEquals(["en", "en-US", "EN-us", "xx"].map(isLanguage), [true, true, false, false]);
});

Deno.test("languageBase takes everything but the language away", () => {
  assertEquals(["en-US", "sr-Latn-RS", "ZH_cn", "de"].map(languageBase), ["en", "sr", "zh", "de"]);
});

const WISHES: readonly (readonly [wish: string, supported: readonly string[], found?: string])[] = [
  ["en-US", ["en", "en-US"], "en-US"],
  ["en_us", ["en-US"], "en-US"],
  ["en-AU", ["de", "en"], "en"],
  ["zh-Hant-TW", ["zh", "zh-Hant"], "zh-Hant"],
  ["zh-Hant", ["zh-CN", "zh-TW", "zh"], "zh-TW"],
  ["zh-Hant-HK", ["zh-CN", "zh-HK", "zh-TW"], "zh-HK"],
  ["zh-Hans", ["zh-TW", "zh-CN"], "zh-CN"],
  ["zh-Hant", ["zh"], "zh"],
  ["nb-NO", ["no"], "no"],
  ["cmn-CN", ["zh-CN", "zh"], "zh-CN"],
  ["fil", ["tl"], "tl"],
  ["pt", ["pt-PT", "pt-BR"], "pt-BR"],
  ["en-AU", ["en-GB", "en-US"], "en-US"],
  ["fr", ["fr-CA"], "fr-CA"],
  ["fr-CH", ["de-CH", "it"]],
  ["", ["en"]],
  ["not a tag", ["en"]],
];

Deno.test("resolveLanguage finds the closest tag a service knows", () => {
  for (const [wish, supported, found] of WISHES) {
    assertEquals(resolveLanguage(wish, supported), found, wish);
  }
});

Deno.test("resolveLanguage gives what a service calls the language", () => {
  const names = { de: "German", "en-US": "English" };
  assertEquals(resolveLanguage(Language.DE_AT, names), "German");
  assertEquals(resolveLanguage(Language.EN, names), "English");
  assertEquals(resolveLanguage(Language.FR, names), undefined);
});
