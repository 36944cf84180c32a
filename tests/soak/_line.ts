import { ScriptedVADAnalyzer } from "../../testing/scripted_vad.ts";
import {
  type AudioChunk,
  BaseInputTransport,
  BaseOutputTransport,
} from "../../transports/base/mod.ts";
import { RATE, runsOf, samplesOf, type Vocabulary, type Word } from "./_vocabulary.ts";

/** Milliseconds of audio that come in at a time. */
const PIECE_MS = 100;
/** Milliseconds of silence that a line carries on when its caller has finished. */
const TAIL_MS = 800;

/** A piece of what a caller says: a word, or a pause. */
interface Sound {
  readonly level: number;
  samples: number;
}

/** Where the caller comes in: audio all the time, or only around speech, as lines do that save what is silent. */
export class Microphone extends BaseInputTransport {
  readonly #sounds: Sound[] = [];
  readonly #continuous: boolean;
  /** Milliseconds that the line is still to be carried, without further sound. */
  #tailMs = 0;
  #feeding = false;
  #open = false;

  constructor(options: { readonly continuous: boolean }) {
    super({ audioInEnabled: true, vadAnalyzer: new ScriptedVADAnalyzer() });
    this.#continuous = options.continuous;
  }

  /** Carries sound until it is hung up. */
  lift(): void {
    this.#open = true;
    this.#carry();
  }

  /** Carries nothing more. */
  hangUp(): void {
    this.#open = false;
  }

  /** The caller says words, with a pause before some of them; gives how many milliseconds that takes. */
  speak(words: readonly Word[], pauseMs: readonly number[]): number {
    for (const [i, { level, ms }] of words.entries()) {
      const pause = pauseMs[i] ?? 0;
      if (pause > 0) this.#sounds.push({ level: 0, samples: samplesOf(pause) });
      this.#sounds.push({ level, samples: samplesOf(ms) });
    }
    this.#carry();
    return words.reduce((ms, word, i) => ms + word.ms + (pauseMs[i] ?? 0), 0);
  }

  #carry(): void {
    if (this.#feeding) return;
    this.#feeding = true;
    this.#feed(this.clock.now());
  }

  #feed(dueMs: number): void {
    this.#tailMs = this.#sounds.length > 0 ? TAIL_MS : this.#tailMs - PIECE_MS;
    this.#feeding = this.#open && (this.#continuous || this.#tailMs > 0);
    if (!this.#feeding) return;
    this.receiveAudio(this.#next(), { sampleRate: RATE });
    const next = dueMs + PIECE_MS;
    this.clock.timer(Math.max(0, next - this.clock.now()), () => this.#feed(next));
  }

  #next(): Int16Array {
    const pcm = new Int16Array(samplesOf(PIECE_MS));
    for (let at = 0; at < pcm.length;) {
      const [sound] = this.#sounds;
      if (!sound) break;
      const samples = Math.min(sound.samples, pcm.length - at);
      pcm.fill(sound.level, at, at + samples);
      at += samples;
      sound.samples -= samples;
      if (sound.samples === 0) this.#sounds.shift();
    }
    return pcm;
  }
}

/** What the caller hears of one word. */
export interface Hearing {
  readonly word: Word;
  readonly fromMs: number;
  /** When the last of it is heard. */
  toMs: number;
  /** How much of it is heard. */
  ms: number;
}

/** Where the caller hears the bot: knows which word is heard when. */
export class Loudspeaker extends BaseOutputTransport {
  /** Every word of which anything is heard. */
  readonly hearings: Map<Word, Hearing> = new Map();
  readonly #vocabulary: Vocabulary;
  readonly #onWord: (word: Word, atMs: number) => void;
  /** What may not have been heard yet, in order. */
  #ahead: { readonly hearing: Hearing; readonly fromMs: number; readonly ms: number }[] = [];

  constructor(vocabulary: Vocabulary, options: {
    /** Told of each word when it is first heard. */
    readonly onWord: (word: Word, atMs: number) => void;
    readonly onInterruption: () => void;
    /** How long the pieces are that go out, in tens of milliseconds. */
    readonly audioOut10msChunks: number;
  }) {
    const { audioOut10msChunks } = options;
    super({ audioOutEnabled: true, audioOutEndSilenceSecs: 0.12, audioOut10msChunks });
    this.#vocabulary = vocabulary;
    this.#onWord = options.onWord;
    this.onInterruption(() => options.onInterruption());
  }

  protected override writeAudio(pcm: Int16Array, { atMs, sampleRate }: AudioChunk): void {
    const now = this.clock.now();
    this.#ahead = this.#ahead.filter(({ fromMs, ms }) => fromMs + ms > now);
    let fromMs = atMs;
    for (const { level, samples } of runsOf(pcm)) {
      const ms = samples * 1000 / sampleRate;
      const word = this.#vocabulary.at(level);
      if (word) this.#hear(word, fromMs, ms);
      fromMs += ms;
    }
  }

  /** Drops what was not heard; gives how many milliseconds of it there were. */
  protected override recall(): number {
    const now = this.clock.now();
    let recalledMs = 0;
    for (const { hearing, fromMs, ms } of this.#ahead) {
      const unheard = Math.min(ms, Math.max(0, fromMs + ms - now));
      hearing.ms -= unheard;
      hearing.toMs = Math.min(hearing.toMs, Math.max(fromMs, now));
      recalledMs += unheard;
    }
    this.#ahead = [];
    return recalledMs;
  }

  #hear(word: Word, fromMs: number, ms: number): void {
    const known = this.hearings.get(word);
    const hearing = known ?? { word, fromMs, toMs: fromMs, ms: 0 };
    hearing.ms += ms;
    hearing.toMs = fromMs + ms;
    this.#ahead.push({ hearing, fromMs, ms });
    if (known) return;
    this.hearings.set(word, hearing);
    this.#onWord(word, fromMs);
  }
}
