import {
  type SpeechEvent,
  type SpeechStream,
  type SpeechStreamRequest,
  TTSService,
} from "../../services/tts/mod.ts";
import type { Clock } from "../../async/mod.ts";
import { PLANNED, type Speech, type World } from "./_world.ts";

/** Milliseconds of audio in a piece of speech. */
const PIECE_MS = 100;

/** A voice that takes texts as they are written, and speaks all of an answer as one. */
export class StreamingVoice extends TTSService {
  readonly #world: World;

  constructor(world: World) {
    super({}, { model: "scripted" });
    this.#world = world;
  }

  protected override get streams(): boolean {
    return true;
  }

  protected override synthesize(): never {
    throw new TypeError(`Cannot speak one text in "${this.name}": it takes a stream`);
  }

  protected override stream(request: SpeechStreamRequest): SpeechStream {
    return new VoiceStream(this.#world, { request, clock: this.clock });
  }
}

class VoiceStream implements SpeechStream {
  readonly events: AsyncIterable<SpeechEvent>;
  readonly #world: World;
  readonly #clock: Clock;
  readonly #request: SpeechStreamRequest;
  readonly #waiting: Speech[] = [];
  #ended = false;
  #changed: PromiseWithResolvers<void> = Promise.withResolvers();

  constructor(
    world: World,
    from: { readonly request: SpeechStreamRequest; readonly clock: Clock },
  ) {
    this.#world = world;
    this.#clock = from.clock;
    this.#request = from.request;
    from.request.signal.addEventListener("abort", () => this.#change(), { once: true });
    this.events = this.#speakAll();
  }

  send(text: string): void {
    this.#waiting.push(this.#world.speaks({ ...this.#request, text }, { knowsWords: true }));
    this.#change();
  }

  end(): void {
    this.#ended = true;
    this.#change();
  }

  async *#speakAll(): AsyncIterable<SpeechEvent> {
    let sinceMs = 0;
    for (;;) {
      const speech = this.#waiting.shift();
      if (speech) {
        yield* this.#speak(speech, sinceMs);
        if (speech.plan.trouble === "stalls") return;
        sinceMs += speech.lastsMs;
      } else if (this.#ended || this.#request.signal.aborted) return;
      else await this.#changed.promise;
    }
  }

  /** A connection that stalls is one that breaks: whoever keeps it sees to that. None leaves out a text. */
  async *#speak(speech: Speech, sinceMs: number): AsyncIterable<SpeechEvent> {
    const { plan, words, lastsMs, number } = speech;
    const { trouble } = plan;
    await this.#pause(plan.firstAudioMs);
    if (trouble === "fails") throw new Error(PLANNED);
    const times = words.map(({ word, startMs, endMs }) => {
      return { text: word, startMs: sinceMs + startMs, endMs: sinceMs + endMs };
    });
    yield { type: "words", words: times };
    for (let spokenMs = 0; spokenMs < lastsMs; spokenMs += PIECE_MS) {
      if (spokenMs > lastsMs / 2 && trouble === "fails late") throw new Error(PLANNED);
      if (spokenMs > lastsMs / 2 && trouble === "stalls") break;
      if (spokenMs > 0) await this.#pause(plan.pauseMs);
      const ms = Math.min(PIECE_MS, lastsMs - spokenMs);
      const samples = Math.round(ms * this.#request.sampleRate / 1000);
      yield { type: "audio", audio: new Int16Array(samples).fill(number) };
    }
    if (trouble === "stalls") yield { type: "broken" };
  }

  async #pause(ms: number): Promise<void> {
    if (ms > 0) await this.#clock.sleep(ms, { signal: this.#request.signal });
  }

  #change(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}
