import {
  bytesToPcm,
  concatAudio,
  decodeALaw,
  decodeMuLaw,
  downmix,
  float32ToPcm,
  StreamResampler,
} from "../../audio/mod.ts";
import { join, type WavFormat, WavReader } from "./_wav_stream.ts";
import type { TTSAudioEncoding } from "./protocol.ts";

/** What an {@linkcode AudioDecoder} turns into what. */
export interface AudioDecoderOptions {
  readonly encoding: TTSAudioEncoding;
  /** Rate of what comes, in hertz, where it does not say itself. */
  readonly fromRate: number;
  /** Rate of what is wanted, in hertz. */
  readonly toRate: number;
}

const SAMPLE_BYTES = { pcm_s16le: 2, pcm_f32le: 4, mulaw: 1, alaw: 1 } as const;

/** Turns the bytes of a provider into samples, wherever they are cut. */
export class AudioDecoder {
  readonly #toRate: number;
  readonly #wav: WavReader | undefined;
  #format: WavFormat;
  #carried: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  #resampler: { readonly from: number; readonly stream: StreamResampler } | undefined;

  constructor({ encoding, fromRate, toRate }: AudioDecoderOptions) {
    this.#toRate = toRate;
    this.#wav = encoding === "wav" ? new WavReader() : undefined;
    const plain = encoding === "wav" ? "pcm_s16le" : encoding;
    this.#format = { encoding: plain, sampleRate: fromRate, numChannels: 1 };
  }

  /** Gives the samples that are whole; at a rate, where a piece says that it has another. */
  read(bytes: Uint8Array, sampleRate?: number): Int16Array {
    if (sampleRate !== undefined) this.#format = { ...this.#format, sampleRate };
    if (!this.#wav) return this.#resample(this.#decode(bytes));
    const pieces: Int16Array[] = [];
    for (const part of this.#wav.read(bytes)) {
      if (part instanceof Uint8Array) pieces.push(this.#resample(this.#decode(part)));
      else {
        this.#format = part;
        this.#carried = new Uint8Array(0);
      }
    }
    return concatAudio(pieces);
  }

  /** Gives what is left when nothing more comes. */
  flush(): Int16Array {
    this.#carried = new Uint8Array(0);
    return this.#resampler?.stream.flush() ?? new Int16Array(0);
  }

  #decode(bytes: Uint8Array): Int16Array {
    const { encoding, numChannels } = this.#format;
    const data = join(this.#carried, bytes);
    const whole = data.length - data.length % (SAMPLE_BYTES[encoding] * numChannels);
    this.#carried = data.slice(whole);
    const samples = decodeSamples(data.subarray(0, whole), encoding);
    return numChannels > 1 ? downmix(samples, numChannels) : samples;
  }

  #resample(samples: Int16Array): Int16Array {
    const from = this.#format.sampleRate;
    if (this.#resampler?.from === from) return this.#resampler.stream.process(samples);
    const rest = this.#resampler?.stream.flush() ?? new Int16Array(0);
    this.#resampler = { from, stream: new StreamResampler(from, this.#toRate) };
    const next = this.#resampler.stream.process(samples);
    return rest.length > 0 ? concatAudio([rest, next]) : next;
  }
}

function decodeSamples(data: Uint8Array, encoding: WavFormat["encoding"]): Int16Array {
  switch (encoding) {
    case "pcm_s16le":
      return bytesToPcm(data);
    case "pcm_f32le":
      return float32ToPcm(new Float32Array(data.slice().buffer));
    case "mulaw":
      return decodeMuLaw(data);
    case "alaw":
      return decodeALaw(data);
    default:
      return encoding satisfies never;
  }
}
