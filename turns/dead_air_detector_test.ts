/** Silences in whole conversations: who is late, what is said, and when silence is nothing to fill. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { defineTool, LLMContext, LLMContextFrame, ToolResult } from "../context/mod.ts";
import {
  EndFrame,
  InterruptionFrame,
  LLMConfigureOutputFrame,
  LLMRunFrame,
  TranscriptionFrame,
  TTSSpeakFrame,
  VADUserStartedSpeakingFrame,
} from "../frames/mod.ts";
import { Call, type CallOptions } from "../extensions/_call_test.ts";
import { Pipeline, PipelineTask } from "../pipeline/mod.ts";
import { FrameProcessor } from "../processors/mod.ts";
import {
  type ScriptedAnswer,
  ScriptedLLMService,
  ScriptedTTSService,
  type ScriptedVoice,
} from "../testing/mod.ts";
import {
  DeadAirDetector,
  type DeadAirDetectorOptions,
  MinWordsUserTurnStartStrategy,
} from "./mod.ts";

/** A conversation with a detector in it, and what that said when. */
class WatchedCall extends Call {
  readonly deadAir: DeadAirDetector;
  readonly noted: string[] = [];

  constructor(
    answers: readonly (string | ScriptedAnswer)[],
    options: CallOptions & { readonly watch?: DeadAirDetectorOptions } = {},
  ) {
    const made: DeadAirDetector[] = [];
    const beforeVoice = (context: LLMContext) => {
      const detector = new DeadAirDetector(context, {
        filler: "Hm.",
        apology: "Sorry.",
        ...options.watch,
      });
      made.push(detector);
      return detector;
    };
    super({ ...options, answers, beforeVoice });
    const [deadAir] = made;
    assert(deadAir);
    this.deadAir = deadAir;
    const at = () => this.clock.now();
    deadAir.on("deadAir", ({ waitingFor, silentMs }) => {
      this.noted.push(`${at()} ${waitingFor} for ${silentMs}`);
    });
    deadAir.on("gaveUp", ({ waitingFor, silentMs }) => {
      this.noted.push(`${at()} gave up ${waitingFor} after ${silentMs}`);
    });
  }
}

/** Says what the application wants said, without a trace in the context. */
class Mouth extends FrameProcessor {
  say(text: string): void {
    using out = this.scope();
    void out.push(new TTSSpeakFrame(text, { appendToContext: false }));
  }
}

function weather(handler: Parameters<typeof defineTool>[0]["handler"]) {
  return { tools: [defineTool({ name: "get_weather", description: "", handler })] };
}

Deno.test("A slow model's silence is filled once, and its answer follows", async () => {
  await using call = new WatchedCall([{ text: "It is noon.", firstTokenMs: 6000 }]);
  await call.says("What time is it?");
  await call.clock.advance(20_000);
  // The turn is over 600 ms after the voice, which was at 1000.
  assertEquals(call.noted, ["4600 llm for 3000"]);
  assertEquals(call.heard, "Hm.It is noon.");
  assertEquals(call.lines.slice(1), ["user: What time is it?", "assistant: It is noon."]);
  assertEquals(call.logged, []);
});

Deno.test("A model that never answers is given up, and the conversation goes on", async () => {
  await using call = new WatchedCall([{ stalls: true }, "It is noon."]);
  await call.says("What time is it?");
  await call.clock.advance(20_000);
  // The filler is spoken for 180 ms and what comes before it.
  assertEquals(call.noted.length, 2);
  assertEquals(call.noted[0], "4600 llm for 3000");
  assert(call.noted[1]?.endsWith("gave up llm after 10000"), call.noted[1]);
  assertEquals(call.heard, "Hm.Sorry.");
  assertEquals(call.llm.requests[0]?.signal.aborted, true);
  await call.says("Hello?");
  await call.clock.advance(20_000);
  assertEquals(call.heard, "Hm.Sorry.It is noon.");
  assertEquals(call.noted.length, 2);
  assertEquals(call.lines.slice(1), [
    "user: What time is it?",
    "assistant: Sorry.",
    "user: Hello?",
    "assistant: It is noon.",
  ]);
});

Deno.test("A model that fails owes an answer all the same", async () => {
  await using call = new WatchedCall([{ error: new Error("overloaded") }]);
  await call.says("What time is it?");
  await call.clock.advance(20_000);
  assertEquals(call.noted.map((line) => line.slice(5, 12)), ["llm for", " gave u"]);
  assertEquals(call.heard, "Hm.Sorry.");
});

Deno.test("A model that stops in the middle of an answer is waited for anew", async () => {
  await using call = new WatchedCall([{ text: "One moment. I", stalls: true }]);
  await call.says("What time is it?");
  await call.clock.advance(9000);
  assertEquals(call.noted.length, 1);
  assert(call.noted[0]?.endsWith("llm for 3000"), call.noted[0]);
  assert(call.heard.startsWith("One moment."), call.heard);
});

Deno.test("Two silences within one answer are filled both", async () => {
  const slow = { text: "One. Two. Three.", firstTokenMs: 5000, tokenMs: 5000 };
  await using call = new WatchedCall([slow]);
  await call.says("Count to three.");
  await call.clock.advance(30_000);
  assertEquals(call.noted.map((line) => line.replace(/^\d+ /, "")), Array(2).fill("llm for 3000"));
  assertEquals(call.heard, "Hm.One.Hm. Two. Three.");
});

Deno.test("Each of two silences of one conversation is filled", async () => {
  const slow = { text: "Yes.", firstTokenMs: 4000 };
  await using call = new WatchedCall([slow, slow]);
  for (let i = 0; i < 2; i++) {
    await call.says("Are you there?");
    await call.clock.advance(10_000);
  }
  assertEquals(call.heard, "Hm.Yes.Hm.Yes.");
});

Deno.test("A function that takes long is named", async () => {
  const context = weather(({ clock }) => clock.sleep(8000).then(() => "clear"));
  const answers = [{ calls: [{ name: "get_weather" }] }, "It is clear."];
  await using call = new WatchedCall(answers, { context });
  await call.says("How is the weather?");
  await call.clock.advance(20_000);
  assertEquals(call.noted, ["4600 tool get_weather for 3000"]);
  assertEquals(call.heard, "Hm.It is clear.");
});

Deno.test("A function that never ends is given up, and its result still told", async () => {
  const context = weather(({ clock }) => clock.sleep(30_000).then(() => "clear"));
  const answers = [{ text: "Let me look.", calls: [{ name: "get_weather" }] }, "It is clear."];
  await using call = new WatchedCall(answers, { context });
  await call.says("How is the weather?");
  await call.clock.advance(50_000);
  assertEquals(call.noted.map((line) => line.replace(/^\d+ /, "")), [
    "tool get_weather for 3000",
    "gave up tool get_weather after 10000",
  ]);
  assertEquals(call.heard, "Let me look.Hm.Sorry.It is clear.");
});

Deno.test("A function that works on while the conversation goes on is not waited for", async () => {
  const context = weather(({ clock }) => clock.sleep(40_000).then(() => "clear"));
  const answers = [{ text: "I look.", calls: [{ name: "get_weather" }] }, "Knock.", "Clear."];
  await using call = new WatchedCall(answers, { context });
  await call.says("How is the weather?");
  await call.clock.advance(2000);
  await call.says("Tell me a joke meanwhile.");
  await call.clock.advance(30_000);
  assertEquals(call.noted, []);
  await call.clock.advance(30_000);
  assertEquals(call.heard, "I look.Knock.Clear.");
  assertEquals(call.noted, []);
});

Deno.test("A result that nobody tells the model of is waited for", async () => {
  const deaf = new class extends FrameProcessor {
    constructor() {
      super();
      this.handle(LLMContextFrame, () => {});
    }
  }();
  const llm = new ScriptedLLMService({ answers: [{ calls: [{ name: "get_weather" }] }] });
  const context = weather(() => "clear");
  await using call = new WatchedCall([], { context, navigator: new Pipeline([llm, deaf]) });
  await call.says("How is the weather?");
  await call.clock.advance(4000);
  assertEquals(call.noted, ["4600 llm for 3000"]);
});

Deno.test("A function that tells of what it has so far is waited for on", async () => {
  const context = weather(async ({ clock, signal, resultCallback }) => {
    resultCallback("clouds", { isFinal: false, runLlm: false });
    await clock.sleep(40_000, { signal });
  });
  await using call = new WatchedCall([{ calls: [{ name: "get_weather" }] }], { context });
  await call.says("How is the weather?");
  await call.clock.advance(4000);
  assertEquals(call.noted, ["4600 tool get_weather for 3000"]);
});

Deno.test("A model that is slow to take up a result is waited for", async () => {
  const context = weather(() => "clear");
  const slow = { text: "It is clear.", firstTokenMs: 5000 };
  await using call = new WatchedCall([{ calls: [{ name: "get_weather" }] }, slow], { context });
  await call.says("How is the weather?");
  await call.clock.advance(20_000);
  assertEquals(call.noted, ["4600 llm for 3000"]);
});

Deno.test("A voice that says nothing is named, and tried again for the apology", async () => {
  const voices: ScriptedVoice[] = [{ firstAudioMs: 60_000 }];
  const voice = () => voices.shift() ?? { words: true };
  await using call = new WatchedCall(["It is noon."], { voice });
  await call.says("What time is it?");
  await call.clock.advance(30_000);
  // The voice gives its first request up itself, after 10 s, and then speaks the filler.
  assertEquals(call.noted, ["4600 tts for 3000", "21780 gave up tts after 10000"]);
  assertEquals(call.heard, "Hm.Sorry.");
});

Deno.test("A voice that is dead is an error once even the apology is not heard", async () => {
  const voice = { failure: { error: new Error("no credit"), afterMs: 0 } };
  await using call = new WatchedCall(["It is noon."], { voice });
  await call.says("What time is it?");
  await call.clock.advance(60_000);
  assertEquals(call.noted, ["4600 tts for 3000", "14600 gave up tts after 10000"]);
  assertEquals(call.logged.filter((line) => line.startsWith("Cannot break")), [
    `Cannot break the silence in "${call.deadAir.name}": not even the apology was heard`,
  ]);
});

Deno.test("What stands before the model can be what hangs", async () => {
  const hung = new class extends FrameProcessor {
    constructor() {
      super();
      this.handle(LLMContextFrame, () => new Promise<void>(() => {}));
    }
  }();
  const llm = new ScriptedLLMService();
  await using call = new WatchedCall([], { navigator: new Pipeline([hung, llm]) });
  await call.says("What time is it?");
  await call.clock.advance(20_000);
  assertEquals(call.noted[0], "4600 llm for 3000");
  assertEquals(call.heard, "Hm.Sorry.");
});

Deno.test("Who has spoken for long and was not understood is asked to say it again, once", async () => {
  await using call = new WatchedCall(["It is noon."]);
  await call.says("", 2500);
  await call.clock.advance(60_000);
  // The turn ends 5 s after the voice.
  assertEquals(call.noted, ["10500 stt for 3000"]);
  assertEquals(call.heard, "Sorry.");
  await call.says("What time is it?", 2500);
  await call.clock.advance(30_000);
  assertEquals([call.noted.length, call.heard], [1, "Sorry.It is noon."]);
});

Deno.test("A voice in several pieces counts as one", async () => {
  await using call = new WatchedCall([], { watch: { apology: undefined } });
  await call.says("", 1000);
  await call.clock.advance(400);
  await call.says("", 1000);
  await call.clock.advance(30_000);
  assertEquals(call.noted.length, 1);
  assertEquals(call.heard, "I'm sorry, I didn't understand. Could you say that again?");
});

Deno.test("A model that is going to be asked is not asked twice", async () => {
  const slow = new class extends FrameProcessor {
    constructor() {
      super();
      this.handle(LLMContextFrame, async (_frame, context) => {
        await this.clock.sleep(8000, { signal: context.signal });
        await context.forward();
      });
    }
  }();
  const llm = new ScriptedLLMService({ answers: ["It is noon.", "It is one."] });
  const navigator = new Pipeline([slow, llm]);
  await using call = new WatchedCall([], { navigator, watch: { silenceMs: 6000 } });
  await call.says("What time is it?");
  await call.clock.advance(30_000);
  assertEquals(call.noted, ["7600 llm for 6000"]);
  assertEquals(call.heard, "Hm.It is noon.");
});

Deno.test("A bot that was to speak first is waited for as well", async () => {
  await using call = new WatchedCall([{ text: "Welcome.", firstTokenMs: 5000 }, "Never asked."]);
  void call.task.queueFrame(new LLMRunFrame());
  await call.clock.advance(4000);
  assertEquals(call.noted, ["3000 llm for 3000"]);
  await call.clock.advance(60_000);
  assertEquals(call.heard, "Hm.Welcome.");
});

Deno.test("A text that the application has spoken is waited for", async () => {
  const voice: ScriptedVoice = { firstAudioMs: 5000, words: true };
  await using call = new WatchedCall([], { voice, watch: { filler: "" } });
  await call.task.queueFrame(new TTSSpeakFrame("Welcome to the line."));
  await call.clock.advance(60_000);
  assertEquals(call.noted, ["3000 tts for 3000"]);
  assertEquals(call.heard, "Welcome to the line.");
});

Deno.test("A text that is spoken within an answer is not the end of it", async () => {
  const mouth = new Mouth();
  const llm = new ScriptedLLMService({ answers: [{ stalls: true }] });
  await using call = new WatchedCall([], { navigator: new Pipeline([llm, mouth]) });
  await call.says("What time is it?");
  await call.clock.advance(1000);
  mouth.say("Wait.");
  await call.clock.advance(30_000);
  assertEquals(call.noted.map((line) => line.replace(/^\d+ /, "")), [
    "llm for 3000",
    "gave up llm after 10000",
  ]);
  assertEquals(call.heard, "Wait.Hm.Sorry.");
});

Deno.test("Texts that leave no trace in the context are known to be heard", async () => {
  const mouth = new Mouth();
  const navigator = new Pipeline([new ScriptedLLMService(), mouth]);
  await using call = new WatchedCall([], { navigator });
  mouth.say("Welcome to the line, and to all who are on it.");
  await call.clock.advance(1000);
  mouth.say("Beep.");
  await call.clock.advance(30_000);
  assertEquals([call.noted, call.heard.endsWith("Beep.")], [[], true]);
});

Deno.test("A filler that was cut off before it was heard is not taken for what is said next", async () => {
  const voices: ScriptedVoice[] = [{ firstAudioMs: 9000 }];
  const voice = () => voices.shift() ?? { words: true };
  const mouth = new Mouth();
  const llm = new ScriptedLLMService({ answers: [{ stalls: true }] });
  await using call = new WatchedCall([], { voice, navigator: new Pipeline([llm, mouth]) });
  await call.task.queueFrame(new LLMRunFrame());
  await call.clock.advance(4000);
  assertEquals(call.noted.length, 1);
  await call.task.queueFrame(new InterruptionFrame());
  mouth.say("Beep.");
  await call.clock.advance(30_000);
  assertEquals([call.noted.length, call.heard], [1, "Beep."]);
});

Deno.test("Nothing is noticed once the session is about to end", async () => {
  const voice: ScriptedVoice = { firstAudioMs: 9000, words: true };
  await using call = new WatchedCall(["Good bye."], { voice });
  await call.says("Good bye.");
  await call.clock.advance(1500);
  void call.task.queueFrame(new EndFrame());
  await call.clock.runUntil(call.running);
  assertEquals([call.noted, call.heard], [[], "Good bye."]);
});

Deno.test("A session that ends while the apology is awaited leaves nothing behind", async () => {
  const voice = { failure: { error: new Error("no credit"), afterMs: 0 } };
  await using call = new WatchedCall(["It is noon."], { voice });
  await call.says("What time is it?");
  await call.clock.advance(15_000);
  assertEquals(call.noted.length, 2);
});

Deno.test("An answer that comes while the filler is spoken is no second silence", async () => {
  const slow = { text: "It is noon. Or nearly so, as far as I can tell.", firstTokenMs: 3600 };
  const watch = { filler: "One moment, please, I am thinking about it." };
  await using call = new WatchedCall([slow], { watch });
  await call.says("What time is it?");
  await call.clock.advance(60_000);
  assertEquals(call.noted.length, 1);
  assertEquals(call.heard, `${watch.filler}${slow.text}`);
});

Deno.test.each<[string, (call: WatchedCall) => Promise<void>, (string | ScriptedAnswer)[]]>([
  ["the bot has said what it had to say", async (call) => {
    await call.says("What time is it?");
  }, ["It is noon."]],
  ["the bot speaks for long", async (call) => {
    await call.says("Tell me a story.");
  }, ["Once upon a time there was a fox, and then another, and the story went on. ".repeat(4)]],
  ["the user speaks for long", async (call) => {
    await call.says("Well, let me see, it was like this.", 30_000);
  }, ["I see."]],
  ["nothing that the user said was understood", async (call) => {
    await call.says("");
  }, []],
  ["the user coughs now and then", async (call) => {
    await call.says("", 1200);
    await call.clock.advance(10_000);
    await call.says("", 1200);
  }, []],
  ["a voice is heard that is no turn", async (call) => {
    await call.task.queueFrame(new VADUserStartedSpeakingFrame());
  }, []],
  ["nobody has said anything yet", () => Promise.resolve(), []],
  ["the bot answers in writing", async (call) => {
    await call.task.queueFrame(new LLMConfigureOutputFrame(true));
    await call.says("What time is it?");
  }, [{ text: "It is noon.", firstTokenMs: 5000 }]],
  ["the application has interrupted the bot", async (call) => {
    await call.says("What time is it?");
    await call.clock.advance(1000);
    await call.task.queueFrame(new InterruptionFrame());
  }, [{ stalls: true }]],
  ["the detector pauses", async (call) => {
    call.deadAir.pause();
    await call.says("What time is it?");
  }, [{ stalls: true }]],
])("Nothing is said while %s", async (_name, happens, answers) => {
  await using call = new WatchedCall(answers);
  await happens(call);
  await call.clock.advance(25_000);
  assertEquals(call.noted, []);
  assertEquals(call.heard.includes("Hm."), false);
});

Deno.test("A function after which the model is to say nothing leaves nothing to wait for", async () => {
  const context = weather(() => new ToolResult("clear", { runLlm: false }));
  await using call = new WatchedCall([{ calls: [{ name: "get_weather" }] }], { context });
  await call.says("Look at the sky, and say nothing.");
  await call.clock.advance(25_000);
  assertEquals(call.noted, []);
});

Deno.test("A question whose answer a cough has cut off is asked again, if nobody else does so", async () => {
  const userParams = { falseInterruptionTimeoutSecs: 0 };
  const answers = [{ text: "It is noon.", firstTokenMs: 3000 }, "It is one."];
  await using call = new WatchedCall(answers, { userParams });
  await call.says("What time is it?");
  await call.clock.advance(2000);
  await call.says("", 300);
  await call.clock.advance(20_000);
  assertEquals(call.heard, "Hm.It is one.");
  assertEquals(call.noted.length, 1);
  assertEquals(call.lines.slice(1), ["user: What time is it?", "assistant: It is one."]);
});

Deno.test("A voice that is no turn puts the filler off, and does not bring it twice", async () => {
  const start = [new MinWordsUserTurnStartStrategy({ minWords: 1 })];
  const userParams = { userTurnStrategies: { start } };
  await using call = new WatchedCall([{ stalls: true }], { userParams });
  await call.task.queueFrame(new TranscriptionFrame("What time is it?"));
  await call.clock.advance(7000);
  call.begins("");
  await call.clock.advance(12_000);
  assertEquals(call.noted.length, 1);
  call.ceases();
  await call.clock.advance(9999);
  assertEquals([call.noted.length, call.heard], [1, "Hm."]);
  await call.clock.advance(2);
  assertEquals(call.noted.length, 2);
});

Deno.test("A detector that goes on after a pause looks after the next silence", async () => {
  await using call = new WatchedCall(["Fine.", { stalls: true }]);
  call.deadAir.pause();
  await call.says("How are you?");
  await call.clock.advance(5000);
  call.deadAir.resume();
  await call.says("What time is it?");
  await call.clock.advance(5000);
  assertEquals(call.noted.length, 1);
});

Deno.test("What is said can depend on what is waited for, and be nothing", async () => {
  const said: string[] = [];
  const watch: DeadAirDetectorOptions = {
    filler: ({ waitingFor, silentMs }) => {
      said.push(`${waitingFor} ${silentMs}`);
      return undefined;
    },
    apology: ({ waitingFor }) => `No ${waitingFor} today.`,
  };
  await using call = new WatchedCall([{ stalls: true }], { watch });
  await call.says("What time is it?");
  await call.clock.advance(30_000);
  assertEquals(said, ["llm 3000"]);
  assertEquals(call.noted, ["4600 llm for 3000", "14600 gave up llm after 10000"]);
  assertEquals(call.heard, "No llm today.");
});

Deno.test("A function of one's own that throws is reported, and the silence goes on being watched", async () => {
  const watch: DeadAirDetectorOptions = {
    filler: () => {
      throw new Error("oops");
    },
  };
  await using call = new WatchedCall([{ stalls: true }], { watch });
  await call.says("What time is it?");
  await call.clock.advance(30_000);
  assertEquals(call.heard, "Sorry.");
  assertEquals(call.logged, [`Cannot say anything in "${call.deadAir.name}": Error: oops`]);
});

Deno.test("The words are English by default, and fit a function", async () => {
  const context = weather(({ clock, signal }) => clock.sleep(40_000, { signal }));
  const watch = { filler: undefined, apology: undefined };
  await using call = new WatchedCall([{ calls: [{ name: "get_weather" }] }], { context, watch });
  await call.says("How is the weather?");
  await call.clock.advance(25_000);
  assertEquals(
    call.heard,
    "One moment, please.I'm sorry, this takes longer than I thought. " +
      "Is there anything else meanwhile?",
  );
});

Deno.test("The session can end when the bot gives up, after the apology", async () => {
  await using call = new WatchedCall([{ stalls: true }], { watch: { afterwards: "end" } });
  await call.says("What time is it?");
  await call.clock.runUntil(call.running);
  assertEquals(call.heard, "Hm.Sorry.");
  assert(call.clock.now() < 20_000);
});

Deno.test("A session that ends in a silence is over at once", async () => {
  await using call = new WatchedCall([{ text: "It is noon.", firstTokenMs: 3500 }]);
  await call.says("What time is it?");
  await call.clock.advance(2000);
  void call.task.queueFrame(new EndFrame());
  await call.clock.runUntil(call.running);
  assertEquals([call.noted, call.heard.includes("It is noon.")], [["4600 llm for 3000"], true]);
});

Deno.test.each<
  [
    string,
    (parts: { llm: FrameProcessor; tts: FrameProcessor; dead: FrameProcessor }) => FrameProcessor[],
    RegExp,
  ]
>([
  ["before the model", ({ llm, tts, dead }) => [dead, llm, tts], /whose silence it is to fill/],
  [
    "behind the voice",
    ({ llm, tts, dead }) => [llm, tts, dead],
    /which gives it something to speak/,
  ],
])("A detector that stands %s is refused at start", async (_name, order, why) => {
  const parts = {
    llm: new ScriptedLLMService(),
    tts: new ScriptedTTSService(),
    dead: new DeadAirDetector(new LLMContext()),
  };
  const task = new PipelineTask(new Pipeline(order(parts)));
  const message = await task.run().then(() => "", (error: Error) => error.message);
  assert(why.test(message), message);
  await task.cancel();
});

Deno.test("Times that are none are refused", () => {
  const context = new LLMContext();
  assertThrows(
    () => new DeadAirDetector(context, { silenceMs: 0 }),
    RangeError,
    'Cannot detect silence with "silenceMs" 0: pass a number above 0',
  );
  assertThrows(() => new DeadAirDetector(context, { giveUpMs: NaN }), RangeError);
});
