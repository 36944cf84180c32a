import {
  AggregatedTextFrame,
  type Frame,
  type FrameDirection,
  LLMFullResponseEndFrame,
  LLMFullResponseStartFrame,
  TTSSpeakFrame,
  TTSStartedFrame,
  TTSStoppedFrame,
  TTSTextFrame,
} from "../frames/mod.ts";
import type { Entry } from "../processors/_inbox.ts";
import type { Outcome, Rescue, SwitchMemory, Withdrawn } from "./_switch_memory.ts";
import { type Announced, restOf } from "./_switch_rest.ts";

/** Frames remembered at most where no answer ever ends. */
const REMEMBERED = 2_000;

/**
 * Of a voice: another speaks on from the word at which it failed. What was
 * spoken is known from the texts that go out with the audio.
 */
export class SpeechMemory implements SwitchMemory {
  readonly owes: boolean = false;
  #given: Frame[] = [];
  #announced: Announced[] = [];
  #openUtterance: TTSStartedFrame | undefined;
  /** Whether the model is in the midst of an answer. */
  #answering = false;

  /** An answer is spoken to its end by one voice. */
  get canSwitch(): boolean {
    return !this.#answering;
  }

  given(frame: Frame, direction: FrameDirection): void {
    if (direction === "upstream" || frame.kind === "system") return;
    if (frame instanceof LLMFullResponseStartFrame) this.#answering = true;
    else if (frame instanceof LLMFullResponseEndFrame) this.#answering = false;
    this.#given.push(frame);
    if (this.#given.length > REMEMBERED) this.#given.splice(0, REMEMBERED / 2);
  }

  gave(frame: Frame, direction: FrameDirection): Outcome {
    if (direction === "upstream" || frame.kind === "system") return "pass";
    if (frame instanceof TTSTextFrame) return this.#spoke(frame);
    if (frame instanceof TTSStartedFrame) this.#openUtterance = frame;
    else if (frame instanceof TTSStoppedFrame) this.#openUtterance = undefined;
    else this.#came(frame);
    return "pass";
  }

  interrupted(): void {
    this.#given = [];
    this.#announced = [];
    this.#openUtterance = undefined;
    this.#answering = false;
  }

  /** Has it speak what it holds of a sentence. */
  farewell(): Frame[] {
    return [new LLMFullResponseEndFrame()];
  }

  greeting(): Frame[] {
    return [];
  }

  rescue({ inWork, waiting }: Withdrawn): Rescue {
    const left = new Set(waiting.map(({ frame }) => frame));
    const speaking = inWork?.frame instanceof TTSSpeakFrame;
    if (inWork && !speaking) left.add(inWork.frame);
    const taken = this.#given.filter((frame) => !left.has(frame));
    const again = restOf(taken, { announced: this.#announced, current: inWork?.frame })
      .map((frame): Entry => ({ frame, direction: "downstream", epoch: 0 }));
    const { contextId } = this.#openUtterance ?? {};
    const closing = this.#openUtterance ? [new TTSStoppedFrame({ contextId })] : [];
    const continues = this.#answering;
    this.interrupted();
    const behind = [...inWork && !speaking ? [inWork] : [], ...waiting];
    return { closing, again: [...again, ...behind], lost: false, continues };
  }

  goOn(): void {
    this.#answering = true;
  }

  #spoke(frame: TTSTextFrame): Outcome {
    const last = this.#announced.findLast(({ segmentId }) => segmentId === frame.segmentId);
    if (last) last.said = frame.span?.end ?? last.said + frame.text.length;
    return "served";
  }

  #came(frame: Frame): void {
    const at = this.#given.indexOf(frame);
    if (at < 0) {
      if (!(frame instanceof AggregatedTextFrame)) return;
      const { rawText: raw, segmentId } = frame;
      this.#announced.push({ raw, segmentId, said: 0 });
      if (this.#announced.length > REMEMBERED) this.#announced.splice(0, REMEMBERED / 2);
    } else if (frame instanceof LLMFullResponseEndFrame) {
      // Everything up to here was spoken.
      this.#given.splice(0, at + 1);
      this.#announced = [];
    } else if (!(frame instanceof LLMFullResponseStartFrame)) this.#given.splice(at, 1);
  }
}
