import { assertEquals } from "@std/assert";
import {
  InputAudioRawFrame,
  TranscriptionFrame,
  VADUserStartedSpeakingFrame,
  VADUserStoppedSpeakingFrame,
} from "../../frames/mod.ts";
import { FakeOpenAI, TestPipeline, testSTT } from "../../testing/mod.ts";
import { OpenAISTTService, type OpenAISTTServiceOptions } from "./mod.ts";

testSTT({
  name: "OpenAISTTService",
  key: { env: "OPENAI_API_KEY", make: () => new OpenAISTTService() },
  open: () => {
    const openai = new FakeOpenAI();
    const { apiKey, url: baseUrl } = openai;
    return {
      make: (options) => new OpenAISTTService({ apiKey, baseUrl, ...options }),
      provider: {
        script: (...answers) => openai.transcription(...answers),
        stuck: () => openai.stuck(),
        closed: () => openai.settled(),
        askedLanguage: () => openai.requests.at(-1)?.body.language,
        secrets: [apiKey],
      },
      [Symbol.asyncDispose]: () => openai.close(),
    };
  },
});

async function transcribe(options: OpenAISTTServiceOptions = {}, answer: object | string = "Hi") {
  await using openai = new FakeOpenAI();
  openai.transcription(answer);
  const { apiKey, url: baseUrl } = openai;
  const stt = new OpenAISTTService({ apiKey, baseUrl, ...options });
  await using pipeline = new TestPipeline([stt]);
  const audio = Int16Array.from({ length: 3_200 }, (_, i) => i);
  pipeline.push(
    new VADUserStartedSpeakingFrame(),
    new InputAudioRawFrame(audio, { sampleRate: 16_000 }),
    new VADUserStoppedSpeakingFrame(),
  );
  await pipeline.wait(
    () => pipeline.of(TranscriptionFrame).length + pipeline.errors.length > 0,
    { doing: "hear it" },
  );
  const [request] = openai.requests;
  return {
    body: request?.body,
    audio: request?.audio,
    sent: audio,
    frame: pipeline.of(TranscriptionFrame)[0],
    errors: pipeline.errors.map(({ error }) => error),
  };
}

const FILE = { name: "audio.wav", type: "audio/wav", size: 6_444 };

Deno.test("OpenAISTTService sends the segment as WAV, and nothing that was not set", async () => {
  const { body, audio, sent } = await transcribe();
  assertEquals(body, { model: "gpt-4o-transcribe", language: "en", file: FILE });
  assertEquals([audio?.sampleRate, audio?.numChannels], [16_000, 1]);
  assertEquals(audio?.samples, sent);
});

Deno.test("OpenAISTTService sends what its settings say", async () => {
  const { body } = await transcribe({
    includeProbMetrics: true,
    settings: {
      model: "gpt-4o-mini-transcribe",
      language: "pt-BR",
      prompt: "Expect wires.",
      temperature: 0.2,
      extra: { chunking_strategy: "auto" },
    },
  });
  assertEquals(body, {
    model: "gpt-4o-mini-transcribe",
    language: "pt",
    prompt: "Expect wires.",
    temperature: 0.2,
    include: ["logprobs"],
    response_format: "json",
    chunking_strategy: "auto",
    file: FILE,
  });
});

Deno.test("OpenAISTTService has the language found out when it is null", async () => {
  const { body, frame } = await transcribe({ settings: { language: null } });
  assertEquals(body, { model: "gpt-4o-transcribe", file: FILE });
  assertEquals(frame?.language, undefined);
});

Deno.test("OpenAISTTService asks whisper for its long answer to know how sure it was", async () => {
  const { body } = await transcribe({
    includeProbMetrics: true,
    settings: { model: "whisper-1" },
  });
  assertEquals(body?.response_format, "verbose_json");
});

Deno.test("OpenAISTTService gives the whole answer along with its words", async () => {
  const more = { logprobs: [{ token: "Hi", logprob: -0.1 }] };
  const { frame } = await transcribe({}, { text: " Hi ", more });
  assertEquals([frame?.text, frame?.language, frame?.finalized], ["Hi", "en", true]);
  assertEquals(frame?.result, { text: " Hi ", ...more });
});

Deno.test("OpenAISTTService says that an answer has no words in it", async () => {
  const { errors } = await transcribe({}, { more: { text: 7 } });
  assertEquals(errors, ["Cannot transcribe with OpenAI: its answer has no text"]);
});

Deno.test("OpenAISTTService knows how long it takes at worst", () => {
  assertEquals(new OpenAISTTService({ apiKey: "key" }).ttfsP99LatencySecs, 2.01);
  const own = new OpenAISTTService({ apiKey: "key", ttfsP99LatencySecs: 1.5 });
  assertEquals(own.ttfsP99LatencySecs, 1.5);
});
