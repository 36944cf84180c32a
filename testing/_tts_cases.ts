import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { systemClock } from "../async/mod.ts";
import {
  AggregatedTextFrame,
  type Frame,
  InterruptionFrame,
  LLMFullResponseEndFrame,
  LLMFullResponseStartFrame,
  MetricsFrame,
  TTSAudioRawFrame,
  TTSStartedFrame,
  TTSStoppedFrame,
  TTSTextFrame,
  TTSUpdateSettingsFrame,
} from "../frames/mod.ts";
import {
  type CaseName,
  checkClosed,
  checkError,
  checkKey,
  checkSecrets,
  inTime,
} from "./_contract_checks.ts";
import { answer, audioMs, outline, spokenText } from "./_tts_frames.ts";
import { TestPipeline, type TestPipelineOptions } from "./test_pipeline.ts";
import { VirtualClock } from "./virtual_clock.ts";
import type {
  ContractVoice,
  TTSContract,
  TTSContractAnswer,
  TTSContractCase,
  TTSContractSubject,
} from "./tts_contract.ts";

const HELLO = "Hello there, how are you?";
const LONG = "Once upon a time there was a fisherman who lived with his wife by the sea. " +
  "Every day he went out and cast his net, and every day he came home with a few small fish. " +
  "One morning he caught a golden one, and the golden one began to speak.";
/** What is hard to follow: an amount, a time of day, abbreviations, marks, an emoji. */
const HARD =
  "It costs $12.50. See you at 3:45 p.m., Dr. Smith!\n\nWell (as I said): 🎉 great - bye…";

/** What each case shows. */
export const TTS_CASES: Readonly<Record<TTSContractCase, CaseName>> = {
  key: { name: "names the key it misses" },
  speech: { name: "speaks a sentence" },
  order: { name: "speaks sentences in order, as one utterance" },
  words: { name: "follows what the model wrote to the character" },
  audio: { name: "loses and repeats no audio", provider: true },
  rate: { name: "speaks at the rate of the output" },
  interruption: { name: "is silent once interrupted, and closes its requests" },
  late: { name: "drops what comes late of what was interrupted", provider: true },
  refusal: {
    name: "reports a refusal once, without secrets, and speaks the next answer",
    provider: true,
  },
  drop: { name: "reports a connection that breaks, and speaks the next answer", provider: true },
  garbage: { name: "goes on after messages that cannot be read", provider: true },
  slow: { name: "makes the provider wait for a reader that is slow", provider: true },
  stall: { name: "gives up a provider that stalls, and speaks the next answer", provider: true },
  metrics: { name: "measures its first audio and its characters" },
  settings: { name: "takes changed settings for the next sentence" },
  close: { name: "closes at once, and leaves nothing behind" },
};

/** One case at work: a provider, a service, a pipeline. */
interface Session extends AsyncDisposable {
  readonly subject: TTSContractSubject;
  readonly service: ContractVoice;
  readonly pipeline: TestPipeline;
}

/** The cases of the contract of voices. */
export class TTSCases {
  readonly #contract: TTSContract;

  constructor(contract: TTSContract) {
    this.#contract = contract;
  }

  /** How each case is shown. */
  runs(): Readonly<Record<TTSContractCase, () => Promise<void>>> {
    return {
      key: () => Promise.resolve(checkKey(this.#contract.key)),
      speech: () => this.#speech(),
      order: () => this.#order(),
      words: () => this.#words(),
      audio: () => this.#audio(),
      rate: () => this.#rate(),
      interruption: () => this.#interruption(),
      late: () => this.#late(),
      garbage: () => this.#garbage(),
      slow: () => this.#slow(),
      refusal: () => this.#trouble({ status: 401 }),
      drop: () => this.#contract.resumes ? this.#resume() : this.#trouble({ trouble: "drop" }),
      stall: () => this.#stall(),
      metrics: () => this.#metrics(),
      settings: () => this.#settings(),
      close: () => this.#close(),
    };
  }

  async #speech(): Promise<void> {
    await using session = await this.#start();
    const { pipeline, subject } = session;
    pipeline.push(...answer(HELLO));
    await pipeline.until(LLMFullResponseEndFrame);
    const spokenMs = audioMs(pipeline.down);
    // Between a hasty and a drowsy speaker.
    assert(spokenMs > HELLO.length * 20 && spokenMs < HELLO.length * 200, `${spokenMs} ms`);
    const loudest = pipeline.of(TTSAudioRawFrame)
      .reduce((most, { audio }) => audio.reduce((a, b) => Math.max(a, Math.abs(b)), most), 0);
    assert(loudest > 300, `nothing is louder than ${loudest}`);
    assertEquals(outline(pipeline.down), [
      LLMFullResponseStartFrame,
      TTSStartedFrame,
      AggregatedTextFrame,
      TTSAudioRawFrame,
      TTSStoppedFrame,
      LLMFullResponseEndFrame,
    ]);
    assertEquals(pipeline.errors, []);
    checkSecrets(pipeline, [HELLO, ...subject.provider?.secrets ?? []]);
  }

  async #order(): Promise<void> {
    await using session = await this.#start();
    const { pipeline } = session;
    pipeline.push(...answer("One. Two two two. Three."));
    await pipeline.until(LLMFullResponseEndFrame);
    const said = pipeline.of(AggregatedTextFrame).filter((f) => !(f instanceof TTSTextFrame));
    assertEquals(said.map(({ text }) => text), ["One.", "Two two two.", "Three."]);
    const contexts = [...pipeline.of(TTSAudioRawFrame), ...pipeline.of(TTSTextFrame)];
    assertEquals(new Set(contexts.map(({ contextId }) => contextId)).size, 1);
    for (const kind of [TTSStartedFrame, TTSStoppedFrame]) {
      assertEquals(pipeline.of<Frame>(kind).length, 1);
    }
    assertEquals(spokenText(pipeline.down), "One. Two two two. Three.");
  }

  async #words(): Promise<void> {
    await using session = await this.#start();
    const { pipeline } = session;
    pipeline.push(...answer(HARD));
    await pipeline.until(LLMFullResponseEndFrame);
    assertEquals(spokenText(pipeline.down), HARD);
    const ends = pipeline.of(TTSTextFrame).map(({ endMs = NaN }) => endMs);
    assert(ends.every((ms, i) => ms >= (ends[i - 1] ?? 0)), `words go back in time: ${ends}`);
    assert((ends.at(-1) ?? NaN) <= audioMs(pipeline.down) + 1, "a word ends after the audio");
    assert(ends.length >= 12, `only ${ends.length} words were told apart`);
  }

  /** Two answers back to back: all audio of each, in order, under its own name. */
  async #audio(): Promise<void> {
    await using session = await this.#start();
    const { pipeline, subject } = session;
    pipeline.push(...answer("One. Two two two. Three."), ...answer(HELLO));
    await pipeline.until(LLMFullResponseEndFrame, { count: 2 });
    const contexts = pipeline.of(TTSAudioRawFrame).map(({ contextId }) => contextId);
    const changes = contexts.filter((contextId, k) => contextId !== contexts[k - 1]);
    assertEquals(changes, pipeline.of(TTSStartedFrame).map(({ contextId }) => contextId));
    assertEquals(new Set(changes).size, 2);
    const spokenMs = subject.provider?.spokenMs?.();
    if (spokenMs !== undefined) assertAlmostEquals(audioMs(pipeline.down), spokenMs, 1);
  }

  /** A provider that goes on after it was stopped is not heard. */
  async #late(): Promise<void> {
    if (!this.#contract.resumes) return;
    await using session = await this.#start({ mischief: "late" });
    const { pipeline } = session;
    pipeline.when(TTSAudioRawFrame, () => pipeline.interrupt());
    pipeline.push(...answer(LONG));
    await pipeline.until(InterruptionFrame);
    await this.#closes(session);
    await this.#speaksNext(session);
    assertEquals(pipeline.errors, []);
  }

  async #garbage(): Promise<void> {
    if (!this.#contract.resumes) return;
    await using session = await this.#start({ mischief: "garbage" });
    const { pipeline, subject } = session;
    pipeline.push(...answer(LONG));
    await pipeline.until(LLMFullResponseEndFrame);
    assertEquals(spokenText(pipeline.down), LONG);
    assertEquals(pipeline.errors.map(({ error }) => error), []);
    const warned = pipeline.logged.some((line) => line.includes("left out"));
    assert(warned, "nobody was warned");
    checkSecrets(pipeline, ["{nope", ...subject.provider?.secrets ?? []]);
  }

  /** What nobody takes stays where it comes from. */
  async #slow(): Promise<void> {
    if (!this.#contract.resumes) return;
    await using session = await this.#start({ mischief: "flood" });
    const { pipeline, subject } = session;
    const taken = () => subject.provider?.floodedMs?.() ?? 0;
    pipeline.block();
    pipeline.push(...answer(HELLO));
    for (let before = -1; before !== taken() || before === 0;) {
      before = taken();
      for (let k = 0; k < 100; k++) await pipeline.settle();
      // A minute of audio is read ahead; the rest fits into what lies between.
      assert(taken() < 600_000, `${taken()} ms were taken`);
    }
    pipeline.interrupt();
    await this.#closes(session);
  }

  async #rate(): Promise<void> {
    const lengths: number[] = [];
    for (const audioOutSampleRate of [24_000, 16_000, 8_000]) {
      await using session = await this.#open({ params: { audioOutSampleRate } }, []);
      const { pipeline } = session;
      pipeline.push(...answer(HELLO));
      await pipeline.until(LLMFullResponseEndFrame);
      const rates = new Set(pipeline.of(TTSAudioRawFrame).map(({ sampleRate }) => sampleRate));
      assertEquals([...rates], [audioOutSampleRate]);
      lengths.push(audioMs(pipeline.down));
    }
    for (const ms of lengths) assertAlmostEquals(ms, lengths[0] ?? 0, 20);
  }

  async #interruption(): Promise<void> {
    await using session = await this.#start({ trouble: "stall" });
    const { pipeline } = session;
    pipeline.when(TTSAudioRawFrame, () => pipeline.interrupt());
    pipeline.push(...answer(LONG));
    await pipeline.until(InterruptionFrame);
    await this.#closes(session);
    await this.#speaksNext(session);
    assertEquals(pipeline.errors, []);
    await this.#interruptionBefore();
  }

  /** The same before there is any audio. */
  async #interruptionBefore(): Promise<void> {
    await using session = await this.#start({ trouble: "silence" });
    const { pipeline, subject } = session;
    const stuck = subject.provider?.stuck();
    if (!stuck) return;
    pipeline.push(...answer(HELLO));
    await stuck;
    pipeline.interrupt();
    await this.#closes(session);
    await this.#speaksNext(session);
  }

  async #closes(session: Session): Promise<void> {
    const { closeWithinMs = 50 } = this.#contract;
    await inTime(
      closed(session),
      closeWithinMs,
      "see the request closed",
    );
  }

  /** An answer is spoken, with nothing in it of what was before. */
  async #speaksNext({ pipeline }: Session): Promise<void> {
    const before = pipeline.down.length;
    const ends = pipeline.of(LLMFullResponseEndFrame).length;
    pipeline.push(...answer(HELLO));
    await pipeline.until(LLMFullResponseEndFrame, { count: ends + 1 });
    await pipeline.settle();
    const after = pipeline.down.slice(before).filter((f) => !(f instanceof MetricsFrame));
    assertEquals(spokenText(after), HELLO);
    assertEquals(outline(after), [
      LLMFullResponseStartFrame,
      TTSStartedFrame,
      AggregatedTextFrame,
      TTSAudioRawFrame,
      TTSStoppedFrame,
      LLMFullResponseEndFrame,
    ]);
    const started = after.find((f) => f instanceof TTSStartedFrame)?.contextId;
    for (const frame of after) {
      if (frame instanceof TTSAudioRawFrame) assertEquals(frame.contextId, started);
    }
  }

  async #trouble(trouble: TTSContractAnswer): Promise<void> {
    await using session = await this.#start(trouble);
    await this.#recovers(session);
  }

  async #stall(): Promise<void> {
    await using session = await this.#open({ clock: systemClock }, [{ trouble: "stall" }]);
    await this.#recovers(session);
    await inTime(closed(session), 1_000, "see the request closed");
  }

  /** A connection breaks, and nobody notices. */
  async #resume(): Promise<void> {
    await using whole = await this.#start();
    whole.pipeline.push(...answer(LONG));
    await whole.pipeline.until(LLMFullResponseEndFrame);
    await using session = await this.#start({ trouble: "drop" });
    const { pipeline } = session;
    pipeline.push(...answer(LONG));
    await pipeline.until(LLMFullResponseEndFrame);
    assertEquals(pipeline.errors.map(({ error }) => error), []);
    assertEquals(spokenText(pipeline.down), LONG);
    const wholeMs = audioMs(whole.pipeline.down);
    // A space at the seam is neither here nor there.
    const toleranceMs = this.#contract.resumes === "exactly" ? 100 : wholeMs / 10;
    assertAlmostEquals(audioMs(pipeline.down), wholeMs, toleranceMs);
    await this.#speaksNext(session);
  }

  /** The first answer ends in an error, and the second is as if nothing had happened. */
  async #recovers(session: Session): Promise<void> {
    const { pipeline, subject } = session;
    pipeline.push(...answer(HELLO));
    await pipeline.until(LLMFullResponseEndFrame);
    checkError(pipeline, [HELLO, ...subject.provider?.secrets ?? []]);
    assert(spokenText(pipeline.down) !== HELLO, "all of it counts as said");
    subject.provider?.relent?.();
    await this.#speaksNext(session);
    assertEquals(pipeline.errors.length, 1);
  }

  async #metrics(): Promise<void> {
    await using session = await this.#start();
    const { pipeline, service } = session;
    pipeline.push(...answer(HELLO));
    await pipeline.until(LLMFullResponseEndFrame);
    const data = pipeline.of(MetricsFrame).flatMap((frame) => frame.data);
    // When it is audible depends on the voice.
    const types = data.map(({ type }) => type).filter((type) => type !== "ttfa").sort();
    assertEquals(types, ["text_aggregation", "ttfb", "tts_usage"]);
    for (const { processor, model } of data) {
      assertEquals([processor, model], [service.name, service.settings.model]);
    }
    assertEquals(data.find(({ type }) => type === "tts_usage")?.value, HELLO.length);
  }

  async #settings(): Promise<void> {
    const { otherVoice: voice = "another-voice" } = this.#contract;
    await using session = await this.#start();
    const { pipeline, service, subject } = session;
    pipeline.push(
      ...answer(HELLO),
      new TTSUpdateSettingsFrame({ delta: { voice } }),
      ...answer(HELLO),
    );
    await pipeline.until(LLMFullResponseEndFrame, { count: 2 });
    assertEquals(service.settings.voice, voice);
    if (subject.provider) assertEquals(subject.provider.askedVoice(), voice);
    assertEquals(pipeline.errors, []);
  }

  async #close(): Promise<void> {
    const clock = new VirtualClock();
    await using session = await this.#open({ clock, patient: true }, [{ trouble: "silence" }]);
    const { pipeline, subject } = session;
    const stuck = subject.provider?.stuck();
    pipeline.push(...answer(LONG));
    await (stuck ?? pipeline.until(TTSAudioRawFrame));
    await checkClosed(pipeline);
    await inTime(closed(session), 1_000, "see the request closed");
  }

  #start(...answers: readonly TTSContractAnswer[]): Promise<Session> {
    return this.#open({}, answers);
  }

  async #open(
    { patient, ...options }: TestPipelineOptions & { readonly patient?: boolean },
    answers: readonly TTSContractAnswer[],
  ): Promise<Session> {
    const subject = await this.#contract.open();
    subject.provider?.script(...answers);
    // Only a clock that runs by itself can be late.
    const service = subject.make(options.clock && !patient ? { stallTimeoutMs: 200 } : {});
    const params = { enableMetrics: true, enableUsageMetrics: true, ...options.params };
    const clock = options.clock ?? (this.#contract.realTime ? systemClock : undefined);
    const pipeline = new TestPipeline([service], { ...options, clock, params });
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
