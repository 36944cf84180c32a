import type { InferenceSession, Tensor } from "onnxruntime-web/wasm";

// Wire: https://github.com/snakers4/silero-vad, versions 5 and 6 (read 2026-11-20). A run takes the last samples of the
// window before and the window itself, and gives a probability and the state for the next run.
const STATE_DIMS = [2, 1, 128];
const STATE_SIZE = 256;

/** How many samples the model takes at once at a rate it knows, and how many of the window before it. */
export function sileroWindow(rate: number): { readonly samples: number; readonly context: number } {
  return rate === 8000 ? { samples: 256, context: 32 } : { samples: 512, context: 64 };
}

/** The part of the runtimes that is used here; both have it. */
export interface OnnxRuntime {
  /** Makes sessions. */
  readonly InferenceSession: {
    create(model: Uint8Array, options?: InferenceSession.SessionOptions): Promise<InferenceSession>;
  };
  /** Makes what goes in. */
  readonly Tensor: typeof Tensor;
}

/** A model in memory. It remembers nothing itself: every stream of audio has its own {@linkcode SileroStream}. */
export class SileroModel {
  readonly #runtime: OnnxRuntime;
  readonly #session: InferenceSession;

  /** Wraps a session of that runtime. */
  constructor(runtime: OnnxRuntime, session: InferenceSession) {
    this.#runtime = runtime;
    this.#session = session;
  }

  /** Starts on a stream of audio of 8000 or 16000 Hz. */
  open(rate: number): SileroStream {
    const { Tensor } = this.#runtime;
    const { samples, context } = sileroWindow(rate);
    const input = new Float32Array(context + samples);
    return new SileroStream(this.#session, {
      samples,
      input,
      inputTensor: new Tensor("float32", input, [1, input.length]),
      rateTensor: new Tensor("int64", BigInt64Array.of(BigInt(rate)), []),
      zeroState: new Tensor("float32", new Float32Array(STATE_SIZE), STATE_DIMS),
    });
  }
}

interface StreamParts {
  readonly samples: number;
  readonly input: Float32Array;
  readonly inputTensor: Tensor;
  readonly rateTensor: Tensor;
  readonly zeroState: Tensor;
}

/** One stream of audio through the model. Windows go in one after another; nothing is ever forgotten in between. */
export class SileroStream {
  readonly #session: InferenceSession;
  readonly #parts: StreamParts;
  #state: Tensor;

  /** Starts with nothing heard. */
  constructor(session: InferenceSession, parts: StreamParts) {
    this.#session = session;
    this.#parts = parts;
    this.#state = parts.zeroState;
  }

  /** Tells how sure the model is that it hears a voice in the next window. */
  async confidence(window: Int16Array): Promise<number> {
    const { input, inputTensor, rateTensor, samples } = this.#parts;
    const context = input.length - samples;
    input.copyWithin(0, samples);
    for (let i = 0; i < samples; i++) input[context + i] = (window[i] ?? 0) / 32768;
    const output = await this.#session.run({
      input: inputTensor,
      state: this.#state,
      sr: rateTensor,
    });
    const confidence = output["output"]?.data[0];
    const state = output["stateN"];
    if (typeof confidence !== "number" || state === undefined) {
      throw new TypeError(
        `Cannot run the model as Silero VAD: it gives ${
          Object.keys(output).join(" and ")
        } instead of "output" and "stateN"`,
      );
    }
    this.#state = state;
    return confidence;
  }
}
