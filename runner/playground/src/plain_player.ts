/**
 * Plays the bot's voice where the published client's player can't: it needs
 * audio worklets, which browsers give only to localhost and https pages.
 *
 * @module
 */

/** The rate of the sound that servers send to WebSocket clients. */
const BOT_RATE = 24_000;
/** Sound is begun this much late, so that a late message leaves no gap. */
const LEAD_SECS = 0.06;

/** Plays pieces of sound one behind the other. */
export class PlainPlayer {
  readonly #context: AudioContext;
  #nextSecs = 0;

  /** Opens the browser's audio output. */
  constructor() {
    this.#context = new AudioContext({ sampleRate: BOT_RATE });
  }

  /** Plays a piece as soon as the one before it is over. */
  play(samples: Int16Array): void {
    if (samples.length === 0) return;
    const buffer = this.#context.createBuffer(1, samples.length, BOT_RATE);
    buffer.copyToChannel(
      Float32Array.from(samples, (sample) => sample / 32768),
      0,
    );
    const source = this.#context.createBufferSource();
    source.buffer = buffer;
    source.connect(this.#context.destination);
    const earliest = this.#context.currentTime;
    if (this.#nextSecs < earliest) this.#nextSecs = earliest + LEAD_SECS;
    source.start(this.#nextSecs);
    this.#nextSecs += buffer.duration;
  }

  /** Closes the output. */
  async close(): Promise<void> {
    if (this.#context.state !== "closed") await this.#context.close();
  }
}
