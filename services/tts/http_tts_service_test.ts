import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { encodeWav } from "../../audio/mod.ts";
import {
  TTSAudioRawFrame,
  TTSSpeakFrame,
  TTSStoppedFrame,
  TTSUpdateSettingsFrame,
} from "../../frames/mod.ts";
import { ScriptedHttpServer, type ScriptedResponse } from "../../testing/scripted_http_server.ts";
import { type HttpTTSDialect, ScriptedHttpTTS, TestPipeline, testTTS } from "../../testing/mod.ts";
import { JSONFields } from "../wire/mod.ts";
import {
  type HttpTTSProtocol,
  HttpTTSService,
  type HttpTTSServiceOptions,
  type TTSSettings,
} from "./mod.ts";

type Mode = "audio" | "wav" | "sse" | "json_lines" | "json";

interface ToyOptions extends HttpTTSServiceOptions {
  readonly mode: Mode;
}

/** A provider that answers in every way there is. */
const toy: HttpTTSProtocol<TTSSettings, ToyOptions, { pieces: number }> = {
  provider: "Toy",
  keyEnv: "TOY_API_KEY",
  url: "https://toy.example",
  defaults: { voice: "ada" },
  encoding: ({ options }) => options.mode === "wav" ? "wav" : "pcm_s16le",
  answer: ({ options: { mode } }) => mode === "wav" ? "audio" : mode,
  request: (text, { url, apiKey, settings, sampleRate, before }) => ({
    url: `${url}/speak`,
    headers: { Authorization: `Bearer ${apiKey}` },
    json: { text, voice: settings.voice, rate: sampleRate, before },
  }),
  unsent: ({ language }) => language ? ["language"] : [],
  state: () => ({ pieces: 0 }),
  *receive({ event, json }, _connection, state) {
    if (event === "failure") {
      yield {
        type: "error",
        message: "no secret",
        code: json.text("code"),
        status: json.number("status"),
      };
    }
    if (event === "end") yield { type: "done" };
    for (const piece of json.has("pieces") ? json.list("pieces") : [json]) {
      if (!piece.has("audio")) continue;
      // Words may come before or behind their audio.
      const words = [{
        text: piece.text("word") ?? "",
        startMs: piece.number("startMs") ?? 0,
        endMs: piece.number("endMs"),
      }];
      if (state.pieces++ % 2 === 0) yield { type: "words", words };
      yield { type: "audio", audio: piece.bytes("audio") };
      if (state.pieces % 2 === 0) yield { type: "words", words };
    }
  },
};

class ToyTTSService extends HttpTTSService<TTSSettings, ToyOptions, { pieces: number }> {
  constructor(options: ToyOptions) {
    super(toy, options);
  }
}

const encoder = new TextEncoder();

function pieceOf(bytes: Uint8Array, word: { text: string; startMs: number; endMs: number }) {
  const { text, startMs, endMs } = word;
  return JSON.stringify({ audio: bytes.toBase64(), word: text, startMs, endMs });
}

/** The head of a WAV stream whose writer does not know its length. */
function wavHead(sampleRate: number): Uint8Array<ArrayBuffer> {
  const head = new Uint8Array(encodeWav(new Int16Array(), { sampleRate }));
  const view = new DataView(head.buffer);
  for (const at of [4, head.length - 4]) view.setUint32(at, 0xffff_ffff, true);
  return head;
}

const COMMON: HttpTTSDialect = {
  text: (body) => new JSONFields(body).text("text") ?? "",
  voice: (body) => new JSONFields(body).text("voice"),
  sampleRate: (body) => new JSONFields(body).number("rate") ?? NaN,
};

const DIALECTS: Readonly<Record<Mode, HttpTTSDialect>> = {
  audio: COMMON,
  wav: { ...COMMON, contentType: "audio/wav", begin: wavHead },
  sse: {
    ...COMMON,
    contentType: "text/event-stream",
    begin: () => encoder.encode(": hello\n\n"),
    audio: (bytes, word) => encoder.encode(`event: piece\ndata: ${pieceOf(bytes, word)}\n\n`),
    end: () => encoder.encode("event: end\ndata: {}\n\ndata: [DONE]\n\n"),
  },
  json_lines: {
    ...COMMON,
    contentType: "application/x-ndjson",
    audio: (bytes, word) => encoder.encode(`${pieceOf(bytes, word)}\n`),
  },
  json: {
    ...COMMON,
    contentType: "application/json",
    begin: () => encoder.encode('{"pieces":['),
    audio: (bytes, word) => encoder.encode(`${pieceOf(bytes, word)},`),
    end: () => encoder.encode("null]}"),
  },
};

const WHOLE = "nothing of an answer is heard before it is whole";

for (const mode of ["audio", "wav", "sse", "json_lines", "json"] as const) {
  testTTS({
    name: `HttpTTSService (${mode})`,
    key: { env: "TOY_API_KEY", make: () => new ToyTTSService({ mode }) },
    resumes: mode === "audio" || mode === "wav" ? "about" : "exactly",
    ...mode === "json" && { skip: { slow: WHOLE, interruption: WHOLE, stall: WHOLE } },
    open: () => {
      const provider = new ScriptedHttpTTS(DIALECTS[mode]);
      const { apiKey, url: baseUrl } = provider;
      return {
        make: (options) => new ToyTTSService({ apiKey, baseUrl, mode, ...options }),
        provider,
        [Symbol.asyncDispose]: () => provider.close(),
      };
    },
  });
}

function start(mode: Mode, ...answers: readonly ScriptedResponse[]) {
  const server = new ScriptedHttpServer();
  server.script(...answers);
  const tts = new ToyTTSService({ apiKey: "secret-7", baseUrl: server.url, mode });
  const pipeline = new TestPipeline([tts]);
  return {
    server,
    pipeline,
    speak: async (text: string) => {
      const before = pipeline.of(TTSStoppedFrame).length;
      pipeline.push(new TTSSpeakFrame(text));
      await pipeline.wait(
        () => pipeline.of(TTSStoppedFrame).length + pipeline.errors.length > before,
        { doing: "hear it" },
      );
      await pipeline.settle();
    },
    samples: () => pipeline.of(TTSAudioRawFrame).flatMap(({ audio }) => [...audio]),
    [Symbol.asyncDispose]: async () => {
      await pipeline.close();
      await server.close();
    },
  };
}

const WORD = { text: "Hi", startMs: 0, endMs: 1 };

/** Samples that count from a number. */
function count(from: number, length = 24): Uint8Array {
  return new Uint8Array(Int16Array.from({ length }, (_, k) => from + k).buffer);
}

Deno.test("HttpTTSService leaves out what it cannot read of an answer, and warns", async () => {
  const garbage = ["data: {nope\n\n", "data: []\n\n", 'data: {"audio":"?"}\n\n', "nonsense\n\n"];
  await using session = start("sse", {
    body: [garbage, `data: ${pieceOf(count(1), WORD)}\n\n`, garbage].flat(),
  });
  await session.speak("Hi.");
  assertEquals(session.samples(), [...new Int16Array(count(1).buffer)]);
  assertEquals(session.pipeline.errors, []);
  const warned = session.pipeline.logged.join("\n");
  assertStringIncludes(warned, "no JSON");
  assertStringIncludes(warned, "could not be read");
  assert(!warned.includes("nope") && !warned.includes("secret-7"), warned);
});

Deno.test("HttpTTSService reads nothing behind the end that an answer says", async () => {
  await using session = start("sse", {
    body: [
      `data: ${pieceOf(count(1), WORD)}\n\n`,
      "event: end\ndata: {}\n\n",
      `data: ${pieceOf(count(99), WORD)}\n\n`,
    ],
    trouble: "stall",
  });
  await session.speak("Hi.");
  assertEquals(session.samples().length, 24);
  await session.server.settled();
  assertEquals(session.server.requests.map(({ outcome }) => outcome), ["closed"]);
});

Deno.test("HttpTTSService says what a provider reports in the midst of an answer", async () => {
  const failure = 'event: failure\ndata: {"code":"voice_gone","status":400}\n\n';
  await using session = start("sse", { body: [`data: ${pieceOf(count(1), WORD)}\n\n`, failure] });
  await session.speak("Hi.");
  assertEquals(session.pipeline.errors.map(({ error }) => error), [
    "Cannot speak with Toy: the request was not accepted (400, voice_gone)",
  ]);
});

Deno.test("HttpTTSService says that an answer that is one text holds nothing", async () => {
  await using session = start("json", { body: "{nope" });
  await session.speak("Hi.");
  assertEquals(session.pipeline.errors.length, 1);
  assertStringIncludes(session.pipeline.errors[0]?.error ?? "", "gave no audio");
});

Deno.test("HttpTTSService warns once of a setting that the provider would refuse", async () => {
  const answer = { body: [`${pieceOf(count(1), WORD)}\n`] };
  await using session = start("json_lines", answer, answer);
  const { pipeline, speak } = session;
  pipeline.push(new TTSUpdateSettingsFrame({ delta: { language: "tlh" } }));
  await speak("One.");
  await speak("Two.");
  assertEquals(pipeline.logged.filter((line) => line.includes('"language"')).length, 1);
});

Deno.test("HttpTTSService tells each request what was said before it", async () => {
  const answer = { body: [`${pieceOf(count(1), WORD)}\n`] };
  await using session = start("json_lines", answer, answer, answer);
  await session.speak("One. Two.");
  await session.speak("Three.");
  const asked = session.server.requests.map(({ body }) => {
    const fields = new JSONFields(body);
    return [fields.text("text"), fields.text("before")];
  });
  assertEquals(asked, [["One.", ""], ["Two.", "One."], ["Three.", ""]]);
});

Deno.test("HttpTTSService gives up a connection that breaks again and again", async () => {
  const broken: ScriptedResponse = { body: [], trouble: "drop" };
  await using session = start("sse", broken, broken, broken);
  await session.speak("Hi.");
  assertEquals(session.pipeline.errors.map(({ error }) => error.replace(/"[^"]+"/, "it")), [
    "Cannot speak in it: the connection breaks again and again",
  ]);
});
