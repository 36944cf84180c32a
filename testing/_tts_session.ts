import { assert, assertEquals } from "@std/assert";
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
import { checkError } from "./_contract_checks.ts";
import { ContractSession, type ContractSessionOptions } from "./_contract_session.ts";
import { answer, outline, spokenText } from "./_tts_frames.ts";
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

export interface TTSSessionOptions extends ContractSessionOptions {
  /** Milliseconds that a provider may be stuck, where that matters. */
  readonly stallTimeoutMs?: number | undefined;
}

/** One case at work: a provider, a service, a pipeline. */
export class TTSSession extends ContractSession<TTSContractSubject, ContractVoice> {
  /** Starts one whose provider speaks so. */
  static async open(
    contract: TTSContract,
    answers: readonly TTSContractAnswer[] = [],
    { stallTimeoutMs, ...options }: TTSSessionOptions = {},
  ): Promise<TTSSession> {
    const subject = await contract.open();
    subject.provider?.script(...answers);
    const service = subject.make(stallTimeoutMs === undefined ? {} : { stallTimeoutMs });
    return new TTSSession(subject, service, {
      realTime: contract.realTime !== undefined,
      ...options,
    });
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
}
