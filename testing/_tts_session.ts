import { assert, assertEquals } from "@std/assert";
import { systemClock } from "../async/mod.ts";
import {
  AggregatedTextFrame,
  InterruptionFrame,
  LLMFullResponseEndFrame,
  LLMFullResponseStartFrame,
  MetricsFrame,
  TTSAudioRawFrame,
  TTSStartedFrame,
  TTSStoppedFrame,
} from "../frames/mod.ts";
import type { PipelineParams } from "../pipeline/mod.ts";
import { checkError, checkSecrets, inTime } from "./_contract_checks.ts";
import { answer, outline, spokenText } from "./_tts_frames.ts";
import { TestPipeline } from "./test_pipeline.ts";
import type { VirtualClock } from "./virtual_clock.ts";
import type {
  ContractVoice,
  TTSContract,
  TTSContractAnswer,
  TTSContractSubject,
} from "./tts_contract.ts";

export const HELLO = "Hello there, how are you?";
export const LONG = "Once upon a time there was a fisherman who lived with his wife by the sea. " +
  "Every day he went out and cast his net, and every day he came home with a few small fish. " +
  "One morning he caught a golden one, and the golden one began to speak.";

/** What leaves for one answer, words and measurements apart. */
export const WHOLE_ANSWER = [
  LLMFullResponseStartFrame,
  TTSStartedFrame,
  AggregatedTextFrame,
  TTSAudioRawFrame,
  TTSStoppedFrame,
  LLMFullResponseEndFrame,
];

export interface TTSSessionOptions {
  readonly params?: PipelineParams | undefined;
  readonly clock?: VirtualClock | undefined;
  /** Milliseconds that a provider may be stuck, where that matters. */
  readonly stallTimeoutMs?: number | undefined;
}

/** One case at work: a provider, a service, a pipeline. */
export class TTSSession implements AsyncDisposable {
  readonly subject: TTSContractSubject;
  readonly service: ContractVoice;
  readonly pipeline: TestPipeline;

  constructor(
    subject: TTSContractSubject,
    contract: TTSContract,
    { stallTimeoutMs, params, clock }: TTSSessionOptions,
  ) {
    this.subject = subject;
    this.service = subject.make(stallTimeoutMs === undefined ? {} : { stallTimeoutMs });
    this.pipeline = new TestPipeline([this.service], {
      clock: clock ?? (contract.realTime ? systemClock : undefined),
      params: { enableMetrics: true, enableUsageMetrics: true, ...params },
    });
  }

  /** Starts one whose provider speaks so. */
  static async open(
    contract: TTSContract,
    answers: readonly TTSContractAnswer[] = [],
    options: TTSSessionOptions = {},
  ): Promise<TTSSession> {
    const subject = await contract.open();
    subject.provider?.script(...answers);
    return new TTSSession(subject, contract, options);
  }

  /** Resolves when nothing of what the provider was asked is under way any more. */
  async closed(withinMs: number): Promise<void> {
    const { provider } = this.subject;
    if (provider) await inTime(provider.closed(), withinMs, "see the request closed");
  }

  /** Says the long text, and interrupts it at the first audio. */
  async interruptAtFirstAudio(): Promise<void> {
    const { pipeline } = this;
    pipeline.when(TTSAudioRawFrame, () => pipeline.interrupt());
    pipeline.push(...answer(LONG));
    await pipeline.until(InterruptionFrame);
  }

  /** An answer is spoken, with nothing in it of what was before. */
  async speaksNext(): Promise<void> {
    const { pipeline } = this;
    const before = pipeline.down.length;
    const ends = pipeline.of(LLMFullResponseEndFrame).length;
    pipeline.push(...answer(HELLO));
    await pipeline.until(LLMFullResponseEndFrame, { count: ends + 1 });
    await pipeline.settle();
    const after = pipeline.down.slice(before).filter((f) => !(f instanceof MetricsFrame));
    assertEquals(spokenText(after), HELLO);
    assertEquals(outline(after), WHOLE_ANSWER);
    const started = after.find((f) => f instanceof TTSStartedFrame)?.contextId;
    for (const frame of after) {
      if (frame instanceof TTSAudioRawFrame) assertEquals(frame.contextId, started);
    }
  }

  /** The first answer ends in an error, and the second is as if nothing had happened. */
  async recovers(): Promise<void> {
    const { pipeline, subject } = this;
    await pipeline.until(LLMFullResponseEndFrame);
    checkError(pipeline, this.secrets(HELLO));
    assert(spokenText(pipeline.down) !== HELLO, "all of it counts as said");
    subject.provider?.relent?.();
    await this.speaksNext();
    assertEquals(pipeline.errors.length, 1);
  }

  /** Nothing was logged that must not be. */
  checkSecrets(said: string): void {
    checkSecrets(this.pipeline, this.secrets(said));
  }

  /** What must never be logged, and something that was said. */
  secrets(said: string): readonly string[] {
    return [said, ...this.subject.provider?.secrets ?? []];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.pipeline.close();
    await this.subject[Symbol.asyncDispose]();
  }
}
