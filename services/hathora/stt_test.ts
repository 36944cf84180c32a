import { assertEquals } from "@std/assert";
import { decodeWav } from "../../audio/mod.ts";
import {
  InputAudioRawFrame,
  TranscriptionFrame,
  VADUserStartedSpeakingFrame,
  VADUserStoppedSpeakingFrame,
} from "../../frames/mod.ts";
import {
  ScriptedHttpServer,
  type ScriptedRequest,
  type ScriptedResponse,
  type STTContractAnswer,
  TestPipeline,
  testSTT,
} from "../../testing/mod.ts";
import { HathoraSTTService, type HathoraSTTServiceOptions } from "./mod.ts";

// Wire: Hathora's plugin for LiveKit, npm @hathora/livekit-plugin-hathora (read 2026-11-21): it
// sends model, language, model_config and audio (a WAV file in Base64), and reads text.

const KEY = "hathora-key";
const MODEL = "nvidia-parakeet-tdt-0.6b-v3";

interface HathoraBody {
  readonly model?: unknown;
  readonly language?: unknown;
  readonly model_config?: unknown;
  readonly audio?: unknown;
}

/** What is wrong with a request, as Hathora would say it. */
function check({ method, url, headers, body }: ScriptedRequest): ScriptedResponse | undefined {
  if (headers.get("authorization") !== `Bearer ${KEY}`) {
    return { status: 401, body: { detail: "Invalid token" } };
  }
  if (method !== "POST" || url.pathname !== "/inference/v1/stt" || url.search !== "") {
    return { status: 404, body: { detail: "Not found" } };
  }
  const { model, language, model_config: config, audio, ...rest } = body as HathoraBody;
  const isRight = typeof model === "string" && typeof audio === "string" &&
    ["string", "undefined"].includes(typeof language) &&
    (config === undefined || Array.isArray(config)) && Object.keys(rest).length === 0;
  return isRight ? undefined : { status: 422, body: { detail: "Unprocessable" } };
}

function answerOf({ text, status, trouble }: STTContractAnswer): ScriptedResponse {
  if (status !== undefined) return { status, body: { detail: "Refused" } };
  if (trouble === "garbage") return { body: "{no JSON" };
  if (trouble) return { trouble };
  return { body: { text: text ?? "" } };
}

function options(server: ScriptedHttpServer): HathoraSTTServiceOptions {
  const baseUrl = `${server.url}/inference/v1/stt`;
  return { apiKey: KEY, baseUrl, model: MODEL };
}

testSTT({
  name: "HathoraSTTService",
  key: { env: "HATHORA_API_KEY", make: () => new HathoraSTTService({ model: MODEL }) },
  open: () => {
    const server = new ScriptedHttpServer(check);
    return {
      make: (more) => new HathoraSTTService({ ...options(server), ...more }),
      provider: {
        script: (...answers) => server.script(...answers.map(answerOf)),
        stuck: () => server.stuck(),
        closed: () => server.settled(),
        askedLanguage: () => (server.requests.at(-1)?.body as HathoraBody).language,
        secrets: [KEY],
      },
      [Symbol.asyncDispose]: () => server.close(),
    };
  },
});

/** What is asked when somebody speaks. */
async function asked(more: Partial<HathoraSTTServiceOptions>): Promise<HathoraBody> {
  await using server = new ScriptedHttpServer(check);
  server.script({ body: { text: " Hello. " } });
  await using pipeline = new TestPipeline([new HathoraSTTService({ ...options(server), ...more })]);
  pipeline.push(
    new VADUserStartedSpeakingFrame(),
    new InputAudioRawFrame(new Int16Array(1_600).fill(7), { sampleRate: 16_000 }),
    new VADUserStoppedSpeakingFrame(),
  );
  const { text } = await pipeline.until(TranscriptionFrame);
  assertEquals(text, "Hello.");
  return server.requests[0]?.body as HathoraBody;
}

Deno.test("HathoraSTTService sends the segment as WAV, and nothing that was not set", async () => {
  const { audio, ...rest } = await asked({});
  assertEquals(rest, { model: MODEL });
  const wav = decodeWav(Uint8Array.fromBase64(String(audio)));
  assertEquals([wav.sampleRate, wav.samples.length, wav.samples[0]], [16_000, 1_600, 7]);
});

Deno.test("HathoraSTTService sends the language and the model's own options", async () => {
  const config = [{ name: "beam", value: "4" }];
  const { audio: _, ...rest } = await asked({ params: { language: "de-DE", config } });
  assertEquals(rest, { model: MODEL, language: "de", model_config: config });
});

Deno.test("HathoraSTTService asks again when the server failed in passing", async () => {
  await using server = new ScriptedHttpServer(check);
  server.script({ status: 503, body: "" }, { body: { text: "Hello." } });
  const stt = new HathoraSTTService({ ...options(server), maxRetries: 1 });
  await using pipeline = new TestPipeline([stt]);
  pipeline.push(
    new VADUserStartedSpeakingFrame(),
    new InputAudioRawFrame(new Int16Array(1_600), { sampleRate: 16_000 }),
    new VADUserStoppedSpeakingFrame(),
  );
  assertEquals((await pipeline.until(TranscriptionFrame)).text, "Hello.");
  assertEquals(pipeline.errors, []);
  assertEquals(server.requests.length, 2);
});
