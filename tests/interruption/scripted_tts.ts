import {
  AggregatedTextFrame,
  LLMFullResponseEndFrame,
  LLMFullResponseStartFrame,
  TTSAudioRawFrame,
  TTSSpeakFrame,
  TTSStartedFrame,
  TTSStoppedFrame,
  TTSTextFrame,
} from "../../frames/mod.ts";
import { FrameProcessor, type FrameScope } from "../../processors/mod.ts";

/** A piece of a sentence, as the model wrote it, and how long its audio is. */
export interface Piece {
  readonly text: string;
  readonly ms: number;
}

/** A sentence with its audio, piece by piece. */
export interface Sentence {
  readonly text: string;
  readonly pieces: readonly Piece[];
}

const RATE = 24_000;

/** How long the pieces of audio are. */
const FRAME_MS = 20;

/**
 * Cuts sentences into words with the spaces after them and gives each audio by its length, so that all of it lasts
 * as long as is asked for. Every sentence lasts whole frames and not whole chunks.
 */
export function script(sentences: readonly string[], totalMs: number): Sentence[] {
  const letters = sentences.join("").length;
  let spent = 0;
  return sentences.map((text, i) => {
    const share = Math.round(totalMs * text.length / letters / FRAME_MS) * FRAME_MS;
    const ms = i === sentences.length - 1 ? totalMs - spent : share;
    spent += ms;
    const words = text.match(/\S+\s*/gu) ?? [];
    let used = 0;
    const pieces = words.map((word, at) => {
      const last = at === words.length - 1;
      const part = last ? ms - used : Math.floor(ms * word.length / text.length);
      used += part;
      return { text: word, ms: part };
    });
    return { text, pieces };
  });
}

/** Speaks a script when it is asked to, with words before, among and after their audio. */
export class ScriptedTTS extends FrameProcessor {
  readonly #makingMs: number;

  /** With `makingMs`, every 20 ms of audio take so long to make; else it is as fast as it is let. */
  constructor(sentences: readonly Sentence[], { makingMs = 0 } = {}) {
    super();
    this.#makingMs = makingMs;
    this.handle(TTSSpeakFrame, () => {
      const scope = this.scope();
      this.spawn("speak", () => this.#speak(sentences, scope));
    });
  }

  async #speak(sentences: readonly Sentence[], scope: FrameScope): Promise<void> {
    await scope.push(new LLMFullResponseStartFrame());
    for (const [id, sentence] of sentences.entries()) {
      if (scope.signal.aborted) return;
      await this.#say(sentence, id, scope);
    }
    await scope.push(new LLMFullResponseEndFrame());
    scope.close();
  }

  async #say({ text, pieces }: Sentence, id: number, scope: FrameScope): Promise<void> {
    const contextId = `context ${id}`;
    await scope.push(
      new AggregatedTextFrame(text, { willBeSpoken: true, segmentId: id, contextId }),
    );
    await scope.push(new TTSStartedFrame({ contextId }));
    const words = this.#words({ text, pieces }, id);
    const totalMs = pieces.reduce((sum, { ms }) => sum + ms, 0);
    // The words run ahead of the audio in one sentence, beside it in the next, and behind it in the third; but what
    // is made too slowly is heard as soon as it is made, and a word that comes later cannot have been known.
    const leadMs = [1_000, 0, this.#makingMs > 0 ? 0 : -600][id % 3] ?? 0;
    for (let ms = 0; ms < totalMs; ms += FRAME_MS) {
      while (words[0] && (words[0].endMs ?? 0) <= ms + leadMs) await scope.push(words.shift()!);
      if (this.#makingMs > 0) await this.clock.sleep(this.#makingMs);
      const pcm = new Int16Array(RATE * FRAME_MS / 1000).fill(id + 1);
      await scope.push(new TTSAudioRawFrame(pcm, { sampleRate: RATE, contextId }));
      if (scope.signal.aborted) return;
    }
    for (const word of words) await scope.push(word);
    await scope.push(new TTSStoppedFrame({ contextId }));
  }

  #words({ text, pieces }: Sentence, id: number): TTSTextFrame[] {
    let endMs = 0;
    let start = 0;
    return pieces.map((piece) => {
      endMs += piece.ms;
      const end = start + piece.text.length;
      const span = { id, text, start, end };
      start = end;
      return new TTSTextFrame(piece.text, {
        contextId: `context ${id}`,
        endMs,
        span,
        segmentId: id,
      });
    });
  }
}
