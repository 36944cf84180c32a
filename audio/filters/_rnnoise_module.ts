/** What of the compiled library is used; the package brings no types. */
export interface RNNoiseModule {
  /** The memory as floats; another array after the memory has grown. */
  readonly HEAPF32: Float32Array;
  _malloc(bytes: number): number;
  _free(address: number): void;
  _rnnoise_create(model: number): number;
  _rnnoise_destroy(state: number): void;
  _rnnoise_process_frame(state: number, output: number, input: number): number;
}

interface RNNoisePackage {
  readonly default: () => Promise<RNNoiseModule>;
}

// Deno downloads every package that is named by a literal, used or not, so this name is put together where it is
// used. The root of the package cannot be imported as it is; this file of it can, and needs no permission.
const PACKAGE = ["npm:@jitsi/rnnoise-wasm", "0.2.1/dist/rnnoise-sync.js"];

// The code is compiled once for a process; every filter has its own state in it.
let loaded: Promise<RNNoiseModule> | undefined;

/** Gives the library, loaded once. A failure is not kept: the next call tries again. */
export function loadRNNoise(): Promise<RNNoiseModule> {
  return loaded ??= load();
}

async function load(): Promise<RNNoiseModule> {
  try {
    const { default: create }: RNNoisePackage = await import(PACKAGE.join("@"));
    return await create();
  } catch (cause) {
    loaded = undefined;
    const reason = cause instanceof Error ? cause.message : String(cause);
    const fix = 'install "@jitsi/rnnoise-wasm"';
    throw new Error(`Cannot load RNNoise: ${reason}; ${fix}`, { cause });
  }
}

/** How many samples the library takes at a time. */
export const FRAME_SAMPLES = 480;

/** The one rate that the library knows, in Hz. */
export const RNNOISE_RATE = 48_000;

/** One stream of audio through the library. */
export class RNNoiseStream {
  readonly #module: RNNoiseModule;
  readonly #state: number;
  readonly #frame: number;
  #open = true;

  constructor(module: RNNoiseModule) {
    this.#module = module;
    this.#state = module._rnnoise_create(0);
    this.#frame = module._malloc(FRAME_SAMPLES * Float32Array.BYTES_PER_ELEMENT);
  }

  /** Cleans one frame into `output`, both of {@linkcode FRAME_SAMPLES}, and says how likely it is a voice. */
  clean(input: Int16Array, output: Int16Array): number {
    const at = this.#frame / Float32Array.BYTES_PER_ELEMENT;
    // The library takes floats in the range of 16-bit samples.
    this.#module.HEAPF32.set(input, at);
    const voice = this.#module._rnnoise_process_frame(this.#state, this.#frame, this.#frame);
    const cleaned = this.#module.HEAPF32;
    for (let i = 0; i < FRAME_SAMPLES; i++) {
      output[i] = Math.max(-32768, Math.min(32767, Math.round(cleaned[at + i] ?? 0)));
    }
    return voice;
  }

  /** Gives its memory back. Closing twice is fine. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#module._rnnoise_destroy(this.#state);
    this.#module._free(this.#frame);
  }
}
