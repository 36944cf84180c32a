import { assert, assertEquals } from "@std/assert";
import {
  AggregatedTextFrame,
  type Frame,
  InterruptionFrame,
  LLMFullResponseEndFrame,
  LLMFullResponseStartFrame,
  LLMTextFrame,
  ManuallySwitchServiceFrame,
  TextFrame,
  TTSSpeakFrame,
  TTSStartedFrame,
  TTSStoppedFrame,
  TTSTextFrame,
} from "../frames/mod.ts";
import {
  ScriptedTTSService,
  type ScriptedVoice,
  TestPipeline,
  VirtualClock,
} from "../testing/mod.ts";
import { ServiceSwitcher, ServiceSwitcherStrategyFailover } from "./mod.ts";

/** A voice that dies so many milliseconds into each sentence that has a word. */
function dies(
  afterMs: number,
  word = "",
  words = true,
): (request: { text: string }) => ScriptedVoice {
  return ({ text }) =>
    text.includes(word)
      ? { words, failure: { error: new Error("the voice is gone"), afterMs } }
      : { words };
}

const fine = { words: true };

/** Voices A, B … behind a switcher. */
class Rig implements AsyncDisposable {
  readonly clock = new VirtualClock();
  readonly voices: ScriptedTTSService[];
  readonly switcher: ServiceSwitcher;
  readonly pipeline: TestPipeline;

  constructor(...voices: (ScriptedVoice | ((request: { text: string }) => ScriptedVoice))[]) {
    this.voices = voices.map((voice, i) => new ScriptedTTSService({ name: "ABC"[i], voice }));
    this.switcher = new ServiceSwitcher({
      services: this.voices,
      strategyType: ServiceSwitcherStrategyFailover,
    });
    this.pipeline = new TestPipeline([this.switcher], { clock: this.clock });
  }

  /** An answer, in tokens. */
  answer(text: string): Frame[] {
    const tokens = text.match(/\s*\S+/g) ?? [];
    return [
      new LLMFullResponseStartFrame(),
      ...tokens.map((token) => new LLMTextFrame(token)),
      new LLMFullResponseEndFrame(),
    ];
  }

  async push(...frames: readonly Frame[]): Promise<void> {
    this.pipeline.push(...frames);
    await this.clock.advance(20_000);
  }

  /** What was said, with the name of each voice where it begins. */
  get said(): string {
    let voice = "";
    return this.pipeline.down.map((frame) => {
      if (frame instanceof InterruptionFrame) return "!";
      if (frame instanceof LLMFullResponseEndFrame) return ".".repeat(3);
      if (!(frame instanceof TTSTextFrame)) return "";
      const [name = ""] = frame.contextId?.split("-") ?? [];
      const change = name === voice ? "" : `[${name}]`;
      voice = name;
      return change + frame.text;
    }).join("");
  }

  /** Every utterance that begins also ends, before the next. */
  checkUtterances(): void {
    let open: string | undefined;
    for (const frame of this.pipeline.down) {
      if (frame instanceof TTSStartedFrame) {
        assertEquals(open, undefined);
        open = frame.contextId;
      } else if (frame instanceof TTSStoppedFrame) {
        assertEquals(frame.contextId, open);
        open = undefined;
      } else if (frame instanceof TTSTextFrame) assertEquals(frame.contextId, open);
    }
    assertEquals(open, undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.pipeline.close();
    assertEquals(this.clock.timers, 0, "no timer is left");
  }
}

Deno.test.each<[string, ScriptedVoice | ReturnType<typeof dies>, string]>([
  ["before the first word", dies(0), "[B]It is noon now. Lunch is ready. Come and sit..."],
  ["within a sentence", dies(500, "noon"), "[A]It is[B] noon now. Lunch is ready. Come and sit..."],
  [
    "in a later sentence",
    dies(600, "Lunch"),
    "[A]It is noon now. Lunch is[B] ready. Come and sit...",
  ],
  ["at the last word", dies(550, "Come"), "[A]It is noon now. Lunch is ready. Come and[B] sit..."],
])("a voice that fails %s is followed by another at the next word", async (_name, voice, said) => {
  await using rig = new Rig(voice, fine);
  await rig.push(...rig.answer("It is noon now. Lunch is ready. Come and sit"));
  assertEquals(rig.said, said);
  rig.checkUtterances();
  assertEquals(rig.pipeline.errors, []);
  assertEquals(rig.pipeline.of(LLMFullResponseStartFrame).length, 1);
  assertEquals(rig.pipeline.of(LLMFullResponseEndFrame).length, 1);
});

Deno.test("a failure that text still follows after loses no word", async () => {
  await using rig = new Rig(dies(500, "noon"), fine);
  const frames = rig.answer("It is noon now. Lunch is ready. Come and sit");
  await rig.push(...frames.slice(0, 7));
  assertEquals(rig.said, "[A]It is[B] noon now.");
  await rig.push(...frames.slice(7));
  assertEquals(rig.said, "[A]It is[B] noon now. Lunch is ready. Come and sit...");
  rig.checkUtterances();
});

Deno.test("voices that fail one after another hand on what is left", async () => {
  await using rig = new Rig(dies(500), dies(500), fine);
  await rig.push(...rig.answer("It is noon now."));
  assertEquals(rig.said, "[A]It is[B] noon[C] now....");
  rig.checkUtterances();
});

Deno.test("where every voice is down, the answer ends and the error is told", async () => {
  await using rig = new Rig(dies(0), dies(0));
  await rig.push(...rig.answer("It is noon now."));
  assertEquals(rig.said, "...");
  assertEquals(rig.voices.map(({ requests }) => requests.length), [1, 1]);
  assertEquals(rig.pipeline.errors.length, 1);
  rig.checkUtterances();
});

Deno.test("a sentence that occurs twice is found at its place", async () => {
  await using rig = new Rig(dies(100, "Go."), fine);
  await rig.push(...rig.answer("Yes. Yes. Go. Yes."));
  assertEquals(rig.said.replaceAll(/\[.\]/g, ""), "Yes. Yes. Go. Yes....");
});

Deno.test("a sentence of the answer before is not taken for the same one of this", async () => {
  let requests = 0;
  const voice = ({ text }: { text: string }): ScriptedVoice =>
    dies(100, ++requests > 1 ? "" : "-")({ text });
  await using rig = new Rig(voice, fine);
  await rig.push(...rig.answer("Yes."));
  await rig.push(...rig.answer("Yes. Go."));
  assertEquals(rig.said, "[A]Yes....[B]Yes. Go....");
});

Deno.test("answers that wait behind the failure follow in order", async () => {
  await using rig = new Rig(dies(500, "noon"), fine);
  await rig.push(...rig.answer("It is noon now."), ...rig.answer(" Lunch is ready."));
  assertEquals(rig.said, "[A]It is[B] noon now.... Lunch is ready....");
  rig.checkUtterances();
});

Deno.test("a text that was to be spoken on its own is spoken to its end", async () => {
  await using rig = new Rig(dies(500, "noon"), fine);
  await rig.push(
    new TTSSpeakFrame("Wait."),
    new TTSSpeakFrame("It is noon now.", { appendToContext: false }),
    new TTSSpeakFrame("Bye."),
  );
  assertEquals(rig.said, "[A]Wait.It is[B] noon now.Bye.");
  const rest = rig.pipeline.of(TTSTextFrame).filter(({ text }) => / noon| now/.test(text));
  assert(rest.every(({ appendToContext }) => !appendToContext));
});

Deno.test("a switch within an answer waits for its end, and the next voice for the one before", async () => {
  await using rig = new Rig(fine, fine);
  const frames = rig.answer("It is noon now.");
  await rig.push(...frames.slice(0, 3));
  await rig.push(new ManuallySwitchServiceFrame({ name: "B" }));
  assertEquals(rig.switcher.strategy.activeService.name, "A");
  await rig.push(...frames.slice(3), ...rig.answer(" Lunch is ready."));
  assertEquals(rig.said, "[A]It is noon now....[B] Lunch is ready....");
  assertEquals(rig.switcher.strategy.activeService.name, "B");
  rig.checkUtterances();
});

Deno.test("a voice says what it holds of a sentence before another takes over", async () => {
  await using rig = new Rig(fine, fine);
  await rig.push(
    new TextFrame("It is"),
    new ManuallySwitchServiceFrame({ name: "B" }),
    new TTSSpeakFrame("Noon."),
  );
  assertEquals(rig.said.replaceAll(" ", ""), "[A]Itis[B]Noon.");
  rig.checkUtterances();
});

Deno.test("a voice that fails after the switch away from it is followed by the next", async () => {
  await using rig = new Rig((request) => ({ ...dies(500)(request), firstAudioMs: 1_000 }), fine);
  await rig.push(
    ...rig.answer("It is noon now."),
    new ManuallySwitchServiceFrame({ name: "B" }),
    ...rig.answer(" Lunch is ready."),
  );
  assertEquals(rig.said, "[A]It is[B] noon now.... Lunch is ready....");
  assertEquals(rig.pipeline.errors, []);
});

Deno.test("nothing of an answer that was interrupted is spoken by another voice", async () => {
  await using rig = new Rig(
    ({ text }) => ({ words: true, pauseMs: 1_000, ...dies(500, "noon")({ text }) }),
    fine,
  );
  rig.pipeline.push(...rig.answer("It is noon now."));
  await rig.clock.advance(100);
  rig.pipeline.push(new ManuallySwitchServiceFrame({ name: "B" }), new InterruptionFrame());
  await rig.push(...rig.answer("Good day."));
  assertEquals(rig.said.replace(/^\[A\](It)?( is)?/, ""), "![B]Good day....");
});

Deno.test("a switch is made at once when an interruption ends the answer that it waits for", async () => {
  await using rig = new Rig(fine, fine);
  await rig.push(...rig.answer("It is noon now.").slice(0, 3));
  await rig.push(new ManuallySwitchServiceFrame({ name: "B" }));
  assertEquals(rig.switcher.strategy.activeService.name, "A");
  await rig.push(new InterruptionFrame());
  assertEquals(rig.switcher.strategy.activeService.name, "B");
  await rig.push(...rig.answer("Good day."));
  assertEquals(rig.said, "![B]Good day....");
});

Deno.test("a failed voice is not heard any more, and may come back", async () => {
  await using rig = new Rig(
    (request) => ({ ...dies(500, "noon")(request), deaf: true, pauseMs: 100 }),
    fine,
  );
  await rig.push(...rig.answer("It is noon now. Lunch is ready."));
  assertEquals(rig.said, "[A]It is[B] noon now. Lunch is ready....");
  await rig.push(new ManuallySwitchServiceFrame({ name: "A" }), ...rig.answer(" Bye."));
  assertEquals(rig.said, "[A]It is[B] noon now. Lunch is ready....[A] Bye....");
  assertEquals(rig.pipeline.of(AggregatedTextFrame).filter((f) => f.text === "Bye.").length, 1);
});

Deno.test("a failure within the last words before the end loses nothing", async () => {
  await using rig = new Rig(dies(500, "noon"), fine);
  rig.pipeline.push(...rig.answer("It is noon now."));
  await rig.pipeline.end();
  assertEquals(rig.said, "[A]It is[B] noon now....");
});

Deno.test("words without times are handed on as far as is known", async () => {
  await using rig = new Rig(dies(600, "noon", false), {});
  await rig.push(...rig.answer("It is noon now."));
  assertEquals(rig.said.replaceAll(/\[.\]/g, ""), "It is noon now....");
  assert(/^\[A\]It is.*\[B\]/.test(rig.said), rig.said);
});

Deno.test("whatever voices fail whenever, every word is spoken once and in order", async () => {
  const seed = Number(Deno.env.get("SEED") ?? crypto.getRandomValues(new Uint32Array(1))[0]);
  console.log(`SEED=${seed}`);
  const random = randomOf(seed);
  for (let round = 0; round < 60; round++) {
    const answers = Array.from(
      { length: 1 + random(3) },
      (_, i) =>
        Array.from(
          { length: 1 + random(4) },
          (_, j) =>
            Array.from({ length: 1 + random(4) }, (_, k) => `w${i}${j}${k}`).join(" ") + ".",
        ).join(" "),
    );
    const failing = () => {
      // A voice that fails in one of three sentences, so that another one gets on.
      const isBad = Array.from({ length: 64 }, () => random(3) === 0);
      let n = 0;
      return (): ScriptedVoice => {
        const bad = isBad[n++ % 64];
        const timing = { words: random(2) === 0, firstAudioMs: random(300), pauseMs: random(150) };
        const failure = { error: new Error("the voice is gone"), afterMs: random(1_200) };
        return bad ? { ...timing, failure } : timing;
      };
    };
    await using rig = new Rig(failing(), failing(), { words: true });
    const frames = answers.flatMap((answer, i) => rig.answer((i > 0 ? " " : "") + answer));
    for (const frame of frames) {
      rig.pipeline.push(frame);
      if (random(6) === 0) {
        rig.pipeline.push(new ManuallySwitchServiceFrame({ name: "ABC"[random(3)] ?? "A" }));
      }
      if (random(3) === 0) await rig.clock.advance(random(900));
    }
    await rig.clock.advance(120_000);
    assertEquals(rig.pipeline.errors, [], `round ${round}`);
    assertEquals(rig.said.replaceAll(/\[.\]|\.\.\./g, ""), answers.join(" "), `round ${round}`);
    rig.checkUtterances();
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
