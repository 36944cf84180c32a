import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  EndFrame,
  type Frame,
  type FrameClass,
  InterruptionFrame,
  LLMFullResponseEndFrame,
  LLMFullResponseStartFrame,
  LLMTextFrame,
  TTSAudioRawFrame,
  TTSSpeakFrame,
  TTSStartedFrame,
  TTSStoppedFrame,
  TTSTextFrame,
  TTSUpdateSettingsFrame,
} from "../../frames/mod.ts";
import { FrameProcessor } from "../../processors/mod.ts";
import {
  type ScriptedPeer,
  ScriptedSocketServer,
  SeededRandom,
  TestPipeline,
  VirtualClock,
} from "../../testing/mod.ts";
import { JSONFields } from "../wire/mod.ts";
import { type TTSProtocol, type TTSSettings, WebSocketTTSService } from "./mod.ts";

const WORDS =
  "Hello **bold** $12.50 Dr. Smith e.g. \u{1F600} 你好，世界。 ... — it's Really! done. - `code`"
    .split(" ");
const WORD_SAMPLES = 480;

/** A clock that waits for nobody outside: what is outside stands in the same process. */
class FreeClock extends VirtualClock {
  override hold<T>(work: Promise<T>): Promise<T> {
    work.catch(() => {});
    return work;
  }
}

/** Loses the first frame of a class: a fault that the fuzz has to find. */
class Loses extends FrameProcessor {
  constructor(kind: FrameClass) {
    super();
    let lost = false;
    this.handle<Frame>(kind, (_frame, context) => {
      if (lost) return context.forward();
      lost = true;
    });
  }
}

/** A provider that tells words apart by the level of their samples, and has its troubles. */
class Provider {
  readonly server = new ScriptedSocketServer((peer) => this.#run(peer));
  readonly random: SeededRandom;
  /** Whether it names contexts, awaits being ready, and how often something goes wrong. */
  readonly nature: { readonly named: boolean; readonly awaits: boolean; readonly trouble: number };
  troubles = 0;
  #level = 0;

  constructor(random: SeededRandom) {
    this.random = random;
    const trouble = random.pick([0, 0, 0.1, 0.3]);
    this.nature = { named: random.chance(0.6), awaits: random.chance(0.3), trouble };
  }

  protocol(repeats = false): TTSProtocol<TTSSettings> {
    return {
      provider: "Toy",
      url: "ws://toy.example",
      defaults: { voice: "ada" },
      fixed: ["voice"],
      awaitsReady: this.nature.awaits,
      acknowledgesCancel: !this.nature.named,
      connect: ({ url, settings }) => ({ url: `${url}/?voice=${settings.voice}` }),
      speak: (text, { contextId: id }) => [JSON.stringify({ text, id })],
      flush: ({ contextId: end }) => [JSON.stringify({ end })],
      cancel: ({ contextId: cancel }) => [JSON.stringify({ cancel })],
      *receive({ json }) {
        const [type, contextId] = [json.text("type"), json.text("id")];
        if (type === "ready" || type === "cancelled") yield { type };
        if (type === "done") yield { type, contextId };
        if (type === "error") yield { type, message: "secret", contextId };
        const words = json.list("words").map((word) => ({
          text: word.text("text") ?? "",
          startMs: word.number("startMs"),
        }));
        if (words.length > 0) yield { type: "words", words, contextId };
        if (!json.has("audio")) return;
        for (let k = 0; k < (repeats ? 2 : 1); k++) {
          yield { type: "audio", audio: json.bytes("audio"), contextId };
        }
      },
    };
  }

  async #run(peer: ScriptedPeer): Promise<void> {
    if (this.#isTrouble(0.5)) return await peer.refuse(this.random.pick([429, 503]));
    await peer.accept();
    if (this.nature.awaits && this.#isTrouble(0.3)) return await peer.close(4001);
    peer.send({ type: "ready" });
    const at = new Map<string, number>();
    for (let message = await peer.next(); message; message = await peer.next()) {
      const fields = new JSONFields(message.type === "json" ? message.value : undefined);
      const [id = "", end] = [fields.text("id"), fields.text("end")];
      const send = (event: object) =>
        peer.send({ ...this.nature.named && { id: end ?? id }, ...event });
      if (fields.has("cancel")) this.#late(peer, fields.text("cancel"));
      else if (end !== undefined) send({ type: this.#isTrouble(0.2) ? "error" : "done" });
      else at.set(id, this.#say(fields.text("text") ?? "", at.get(id) ?? 0, send));
      if (this.#isTrouble(0.4)) {
        const garbage = this.random.pick(["{nope", "[]", { audio: "?" }]);
        const gone = [() => peer.drop(), () => peer.halfClose(), () => peer.send(garbage)];
        this.random.pick(gone)();
      }
    }
  }

  /** Says a text, cut anywhere, from a moment of its context on; gives when it ends. */
  #say(text: string, from: number, send: (event: object) => void): number {
    let at = from;
    for (const word of text.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word))) {
      const words = [{ text: word, startMs: at }];
      const isBehind = this.random.chance(0.5);
      if (!isBehind) send({ words });
      const samples = new Int16Array(WORD_SAMPLES).fill(++this.#level);
      const bytes = new Uint8Array(samples.buffer);
      const cut = this.random.int(0, bytes.length);
      for (const part of [bytes.subarray(0, cut), bytes.subarray(cut)]) {
        if (part.length > 0) send({ audio: part.toBase64() });
      }
      if (isBehind) send({ words });
      at += WORD_SAMPLES / 24;
    }
    return at;
  }

  /** What was cancelled goes on for a while. */
  #late(peer: ScriptedPeer, id: string | undefined): void {
    const audio = new Uint8Array(new Int16Array(WORD_SAMPLES).fill(-1).buffer).toBase64();
    peer.send({ ...this.nature.named && { id }, audio });
    peer.send({ ...this.nature.named && { id }, type: "done" });
    peer.send({ type: "cancelled" });
  }

  #isTrouble(share: number): boolean {
    const is = this.random.chance(this.nature.trouble * share);
    if (is) this.troubles++;
    return is;
  }
}

/** Fails if a session breaks a promise. */
async function fuzz(seed: number, planted?: FrameClass | "audio twice"): Promise<void> {
  const random = new SeededRandom(seed);
  const provider = new Provider(random);
  const clock = new FreeClock();
  const tts = new WebSocketTTSService(provider.protocol(planted === "audio twice"), {
    dial: provider.server.dial,
    textAggregationMode: random.pick(["sentence", "sentence", "whole", "token"]),
  });
  const faults = typeof planted === "function" ? [new Loses(planted)] : [];
  const pipeline = new TestPipeline([tts, ...faults], { clock });
  const written = [""];
  const interrupt = () => {
    written.push("");
    pipeline.interrupt();
  };
  if (random.chance(0.4)) {
    pipeline.when(random.pick([TTSAudioRawFrame, TTSTextFrame, TTSStartedFrame]), interrupt);
  }
  let answers = 0;
  for (let k = random.int(1, 3); k > 0; k--) {
    const text = Array.from({ length: random.int(0, 14) }, () => random.pick(WORDS)).join(" ");
    const asked = written.length;
    if (random.chance(0.2)) pipeline.push(new TTSUpdateSettingsFrame({ delta: { voice: "bob" } }));
    const speaks = random.chance(0.2);
    if (!speaks) pipeline.push(new LLMFullResponseStartFrame());
    const size = random.int(1, 12);
    for (let at = 0; at < text.length && written.length === asked; at += speaks ? 200 : size) {
      const piece = text.slice(at, at + (speaks ? 200 : size));
      written[written.length - 1] += piece;
      pipeline.push(speaks ? new TTSSpeakFrame(piece) : new LLMTextFrame(piece));
      if (random.chance(0.2)) await clock.advance(random.pick([0, 50, 3_000]));
      if (random.chance(0.01)) interrupt();
    }
    if (!speaks && written.length === asked) {
      answers++;
      pipeline.push(new LLMFullResponseEndFrame());
    }
    if (random.chance(0.3)) await clock.advance(random.pick([0, 50, 20_000]));
  }
  await pipeline.end({ withinMs: 300_000 });
  await pipeline.close();
  await provider.server.close();
  assertEquals([clock.timers, provider.server.failures], [0, []]);
  assert(provider.troubles > 0 || pipeline.errors.length === 0, pipeline.errors[0]?.error);
  assert(pipeline.logged.every((line) => !/secret|nope/.test(line)), "it quotes");
  const ends = pipeline.of(LLMFullResponseEndFrame).length;
  assert(written.length > 1 || ends === answers, `${ends} of ${answers} answers ended`);
  check(pipeline, written);
}

/** Checks what went out against what was written between the interruptions. */
function check({ down, errors }: TestPipeline, written: readonly string[]): void {
  const heard = new Map<number, number>();
  let [level, epoch, said] = [0, 0, ""];
  let open: { id: string | undefined; ms: number; endMs: number } | undefined;
  for (const frame of down) {
    if (frame instanceof TTSStartedFrame) {
      assert(!open, "two at once");
      open = { id: frame.contextId, ms: 0, endMs: 0 };
    } else if (frame instanceof TTSStoppedFrame) {
      assert(open && open.id === frame.contextId, "stopped what did not start");
      assert(open.endMs <= open.ms + 0.01, `a word at ${open.endMs} of ${open.ms} ms`);
      open = undefined;
    } else if (frame instanceof TTSAudioRawFrame) {
      assert(open && open.id === frame.contextId, "audio of nobody");
      open.ms += frame.numFrames / 24;
      for (const sample of frame.audio) {
        assert(sample >= level, `sample ${sample} behind ${level}`);
        level = sample;
        heard.set(sample, (heard.get(sample) ?? 0) + 1);
      }
    } else if (frame instanceof TTSTextFrame) {
      assert(open && open.id === frame.contextId, "a word of nobody");
      assert((frame.endMs ?? NaN) >= open.endMs, `${frame.endMs} behind ${open.endMs}`);
      open.endMs = frame.endMs ?? 0;
      said += frame.text;
    }
    if (!(frame instanceof InterruptionFrame || frame instanceof EndFrame)) continue;
    const [got, want = ""] = [said, written[epoch]].map((text = "") => text.replace(/\s/g, ""));
    // What failed is left out, and what comes behind it is not.
    if (errors.length === 0) assert(want.startsWith(got ?? ""), `${got} of ${want}`);
    if (frame instanceof EndFrame) {
      assert(!open && (errors.length > 0 || got === want), `${got} of ${want}`);
    }
    [epoch, said, open] = [epoch + 1, "", undefined];
  }
  assert([...heard.values()].every((samples) => samples <= WORD_SAMPLES), "audio twice");
}

const SEED = Number(Deno.env.get("TTS_FUZZ_SEED") ?? crypto.getRandomValues(new Uint32Array(1))[0]);
const SESSIONS = Number(Deno.env.get("TTS_FUZZ_SESSIONS") ?? 250);

Deno.test("WebSocketTTSService keeps its promises in any session", async () => {
  console.log(`TTS_FUZZ_SEED=${SEED}`);
  for (let seed = SEED; seed < SEED + SESSIONS; seed++) {
    await fuzz(seed).catch((cause) => {
      throw new Error(`Cannot keep a promise: see TTS_FUZZ_SEED=${seed}`, { cause });
    });
  }
});

for (const planted of ["audio twice", TTSTextFrame, TTSStoppedFrame, TTSStartedFrame] as const) {
  const name = typeof planted === "string" ? planted : `a lost ${planted.name}`;
  Deno.test(`The fuzz of WebSocketTTSService finds ${name}`, async () => {
    await assertRejects(async () => {
      for (let seed = 1; seed < 50; seed++) await fuzz(seed, planted);
    });
  });
}
