import { assert, assertEquals } from "@std/assert";
import {
  LLMFullResponseEndFrame,
  TTSAudioRawFrame,
  TTSSpeakFrame,
  TTSStoppedFrame,
  TTSUpdateSettingsFrame,
} from "../../frames/mod.ts";
import {
  FakeOpenAI,
  type FakeSpeech,
  TestPipeline,
  testTTS,
  type TTSContractAnswer,
} from "../../testing/mod.ts";
import { OPENAI_VOICES, OpenAITTSService, type OpenAITTSServiceOptions } from "./mod.ts";

testTTS({
  name: "OpenAITTSService",
  key: { env: "OPENAI_API_KEY", make: () => new OpenAITTSService() },
  skip: { slow: "the fake says no more than it is asked for" },
  otherVoice: "coral",
  open: () => {
    const openai = new FakeOpenAI();
    const { apiKey, url: baseUrl } = openai;
    return {
      make: (options) => new OpenAITTSService({ apiKey, baseUrl, ...options }),
      provider: {
        script: (...answers) => openai.speech(...answers.map(asSpeech)),
        stuck: () => openai.stuck(),
        closed: () => openai.settled(),
        askedVoice: () => openai.requests.at(-1)?.body.voice,
        secrets: [apiKey],
      },
      [Symbol.asyncDispose]: () => openai.close(),
    };
  },
});

/** Silence is an answer that is stuck before its first sample. */
function asSpeech({ status, trouble }: TTSContractAnswer): FakeSpeech {
  if (trouble === "silence") return { trouble: "stall", characterMs: 0 };
  // Only a connection that is kept can be half closed, or bring a message that is too large.
  return { status, trouble: trouble === "stall" || trouble === "drop" ? trouble : undefined };
}

function start(options: OpenAITTSServiceOptions = {}, params = {}) {
  const openai = new FakeOpenAI();
  const tts = new OpenAITTSService({
    apiKey: openai.apiKey,
    baseUrl: openai.url,
    ...options,
  });
  const pipeline = new TestPipeline([tts], { params });
  return {
    openai,
    pipeline,
    [Symbol.asyncDispose]: async () => {
      await pipeline.close();
      await openai.close();
    },
  };
}

Deno.test("OpenAITTSService asks for PCM, and for nothing that was not set", async () => {
  await using session = start();
  session.pipeline.push(new TTSSpeakFrame("Hello there."));
  await session.pipeline.until(TTSStoppedFrame);
  assertEquals(session.openai.requests.map(({ body }) => body), [{
    input: "Hello there.",
    model: "gpt-4o-mini-tts",
    voice: "alloy",
    response_format: "pcm",
  }]);
});

Deno.test("OpenAITTSService asks for what its settings say, as they change", async () => {
  const settings = { model: "tts-1", voice: "nova", instructions: "Be warm.", speed: 1.1 };
  await using session = start({ settings: { ...settings, extra: { stream_format: "audio" } } });
  const { openai, pipeline } = session;
  pipeline.push(
    new TTSSpeakFrame("One."),
    new TTSUpdateSettingsFrame({ delta: { speed: 0.9, voice: "voice_123" } }),
    new TTSSpeakFrame("Two."),
  );
  await pipeline.until(TTSStoppedFrame, { count: 2 });
  const common = { response_format: "pcm", stream_format: "audio" };
  assertEquals(openai.requests.map(({ body }) => body), [
    { input: "One.", ...settings, ...common },
    { input: "Two.", ...settings, speed: 0.9, voice: "voice_123", ...common },
  ]);
});

Deno.test("OpenAITTSService asks at an address with a slash behind it, and leaves out what is empty", async () => {
  await using openai = new FakeOpenAI();
  const settings = { instructions: "", speed: 0 };
  const { apiKey, url } = openai;
  const tts = new OpenAITTSService({ apiKey, baseUrl: `${url}/`, settings });
  await using pipeline = new TestPipeline([tts]);
  pipeline.push(new TTSSpeakFrame("Hello."));
  await pipeline.until(TTSStoppedFrame);
  assertEquals(Object.keys(openai.requests[0]?.body ?? {}), [
    "model",
    "voice",
    "input",
    "response_format",
  ]);
});

Deno.test("OpenAITTSService says who asks, and what headers were given", async () => {
  await using session = start({
    organization: "org-1",
    project: "proj-2",
    defaultHeaders: { "X-Trace": "7" },
  });
  session.pipeline.push(new TTSSpeakFrame("Hello."));
  await session.pipeline.until(TTSStoppedFrame);
  const [request] = session.openai.requests;
  const names = ["authorization", "openai-organization", "openai-project", "x-trace"];
  assertEquals(names.map((name) => request?.headers.get(name)), [
    `Bearer ${session.openai.apiKey}`,
    "org-1",
    "proj-2",
    "7",
  ]);
});

Deno.test("OpenAITTSService loses no sample, however the network cuts them", async () => {
  await using session = start();
  const text = "A text of thirty-one characters";
  session.pipeline.push(new TTSSpeakFrame(text));
  await session.pipeline.until(TTSStoppedFrame);
  const samples = session.pipeline.of(TTSAudioRawFrame).flatMap(({ audio }) => [...audio]);
  // What the fake says, sample for sample.
  const tone = (i: number) => Math.round(8_000 * Math.sin(2 * Math.PI * 220 * i / 24_000));
  assertEquals(samples.length, text.length * 60 * 24);
  assert(samples.every((sample, i) => sample === tone(i)));
});

Deno.test("OpenAITTSService speaks sentences while the model still writes", async () => {
  await using session = start();
  session.pipeline.push(new TTSSpeakFrame("One. Two. Three."));
  await session.pipeline.until(TTSStoppedFrame);
  assertEquals(session.openai.requests.map(({ body }) => body.input), ["One.", "Two.", "Three."]);
  assertEquals(session.pipeline.of(LLMFullResponseEndFrame), []);
});

Deno.test("OpenAITTSService says what a refused voice means", async () => {
  await using session = start();
  session.openai.speech({ status: 400, code: "invalid_voice" });
  session.pipeline.push(new TTSSpeakFrame("Hello."));
  await session.pipeline.until(TTSStoppedFrame);
  assertEquals(session.pipeline.errors.map(({ error }) => error), [
    "Cannot speak with OpenAI: the request was not accepted (400, invalid_voice)",
  ]);
});

Deno.test("OPENAI_VOICES are sorted, and each stands once", () => {
  assertEquals([...OPENAI_VOICES], [...new Set(OPENAI_VOICES)].sort());
});
