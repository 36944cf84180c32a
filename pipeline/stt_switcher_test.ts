import { assert, assertEquals } from "@std/assert";
import {
  type Frame,
  InputAudioRawFrame,
  InterruptionFrame,
  ManuallySwitchServiceFrame,
  TranscriptionFrame,
  UserMuteStartedFrame,
  UserMuteStoppedFrame,
  VADUserStartedSpeakingFrame,
  VADUserStoppedSpeakingFrame,
} from "../frames/mod.ts";
import { STTService } from "../services/stt/mod.ts";
import { ScriptedSTTService, TestPipeline, VirtualClock } from "../testing/mod.ts";
import type { ScriptedTranscript } from "../testing/scripted_stt.ts";
import { STTMetadataFrame } from "../turns/mod.ts";
import { ServiceSwitcher, ServiceSwitcherStrategyFailover } from "./mod.ts";

const RATE = 16_000;
const CHUNK_MS = 20;
const down = { error: new Error("the ear is deaf") };

/** Recognisers behind a switcher, and a user whose every 20 ms of audio have their own number. */
class Rig implements AsyncDisposable {
  readonly clock = new VirtualClock();
  readonly switcher: ServiceSwitcher;
  readonly pipeline: TestPipeline;
  #chunk = 0;

  constructor(readonly ears: readonly STTService[]) {
    this.switcher = new ServiceSwitcher({
      services: ears,
      strategyType: ServiceSwitcherStrategyFailover,
    });
    this.pipeline = new TestPipeline([this.switcher], { clock: this.clock });
  }

  /** Audio comes in, as it does live. */
  async audio(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= CHUNK_MS) {
      const samples = new Int16Array(RATE * CHUNK_MS / 1000).fill(++this.#chunk);
      this.pipeline.push(new InputAudioRawFrame(samples, { sampleRate: RATE }));
      await this.clock.advance(CHUNK_MS);
    }
  }

  /** How many pieces of audio came in. */
  get chunks(): number {
    return this.#chunk;
  }

  async push(...frames: readonly Frame[]): Promise<void> {
    this.pipeline.push(...frames);
    await this.clock.settle();
  }

  /** Silence, and then speech that is noticed after 200 ms. */
  async begin(ms = 600): Promise<void> {
    await this.audio(1_000);
    await this.audio(200);
    await this.push(new VADUserStartedSpeakingFrame({ startSecs: 0.2 }));
    await this.audio(ms - 200);
  }

  async end(): Promise<void> {
    await this.audio(200);
    await this.push(new VADUserStoppedSpeakingFrame({ stopSecs: 0.2 }));
    await this.clock.advance(1_000);
  }

  switchTo(name: string): Promise<void> {
    return this.push(new ManuallySwitchServiceFrame({ name }));
  }

  get heard(): string[] {
    return this.pipeline.of(TranscriptionFrame).map(({ text }) => text);
  }

  /** Every piece of audio comes out once. */
  checkAudio(): void {
    const chunks = this.pipeline.of(InputAudioRawFrame).map(({ audio }) => audio[0]);
    assertEquals(chunks, Array.from({ length: this.#chunk }, (_, i) => i + 1));
    const names = this.pipeline.down.map(({ constructor }) => constructor.name);
    const count = (name: string) => names.filter((other) => other === name).length;
    assertEquals(count("VADUserStartedSpeakingFrame"), count("VADUserStoppedSpeakingFrame"));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.pipeline.close();
    assertEquals(this.clock.timers, 0, "no timer is left");
  }
}

function ear(name: string, ...transcripts: (string | ScriptedTranscript)[]): ScriptedSTTService {
  return new ScriptedSTTService({ name, transcripts });
}

/** The first and the last number in a piece of audio; nothing may be missing or twice in between. */
function extent(audio: Int16Array | undefined): [number, number] {
  assert(audio && audio.length > 0);
  const [first, last] = [audio[0] ?? 0, audio.at(-1) ?? 0];
  for (let i = 1; i < audio.length; i++) {
    const step = (audio[i] ?? 0) - (audio[i - 1] ?? 0);
    assert(step === 0 || step === 1, `sample ${i} goes on by ${step}`);
  }
  return [first, last];
}

Deno.test("a recogniser that fails leaves its segment to the next, whole", async () => {
  const [a, b] = [ear("A", down), ear("B", "Hello there.")];
  await using rig = new Rig([a, b]);
  await rig.begin();
  await rig.end();
  assertEquals(rig.heard, ["Hello there."]);
  assertEquals(extent(b.segments[0]), extent(a.segments[0]));
  assertEquals(rig.pipeline.errors, []);
  rig.checkAudio();
});

Deno.test("what was transcribed is not heard again", async () => {
  const [a, b] = [ear("A", "One.", down), ear("B", "Two.")];
  await using rig = new Rig([a, b]);
  await rig.begin();
  await rig.end();
  await rig.begin();
  await rig.end();
  assertEquals(rig.heard, ["One.", "Two."]);
  assertEquals(b.segments.length, 1);
  assertEquals(extent(b.segments[0]), extent(a.segments[1]));
  rig.checkAudio();
});

Deno.test("segments that wait behind the failure are heard by the next, once and in order", async () => {
  const a = ear("A", { ...down, delayMs: 5_000 }, "Two, too late.");
  const b = ear("B", "One.", "Two.");
  await using rig = new Rig([a, b]);
  await rig.begin();
  await rig.end();
  await rig.begin();
  await rig.end();
  await rig.clock.advance(10_000);
  assertEquals(rig.heard, ["One.", "Two."]);
  rig.checkAudio();
});

Deno.test("a recogniser that fails while the user speaks hands on what he has begun to say", async () => {
  class Fragile extends STTService {
    fed = 0;
    constructor() {
      super({ name: "A" }, {});
    }
    protected override receiveAudio(): void {
      if (++this.fed === 75) this.reportError("Cannot listen: the line broke");
    }
  }
  const b = ear("B", "Hello there.");
  await using rig = new Rig([new Fragile(), b]);
  await rig.begin();
  await rig.end();
  assertEquals(rig.heard, ["Hello there."]);
  const [first, last] = extent(b.segments[0]);
  // The voice began with chunk 51, and 300 ms before it are heard as well.
  assert(first <= 51 && first >= 30, `begins with ${first}`);
  assertEquals(last, 90);
  rig.checkAudio();
});

Deno.test("a switch while the user speaks waits until he has spoken", async () => {
  const [a, b] = [ear("A", { text: "One.", delayMs: 500 }), ear("B", "Two.")];
  await using rig = new Rig([a, b]);
  await rig.begin();
  await rig.switchTo("B");
  assertEquals(rig.switcher.strategy.activeService, a);
  await rig.end();
  assertEquals(rig.switcher.strategy.activeService, b);
  await rig.begin();
  await rig.end();
  assertEquals(rig.heard, ["One.", "Two."]);
  assertEquals([a.segments.length, b.segments.length], [1, 1]);
  rig.checkAudio();
});

Deno.test("a segment that fails after the switch is heard by the next, behind what is being said", async () => {
  const [a, b] = [ear("A", { ...down, delayMs: 2_700 }), ear("B", "Two.", "One.")];
  await using rig = new Rig([a, b]);
  await rig.begin();
  await rig.switchTo("B");
  await rig.end();
  await rig.begin(1_400);
  await rig.end();
  assertEquals(rig.heard, ["Two.", "One."]);
  assertEquals(extent(b.segments[1]), extent(a.segments[0]));
  assertEquals(rig.pipeline.errors, []);
  rig.checkAudio();
});

Deno.test("a switch just before speech is noticed loses no syllable", async () => {
  const [a, b] = [ear("A"), ear("B", "Hello.")];
  await using rig = new Rig([a, b]);
  await rig.audio(1_000);
  await rig.audio(180);
  await rig.switchTo("B");
  await rig.audio(20);
  await rig.push(new VADUserStartedSpeakingFrame({ startSecs: 0.2 }));
  await rig.audio(400);
  await rig.end();
  assertEquals(rig.heard, ["Hello."]);
  const [first] = extent(b.segments[0]);
  assert(first <= 51 - 300 / CHUNK_MS + 1, `begins with ${first}`);
  rig.checkAudio();
});

Deno.test("what one recogniser was given when it took over it hands on when it fails", async () => {
  const [a, b, c] = [ear("A"), ear("B", down), ear("C", "Hello.")];
  await using rig = new Rig([a, b, c]);
  await rig.audio(1_180);
  await rig.switchTo("B");
  await rig.audio(20);
  await rig.push(new VADUserStartedSpeakingFrame({ startSecs: 0.2 }));
  await rig.audio(400);
  await rig.end();
  assertEquals(rig.heard, ["Hello."]);
  assertEquals(extent(c.segments[0]), extent(b.segments[0]));
});

Deno.test("an interruption takes nothing away from what the user says", async () => {
  const [a, b] = [ear("A", down), ear("B", "Stop.")];
  await using rig = new Rig([a, b]);
  await rig.begin();
  await rig.push(new InterruptionFrame());
  await rig.end();
  assertEquals(rig.heard, ["Stop."]);
});

Deno.test("a recogniser that takes over knows that the user is muted, and when no more", async () => {
  const [a, b] = [ear("A"), ear("B", "Now.")];
  await using rig = new Rig([a, b]);
  await rig.push(new UserMuteStartedFrame());
  await rig.switchTo("B");
  await rig.begin();
  await rig.end();
  assertEquals(b.segments.length, 0);
  await rig.push(new UserMuteStoppedFrame());
  await rig.begin();
  await rig.end();
  assertEquals(rig.heard, ["Now."]);
});

Deno.test("a recogniser that stands by hears nothing", async () => {
  const [a, b] = [ear("A", "One."), ear("B")];
  await using rig = new Rig([a, b]);
  await rig.begin();
  await rig.end();
  assertEquals(rig.heard, ["One."]);
  assertEquals(b.segments.length, 0);
});

Deno.test("speech long ago that nobody answered is not heard again", async () => {
  const [a, b] = [ear("A", {}, down), ear("B", "Two.")];
  await using rig = new Rig([a, b]);
  await rig.begin();
  await rig.end();
  await rig.audio(30_000);
  await rig.begin();
  await rig.end();
  assertEquals(rig.heard, ["Two."]);
  assertEquals(b.segments.length, 1);
});

Deno.test("where every recogniser is down, each hears the segment once and the error is told", async () => {
  const ears = [ear("A", down), ear("B", down), ear("C", down)];
  await using rig = new Rig(ears);
  await rig.begin();
  await rig.end();
  assertEquals(ears.map(({ segments }) => segments.length), [1, 1, 1]);
  assertEquals(rig.pipeline.errors.length, 1);
  rig.checkAudio();
});

Deno.test("a recogniser that takes over says how long to wait for its words", async () => {
  const ears = [["A", 0.3], ["B", 0.7]] as const;
  await using rig = new Rig(
    ears.map(([name, ttfsP99LatencySecs]) => new ScriptedSTTService({ name, ttfsP99LatencySecs })),
  );
  const said = () =>
    rig.pipeline.of(STTMetadataFrame).map(({ ttfsP99LatencySecs }) => ttfsP99LatencySecs);
  await rig.clock.settle();
  assertEquals(said(), [0.3]);
  await rig.switchTo("B");
  assertEquals(said(), [0.3, 0.7]);
  await rig.switchTo("A");
  assertEquals(said(), [0.3, 0.7, 0.3]);
});

Deno.test("audio that one recogniser keeps to itself does not come out of the next", async () => {
  const a = new ScriptedSTTService({ name: "A", transcripts: [down], audioPassthrough: false });
  await using rig = new Rig([a, ear("B", "Hello.")]);
  await rig.begin();
  await rig.end();
  assertEquals(rig.heard, ["Hello."]);
  assertEquals(rig.pipeline.of(InputAudioRawFrame), []);
  await rig.audio(100);
  await rig.switchTo("A");
  await rig.audio(100);
  await rig.switchTo("B");
  assertEquals(rig.pipeline.of(InputAudioRawFrame).length, 5);
});

Deno.test("of speech that was answered in part the next recogniser hears the rest", async () => {
  class Streaming extends STTService {
    fed = 0;
    constructor() {
      super({ name: "A" }, {});
    }
    protected override receiveAudio(): void {
      if (++this.fed === 70) this.pushTranscript({ text: "One." });
      if (this.fed === 80) this.reportError("Cannot listen: the line broke");
    }
  }
  const b = ear("B", "Two.");
  await using rig = new Rig([new Streaming(), b]);
  await rig.begin();
  await rig.end();
  assertEquals(rig.heard, ["One.", "Two."]);
  assertEquals(extent(b.segments[0]), [71, 90]);
});

Deno.test("a transcript that only passes by answers nothing", async () => {
  const [a, b] = [ear("A", { ...down, delayMs: 900 }), ear("B", "Hello.")];
  await using rig = new Rig([a, b]);
  await rig.begin();
  await rig.audio(200);
  await rig.push(new VADUserStoppedSpeakingFrame({ stopSecs: 0.2 }));
  await rig.push(new TranscriptionFrame("DTMF: 1#"));
  await rig.clock.advance(1_000);
  assertEquals(rig.heard, ["DTMF: 1#", "Hello."]);
});

Deno.test("of a long silence a recogniser that takes over hears the end alone", async () => {
  class Counting extends STTService {
    fed = 0;
    protected override receiveAudio(): void {
      this.fed++;
    }
  }
  const b = new Counting({ name: "B" }, {});
  await using rig = new Rig([ear("A"), b]);
  await rig.audio(5_000);
  await rig.switchTo("B");
  assertEquals(b.fed, 800 / CHUNK_MS);
  // Back and forth, nothing is heard twice.
  await rig.push(new VADUserStartedSpeakingFrame(), new VADUserStoppedSpeakingFrame());
  await rig.audio(400);
  b.fed = 0;
  for (const name of ["A", "B", "A", "B"]) await rig.switchTo(name);
  assertEquals(b.fed, 2 * 400 / CHUNK_MS);
});

Deno.test("whatever recognisers fail whenever, every utterance is heard once and in order", async () => {
  const seed = Number(Deno.env.get("SEED") ?? crypto.getRandomValues(new Uint32Array(1))[0]);
  console.log(`SEED=${seed}`);
  const random = randomOf(seed);
  for (let round = 0; round < 25; round++) {
    /** The number of the first chunk of each utterance. */
    const begins: number[] = [];
    const names = ["A", "B", "C"];
    const ears = names.map((name, i) =>
      new ScriptedSTTService({
        name,
        transcripts: ({ audio }) => {
          const last = audio.at(-1) ?? 0;
          const text = `u${begins.filter((begin) => begin <= last).length}`;
          const delayMs = random(900);
          return i < 2 && random(2) === 0 ? { ...down, delayMs } : { text, delayMs };
        },
      })
    );
    await using rig = new Rig(ears);
    const maybeSwitch = async () => {
      if (random(4) === 0) await rig.switchTo(names[random(3)] ?? "A");
    };
    for (let n = 0; n < 4; n++) {
      await maybeSwitch();
      await rig.audio(300 + random(10) * CHUNK_MS);
      begins.push(rig.chunks + 1);
      await rig.audio(200);
      await rig.push(new VADUserStartedSpeakingFrame({ startSecs: 0.2 }));
      await rig.audio(200 + random(20) * CHUNK_MS);
      await maybeSwitch();
      await rig.end();
      await rig.clock.advance(2_500);
    }
    assertEquals(rig.pipeline.errors, [], `round ${round}`);
    assertEquals(rig.heard, ["u1", "u2", "u3", "u4"], `round ${round}`);
    rig.checkAudio();
  }
});

/** Whole numbers below a limit, the same for the same seed. */
function randomOf(seed: number): (limit: number) => number {
  let state = seed >>> 0;
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor(state / 2 ** 32 * limit);
  };
}
