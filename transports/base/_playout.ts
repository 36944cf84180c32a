import type { BaseAudioMixer } from "../../audio/mod.ts";
import { type Clock, TimeoutError, type Timer } from "../../async/mod.ts";
import {
  type Frame,
  type OutputAudioRawFrame,
  TTSAudioRawFrame,
  type TTSTextFrame,
} from "../../frames/mod.ts";
import { BotSpeech, type SpeechAt, type SpeechSign } from "./_bot_speech.ts";
import { ChunkWriter } from "./_chunk_writer.ts";
import { AudioConverter, type AudioFormat } from "./_converter.ts";
import { Passage, type PassageSink, type Utterance } from "./_passage.ts";
import { type Span, Timeline } from "./_timeline.ts";
import { Waiters } from "./_waiters.ts";

/** Where a {@linkcode Playout} puts things. */
export interface PlayoutSink extends PassageSink {
  /** Whether there is anybody to write to. */
  ready(): boolean;
  /** Gives audio to the wire. */
  write(span: Span): void | Promise<void>;
  /** Takes back what was written and not played; says how many milliseconds that was. */
  recall(): number | Promise<number> | undefined;
  /** Takes audio that has been heard, and when it began to be, in milliseconds of the clock. */
  played(pcm: Int16Array, atMs: number): void;
  /** Takes a start or stop of the bot's speech. */
  sign(sign: SpeechSign): void;
  /** Takes what could not be done, and why. */
  problem(doing: string, error: unknown): void;
}

/** How a {@linkcode Playout} works. */
export interface PlayoutOptions {
  readonly clock: Clock;
  readonly format: AudioFormat;
  readonly sink: PlayoutSink;
  /** How long a chunk is. */
  readonly chunkMs: number;
  /** How much may be written that is not heard yet. */
  readonly sendAheadMs: number;
  /** How much may be queued before those who push wait. */
  readonly limitMs: number;
  /** Mixes something into every chunk. */
  readonly mixer?: BaseAudioMixer | undefined;
  /** Whether silence is written while there is nothing to say. */
  readonly continuous: boolean;
  /** Whether the position comes from a peer that says what it has played. */
  readonly acknowledged: boolean;
}

/** How much later than planned a peer may say that it has played something. */
const ACKNOWLEDGE_TIMEOUT_MS = 2_000;

/** When to look again at what could not be done in its time. */
const RETRY_MS = 5;

/** What rounding can add up to, in samples and in milliseconds. */
const EPSILON = 1e-3;

/**
 * Plays to one destination: has audio written in time, and lets everything else by when the audio before it has
 * been heard.
 *
 * Positions count the samples of one channel since the beginning, silence that was filled in apart.
 */
export class Playout {
  readonly #options: PlayoutOptions;
  readonly #writer: ChunkWriter;
  readonly #timeline: Timeline;
  readonly #passage: Passage;
  readonly #converter: AudioConverter;
  readonly #speech: BotSpeech;
  readonly #room: Waiters = new Waiters();
  readonly #drained: Waiters = new Waiters();
  /** How far the peer says that it has played, if it does. */
  #limit: number;
  #closed = false;
  #pumping = false;
  #again = false;
  #timer: Timer | undefined;
  #timerAt = Infinity;

  constructor(options: PlayoutOptions) {
    const { format: { sampleRate }, sink } = options;
    this.#options = options;
    this.#converter = new AudioConverter(options.format);
    this.#timeline = new Timeline(sampleRate);
    this.#passage = new Passage(sampleRate, sink);
    this.#speech = new BotSpeech((sign) => sink.sign(sign));
    this.#limit = options.acknowledged ? 0 : Infinity;
    this.#writer = new ChunkWriter({
      ...options,
      ready: () => sink.ready(),
      write: (span) => sink.write(span),
      done: (span) => this.#timeline.add(span),
      wake: () => this.pump(),
      problem: (doing, error) => sink.problem(doing, error),
    });
  }

  /** Whether everything has been heard. */
  get idle(): boolean {
    return this.#passage.empty && this.#timeline.position >= this.#passage.queued - EPSILON;
  }

  /** Queues audio; a promise says when there is room for more. */
  audio(frame: OutputAudioRawFrame, speech: boolean): Promise<void> | undefined {
    const pcm = this.#converter.convert(frame.audio, frame);
    const utterance = frame instanceof TTSAudioRawFrame ? { id: frame.contextId } : undefined;
    this.#append(pcm, { speech, utterance });
    this.pump();
    return this.#writer.waitingMs > this.#options.limitMs ? this.#room.wait() : undefined;
  }

  /** Takes a text, until it has been heard. */
  text(frame: TTSTextFrame): void {
    this.#passage.text(frame);
    this.pump();
  }

  /** Queues a frame until the audio before it has been heard. */
  mark(frame: Frame): void {
    this.#passage.mark(frame);
    this.pump();
  }

  /** A TTS service begins an utterance. */
  begin(contextId: string | undefined): void {
    this.#passage.begin(contextId);
    this.#speech.utteranceBegan(contextId);
  }

  /** A TTS service has given all of an utterance. */
  end(contextId: string | undefined): void {
    this.#append(this.#converter.flush(), { speech: true, utterance: { id: contextId } });
    this.#passage.end(contextId);
    this.#writer.end();
    this.#speech.utteranceEnded(contextId);
    this.pump();
  }

  /** A model's answer begins, or is over. */
  response(open: boolean): void {
    this.#speech.response(open);
  }

  /** A peer says that it has played everything up to a position, in milliseconds. */
  acknowledge(positionMs: number): void {
    if (this.#limit === Infinity) return;
    this.#limit = Math.max(this.#limit, this.#positionOf(positionMs));
    this.pump();
  }

  /** Says what was heard so far, and drops the rest, down to what may not be dropped. */
  interrupt(): void {
    this.#silence();
    this.#passage.interrupt();
  }

  /** Says what was heard so far, and drops the audio behind it; frames that waited for it have been reached now. */
  #silence(): void {
    const now = this.#options.clock.now();
    this.#release(now);
    this.#passHeardPart(now);
    this.#writer.interrupt(this.#recall());
    this.#converter.reset();
    this.#passage.silence();
    this.#timeline.clear(this.#passage.queued);
    if (this.#limit !== Infinity) this.#limit = this.#passage.queued;
    this.#speech.reset();
    this.#room.release();
  }

  /** Does what follows an interruption once others know of it. */
  interrupted(): void {
    this.#speech.stop();
    this.pump();
  }

  /** Plays what is queued to its end, and silence after it. */
  async finish(silenceMs: number): Promise<void> {
    // Nobody is left to hear it, but what comes behind it still counts.
    if (!this.#options.sink.ready()) this.#silence();
    this.#append(this.#converter.flush(), { speech: false });
    this.#writer.end();
    this.#speech.reset();
    this.#speech.utteranceEnded(undefined);
    await this.#drain();
    this.#speech.stop();
    if (this.#closed || !this.#options.sink.ready()) return;
    this.#writer.finish(silenceMs);
    await this.#drain();
  }

  /** Ends everything at once. */
  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
    this.#writer.close();
    this.#room.release();
    this.#drained.release();
  }

  /** Does what is due, and sets the timer for what will be. */
  pump(): void {
    if (this.#closed) return;
    this.#again = true;
    if (this.#pumping) return;
    this.#pumping = true;
    while (this.#again && !this.#closed) {
      this.#again = false;
      const now = this.#options.clock.now();
      this.#release(now);
      if (this.#writer.writeDue(now)) this.#again = true;
    }
    this.#pumping = false;
    this.#arm();
  }

  #append(
    pcm: Int16Array,
    { speech, utterance }: { speech: boolean; utterance?: Utterance | undefined },
  ): void {
    if (pcm.length === 0) return;
    this.#writer.push(pcm, speech);
    this.#passage.append(pcm.length / this.#options.format.numChannels, utterance);
    if (speech) this.#speech.queued();
  }

  /** Lets by what is due. */
  #release(now: number): void {
    this.#speech.start(now, this.#speechAt());
    this.#checkPeer(now);
    this.#timeline.advance(now, this.#limit, (span) => this.#over(span));
    this.#passage.to(this.#timeline.position);
    this.#speech.update(now, this.#speechAt());
    if (this.#room.any && this.#writer.waitingMs <= this.#options.limitMs) this.#room.release();
    if (this.#drained.any && this.#isDrained(now)) this.#drained.release();
  }

  #over(span: Span): void {
    if (span.lost) {
      this.#passage.to(span.from);
      this.#passage.lose(span.to);
    } else {
      this.#passage.to(span.to);
      if (span.to > span.from || this.#options.mixer) this.#options.sink.played(span.pcm, span.at);
    }
  }

  #speechAt(): SpeechAt {
    const { speechBegins: begins, speechEnd: ends } = this.#timeline;
    const unacknowledged = this.#limit !== Infinity && begins !== undefined;
    return { begins, ends, queued: this.#writer.speech || unacknowledged };
  }

  /** Passes on as much of the present chunk as has been heard. */
  #passHeardPart(now: number): void {
    const span = this.#timeline.current(now);
    if (!span || span.lost) return;
    const samples = Math.floor(this.#timeline.position - span.from);
    const { numChannels } = this.#options.format;
    if (samples <= 0) return;
    this.#options.sink.played(span.pcm.subarray(0, samples * numChannels), span.at);
  }

  /** Takes back what was sent ahead; says whether nothing of it will be heard. */
  #recall(): boolean {
    const { sink } = this.#options;
    const unplayed = sink.recall();
    if (unplayed === undefined) return !sink.ready();
    // The peer's count begins behind what it never got.
    if (this.#timeline.lossy) return true;
    const { written } = this.#writer;
    const heardTo = (ms: number) => written - this.#positionOf(ms) + EPSILON;
    if (typeof unplayed === "number") {
      this.#passage.hear(heardTo(unplayed));
      return true;
    }
    // What the peer says later can only add to what was counted by the clock.
    const sent = this.#passage.until(written);
    unplayed.then(
      (ms) => {
        for (const { text, position } of sent) if (position <= heardTo(ms)) sink.heard(text);
      },
      (error) => sink.problem("take back audio", error),
    );
    return true;
  }

  #drain(): Promise<void> | undefined {
    this.pump();
    if (this.#closed || this.#isDrained(this.#options.clock.now())) return undefined;
    const drained = this.#drained.wait();
    this.#arm();
    return drained;
  }

  #isDrained(now: number): boolean {
    const { silentUntil } = this.#writer;
    return this.idle && silentUntil !== undefined && silentUntil <= now + EPSILON;
  }

  /** When the first chunk is over, or when a peer that does not say so is late. */
  #overAt(): number | undefined {
    const { first } = this.#timeline;
    return first && first.endsAt + (this.#waitsForPeer(first.span) ? ACKNOWLEDGE_TIMEOUT_MS : 0);
  }

  #waitsForPeer(span: Span): boolean {
    return !span.lost && span.to > this.#limit + EPSILON;
  }

  /** Nothing waits for ever for a peer that says nothing: from then on the clock counts. */
  #checkPeer(now: number): void {
    const { first } = this.#timeline;
    if (!first || !this.#waitsForPeer(first.span)) return;
    if (first.endsAt + ACKNOWLEDGE_TIMEOUT_MS > now) return;
    this.#limit = Infinity;
    const why = "Cannot wait for the peer: it does not say what it has played";
    this.#options.sink.problem("tell what was heard", new TimeoutError(why));
  }

  #arm(): void {
    if (this.#closed) return;
    const { clock } = this.#options;
    const now = clock.now();
    const at = this.#nextAt(now);
    if (at === this.#timerAt) return;
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#timerAt = at;
    if (at === Infinity) return;
    // What was due and could not be done is tried again, but not at once.
    this.#timer = clock.timer(at > now ? at - now : RETRY_MS, () => {
      this.#timerAt = Infinity;
      this.pump();
    });
  }

  /** When something will be due. */
  #nextAt(now: number): number {
    const place = this.#passage.next;
    const times = [
      this.#writer.dueAt(),
      this.#speech.next(now, this.#speechAt()),
      place === undefined || place > this.#limit ? undefined : this.#timeline.timeOf(place),
      this.#overAt(),
    ];
    let next = Infinity;
    for (const time of times) if (time !== undefined && time < next) next = time;
    const { silentUntil } = this.#writer;
    if (!this.#drained.any || silentUntil === undefined) return next;
    // It may have come to its end since somebody looked: time does not stand still.
    return silentUntil > now || this.idle ? Math.min(next, silentUntil) : next;
  }

  #positionOf(ms: number): number {
    return ms * this.#options.format.sampleRate / 1000;
  }
}
