import { assert, assertEquals } from "@std/assert";
import { systemClock } from "../async/mod.ts";
import {
  InputAudioRawFrame,
  InterruptionFrame,
  MetricsFrame,
  STTUpdateSettingsFrame,
  TranscriptionFrame,
  VADUserStoppedSpeakingFrame,
} from "../frames/mod.ts";
import type { STTService } from "../services/stt/mod.ts";
import {
  type CaseName,
  checkClosed,
  checkError,
  checkKey,
  checkSecrets,
  inTime,
} from "./_contract_checks.ts";
import { checkHeard, say, SCRIPTED_SPEECH, SPEECH_RATE } from "./_contract_speech.ts";
import type {
  STTContract,
  STTContractAnswer,
  STTContractCase,
  STTContractRecording,
  STTContractSubject,
} from "./stt_contract.ts";
import { TestPipeline, type TestPipelineOptions } from "./test_pipeline.ts";

/** What each case shows. */
export const STT_CASES: Readonly<Record<STTContractCase, CaseName>> = {
  key: { name: "names the key it misses" },
  transcript: { name: "transcribes what was said" },
  order: { name: "keeps the order of what was said" },
  interruption: { name: "hears to its end what interrupts the bot" },
  nothing: { name: "says nothing where nothing was said, and hears what comes after" },
  refusal: {
    name: "reports a refusal once, without secrets, and hears what comes after",
    provider: true,
  },
  drop: { name: "reports a connection that breaks, and hears what comes after", provider: true },
  garbage: { name: "reports an answer it cannot read, and hears what comes after", provider: true },
  stall: { name: "gives up a provider that stalls, and hears what comes after", provider: true },
  metrics: { name: "measures its answer, its work and the seconds it heard" },
  settings: { name: "takes changed settings for what is said next" },
  close: { name: "closes at once, and leaves nothing behind" },
};

/** One case at work: a provider, a service, a pipeline. */
interface Session extends AsyncDisposable {
  readonly subject: STTContractSubject;
  readonly service: STTService;
  readonly pipeline: TestPipeline;
}

/** The cases of the contract of recognisers. */
export class STTCases {
  readonly #contract: STTContract;
  readonly #first: STTContractRecording;
  readonly #second: STTContractRecording;

  constructor(contract: STTContract) {
    this.#contract = contract;
    [this.#first, this.#second] = contract.recordings ?? SCRIPTED_SPEECH;
  }

  /** How each case is shown. */
  runs(): Readonly<Record<STTContractCase, () => Promise<void>>> {
    return {
      key: () => Promise.resolve(checkKey(this.#contract.key)),
      transcript: () => this.#transcript(),
      order: () => this.#order(),
      interruption: () => this.#interruption(),
      nothing: () => this.#nothing(),
      refusal: () => this.#trouble({ status: 401 }),
      drop: () => this.#trouble({ trouble: "drop" }),
      garbage: () => this.#trouble({ trouble: "garbage" }),
      stall: () => this.#stall(),
      metrics: () => this.#metrics(),
      settings: () => this.#settings(),
      close: () => this.#close(),
    };
  }

  async #transcript(): Promise<void> {
    await using session = await this.#start(this.#first);
    const { pipeline, subject } = session;
    await say(pipeline, this.#first);
    const frame = await pipeline.until(TranscriptionFrame);
    checkHeard(frame, this.#first);
    assertEquals(frame.finalized, true);
    assert(!Number.isNaN(Date.parse(frame.timestamp)), `"${frame.timestamp}" is no date`);
    assertEquals(pipeline.of(InputAudioRawFrame).length > 0, true, "audio passes on");
    assertEquals(pipeline.errors, []);
    checkSecrets(pipeline, [this.#first.text, ...subject.provider?.secrets ?? []]);
  }

  async #order(): Promise<void> {
    await using session = await this.#start(this.#first, this.#second);
    const { pipeline } = session;
    await say(pipeline, this.#first);
    await say(pipeline, this.#second);
    await pipeline.until(TranscriptionFrame, { count: 2, withinMs: 60_000 });
    const [first, second] = pipeline.of(TranscriptionFrame);
    checkHeard(first, this.#first);
    checkHeard(second, this.#second);
  }

  async #interruption(): Promise<void> {
    await using session = await this.#start(this.#first);
    const { pipeline } = session;
    pipeline.when(VADUserStoppedSpeakingFrame, () => pipeline.interrupt());
    await say(pipeline, this.#first);
    const frame = await pipeline.until(TranscriptionFrame);
    checkHeard(frame, this.#first);
    const interrupted = pipeline.down.findIndex((f) => f instanceof InterruptionFrame);
    assert(interrupted >= 0 && pipeline.down.indexOf(frame) > interrupted);
    assertEquals(pipeline.errors, []);
  }

  async #nothing(): Promise<void> {
    await using session = await this.#start({ text: "" }, this.#first);
    const { pipeline } = session;
    const silence = new Int16Array(SPEECH_RATE / 2);
    await say(pipeline, { audio: silence, sampleRate: SPEECH_RATE, text: "" });
    await say(pipeline, this.#first);
    await pipeline.until(TranscriptionFrame, { withinMs: 60_000 });
    await pipeline.settle();
    const frames = pipeline.of(TranscriptionFrame);
    assertEquals(frames.length, 1);
    checkHeard(frames[0], this.#first);
    assertEquals(pipeline.errors, []);
  }

  async #trouble(trouble: STTContractAnswer): Promise<void> {
    await using session = await this.#start(trouble, this.#second);
    await this.#recovers(session);
  }

  async #stall(): Promise<void> {
    const answers = [{ trouble: "stall" } as const, this.#second];
    await using session = await this.#open({ clock: systemClock }, answers);
    await this.#recovers(session);
    await inTime(closed(session), 1_000, "see the request closed");
  }

  /** What was said first is lost and said to be, and the second is as if nothing had happened. */
  async #recovers({ pipeline, subject }: Session): Promise<void> {
    await say(pipeline, this.#first);
    await say(pipeline, this.#second);
    const frame = await pipeline.until(TranscriptionFrame);
    checkHeard(frame, this.#second);
    checkError(pipeline, [this.#first.text, ...subject.provider?.secrets ?? []]);
    assertEquals(pipeline.of(TranscriptionFrame).length, 1);
  }

  async #metrics(): Promise<void> {
    await using session = await this.#start(this.#first);
    const { pipeline, service } = session;
    await say(pipeline, this.#first);
    await pipeline.until(TranscriptionFrame);
    const data = pipeline.of(MetricsFrame).flatMap((frame) => frame.data);
    assertEquals(data.map(({ type }) => type).sort(), ["processing", "stt_usage", "ttfb"]);
    for (const { processor, model } of data) {
      assertEquals([processor, model], [service.name, service.settings.model]);
    }
    const heard = data.find((d) => d.type === "stt_usage")?.value ?? NaN;
    const { audio, sampleRate } = this.#first;
    assert(Math.abs(heard - audio.length / sampleRate) < 0.6, `${heard} s were heard`);
    // The VAD needed 200 ms to be sure of the end.
    assert((data.find((d) => d.type === "ttfb")?.value ?? NaN) >= 0.2);
  }

  async #settings(): Promise<void> {
    await using session = await this.#start(this.#first);
    const { pipeline, service, subject } = session;
    pipeline.push(new STTUpdateSettingsFrame({ delta: { language: "fr-CA" } }));
    await pipeline.until(STTUpdateSettingsFrame);
    assertEquals(service.settings.language, "fr-CA");
    await say(pipeline, this.#first);
    await pipeline.until(TranscriptionFrame);
    if (subject.provider) assertEquals(subject.provider.askedLanguage(), "fr");
  }

  async #close(): Promise<void> {
    await using session = await this.#start({ trouble: "stall" });
    const { pipeline, subject } = session;
    const stuck = subject.provider?.stuck();
    await say(pipeline, this.#first);
    await (stuck ?? pipeline.until(VADUserStoppedSpeakingFrame));
    await checkClosed(pipeline);
    await inTime(closed(session), 1_000, "see the request closed");
  }

  #start(...answers: readonly STTContractAnswer[]): Promise<Session> {
    return this.#open({}, answers);
  }

  async #open(
    options: TestPipelineOptions,
    answers: readonly STTContractAnswer[],
  ): Promise<Session> {
    const subject = await this.#contract.open();
    subject.provider?.script(
      ...answers.map(({ text, status, trouble }) => ({ text, status, trouble })),
    );
    // Only a clock that runs by itself can be late.
    const service = subject.make(options.clock ? { transcribeTimeoutMs: 200 } : {});
    const params = { enableMetrics: true, enableUsageMetrics: true };
    const pipeline = new TestPipeline([service], { params, ...options });
    return {
      subject,
      service,
      pipeline,
      [Symbol.asyncDispose]: async () => {
        await pipeline.close();
        await subject[Symbol.asyncDispose]();
      },
    };
  }
}

/** Resolves when nothing of what the provider was asked is under way any more. */
async function closed({ subject }: Session): Promise<void> {
  await subject.provider?.closed();
}
