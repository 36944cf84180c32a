import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { LLMFullResponseEndFrame, TTSAudioRawFrame } from "../frames/mod.ts";
import { type CaseName, checkClosed } from "./_contract_checks.ts";
import { answer, audioMs, spokenText } from "./_tts_frames.ts";
import { HELLO, LONG, TTSSession, type TTSSessionOptions } from "./_tts_session.ts";
import type { TTSContract, TTSContractAnswer, TTSTroubleContractCase } from "./tts_contract.ts";

/** What each case shows that is about something which goes wrong, or is stopped. */
export const TTS_TROUBLE_CASES: Readonly<Record<TTSTroubleContractCase, CaseName>> = {
  interruption: { name: "is silent once interrupted, and closes its requests" },
  late: { name: "drops what comes late of what was interrupted", provider: true },
  refusal: {
    name: "reports a refusal once, without secrets, and speaks the next answer",
    provider: true,
  },
  busy: { name: "comes again when there were too many requests, and says all", provider: true },
  drop: { name: "loses and repeats nothing when a connection breaks", provider: true },
  halfClose: { name: "goes on when a connection is half closed", provider: true },
  oversized: { name: "goes on after a message that is too large", provider: true },
  garbage: { name: "goes on after messages that cannot be read", provider: true },
  slow: { name: "makes the provider wait for a reader that is slow", provider: true },
  stall: { name: "gives up a provider that stalls, and speaks the next answer", provider: true },
  close: { name: "closes at once, and leaves nothing behind" },
};

/** Milliseconds of audio that may be taken ahead, with all that fits into what lies between. */
const MAX_AHEAD_MS = 300_000;

/** The cases of the contract of voices about what goes wrong. */
export class TTSTroubleCases {
  readonly #contract: TTSContract;
  #wholeMs: number | undefined;

  constructor(contract: TTSContract) {
    this.#contract = contract;
  }

  /** How each case is shown. */
  runs(): Readonly<Record<TTSTroubleContractCase, () => Promise<void>>> {
    return {
      interruption: () => this.#interruption(),
      late: () => this.#late(),
      refusal: () => this.#trouble({ status: 401 }),
      busy: () => this.#busy(),
      drop: () => this.#resumes("drop"),
      halfClose: () => this.#resumes("halfClose"),
      oversized: () => this.#resumes("oversized"),
      garbage: () => this.#garbage(),
      slow: () => this.#slow(),
      stall: () => this.#stall(),
      close: () => this.#close(),
    };
  }

  async #interruption(): Promise<void> {
    await using session = await this.#open({ trouble: "stall" });
    await session.interruptAtFirstAudio();
    await session.closed(this.#closeWithinMs);
    await session.speaksNext();
    assertEquals(session.pipeline.errors, []);
    await this.#interruptionBefore();
  }

  /** The same before there is any audio. */
  async #interruptionBefore(): Promise<void> {
    await using session = await this.#open({ trouble: "silence" });
    const { pipeline, subject } = session;
    const stuck = subject.provider?.stuck();
    if (!stuck) return;
    pipeline.push(...answer(HELLO));
    await stuck;
    pipeline.interrupt();
    await session.closed(this.#closeWithinMs);
    await session.speaksNext();
  }

  /** A provider that goes on after it was stopped is not heard. */
  async #late(): Promise<void> {
    await using session = await this.#open({ mischief: "late" });
    const { pipeline, subject } = session;
    await session.interruptAtFirstAudio();
    await session.closed(this.#closeWithinMs);
    const before = pipeline.down.length;
    const spokenMs = subject.provider?.spokenMs?.() ?? 0;
    await session.speaksNext();
    assertEquals(pipeline.errors, []);
    const heardMs = audioMs(pipeline.down.slice(before));
    assertAlmostEquals(heardMs, (subject.provider?.spokenMs?.() ?? 0) - spokenMs, 1);
  }

  async #trouble(trouble: TTSContractAnswer): Promise<void> {
    await using session = await this.#open(trouble);
    session.pipeline.push(...answer(HELLO));
    await session.recovers();
  }

  /** There are too many requests, and later no more. */
  async #busy(): Promise<void> {
    await using session = await this.#open({ status: 429 });
    const { pipeline, subject: { provider } } = session;
    const { clock } = pipeline;
    const before = clock.now();
    pipeline.push(...answer(HELLO));
    // It is refused within no time, if that stands still.
    await session.manyTurns();
    provider?.relent?.();
    await pipeline.until(LLMFullResponseEndFrame);
    assertEquals(pipeline.errors.map(({ error }) => error), []);
    assertEquals(spokenText(pipeline.down), HELLO);
    assert(clock.now() - before >= 100, "it came again at once");
    session.checkSecrets(HELLO);
    await session.speaksNext();
  }

  /** A connection breaks, and nobody notices. */
  async #resumes(trouble: "drop" | "halfClose" | "oversized"): Promise<void> {
    const wholeMs = this.#wholeMs ??= await this.#measureWhole();
    await using session = await this.#open({ trouble });
    const { pipeline } = session;
    pipeline.push(...answer(LONG));
    await pipeline.until(LLMFullResponseEndFrame);
    assertEquals(pipeline.errors.map(({ error }) => error), []);
    assertEquals(spokenText(pipeline.down), LONG);
    // A space at the seam is neither here nor there.
    const toleranceMs = this.#contract.resumes === "exactly" ? 100 : wholeMs / 10;
    assertAlmostEquals(audioMs(pipeline.down), wholeMs, toleranceMs);
    await session.speaksNext();
  }

  /** Milliseconds of the long text where nothing breaks. */
  async #measureWhole(): Promise<number> {
    await using session = await this.#open();
    const { pipeline } = session;
    pipeline.push(...answer(LONG));
    await pipeline.until(LLMFullResponseEndFrame);
    return audioMs(pipeline.down);
  }

  async #garbage(): Promise<void> {
    await using session = await this.#open({ mischief: "garbage" });
    const { pipeline } = session;
    pipeline.push(...answer(LONG));
    await pipeline.until(LLMFullResponseEndFrame);
    assertEquals(spokenText(pipeline.down), LONG);
    assertEquals(pipeline.errors.map(({ error }) => error), []);
    const warned = pipeline.logged.some((line) => line.includes("left out"));
    assert(warned, "nobody was warned");
    session.checkSecrets("{nope");
  }

  /** What nobody takes stays where it comes from. */
  async #slow(): Promise<void> {
    await using session = await this.#open({ mischief: "flood" });
    const { pipeline, subject } = session;
    const taken = () => subject.provider?.floodedMs?.() ?? 0;
    pipeline.block();
    pipeline.push(...answer(HELLO));
    for (let before = -1; before !== taken() || before === 0;) {
      before = taken();
      await session.manyTurns();
      assert(taken() < MAX_AHEAD_MS, `${taken()} ms were taken`);
    }
    pipeline.interrupt();
    // What is on its way has to be read first, by the same thread.
    await session.closed(2_000);
  }

  async #stall(): Promise<void> {
    const options = { realTime: false, stallTimeoutMs: 200 };
    await using session = await this.#session(options, { trouble: "stall" });
    const { pipeline, subject: { provider } } = session;
    if (!provider) return;
    await session.getStuck(provider, () => {
      pipeline.push(...answer(HELLO));
      return pipeline.until(TTSAudioRawFrame);
    });
    // From here on time goes by, though something is to come.
    await pipeline.until(LLMFullResponseEndFrame);
    await session.givesUp();
    await session.recovers();
  }

  async #close(): Promise<void> {
    await using session = await this.#session({ realTime: false }, { trouble: "silence" });
    const { pipeline, subject } = session;
    const stuck = subject.provider?.stuck();
    pipeline.push(...answer(LONG));
    await (stuck ?? pipeline.wait(() => audioMs(pipeline.down) > 0, { doing: "hear anything" }));
    await checkClosed(pipeline);
    await session.closed(1_000);
  }

  get #closeWithinMs(): number {
    return this.#contract.closeWithinMs ?? 50;
  }

  #open(...answers: readonly TTSContractAnswer[]): Promise<TTSSession> {
    return this.#session({}, ...answers);
  }

  #session(
    options: TTSSessionOptions,
    ...answers: readonly TTSContractAnswer[]
  ): Promise<TTSSession> {
    return TTSSession.open(this.#contract, answers, options);
  }
}
