import type { BaseAudioMixer } from "../../audio/mod.ts";
import type { TransportParams } from "./params.ts";

/** The mixers of an output, by destination. */
export class Mixers {
  readonly #mixers: TransportParams["audioOutMixer"];
  readonly #running: Set<BaseAudioMixer> = new Set();

  constructor(mixers: TransportParams["audioOutMixer"]) {
    this.#mixers = mixers;
  }

  /** The mixer of a destination; `undefined` is the usual one. */
  of(destination: string | undefined): BaseAudioMixer | undefined {
    const mixers = this.#mixers;
    if (!mixers) return undefined;
    if ("get" in mixers) return mixers.get(destination);
    return destination === undefined ? mixers : undefined;
  }

  /** Has the mixer of a destination get ready, and gives it. */
  async start(
    destination: string | undefined,
    sampleRate: number,
  ): Promise<BaseAudioMixer | undefined> {
    const mixer = this.of(destination);
    if (!mixer) return undefined;
    await mixer.start(sampleRate);
    this.#running.add(mixer);
    return mixer;
  }

  /** Has every mixer let go of what it holds. */
  async stop(): Promise<void> {
    const running = [...this.#running];
    this.#running.clear();
    await Promise.all(running.map((mixer) => mixer.stop()));
  }
}
