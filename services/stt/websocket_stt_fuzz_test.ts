import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  EndFrame,
  InputAudioRawFrame,
  STTUpdateSettingsFrame,
  TranscriptionFrame,
  UserStartedSpeakingFrame,
  UserStoppedSpeakingFrame,
  VADUserStartedSpeakingFrame,
  VADUserStoppedSpeakingFrame,
} from "../../frames/mod.ts";
import type { ClientMessage, ScriptedPeer } from "../../testing/scripted_peer.ts";
import { ScriptedSocketServer } from "../../testing/scripted_socket_server.ts";
import { SeededRandom } from "../../testing/seeded_random.ts";
import { TestPipeline } from "../../testing/test_pipeline.ts";
import { VirtualClock } from "../../testing/virtual_clock.ts";
import {
  ProposedUserStartedSpeakingFrame,
  ProposedUserStoppedSpeakingFrame,
} from "../../turns/mod.ts";
import type { Dial } from "../wire/mod.ts";
import {
  type STTEvent,
  type STTProtocol,
  type STTSettings,
  type Transcript,
  WebSocketSTTService,
} from "./mod.ts";

const SECRET = "hunter2";

type ToySettings = STTSettings & { readonly volume?: number };

interface Fault {
  audio?(audio: Int16Array): readonly Int16Array[];
  transcript?(transcript: Transcript): readonly Transcript[];
  readonly lingers?: boolean;
}

class ToySTTService extends WebSocketSTTService<ToySettings> {
  constructor(protocol: STTProtocol<ToySettings>, dial: Dial, readonly fault: Fault) {
    super(protocol, { dial });
  }

  protected override receiveAudio(audio: Int16Array): void {
    for (const piece of this.fault.audio?.(audio) ?? [audio]) super.receiveAudio(piece);
  }

  protected override pushTranscript(transcript: Transcript, options = {}): void {
    const all = this.fault.transcript?.(transcript) ?? [transcript];
    for (const one of all) super.pushTranscript(one, options);
  }

  protected override onClose(): void {
    super.onClose();
    if (this.fault.lingers) this.clock.timer(60_000, () => {});
  }
}

/** A provider that takes each piece of audio for a word, and does what no provider should. */
class Provider {
  /** Words that came in final events, as the client read them. */
  readonly final: string[] = [];
  readonly untimely: string[] = [];
  /** Pieces of audio, connection by connection. */
  readonly heard: number[][] = [];
  isCalm = false;
  isBusy: () => boolean = () => false;
  readonly #random: SeededRandom;
  readonly #turns: boolean;

  constructor(random: SeededRandom, readonly clock: VirtualClock) {
    this.#random = random;
    this.#turns = random.chance(0.3);
  }

  protocol(): STTProtocol<ToySettings> {
    const random = this.#random;
    return {
      provider: "Toy",
      defaults: { language: "en" },
      live: ["volume"],
      awaitsEnd: random.chance(0.3),
      confirms: !this.#turns && random.chance(0.5),
      pingMs: random.pick([0, 20_000]),
      chunkMs: random.pick([undefined, 50]),
      serverTurns: () => this.#turns,
      connect: ({ settings }) => ({ url: `ws://toy.example/${settings.language}` }),
      update: (_changed, { settings }) => [`volume ${settings.volume}`],
      finalize: () => ["finalize"],
      end: () => {
        if (this.isBusy()) this.untimely.push(`at ${this.clock.now()} ms`);
        return ["bye"];
      },
      receive: (message) => {
        const event = JSON.parse(String(message)) as STTEvent;
        if (event.type === "final") this.final.push(...event.text.split(" "));
        return [event];
      },
    };
  }

  async serve(peer: ScriptedPeer): Promise<void> {
    const random = this.#random;
    const fates = { good: 3, refuse: 1, close: 1, fault: 1, drop: 1, half: 1, pause: 1 };
    const fate = this.isCalm ? "good" : random.weighted(fates);
    if (fate === "refuse") return await peer.refuse(503, { body: SECRET });
    await peer.accept();
    const timer = this.clock.timer(random.int(0, 3_000), () => {
      if (fate === "close") void peer.close(random.pick([1000, 1011]), SECRET);
      if (fate === "fault") peer.send({ type: "error", code: `${SECRET}!`, fatal: true });
      if (fate === "drop") peer.drop();
      if (fate === "half") peer.halfClose();
      if (fate === "pause" && !this.isCalm) peer.pause();
    });
    const words: string[] = [];
    for (let message = await peer.next(); message; message = await peer.next()) {
      if (message.type === "bytes") this.#hear(message.bytes, peer.number, words);
      this.#answer(peer, message, words);
    }
    timer.cancel();
  }

  #hear(bytes: Uint8Array, number: number, words: string[]): void {
    // What is silent stands in for audio that does not come.
    const pieces = [...new Int16Array(bytes.slice().buffer)].filter((s, i) => s && i % 320 === 0);
    (this.heard[number] ??= []).push(...pieces);
    words.push(...pieces.map((piece) => `p${piece}`));
  }

  #answer(peer: ScriptedPeer, message: ClientMessage, words: string[]): void {
    const random = this.#random;
    const text = words.join(" ");
    if (message.type === "text" && message.text === "finalize") {
      peer.send({ type: "final", text, finalized: true });
      words.length = 0;
    } else if (message.type === "bytes" && random.chance(0.1)) {
      const phase = random.pick(["update", "eagerEnd", "resume"]);
      peer.send(this.#turns ? { type: "turn", phase, text } : { type: "interim", text });
    } else if (message.type === "bytes" && random.chance(0.04)) {
      peer.send(this.#turns ? { type: "turn", phase: "end", text } : { type: "final", text });
      words.length = 0;
    } else if (random.chance(0.01)) peer.send(`{${SECRET}`);
  }
}

async function converse(seed: number, fault: Fault): Promise<void> {
  const random = new SeededRandom(seed);
  Math.random = () => random.next();
  const clock = new VirtualClock();
  const provider = new Provider(random, clock);
  await using server = new ScriptedSocketServer((peer) => provider.serve(peer));
  const stt = new ToySTTService(provider.protocol(), server.dial, fault);
  const pipeline = new TestPipeline([stt], { clock });
  let [speaking, turn, ending, piece] = [false, false, false, 0];
  provider.isBusy = () => !ending && (speaking || turn);
  const actions = {
    audio: () => {
      const audio = new Int16Array(320).fill(++piece);
      pipeline.push(new InputAudioRawFrame(audio, { sampleRate: 16_000 }));
    },
    start: () => {
      speaking = true;
      pipeline.push(new VADUserStartedSpeakingFrame());
    },
    stop: () => {
      speaking = false;
      pipeline.push(new VADUserStoppedSpeakingFrame());
    },
    turn: () => {
      turn = !turn;
      pipeline.push(turn ? new UserStartedSpeakingFrame() : new UserStoppedSpeakingFrame());
    },
    volume: () =>
      pipeline.push(new STTUpdateSettingsFrame({ delta: { volume: random.int(1, 9) } })),
    other: () =>
      pipeline.push(new STTUpdateSettingsFrame({ delta: { language: random.pick(["de", "fr"]) } })),
    interrupt: () => pipeline.interrupt(),
  };
  const weights = { audio: 60, start: 3, stop: 4, turn: 3, volume: 1, other: 1.5, interrupt: 1 };
  for (let i = 0; i < 120; i++) {
    actions[random.weighted(weights)]();
    await clock.advance(random.chance(0.02) ? random.int(1, 6_000) : 20);
  }
  // The next connection is a good one, and there is time for it.
  provider.isCalm = random.chance(0.5);
  if (provider.isCalm) {
    server.peers.forEach((peer) => peer.resume());
    await clock.advance(60_000);
  }
  const last = [0, 1, 2].map(() => (actions.audio(), piece));
  await clock.advance(100);
  ending = true;
  await end(pipeline);
  check(pipeline, provider);
  if (provider.isCalm) assertEquals(provider.heard.flat().slice(-3), last);
  assertEquals([clock.timers, server.failures, provider.untimely], [0, [], []]);
}

async function end(pipeline: TestPipeline): Promise<void> {
  const before = pipeline.clock.now();
  await pipeline.end();
  const ms = pipeline.clock.now() - before;
  assert(ms <= 5_200, `the end takes ${ms} ms`);
  assert(pipeline.down.at(-1) instanceof EndFrame, "something comes behind the end");
  await pipeline.close();
}

function check(pipeline: TestPipeline, provider: Provider): void {
  const [heard, final] = [provider.heard.flat(), provider.final];
  assert(heard.every((piece, i) => piece > (heard[i - 1] ?? 0)), `heard ${heard}`);
  const said = pipeline.of(TranscriptionFrame).flatMap(({ text }) => text.split(" "));
  assertEquals(said.length, new Set(said).size, "words are pushed twice");
  assertEquals(final.filter((word) => word && !said.includes(word)), [], "words are not pushed");
  const starts = pipeline.of(ProposedUserStartedSpeakingFrame).length;
  assertEquals(pipeline.of(ProposedUserStoppedSpeakingFrame).length, starts, "a turn has no end");
  const shown = [...pipeline.logged, ...pipeline.errors.map(({ error }) => error)].join("\n");
  assert(!shown.includes(SECRET), "what a provider said is shown");
}

async function fuzz(options: { readonly runs: number; readonly fault?: Fault }): Promise<void> {
  const { random } = Math;
  for (let seed = 1; seed <= options.runs; seed++) {
    try {
      await converse(seed, options.fault ?? {});
    } catch (cause) {
      throw new Error(`Cannot pass conversation ${seed}: ${cause}; seed: ${seed}`, { cause });
    } finally {
      Math.random = random;
    }
  }
}

Deno.test("WebSocketSTTService keeps audio, words, turns and its end in order, whatever happens", async () => {
  await fuzz({ runs: 150 });
});

const faults: Readonly<Record<string, Fault>> = {
  "loses audio": { audio: (audio) => (audio[0] ?? 0) % 3 === 0 ? [] : [audio] },
  "repeats audio": { audio: (audio) => [audio, audio] },
  "loses words": { transcript: () => [] },
  "repeats words": { transcript: (transcript) => [transcript, transcript] },
  "goes on behind its end": { lingers: true },
};

for (const [name, fault] of Object.entries(faults)) {
  Deno.test(`a service that ${name} does not pass as one that keeps all in order`, async () => {
    await assertRejects(() => fuzz({ runs: 20, fault }), Error, "seed: ");
  });
}
