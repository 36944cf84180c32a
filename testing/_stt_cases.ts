import { assert, assertEquals } from "@std/assert";
import {
  InputAudioRawFrame,
  InterruptionFrame,
  STTUpdateSettingsFrame,
  TranscriptionFrame,
  VADUserStoppedSpeakingFrame,
} from "../frames/mod.ts";
import type { STTService } from "../services/stt/mod.ts";
import { type CaseName, checkClosed, checkError, checkKey } from "./_contract_checks.ts";
import { ContractSession } from "./_contract_session.ts";
import {
  checkHeard,
  checkHearingMetrics,
  say,
  SCRIPTED_SPEECH,
  SPEECH_RATE,
} from "./_contract_speech.ts";
import type {
  STTContract,
  STTContractAnswer,
  STTContractCase,
  STTContractRecording,
  STTContractSubject,
} from "./stt_contract.ts";

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
  busy: {
    name: "comes again when there were too many requests, and loses nothing",
    provider: true,
  },
  drop: { name: "comes again when a connection breaks, and loses nothing", provider: true },
  garbage: { name: "reports an answer it cannot read, and hears what comes after", provider: true },
  stall: { name: "gives up a provider that stalls, and hears what comes after", provider: true },
  metrics: { name: "measures its answer, its work and the seconds it heard" },
  settings: { name: "takes changed settings for what is said next" },
  close: { name: "closes at once, and leaves nothing behind" },
};

type Session = ContractSession<STTContractSubject, STTService>;

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
      busy: () => this.#comesAgain({ status: 429 }),
      drop: () => this.#comesAgain({ trouble: "drop" }),
      garbage: () => this.#trouble({ trouble: "garbage" }),
      stall: () => this.#stall(),
      metrics: () => this.#metrics(),
      settings: () => this.#settings(),
      close: () => this.#close(),
    };
  }

  async #transcript(): Promise<void> {
    await using session = await this.#start(this.#first);
    const { pipeline } = session;
    await say(pipeline, this.#first);
    const frame = await pipeline.until(TranscriptionFrame);
    checkHeard(frame, this.#first);
    assertEquals(frame.finalized, true);
    assert(!Number.isNaN(Date.parse(frame.timestamp)), `"${frame.timestamp}" is no date`);
    assertEquals(pipeline.of(InputAudioRawFrame).length > 0, true, "audio passes on");
    assertEquals(pipeline.errors, []);
    session.checkSecrets(this.#first.text);
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
    await say(session.pipeline, this.#first);
    await say(session.pipeline, this.#second);
    await this.#recovers(session);
  }

  async #comesAgain(trouble: STTContractAnswer): Promise<void> {
    await using session = await this.#start(trouble, this.#first, this.#second);
    const { pipeline } = session;
    await say(pipeline, this.#first);
    const before = pipeline.clock.now();
    checkHeard(await pipeline.until(TranscriptionFrame), this.#first);
    assert(pipeline.clock.now() - before >= 100, "it came again at once");
    await say(pipeline, this.#second);
    await pipeline.until(TranscriptionFrame, { count: 2 });
    checkHeard(pipeline.of(TranscriptionFrame)[1], this.#second);
    assertEquals(pipeline.errors.map(({ error }) => error), []);
    session.checkSecrets(this.#first.text);
  }

  async #stall(): Promise<void> {
    const answers = [{ trouble: "stall" } as const, this.#second];
    await using session = await this.#open({ transcribeTimeoutMs: 2_000 }, answers);
    const { pipeline, subject: { provider } } = session;
    if (!provider) return;
    await session.getStuck(provider, () => say(pipeline, this.#first));
    await say(pipeline, this.#second);
    await session.givesUp();
    assertEquals(pipeline.of(TranscriptionFrame), [], "it does not wait for its turn");
    await this.#recovers(session);
  }

  /** What was said first is lost and said to be, and the second is as if nothing had happened. */
  async #recovers(session: Session): Promise<void> {
    const { pipeline } = session;
    const frame = await pipeline.until(TranscriptionFrame);
    checkHeard(frame, this.#second);
    checkError(pipeline, session.secrets(this.#first.text));
    assertEquals(pipeline.of(TranscriptionFrame).length, 1);
  }

  async #metrics(): Promise<void> {
    await using session = await this.#start(this.#first);
    const { pipeline, service } = session;
    await say(pipeline, this.#first);
    await pipeline.until(TranscriptionFrame);
    const { audio, sampleRate } = this.#first;
    checkHearingMetrics(pipeline, service, { secs: audio.length / sampleRate, within: 0.6 });
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
    await session.closed(1_000);
  }

  #start(...answers: readonly STTContractAnswer[]): Promise<Session> {
    return this.#open({}, answers);
  }

  async #open(
    options: { readonly transcribeTimeoutMs?: number },
    answers: readonly STTContractAnswer[],
  ): Promise<Session> {
    const subject = await this.#contract.open();
    subject.provider?.script(
      ...answers.map(({ text, status, trouble }) => ({ text, status, trouble })),
    );
    return new ContractSession(subject, subject.make(options));
  }
}
