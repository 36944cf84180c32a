import { type BaseAudioMixer, clampSample, downmix } from "../../audio/mod.ts";
import type { Clock } from "../../async/mod.ts";
import {
  type MixerControlFrame,
  MixerEnableFrame,
  MixerUpdateSettingsFrame,
} from "../../frames/mod.ts";
import type { TransportParams } from "./params.ts";

/** What {@linkcode Mixers} needs to know. */
export interface MixersOptions {
  /** The sample rate of the audio that goes out, in Hz. */
  readonly sampleRate: number;
  /** The clock of the conversation. */
  readonly clock: Clock;
  /** Told what could not be done. */
  problem(doing: string, error: unknown): void;
}

/** The mixers of an output, by destination. */
export class Mixers {
  readonly #mixers: TransportParams["audioOutMixer"];
  readonly #running: Map<BaseAudioMixer, MixersOptions> = new Map();

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

  /** Has the mixer of a destination get ready, and gives it. One that cannot may still have something to mix in. */
  async start(
    destination: string | undefined,
    options: MixersOptions,
  ): Promise<BaseAudioMixer | undefined> {
    const mixer = this.of(destination);
    if (!mixer) return undefined;
    this.#running.set(mixer, options);
    try {
      await options.clock.hold(Promise.resolve(mixer.start(options.sampleRate)));
    } catch (error) {
      options.problem("start the audio mixer", error);
    }
    return mixer;
  }

  /** Tells the mixer of a frame's destination what the frame says. */
  async control(frame: MixerControlFrame): Promise<void> {
    const mixer = this.of(frame.transportDestination);
    if (frame instanceof MixerEnableFrame) await mixer?.setEnabled(frame.enable);
    else if (frame instanceof MixerUpdateSettingsFrame) await mixer?.updateSettings(frame.settings);
    else await mixer?.processFrame(frame);
  }

  /** Has every mixer let go of what it holds. */
  async stop(): Promise<void> {
    const running = [...this.#running];
    this.#running.clear();
    await Promise.all(running.map(async ([mixer, { problem }]) => {
      try {
        await mixer.stop();
      } catch (error) {
        problem("stop the audio mixer", error);
      }
    }));
  }
}

/** Has a mixer, which knows one channel, mix into several: into each what it adds to their average. */
export function mixInto(
  mixer: BaseAudioMixer,
  pcm: Int16Array,
  numChannels: number,
): Int16Array | Promise<Int16Array> {
  const mono = downmix(pcm, numChannels);
  const mixed = mixer.mix(mono);
  const spread = (mixed: Int16Array) => spreadChange(mixed, { mono, pcm, numChannels });
  return mixed instanceof Int16Array ? spread(mixed) : mixed.then(spread);
}

interface Unmixed {
  readonly mono: Int16Array;
  readonly pcm: Int16Array;
  readonly numChannels: number;
}

function spreadChange(mixed: Int16Array, { mono, pcm, numChannels }: Unmixed): Int16Array {
  if (mixed.length !== mono.length) {
    const state = `the mixer gave ${mixed.length}; it must give as many as it gets`;
    throw new RangeError(`Cannot mix into ${mono.length} samples: ${state}`);
  }
  if (numChannels === 1) return mixed;
  return pcm.map((sample, i) => {
    const at = Math.floor(i / numChannels);
    return clampSample(sample + (mixed[at] ?? 0) - (mono[at] ?? 0));
  });
}
