import { downmix } from "../channels.ts";
import { float32ToPcm } from "../pcm.ts";
import { resample } from "../resample.ts";
import { decodeWav } from "../wav.ts";

/** Where a sound comes from: the path or URL of a file, or its bytes. */
export type SoundSource = string | URL | Uint8Array;

interface Sound {
  readonly samples: Int16Array;
  readonly sampleRate: number;
}

/** What of the package is used: samples of every channel from -1 to 1. */
interface DecodedAudio {
  readonly channelData: readonly Float32Array[];
  readonly sampleRate: number;
}

interface DecodePackage {
  readonly default: (bytes: Uint8Array) => Promise<DecodedAudio>;
}

// Deno downloads every package that is named by a literal, used or not, so this name is put together where it is used.
const PACKAGE = ["npm:audio-decode", "3.12.0"];

/** Gives the mono samples of a sound at a rate. WAV files need no package, others `audio-decode`. */
export async function readSound(source: SoundSource, sampleRate: number): Promise<Int16Array> {
  const bytes = await read(source);
  const sound = isWav(bytes) ? decodeOwn(bytes) ?? await decode(bytes) : await decode(bytes);
  if (sound.samples.length === 0) throw new Error("Cannot find any audio: the file holds none");
  return resample(sound.samples, { fromRate: sound.sampleRate, toRate: sampleRate });
}

async function read(source: SoundSource): Promise<Uint8Array> {
  if (source instanceof Uint8Array) return source;
  if (typeof source === "string" && !/^(file|https?):/.test(source)) {
    return await Deno.readFile(source);
  }
  const url = new URL(source);
  if (url.protocol === "file:") return await Deno.readFile(url);
  const response = await fetch(url);
  if (response.ok) return await response.bytes();
  await response.body?.cancel();
  throw new Error(`Cannot fetch it: the server answers ${response.status}`);
}

function isWav(bytes: Uint8Array): boolean {
  const [riff, wave] = [bytes.subarray(0, 4), bytes.subarray(8, 12)]
    .map((part) => String.fromCharCode(...part));
  return riff === "RIFF" && wave === "WAVE";
}

/** Reads the usual kinds of WAV; of the others the package knows some more. */
function decodeOwn(bytes: Uint8Array): Sound | undefined {
  try {
    const { samples, numChannels, sampleRate } = decodeWav(bytes);
    return { samples: downmix(samples, numChannels), sampleRate };
  } catch {
    // The package is asked, and says why if it cannot read it either.
    return undefined;
  }
}

async function decode(bytes: Uint8Array): Promise<Sound> {
  const { default: decodeAny } = await loadPackage();
  // Decoders may take the memory of what they are given.
  const { channelData, sampleRate } = await decodeAny(bytes.slice());
  const [first, ...others] = channelData;
  if (first === undefined) throw new Error("Cannot find any audio: the file holds none");
  const mono = Float32Array.from(first, (sample, i) => {
    const sum = others.reduce((sum, channel) => sum + (channel[i] ?? 0), sample);
    return sum / channelData.length;
  });
  return { samples: float32ToPcm(mono), sampleRate };
}

async function loadPackage(): Promise<DecodePackage> {
  try {
    return await import(PACKAGE.join("@"));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const fix = "install it, or use WAV files";
    throw new Error(`Cannot load "audio-decode": ${reason}; ${fix}`, { cause });
  }
}
