import { assertEquals } from "@std/assert";
import {
  LLMFullResponseEndFrame,
  LLMFullResponseStartFrame,
  LLMTextFrame,
  TTSSpeakFrame,
  TTSStoppedFrame,
  TTSTextFrame,
} from "../../frames/mod.ts";
import {
  type ClientMessage,
  readTranscript,
  ScriptedTTSProvider,
  TestPipeline,
  testTTS,
  type TTSDialect,
} from "../../testing/mod.ts";
import { JSONFields } from "../wire/mod.ts";
import { RimeTTSService, type RimeTTSServiceOptions } from "./mod.ts";

/** What the space behind a word takes. */
const SPACE_MS = 60;

const fieldsOf = (message: ClientMessage | undefined) =>
  new JSONFields(message?.type === "json" ? message.value : undefined);

/**
 * Rime as its documentation has it: one context at a time; times count from the beginning of
 * a synthesis, and a word lasts until the next one.
 */
function rime(): TTSDialect {
  let contextId: string | undefined;
  let fromMs: number | undefined;
  return {
    read: (message) => {
      const fields = fieldsOf(message);
      const text = fields.text("text");
      if (text === undefined) {
        return fields.text("operation") === "flush" ? [{ type: "flush", contextId }] : [];
      }
      contextId = fields.text("contextId");
      fromMs = undefined;
      return [{ type: "speak", text, contextId }];
    },
    voice: ({ url }) => url.searchParams.get("speaker"),
    sampleRate: ({ url }) => Number(url.searchParams.get("samplingRate")),
    audio: (bytes, contextId) => ({ type: "chunk", data: bytes.toBase64(), contextId }),
    words: (words, contextId) => {
      const base = fromMs ??= words[0]?.startMs ?? 0;
      return {
        type: "timestamps",
        word_timestamps: {
          words: words.map(({ text }) => text),
          start: words.map(({ startMs }) => (startMs - base) / 1000),
          end: words.map(({ endMs }) => (endMs + SPACE_MS - base) / 1000),
        },
        contextId,
      };
    },
    done: (contextId) => ({ type: "done", contextId }),
  };
}

function make(provider: ScriptedTTSProvider, options: RimeTTSServiceOptions) {
  const { apiKey, dial } = provider;
  return new RimeTTSService({ apiKey, dial, ...options });
}

testTTS({
  name: "RimeTTSService",
  key: { env: "RIME_API_KEY", make: () => new RimeTTSService() },
  resumes: "exactly",
  transcript: await readTranscript(import.meta.url, "tts_hello"),
  open: () => {
    const provider = new ScriptedTTSProvider(rime());
    return {
      make: (options) => make(provider, { settings: { voice: "astra" }, ...options }),
      provider,
      [Symbol.asyncDispose]: () => provider.close(),
    };
  },
});

/** What a service says for a text, to a provider that talks as `dialect`. */
async function say(
  text: string,
  { dialect = rime(), ...options }: RimeTTSServiceOptions & { readonly dialect?: TTSDialect } = {},
) {
  await using provider = new ScriptedTTSProvider(dialect);
  await using pipeline = new TestPipeline([make(provider, options)]);
  pipeline.push(new TTSSpeakFrame(text));
  await pipeline.until(TTSStoppedFrame);
  await pipeline.settle();
  assertEquals(pipeline.errors.map(({ error }) => error), []);
  const words = pipeline.of(TTSTextFrame).map(({ text, endMs }) => [text, endMs] as const);
  const { peers } = provider.server;
  const messages = peers.flatMap(({ received }) => received.map((one) => fieldsOf(one)));
  return { url: peers[0]?.url, headers: peers[0]?.headers, messages, words };
}

Deno.test("RimeTTSService asks for what the documentation says", async () => {
  const { url, headers, messages } = await say("Hello there. How are you?", {
    settings: { voice: "astra" },
  });
  assertEquals(url?.pathname, "/ws3");
  assertEquals(url?.search, "?speaker=astra&modelId=coda&audioFormat=pcm&samplingRate=24000");
  assertEquals(headers?.get("Authorization"), "Bearer scripted-key");
  const contextId = messages[0]?.text("contextId");
  assertEquals(messages.map(({ value }) => value), [
    { text: "Hello there. ", contextId },
    { text: "How are you? ", contextId },
    { operation: "flush" },
    { operation: "clear" },
  ]);
});

Deno.test("RimeTTSService sends what is spelled out in one piece", async () => {
  await using provider = new ScriptedTTSProvider(rime());
  await using pipeline = new TestPipeline([make(provider, { settings: { voice: "astra" } })]);
  pipeline.push(new LLMFullResponseStartFrame());
  for (const text of ["Your code is ", RimeTTSService.spell("A. B? C"), ". Bye."]) {
    pipeline.push(new LLMTextFrame(text));
  }
  pipeline.push(new LLMFullResponseEndFrame());
  await pipeline.until(TTSStoppedFrame);
  const texts = provider.server.peers[0]?.received.map((one) => fieldsOf(one).text("text"));
  assertEquals(texts?.slice(0, 2), ["Your code is spell(A. B? C). ", "Bye. "]);
});

Deno.test("RimeTTSService asks for all that its settings say", async () => {
  const { url } = await say("Hi.", {
    settings: {
      voice: "cove",
      model: "arcana",
      language: "de-AT",
      segment: "immediate",
      speedAlpha: 1.2,
      repetitionPenalty: 1.5,
      temperature: 0.5,
      topP: 0.9,
      timeScaleFactor: 1.1,
      reduceLatency: true,
      pauseBetweenBrackets: true,
      phonemizeBetweenBrackets: false,
      noTextNormalization: true,
      saveOovs: true,
      inlineSpeedAlpha: "3,0.5",
      extra: { max_tokens: 1200 },
    },
  });
  assertEquals(Object.fromEntries(url?.searchParams ?? []), {
    speaker: "cove",
    modelId: "arcana",
    audioFormat: "pcm",
    segment: "immediate",
    samplingRate: "24000",
    lang: "ger",
    speedAlpha: "1.2",
    repetition_penalty: "1.5",
    temperature: "0.5",
    top_p: "0.9",
    timeScaleFactor: "1.1",
    inlineSpeedAlpha: "3,0.5",
    max_tokens: "1200",
  });
});

Deno.test("RimeTTSService says with a text how what is in brackets is spoken", async () => {
  const slow = (text: string) => text.replace("slow", RimeTTSService.inlineSpeed("slow", 0.5));
  const potato = (text: string) => RimeTTSService.pronounce(text, "potato", "p0xt1Edo");
  const { messages, words } = await say("A [big] slow potato.", {
    textTransforms: [["*", slow], ["*", potato]],
  });
  const contextId = messages[0]?.text("contextId");
  assertEquals(messages[0]?.value, {
    text: "A [big] [slow] {p0xt1Edo}. ",
    contextId,
    phonemizeBetweenBrackets: true,
    inlineSpeedAlpha: "1,0.5",
  });
  assertEquals(words.map(([text]) => text).join(""), "A [big] slow potato.");
});

Deno.test("RimeTTSService has words for what is spoken otherwise", () => {
  assertEquals(RimeTTSService.spell("AB12"), "spell(AB12)");
  assertEquals(RimeTTSService.pauseTag(1.5), "<1500>");
  assertEquals(RimeTTSService.pronounce("An axe, an axe.", "axe", "$&"), "An {$&}, an {$&}.");
});

Deno.test("RimeTTSService counts times of a second synthesis from its beginning", async () => {
  const { words } = await say("One two. Three four.");
  assertEquals(words, [["One", 240], [" two.", 540], [" Three", 900], [" four.", 1_260]]);
});

Deno.test("RimeTTSService counts times of the next context from its beginning", async () => {
  await using provider = new ScriptedTTSProvider(rime());
  await using pipeline = new TestPipeline([make(provider, {})]);
  pipeline.push(new TTSSpeakFrame("One two."), new TTSSpeakFrame("Three four."));
  await pipeline.until(TTSStoppedFrame, { count: 2 });
  assertEquals(provider.server.peers.length, 1);
  const ends = pipeline.of(TTSTextFrame).map(({ endMs }) => endMs);
  assertEquals(ends, [240, 540, 360, 720]);
});

Deno.test("RimeTTSService lets no synthesis begin behind the audio before it", async () => {
  const usual = rime();
  // The last word of the first text is said to last a second longer than can be heard.
  const words: TTSDialect["words"] = (words, contextId) => {
    const longer = words[0]?.text === "two." ? 1_000 : 0;
    const said = words.map((word) => ({ ...word, endMs: word.endMs + longer }));
    return usual.words?.(said, contextId);
  };
  const said = await say("One two. Three four. Five six.", { dialect: { ...usual, words } });
  assertEquals(said.words.slice(4), [[" Five", 1_560], [" six.", 1_860]]);
});

Deno.test("RimeTTSService says again what came too late for its context", async () => {
  // Rime is done with the first text before it is sent the second.
  const usual = rime();
  let first = true;
  const read: TTSDialect["read"] = (message) => {
    const wishes = usual.read(message);
    const { contextId } = wishes[0] ?? {};
    const early = first && wishes[0]?.type === "speak";
    first &&= !early;
    return early ? [...wishes, { type: "flush", contextId }] : late(contextId) ? [] : wishes;
  };
  const contexts: (string | undefined)[] = [];
  const late = (contextId: string | undefined) => {
    if (contexts.length === 0) contexts.push(contextId);
    return contexts[0] === contextId;
  };
  const { words, messages } = await say("One two. Three four.", { dialect: { ...usual, read } });
  assertEquals(words.map(([text]) => text).join(""), "One two. Three four.");
  const texts = messages.flatMap((fields) => fields.text("text") ?? []);
  assertEquals(texts, ["One two. ", "Three four. ", "Three four. "]);
});

Deno.test("RimeTTSService asks once for words whose times lie behind the audio", async () => {
  const usual = rime();
  // Times of somebody who speaks half as fast as can be heard.
  const words: TTSDialect["words"] = (words, contextId) =>
    usual.words?.(
      words.map(({ startMs, endMs, ...word }) => ({
        ...word,
        startMs: startMs * 2,
        endMs: endMs * 2,
      })),
      contextId,
    );
  const said = await say("One two. Bye.", { dialect: { ...usual, words } });
  assertEquals(said.words.map(([text]) => text).join(""), "One two. Bye.");
  const texts = said.messages.flatMap((fields) => fields.text("text") ?? []);
  assertEquals(texts, ["One two. ", "Bye. "]);
});

Deno.test("RimeTTSService reports what Rime cannot read, and speaks the next text", async () => {
  const usual = rime();
  let wrong = true;
  const audio: TTSDialect["audio"] = (bytes, contextId) => {
    const said = wrong ? { type: "error", message: "no" } : usual.audio(bytes, contextId);
    wrong = false;
    return said;
  };
  await using provider = new ScriptedTTSProvider({ ...usual, audio });
  await using pipeline = new TestPipeline([make(provider, {})]);
  pipeline.push(new TTSSpeakFrame("Hi."), new TTSSpeakFrame("Bye."));
  await pipeline.until(TTSTextFrame);
  const errors = pipeline.errors.map(({ error }) => error);
  assertEquals(errors, ["Cannot speak with Rime: it reported an error"]);
  assertEquals(pipeline.of(TTSTextFrame).map(({ text }) => text), ["Bye."]);
});
