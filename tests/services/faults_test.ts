/**
 * Proves the contract suites: services with a planted fault each must turn
 * exactly those cases red that are about it, and sound ones none.
 *
 * @module
 */
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
  FakeOpenAI,
  llmContract,
  sttContract,
  ttsContract,
  type TTSContractAnswer,
} from "../../testing/mod.ts";
import { type PlantedFault, proveCases, proveContract } from "./_proof.ts";

const NEVER = new AbortController().signal;

/** Opens a service on a fake of OpenAI's, as a contract wants it, with what is its own of a provider. */
function openOnFake<Service, Own>(
  make: (options: { readonly apiKey: string; readonly baseUrl: string }) => Service,
  own: (openai: FakeOpenAI) => Own,
) {
  const openai = new FakeOpenAI();
  const { apiKey, url: baseUrl } = openai;
  return {
    make: (options: object) => make({ apiKey, baseUrl, ...options }),
    provider: {
      stuck: () => openai.stuck(),
      closed: () => openai.settled(),
      secrets: [apiKey],
      ...own(openai),
    },
    [Symbol.asyncDispose]: () => openai.close(),
  };
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

/** Waits for ever for a provider that is stuck. */
class PatientLLM extends OpenAILLMService {
  constructor(options: OpenAILLMServiceOptions = {}) {
    super({ ...options, stallTimeoutMs: 3_600_000 });
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

const LLM_FAULTS: readonly PlantedFault<LLMClass>[] = [
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
  ["a model that waits for ever", PatientLLM, ["stall"]],
  ["a model that leaves a timer behind", MessyLLM, ["close"]],
];

proveContract("testLLM", LLM_FAULTS, (Service, name) =>
  llmContract({
    name,
    key: { env: "OPENAI_API_KEY", make: () => new Service() },
    open: () =>
      openOnFake((options) => new Service({ maxRetries: 0, ...options }), (openai) => ({
        script: openai.chat.bind(openai),
        askedModel: () => openai.requests.at(-1)?.body.model,
      })),
  }));

proveCases("testLLM sees a model that asks for no key", () => {
  const cases = llmContract({
    name: "keyless",
    key: { env: "OPENAI_API_KEY", make: () => new OpenAILLMService({ apiKey: "built in" }) },
    open: () => {
      throw new Error("Cannot open a provider: this is about the key");
    },
  });
  return cases.slice(0, 1);
}, ["key"]);

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

const TTS_FAULTS: readonly PlantedFault<TTSClass>[] = [
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

proveContract("testTTS", TTS_FAULTS, (Service, name) =>
  ttsContract({
    name,
    key: { env: "OPENAI_API_KEY", make: () => new Service() },
    skip: { slow: "the fake says no more than it is asked for" },
    open: () =>
      openOnFake((options) => new Service(options), (openai) => ({
        script: (...answers: readonly TTSContractAnswer[]) =>
          openai.speech(
            ...answers.map(({ status, trouble }) => {
              if (trouble === "silence") return { trouble: "stall", characterMs: 0 } as const;
              const isOfHTTP = trouble === "stall" || trouble === "drop";
              return { status, trouble: isOfHTTP ? trouble : undefined };
            }),
          ),
        askedVoice: () => openai.requests.at(-1)?.body.voice,
      })),
  }));

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

/** Comes but once. */
class ShySTT extends OpenAISTTService {
  constructor(options: OpenAISTTServiceOptions = {}) {
    super({ ...options, maxRetries: 0 });
  }
}

/** Never closes a request. */
class DeafSTT extends OpenAISTTService {
  protected override transcribe(audio: Int16Array): Promise<Transcript> {
    return super.transcribe(audio, NEVER);
  }
}

/** Waits for ever for a provider that is stuck. */
class PatientSTT extends OpenAISTTService {
  constructor(options: OpenAISTTServiceOptions = {}) {
    super({ ...options, transcribeTimeoutMs: 3_600_000 });
  }
}

/** Keeps the language it was made with. */
class StuckSTT extends OpenAISTTService {
  override get settings() {
    return { ...super.settings, language: "en" };
  }
}

type STTClass = new (options?: OpenAISTTServiceOptions) => OpenAISTTService;

const STT_FAULTS: readonly PlantedFault<STTClass>[] = [
  ["a sound recogniser", SoundSTT, []],
  ["a recogniser that an interruption stops", TimidSTT, ["interruption"]],
  ["a recogniser that loses the order", HastySTT, ["order", "stall"]],
  ["a recogniser that hears what is not there", DreamySTT, ["nothing"]],
  ["a recogniser that hides failures", CarelessSTT, ["refusal", "garbage"]],
  ["a recogniser that gives up at once", ShySTT, ["busy", "drop"]],
  ["a recogniser that closes no request", DeafSTT, ["stall", "close"]],
  ["a recogniser that waits for ever", PatientSTT, ["stall"]],
  ["a recogniser that heeds no settings", StuckSTT, ["settings"]],
];

proveContract("testSTT", STT_FAULTS, (Service, name) =>
  sttContract({
    name,
    key: { env: "OPENAI_API_KEY", make: () => new Service() },
    open: () =>
      openOnFake((options) => new Service(options), (openai) => ({
        script: openai.transcription.bind(openai),
        askedLanguage: () => openai.requests.at(-1)?.body.language,
      })),
  }));
