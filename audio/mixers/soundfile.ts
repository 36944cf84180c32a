import { BaseAudioMixer } from "../mixer.ts";
import { clampSample } from "../pcm.ts";
import { readSound, type SoundSource } from "./_sound_file.ts";

export type { SoundSource } from "./_sound_file.ts";

/** What a {@linkcode SoundfileMixer} can be told. */
export interface SoundfileMixerOptions {
  /** The sounds by name: the path, the URL or the bytes of a file each. */
  readonly soundFiles: Readonly<Record<string, SoundSource>>;
  /** The name of the sound to begin with. */
  readonly defaultSound: string;
  /** How loud sounds are: 1 is as in the file, and it can be more. @default {0.4} */
  readonly volume?: number | undefined;
  /** Whether it mixes from the start. @default {true} */
  readonly mixing?: boolean | undefined;
  /** Whether a sound begins again when it is over. @default {true} */
  readonly loop?: boolean | undefined;
}

/** What {@linkcode SoundfileMixer.updateSettings} can change. */
export interface SoundfileMixerSettings {
  /** The name of the sound to play from now on, from its beginning. */
  readonly sound?: string | undefined;
  /** How loud sounds are from now on. */
  readonly volume?: number | undefined;
  /** Whether a sound begins again when it is over. */
  readonly loop?: boolean | undefined;
}

/** A sound, and how far it has been played. */
interface Playing {
  readonly samples: Int16Array;
  position: number;
}

const KINDS: ReadonlyMap<string, string> = new Map([
  ["sound", "string"],
  ["volume", "number"],
  ["loop", "boolean"],
]);

/**
 * Mixes sounds from files into what the bot says and into the silence between, such as an office or music.
 *
 * Set it as `audioOutMixer` of a transport's params. WAV files are read by the SDK itself; every other kind (MP3, Ogg,
 * Opus, FLAC, M4A …) by the npm package `audio-decode`, which is loaded when the first such file is. Its decoders of
 * AAC, AC-3 and DTS are under the GPL; each is loaded only for a file of its kind. Channels are
 * averaged, and the rate becomes that of the output. A `MixerUpdateSettingsFrame` changes `sound`, `volume` and
 * `loop`, a `MixerEnableFrame` turns it off and on; changes fade over the next chunk, so that nothing clicks. While
 * it is off, the sound stands still. A whole sound is held in memory, 2.9 MB for a minute at 24 kHz.
 *
 * @example An office, and music while somebody waits
 * ```ts
 * import { encodeWav } from "@parley/sdk/audio";
 * import { SoundfileMixer } from "@parley/sdk/audio/mixers";
 * import { assertEquals } from "@std/assert";
 *
 * const office = encodeWav(new Int16Array([10, 20]), { sampleRate: 24_000 });
 * const music = encodeWav(new Int16Array([1000, 1000]), { sampleRate: 24_000 });
 * const mixer = new SoundfileMixer({ soundFiles: { office, music }, defaultSound: "office", volume: 2 });
 * await mixer.start(24_000);
 * assertEquals([...mixer.mix(new Int16Array([100, 100, 100]))], [120, 140, 120]);
 * mixer.stop();
 * ```
 */
export class SoundfileMixer extends BaseAudioMixer {
  readonly #files: ReadonlyMap<string, SoundSource>;
  readonly #sounds: Map<string, Int16Array | Error> = new Map();
  #sound: string;
  #volume: number;
  #mixing: boolean;
  #loop: boolean;
  #playing: Playing | undefined;
  #fading: Playing | undefined;
  /** How loud it was at the end of the last chunk. */
  #gain = 0;

  /**
   * Makes a mixer; files are read when it starts.
   *
   * @throws {RangeError} If the default sound is none of the sounds, or the volume is no number from 0 on.
   */
  constructor(options: SoundfileMixerOptions) {
    super();
    this.#files = new Map(Object.entries(options.soundFiles));
    this.#volume = options.volume ?? 0.4;
    this.#mixing = options.mixing ?? true;
    this.#loop = options.loop ?? true;
    this.#sound = options.defaultSound;
    this.#check({ sound: this.#sound, volume: this.#volume });
  }

  /**
   * Reads every file. One that cannot be read is told when its sound is to be played, the first sound's at once.
   *
   * @throws {Error} If the file of the first sound cannot be read; the other sounds can be played all the same.
   */
  override async start(sampleRate: number): Promise<void> {
    const read = async ([name, source]: [string, SoundSource]) => {
      this.#sounds.set(
        name,
        await readSound(source, sampleRate).catch((error) => failure(name, error)),
      );
    };
    await Promise.all([...this.#files].map(read));
    this.#fading = undefined;
    this.#gain = this.#mixing ? this.#volume : 0;
    this.#playing = this.#begin(this.#sound);
  }

  /** Lets go of the sounds. */
  override stop(): void {
    this.#sounds.clear();
    this.#playing = this.#fading = undefined;
  }

  /** Turns mixing on or off; while off, the sound stands still. */
  override setEnabled(enable: boolean): void {
    this.#mixing = enable;
  }

  /**
   * Changes the sound, the volume, or whether a sound begins again.
   *
   * @throws {TypeError} If a setting is not known, or is of the wrong type; then nothing changes.
   * @throws {RangeError} If there is no such sound, or the volume is no number from 0 on; then nothing changes.
   * @throws {Error} If the file of the sound could not be read; then nothing changes.
   */
  override updateSettings(
    settings: SoundfileMixerSettings & Readonly<Record<string, unknown>>,
  ): void {
    for (const [name, value] of Object.entries(settings)) checkKind(name, value);
    this.#check(settings);
    const { sound, volume = this.#volume, loop = this.#loop } = settings;
    if (sound !== undefined) {
      // Before the start there is nothing to play yet.
      const playing = this.#sounds.size > 0 ? this.#begin(sound) : undefined;
      this.#fading = this.#playing;
      this.#playing = playing;
      this.#sound = sound;
    }
    this.#volume = volume;
    this.#loop = loop;
  }

  /** Mixes the sound into the next chunk; gives the very chunk while there is nothing to mix in. */
  override mix(pcm: Int16Array): Int16Array {
    const to = this.#mixing ? this.#volume : 0;
    const from = this.#gain;
    this.#gain = to;
    const playing = this.#playing;
    const fading = this.#fading;
    this.#fading = undefined;
    if ((from === 0 && to === 0) || (!this.#sounding(playing) && !this.#sounding(fading))) {
      return pcm;
    }
    const mixed = new Int16Array(pcm.length);
    for (let i = 0; i < pcm.length; i++) {
      const share = (i + 1) / pcm.length;
      let sample = this.#next(playing);
      if (fading) sample = sample * share + this.#next(fading) * (1 - share);
      const gain = from === to ? to : from + (to - from) * share;
      mixed[i] = clampSample(Math.round((pcm[i] ?? 0) + sample * gain));
    }
    return mixed;
  }

  #begin(name: string): Playing {
    const samples = this.#sounds.get(name);
    if (samples instanceof Int16Array) return { samples, position: 0 };
    throw samples ?? new Error(`Cannot play "${name}": it has not been read`);
  }

  #sounding(playing: Playing | undefined): boolean {
    return playing !== undefined && (this.#loop || playing.position < playing.samples.length);
  }

  #next(playing: Playing | undefined): number {
    if (!playing) return 0;
    const { samples } = playing;
    if (playing.position >= samples.length) {
      if (!this.#loop) return 0;
      playing.position = 0;
    }
    return samples[playing.position++] ?? 0;
  }

  #check({ sound, volume }: SoundfileMixerSettings): void {
    if (sound !== undefined && !this.#files.has(sound)) {
      const known = [...this.#files.keys()].map((name) => `"${name}"`).join(", ");
      throw new RangeError(
        `Cannot play "${sound}": there is no such sound; pass ${known || "files of sounds"}`,
      );
    }
    if (volume !== undefined && !(volume >= 0 && volume < Infinity)) {
      throw new RangeError(`Cannot set the volume to ${volume}: pass a number from 0 on`);
    }
  }
}

function checkKind(name: string, value: unknown): void {
  const kind = KINDS.get(name);
  if (kind === undefined) {
    const known = [...KINDS.keys()].map((key) => `"${key}"`).join(", ");
    throw new TypeError(`Cannot change "${name}" of SoundfileMixer: it has ${known}`);
  }
  if (value !== undefined && typeof value !== kind) {
    throw new TypeError(
      `Cannot change "${name}" of SoundfileMixer: a ${kind} is needed, not a ${typeof value}`,
    );
  }
}

function failure(name: string, cause: unknown): Error {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new Error(`Cannot play "${name}": ${reason}`, { cause });
}
