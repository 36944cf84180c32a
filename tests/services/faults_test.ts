/**
 * Proves the contract suites: services with a planted fault each must turn
 * exactly those cases red that are about it, and sound ones none.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { InterruptionFrame, LLMTextFrame } from "../../frames/mod.ts";
import type { LLMEvent, LLMRequest } from "../../services/llm/mod.ts";
import {
  OpenAILLMService,
  type OpenAILLMServiceOptions,
  OpenAISTTService,
  type OpenAISTTServiceOptions,
  OpenAITTSService,
  type OpenAITTSServiceOptions,
} from "../../services/openai/mod.ts";
import type { SegmentListener, Transcript } from "../../services/stt/mod.ts";
import type { SpeechEvent, SpeechRequest } from "../../services/tts/mod.ts";
import {
  type ContractCase,
  FakeOpenAI,
  llmContract,
  runCase,
  sttContract,
  ttsContract,
} from "../../testing/mod.ts";

const NEVER = new AbortController().signal;

/** Names of the cases that fail. */
async function red(cases: readonly ContractCase[]): Promise<string[]> {
  const failed: string[] = [];
  for (const contractCase of cases) {
    if (contractCase.skip !== undefined) continue;
    try {
      await runCase(contractCase, { timeoutMs: 2_000 });
    } catch {
      failed.push(contractCase.id);
    }
  }
  return failed;
}

/** A service with a fault leaves things behind, which is not what is tested here. */
function proof(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, fn, sanitizeOps: false, sanitizeResources: false });
}

// Language models

class SoundLLM extends OpenAILLMService {}

/** Never closes a request. */
class DeafLLM extends OpenAILLMService {
  protected override generate(request: LLMRequest): AsyncIterable<LLMEvent> {
    return super.generate({ ...request, signal: NEVER });
  }
}

/** Pushes text in a way that no interruption stops. */
class StubbornLLM extends OpenAILLMService {
  protected override async *generate(request: LLMRequest): AsyncIterable<LLMEvent> {
    for await (const event of super.generate({ ...request, signal: NEVER })) {
      if (event.type === "text") void this.lasting.push(new LLMTextFrame(event.text));
      else yield event;
    }
  }
}

/** Says everything at its end. */
class SlowLLM extends OpenAILLMService {
  protected override async *generate(request: LLMRequest): AsyncIterable<LLMEvent> {
    let text = "";
    for await (const event of super.generate(request)) {
      if (event.type === "text") text += event.text;
      else yield event;
    }
    yield { type: "text", text };
  }
}

/** Takes a failure for an answer. */
class CarelessLLM extends OpenAILLMService {
  protected override async *generate(request: LLMRequest): AsyncIterable<LLMEvent> {
    try {
      yield* super.generate(request);
    } catch {
      // That is the fault.
    }
  }
}

/** Shows its key to whoever reads logs. */
class TalkativeLLM extends OpenAILLMService {
  protected override async *generate(request: LLMRequest): AsyncIterable<LLMEvent> {
    try {
      yield* super.generate(request);
    } catch {
      throw new Error('Cannot get an answer: the key "fake-key" was refused');
    }
  }
}

/** Loses pieces of a call's arguments. */
class ForgetfulLLM extends OpenAILLMService {
  protected override async *generate(request: LLMRequest): AsyncIterable<LLMEvent> {
    let pieces = 0;
    for await (const event of super.generate(request)) {
      if (event.type !== "toolCall" || pieces++ !== 4) yield event;
    }
  }
}

/** Takes every call of an answer for the first. */
class ConfusedLLM extends OpenAILLMService {
  protected override async *generate(request: LLMRequest): AsyncIterable<LLMEvent> {
    for await (const event of super.generate(request)) {
      yield event.type === "toolCall" ? { ...event, index: 0, id: "same" } : event;
    }
  }
}

/** Does not count. */
class FreeLLM extends OpenAILLMService {
  protected override async *generate(request: LLMRequest): AsyncIterable<LLMEvent> {
    for await (const event of super.generate(request)) if (event.type !== "usage") yield event;
  }
}

/** Asks for the model it was made with, whatever its settings say. */
class StuckLLM extends OpenAILLMService {
  protected override generate(request: LLMRequest): AsyncIterable<LLMEvent> {
    return super.generate({ ...request, settings: { ...request.settings, model: "gpt-4.1" } });
  }
}

/** Leaves a timer behind. */
class MessyLLM extends OpenAILLMService {
  protected override generate(request: LLMRequest): AsyncIterable<LLMEvent> {
    this.clock.timer(3_600_000, () => {});
    return super.generate(request);
  }
}

type LLMClass = new (options?: OpenAILLMServiceOptions) => OpenAILLMService;

const LLM_FAULTS: readonly [what: string, LLMClass, red: readonly string[]][] = [
  ["a sound model", SoundLLM, []],
  ["a model that closes no request", DeafLLM, ["interruption", "stall", "close"]],
  ["a model whose text no interruption stops", StubbornLLM, [
    "interruption",
    "stall",
    "metrics",
    "settings",
    "close",
  ]],
  ["a model that says everything at its end", SlowLLM, [
    "answer",
    "interruption",
    "interruptedCalls",
  ]],
  ["a model that hides failures", CarelessLLM, ["refusal", "drop", "garbage"]],
  ["a model that shows its key", TalkativeLLM, ["refusal", "drop", "garbage"]],
  ["a model that loses pieces of calls", ForgetfulLLM, ["calls"]],
  ["a model that confuses its calls", ConfusedLLM, ["calls"]],
  ["a model that does not count", FreeLLM, ["metrics"]],
  ["a model that heeds no settings", StuckLLM, ["settings"]],
  ["a model that leaves a timer behind", MessyLLM, ["close"]],
];

for (const [what, Service, expected] of LLM_FAULTS) {
  proof(`testLLM sees ${what}`, async () => {
    const cases = llmContract({
      name: what,
      key: { env: "OPENAI_API_KEY", make: () => new Service() },
      open: () => {
        const openai = new FakeOpenAI();
        const { apiKey, url: baseUrl } = openai;
        return {
          make: (options) => new Service({ apiKey, baseUrl, maxRetries: 0, ...options }),
          provider: {
            script: (...answers) => openai.chat(...answers),
            stuck: () => openai.stuck(),
            closed: () => openai.settled(),
            askedModel: () => openai.requests.at(-1)?.body.model,
            secrets: [apiKey],
          },
          [Symbol.asyncDispose]: () => openai.close(),
        };
      },
    });
    assertEquals(await red(cases), expected);
  });
}

proof("testLLM sees a model that asks for no key", async () => {
  const cases = llmContract({
    name: "keyless",
    key: { env: "OPENAI_API_KEY", make: () => new OpenAILLMService({ apiKey: "built in" }) },
    open: () => {
      throw new Error("Cannot open a provider: this is about the key");
    },
  });
  assertEquals(await red(cases.slice(0, 1)), ["key"]);
});

// Voices

class SoundTTS extends OpenAITTSService {}

/** Never closes a request. */
class DeafTTS extends OpenAITTSService {
  protected override synthesize(request: SpeechRequest): AsyncIterable<SpeechEvent> {
    return super.synthesize({ ...request, signal: NEVER });
  }
}

/** Says nothing, at length. */
class MuteTTS extends OpenAITTSService {
  protected override async *synthesize(request: SpeechRequest): AsyncIterable<SpeechEvent> {
    for await (const event of super.synthesize(request)) {
      yield event.type === "audio" ? { ...event, audio: event.audio.map(() => 0) } : event;
    }
  }
}

/** Speaks at its own rate, whatever is asked for. */
class HastyTTS extends OpenAITTSService {
  protected override synthesize(request: SpeechRequest): AsyncIterable<SpeechEvent> {
    return super.synthesize({ ...request, sampleRate: 24_000 });
  }
}

/** Takes a connection that breaks for the end. */
class CarelessTTS extends OpenAITTSService {
  protected override async *synthesize(request: SpeechRequest): AsyncIterable<SpeechEvent> {
    for await (const event of super.synthesize(request)) {
      if (event.type !== "broken") yield event;
    }
  }
}

/** Comes but once. */
class ShyTTS extends OpenAITTSService {
  constructor(options: OpenAITTSServiceOptions = {}) {
    super({ ...options, maxRetries: 0 });
  }
}

/** Says that its words come later than they do. */
class LateTTS extends OpenAITTSService {
  protected override async *synthesize(request: SpeechRequest): AsyncIterable<SpeechEvent> {
    const words = request.text.split(/\s+/);
    yield {
      type: "words",
      words: words.map((text, i) => ({ text, startMs: i * 9_000, endMs: (i + 1) * 9_000 })),
    };
    yield* super.synthesize(request);
  }
}

/** Keeps the voice it was made with. */
class StuckTTS extends OpenAITTSService {
  readonly #voice = super.settings.voice;

  override get settings() {
    return { ...super.settings, voice: this.#voice };
  }
}

/** Goes on behind its own end. */
class EndlessTTS extends OpenAITTSService {
  protected override async *synthesize(request: SpeechRequest): AsyncIterable<SpeechEvent> {
    yield* super.synthesize(request);
    yield* super.synthesize({ ...request, text: "And so on, and so on, and so on, for ever." });
    yield* super.synthesize({ ...request, text: "And so on, and so on, and so on, for ever." });
  }
}

type TTSClass = new (options?: OpenAITTSServiceOptions) => OpenAITTSService;

const TTS_FAULTS: readonly [what: string, TTSClass, red: readonly string[]][] = [
  ["a sound voice", SoundTTS, []],
  ["a voice that closes no request", DeafTTS, ["interruption", "stall", "close"]],
  ["a voice that cannot be heard", MuteTTS, ["speech"]],
  ["a voice that speaks at its own rate", HastyTTS, ["rate"]],
  ["a voice that takes a break for the end", CarelessTTS, ["drop"]],
  ["a voice that gives up at once", ShyTTS, ["busy"]],
  ["a voice whose words come late", LateTTS, ["words", "drop"]],
  ["a voice that heeds no settings", StuckTTS, ["settings"]],
  ["a voice that says more than it should", EndlessTTS, ["speech"]],
];

for (const [what, Service, expected] of TTS_FAULTS) {
  proof(`testTTS sees ${what}`, async () => {
    const cases = ttsContract({
      name: what,
      key: { env: "OPENAI_API_KEY", make: () => new Service() },
      skip: { slow: "the fake says no more than it is asked for" },
      open: () => {
        const openai = new FakeOpenAI();
        const { apiKey, url: baseUrl } = openai;
        return {
          make: (options) => new Service({ apiKey, baseUrl, ...options }),
          provider: {
            script: (...answers) =>
              openai.speech(
                ...answers.map(({ status, trouble }) => {
                  if (trouble === "silence") return { trouble: "stall", characterMs: 0 } as const;
                  const isOfHTTP = trouble === "stall" || trouble === "drop";
                  return { status, trouble: isOfHTTP ? trouble : undefined };
                }),
              ),
            stuck: () => openai.stuck(),
            closed: () => openai.settled(),
            askedVoice: () => openai.requests.at(-1)?.body.voice,
            secrets: [apiKey],
          },
          [Symbol.asyncDispose]: () => openai.close(),
        };
      },
    });
    assertEquals(await red(cases), expected);
  });
}

// Recognisers

class SoundSTT extends OpenAISTTService {}

/** Lets an interruption stop what interrupts. */
class TimidSTT extends OpenAISTTService {
  #given = new AbortController();

  constructor(options: OpenAISTTServiceOptions = {}) {
    super(options);
    this.onInterruption(() => this.#given.abort());
    this.handle(InterruptionFrame, () => {
      this.#given = new AbortController();
    });
  }

  protected override transcribe(audio: Int16Array, signal: AbortSignal): Promise<Transcript> {
    return super.transcribe(audio, AbortSignal.any([signal, this.#given.signal]));
  }
}

/** Waits for nobody, and thinks longer about what came first. */
class HastySTT extends OpenAISTTService {
  #segments = 0;

  protected override listen(): SegmentListener {
    const { feed, finish } = super.listen();
    const thinkMs = this.#segments++ === 0 ? 2_000 : 0;
    return {
      feed,
      finish: () => {
        void this.#think(finish(this.lifeSignal), thinkMs);
        return Promise.resolve(undefined);
      },
    };
  }

  async #think(heard: Promise<Transcript | undefined>, ms: number): Promise<void> {
    try {
      const transcript = await heard;
      await this.clock.sleep(ms);
      if (transcript) this.pushTranscript(transcript, { finalized: true });
    } catch (error) {
      if (!this.lifeSignal.aborted) this.reportFailure("transcribe", error);
    }
  }
}

/** Hears words where there are none. */
class DreamySTT extends OpenAISTTService {
  protected override async transcribe(
    audio: Int16Array,
    signal: AbortSignal,
  ): Promise<Transcript> {
    const heard = await super.transcribe(audio, signal);
    return { ...heard, text: heard.text || "Thank you for watching." };
  }
}

/** Takes a failure for silence. */
class CarelessSTT extends OpenAISTTService {
  protected override async transcribe(
    audio: Int16Array,
    signal: AbortSignal,
  ): Promise<Transcript> {
    try {
      return await super.transcribe(audio, signal);
    } catch {
      return { text: "" };
    }
  }
}

/** Never closes a request. */
class DeafSTT extends OpenAISTTService {
  protected override transcribe(audio: Int16Array): Promise<Transcript> {
    return super.transcribe(audio, NEVER);
  }
}

/** Keeps the language it was made with. */
class StuckSTT extends OpenAISTTService {
  override get settings() {
    return { ...super.settings, language: "en" };
  }
}

type STTClass = new (options?: OpenAISTTServiceOptions) => OpenAISTTService;

const STT_FAULTS: readonly [what: string, STTClass, red: readonly string[]][] = [
  ["a sound recogniser", SoundSTT, []],
  ["a recogniser that an interruption stops", TimidSTT, ["interruption"]],
  ["a recogniser that loses the order", HastySTT, ["order", "stall"]],
  ["a recogniser that hears what is not there", DreamySTT, ["nothing"]],
  ["a recogniser that hides failures", CarelessSTT, ["refusal", "drop", "garbage"]],
  // The engine of requests has a time limit of its own.
  ["a recogniser that closes no request", DeafSTT, ["close"]],
  ["a recogniser that heeds no settings", StuckSTT, ["settings"]],
];

for (const [what, Service, expected] of STT_FAULTS) {
  proof(`testSTT sees ${what}`, async () => {
    const cases = sttContract({
      name: what,
      key: { env: "OPENAI_API_KEY", make: () => new Service() },
      open: () => {
        const openai = new FakeOpenAI();
        const { apiKey, url: baseUrl } = openai;
        return {
          make: (options) => new Service({ apiKey, baseUrl, maxRetries: 0, ...options }),
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
    assertEquals(await red(cases), expected);
  });
}
