import { deinterleave, downmix, interleave, StreamResampler, upmix } from "../../audio/mod.ts";

/** How samples lie in time and across channels. */
export interface AudioFormat {
  /** Samples of one channel in a second, in Hz. */
  readonly sampleRate: number;
  /** How many channels are interleaved. */
  readonly numChannels: number;
}

/** Brings a stream of audio, whose format may change on the way, to one format; what fits passes uncopied. */
export class AudioConverter {
  readonly #to: AudioFormat;
  #from: AudioFormat;
  #resamplers: readonly StreamResampler[] = [];

  constructor(to: AudioFormat) {
    this.#to = this.#from = to;
  }

  /** Takes the next samples; a change of format ends the stream before it. */
  convert(pcm: Int16Array, from: AudioFormat): Int16Array {
    let rest: Int16Array | undefined;
    const { sampleRate, numChannels } = this.#from;
    if (from.sampleRate !== sampleRate || from.numChannels !== numChannels) {
      rest = this.flush();
      this.#change(from);
    }
    const converted = this.#convert(pcm, from);
    return rest && rest.length > 0 ? join(rest, converted) : converted;
  }

  /** Gives what a resampler held back, and is ready for another stream. */
  flush(): Int16Array {
    if (this.#resamplers.length === 0) return new Int16Array(0);
    return this.#spread(this.#resamplers.map((resampler) => resampler.flush()));
  }

  /** Forgets what a resampler held back. */
  reset(): void {
    for (const resampler of this.#resamplers) resampler.reset();
  }

  #change(from: AudioFormat): void {
    this.#from = { sampleRate: from.sampleRate, numChannels: from.numChannels };
    const same = from.sampleRate === this.#to.sampleRate;
    const lines = from.numChannels === this.#to.numChannels ? from.numChannels : 1;
    this.#resamplers = same ? [] : Array.from(
      { length: lines },
      () => new StreamResampler(from.sampleRate, this.#to.sampleRate),
    );
  }

  #convert(pcm: Int16Array, from: AudioFormat): Int16Array {
    const keeps = from.numChannels === this.#to.numChannels;
    if (keeps && this.#resamplers.length === 0) return pcm;
    const lines = keeps ? deinterleave(pcm, from.numChannels) : [downmix(pcm, from.numChannels)];
    const resampled = lines.map((line, i) => this.#resamplers[i]?.process(line) ?? line);
    return this.#spread(resampled);
  }

  #spread(lines: readonly Int16Array[]): Int16Array {
    const [first = new Int16Array(0)] = lines;
    if (lines.length === this.#to.numChannels) {
      return lines.length === 1 ? first : interleave(lines);
    }
    return upmix(first, this.#to.numChannels);
  }
}

function join(first: Int16Array, second: Int16Array): Int16Array {
  const joined = new Int16Array(first.length + second.length);
  joined.set(first);
  joined.set(second, first.length);
  return joined;
}
