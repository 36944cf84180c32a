import { assertEquals } from "@std/assert";
import { TTSSpeakFrame, TTSStoppedFrame } from "../../frames/mod.ts";
import { type HttpTTSDialect, ScriptedHttpTTS, TestPipeline, testTTS } from "../../testing/mod.ts";
import { JSONFields } from "../wire/mod.ts";
import { RimeHttpTTSService, type RimeHttpTTSServiceOptions } from "./mod.ts";

/** Rime as its documentation has it: what a request asks for. */
const RIME: HttpTTSDialect = {
  text: (body) => new JSONFields(body).text("text") ?? "",
  voice: (body) => new JSONFields(body).text("speaker"),
  sampleRate: (body) => new JSONFields(body).number("samplingRate") ?? NaN,
  contentType: "audio/L16",
};

function make(provider: ScriptedHttpTTS, options: RimeHttpTTSServiceOptions) {
  const { apiKey, url: baseUrl } = provider;
  return new RimeHttpTTSService({ apiKey, baseUrl, ...options });
}

testTTS({
  name: "RimeHttpTTSService",
  key: { env: "RIME_API_KEY", make: () => new RimeHttpTTSService() },
  open: () => {
    const provider = new ScriptedHttpTTS(RIME);
    return {
      make: (options) => make(provider, options),
      provider,
      [Symbol.asyncDispose]: () => provider.close(),
    };
  },
});

async function asked(text: string, options: RimeHttpTTSServiceOptions) {
  await using provider = new ScriptedHttpTTS(RIME);
  await using pipeline = new TestPipeline([make(provider, options)]);
  pipeline.push(new TTSSpeakFrame(text));
  await pipeline.until(TTSStoppedFrame);
  assertEquals(pipeline.errors, []);
  return provider.requests;
}

Deno.test("RimeHttpTTSService asks for what the documentation says", async () => {
  const [first] = await asked("Hello there.", { settings: { voice: "astra" } });
  assertEquals([first?.method, first?.url.pathname], ["POST", "/v1/rime-tts"]);
  const headers = ["Accept", "Authorization", "Content-Type"]
    .map((name) => first?.headers.get(name));
  assertEquals(headers, ["audio/L16", "Bearer scripted-key", "application/json"]);
  assertEquals(first?.body, {
    text: "Hello there.",
    speaker: "astra",
    modelId: "coda",
    samplingRate: 24_000,
    lang: "eng",
  });
});

Deno.test("RimeHttpTTSService asks for all that its settings say", async () => {
  const [first] = await asked("Hi.", {
    settings: {
      voice: "cove",
      model: "mistv2",
      language: "fr-CA",
      speedAlpha: 1.2,
      reduceLatency: true,
      pauseBetweenBrackets: true,
      phonemizeBetweenBrackets: true,
      noTextNormalization: true,
      saveOovs: false,
      inlineSpeedAlpha: "3,0.5",
      repetitionPenalty: 1.5,
      temperature: 0.5,
      topP: 0.9,
      timeScaleFactor: 1.1,
      extra: { max_tokens: 1200 },
    },
  });
  assertEquals(first?.body, {
    text: "Hi.",
    speaker: "cove",
    modelId: "mistv2",
    samplingRate: 24_000,
    lang: "fra",
    speedAlpha: 1.2,
    reduceLatency: true,
    pauseBetweenBrackets: true,
    phonemizeBetweenBrackets: true,
    noTextNormalization: true,
    saveOovs: false,
    inlineSpeedAlpha: "3,0.5",
    max_tokens: 1200,
  });
});

Deno.test.each(
  [
    ["coda", ["temperature", "timeScaleFactor"]],
    ["arcana", ["temperature", "timeScaleFactor"]],
    ["mistv3", ["timeScaleFactor", "saveOovs"]],
    ["mistv2", ["saveOovs"]],
    ["a-later-one", ["temperature", "timeScaleFactor", "saveOovs"]],
  ] as const,
)("RimeHttpTTSService asks of %s only what it knows", async (model, known) => {
  const settings = { model, temperature: 0.5, timeScaleFactor: 1.1, saveOovs: true };
  const [first] = await asked("Hi.", { settings });
  const names = Object.keys(Object(first?.body));
  assertEquals(names.filter((name) => name in settings), [...known]);
});

Deno.test("RimeHttpTTSService warns of what the model does not know, and of nothing else", async () => {
  await using provider = new ScriptedHttpTTS(RIME);
  const settings = { model: "mistv3", temperature: 0.5, timeScaleFactor: 1.1, topP: undefined };
  await using pipeline = new TestPipeline([make(provider, { settings })]);
  pipeline.push(new TTSSpeakFrame("Hi. Ho."));
  await pipeline.until(TTSStoppedFrame);
  const warned = pipeline.logged.flatMap((line) => /all of "(\w+)"/.exec(line)?.[1] ?? []);
  assertEquals(warned, ["temperature"]);
});

Deno.test("RimeHttpTTSService names no language where it is told none", async () => {
  const [first] = await asked("Hi.", { settings: { language: "" } });
  assertEquals("lang" in Object(first?.body), false);
});

Deno.test("RimeHttpTTSService leaves a language as it is that Rime may have learned", async () => {
  const [first] = await asked("Hoi.", { settings: { voice: "astra", language: "nld" } });
  assertEquals(new JSONFields(first?.body).text("lang"), "nld");
});
