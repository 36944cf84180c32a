import { type OnnxRuntime, SileroModel, sileroWindow } from "./_silero_model.ts";

// What messages call the model that is used when none is given.
const PACKAGED = "@ricky0123/vad-web";

// The native library is 288 MB. Deno downloads every package that is named by a literal, called or not, so this
// name is put together where it is used.
const NODE_RUNTIME = ["npm:onnxruntime", "node@1.30.0"];

// The very first runs take up to 90 ms, while the machine code is being made.
const WARM_UP_RUNS = 5;

/** What runs the model: WebAssembly in the process, or the native library. */
export type SileroRuntime = "web" | "node";

/** Where the model comes from: its bytes, or the path or URL of its file. */
export type SileroModelSource = Uint8Array | string | URL;

/** Which model, and what runs it. */
export interface SileroModelOptions {
  /** The model; that of `@ricky0123/vad-web` when left out. */
  readonly source: SileroModelSource | undefined;
  /** What runs it. */
  readonly runtime: SileroRuntime;
}

// Loading takes half a second, and a session many megabytes: a process has one for each model and runtime, however
// many analyzers there are. It is kept for the next conversation.
const loaded = new Map<string, Promise<SileroModel>>();

/** Gives a model, loaded and warmed up once for the process. A failure is not kept: the next call tries again. */
export async function loadSileroModel(options: SileroModelOptions): Promise<SileroModel> {
  const key = `${options.runtime} ${await identify(options.source)}`;
  let model = loaded.get(key);
  if (model === undefined) {
    model = load(options);
    loaded.set(key, model);
    model.catch(() => loaded.delete(key));
  }
  return await model;
}

// Bytes are known by what is in them, so that a copy of them is no other model.
async function identify(source: SileroModelSource | undefined): Promise<string> {
  if (!(source instanceof Uint8Array)) return String(source ?? PACKAGED);
  const digest = await crypto.subtle.digest("SHA-256", source.slice());
  return new Uint8Array(digest).toHex();
}

async function load({ source, runtime }: SileroModelOptions): Promise<SileroModel> {
  const name = source instanceof Uint8Array ? "the given bytes" : `"${source ?? PACKAGED}"`;
  try {
    const bytes = await readModel(source);
    const onnx = await (runtime === "node" ? nodeRuntime() : webRuntime());
    const session = await onnx.InferenceSession.create(bytes, { logSeverityLevel: 3 });
    const model = new SileroModel(onnx, session);
    const stream = model.open(16000);
    const silence = new Int16Array(sileroWindow(16000).samples);
    for (let run = 0; run < WARM_UP_RUNS; run++) await stream.confidence(silence);
    return model;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`Cannot load the Silero VAD model from ${name}: ${reason}`, { cause });
  }
}

async function readModel(source: SileroModelSource | undefined): Promise<Uint8Array> {
  if (source instanceof Uint8Array) return source;
  if (typeof source === "string" && !/^(file|https?):/.test(source)) {
    return await Deno.readFile(source);
  }
  const url = source === undefined ? packagedModel() : new URL(source);
  if (url.protocol === "file:") return await Deno.readFile(url);
  const response = await fetch(url);
  if (!response.ok) {
    await response.body?.cancel();
    throw new Error(`Cannot fetch it: the server answers ${response.status}`);
  }
  return await response.bytes();
}

// Of the versions that the package ships, 5 is the one whose segments lie closest to those of the model that the
// documented thresholds were chosen for; 6 is more eager.
// A file of an npm package has an address only while the package is part of the program: the import, which is never
// called, makes it so.
function packagedModel(): URL {
  void (() => import("@ricky0123/vad-web/package.json", { with: { type: "json" } }));
  const url = new URL(import.meta.resolve("@ricky0123/vad-web/dist/silero_vad_v5.onnx"));
  if (url.protocol === "file:") return url;
  throw new Error(`Cannot find the package "@ricky0123/vad-web": install it, or pass "model"`);
}

async function webRuntime(): Promise<OnnxRuntime> {
  const { env, InferenceSession, Tensor } = await import("onnxruntime-web/wasm");
  // More threads need workers and shared memory, and gain nothing for windows this small.
  env.wasm.numThreads = 1;
  return {
    Tensor,
    InferenceSession: {
      create: (model, options) => withoutChannels(() => InferenceSession.create(model, options)),
    },
  };
}

// On its first session the runtime tries whether memory can be shared, by a message channel that it never closes, and
// a test that looks for leaks would find it. It does so before its first await, so that nobody else misses the class.
function withoutChannels<T>(create: () => T): T {
  const channels = Object.getOwnPropertyDescriptor(globalThis, "MessageChannel");
  if (channels === undefined) return create();
  Reflect.deleteProperty(globalThis, "MessageChannel");
  try {
    return create();
  } finally {
    Object.defineProperty(globalThis, "MessageChannel", channels);
  }
}

async function nodeRuntime(): Promise<OnnxRuntime> {
  return await import(NODE_RUNTIME.join("-"));
}
