/** A noise interrupts the bot before anything of its answer was heard: the conversation picks itself up. */
import { assertEquals, assertThrows } from "@std/assert";
import { defineTool, LLMContext } from "../context/mod.ts";
import {
  EndFrame,
  InterruptionTaskFrame,
  LLMRunFrame,
  TTSSpeakFrame,
  VADUserStartedSpeakingFrame,
  VADUserStoppedSpeakingFrame,
} from "../frames/mod.ts";
import { Call, type CallOptions } from "../extensions/_call_test.ts";
import { ParallelPipeline, Pipeline, PipelineTask } from "../pipeline/mod.ts";
import { FrameProcessor } from "../processors/mod.ts";
import { type ScriptedAnswer, ScriptedLLMService, VirtualClock } from "../testing/mod.ts";
import {
  DeadAirDetector,
  ExternalUserTurnStrategies,
  LLMContextAggregatorPair,
  LLMUserAggregator,
  type LLMUserAggregatorParams,
  MinWordsUserTurnStartStrategy,
  UserTurnController,
  UserTurnProcessor,
} from "./mod.ts";
import { play } from "./_script_player_test.ts";

/** A call that notes false interruptions and every question to the model, with their time. */
class NoisyCall extends Call {
  readonly noted: string[] = [];
  readonly asked: string[] = [];

  constructor(options: CallOptions) {
    super(options);
    this.pair.user().on("falseInterruption", ({ askedAgain }) => {
      this.noted.push(`${this.clock.now()} ${askedAgain ? "asked again" : "not asked"}`);
    });
    const { requests } = this.llm;
    requests.push = (request) => {
      const last = request.context.messages.at(-1);
      const content = last && "content" in last ? String(last.content) : "";
      this.asked.push(`${this.clock.now()} ${content}`);
      return Array.prototype.push.call(requests, request);
    };
  }

  /** A noise: a voice for 300 ms, of which nothing is understood. */
  async coughs(): Promise<void> {
    await this.says("", 300);
  }
}

/** Says something beside the model. */
class Mouth extends FrameProcessor {
  say(text: string): void {
    using out = this.scope();
    void out.push(new TTSSpeakFrame(text, { appendToContext: false }));
  }
}

const SLOW: ScriptedAnswer = { text: "It is noon.", firstTokenMs: 3_000 };
const WHAT_TIME = "What time is it?";

/** The user asks at once; his turn is over at 1600, and the cough begins at 2600. */
async function interruptedByCough(
  answers: CallOptions["answers"],
  options: CallOptions & { readonly afterMs?: number; readonly thenMs?: number } = {},
): Promise<NoisyCall> {
  const call = new NoisyCall({ ...options, answers });
  await call.says(WHAT_TIME);
  await call.clock.advance(options.afterMs ?? 1_600);
  await call.coughs();
  await call.clock.advance(options.thenMs ?? 15_000);
  return call;
}

Deno.test("A cough while the model thinks leaves no question unanswered", async () => {
  await using call = await interruptedByCough([SLOW, "It is one."]);
  assertEquals(call.asked, [`1600 ${WHAT_TIME}`, `4900 ${WHAT_TIME}`]);
  assertEquals(call.noted, ["4900 asked again"]);
  assertEquals(call.heard, "It is one.");
  assertEquals(call.lines.slice(1), [`user: ${WHAT_TIME}`, "assistant: It is one."]);
  assertEquals(call.logged, []);
});

Deno.test("A cough before the first sound of the voice leaves no question unanswered", async () => {
  let voices = 0;
  const voice = () => ({ words: true, firstAudioMs: voices++ === 0 ? 5_000 : 100 });
  await using call = await interruptedByCough(["It is noon.", "It is one."], { voice });
  assertEquals(call.asked.length, 2);
  assertEquals(call.heard, "It is one.");
  assertEquals(call.lines.slice(1), [`user: ${WHAT_TIME}`, "assistant: It is one."]);
});

for (const words of [true, false]) {
  const what = words ? "" : ", though nobody knows which words";
  Deno.test(`An answer that was heard in part is not asked for again${what}`, async () => {
    const answers = ["It is noon and it is going to rain all day long and all night long."];
    await using call = await interruptedByCough(answers, { voice: { words } });
    assertEquals(call.asked.length, 1);
    assertEquals(call.noted, []);
    assertEquals(call.witness.spokeAt.length, 1);
  });
}

Deno.test("What was heard of a word that was not finished is something that was heard", async () => {
  const answers = ["Donaudampfschifffahrtsgesellschaftskapitänswitwenrente.", "Never said."];
  await using call = await interruptedByCough(answers, { afterMs: 900 });
  assertEquals([call.witness.spokeAt, call.heard], [[1600], ""]);
  assertEquals([call.asked.length, call.noted], [1, []]);
});

Deno.test("A filler that was heard is no answer", async () => {
  const mouth = new Mouth();
  const answers = [{ ...SLOW, firstTokenMs: 6_000 }, "It is one."];
  await using call = new NoisyCall({ answers, beforeVoice: () => mouth });
  await call.says(WHAT_TIME);
  await call.clock.advance(700);
  mouth.say("One moment. I am looking now.");
  await call.clock.advance(1_000);
  assertEquals(call.heard, "One moment. I am");
  await call.coughs();
  await call.clock.advance(10_000);
  assertEquals(call.noted.length, 1);
  assertEquals(call.lines.slice(1), [`user: ${WHAT_TIME}`, "assistant: It is one."]);
});

Deno.test("What the bot says of its own accord behind the cough is no answer", async () => {
  await using call = new NoisyCall({ answers: [SLOW, "It is one."] });
  await call.says(WHAT_TIME);
  await call.clock.advance(1_600);
  await call.coughs();
  await call.task.queueFrame(new TTSSpeakFrame("Bless you."));
  await call.clock.advance(10_000);
  assertEquals(call.noted.length, 1);
  assertEquals(call.lines.slice(2), ["assistant: Bless you.", "assistant: It is one."]);
});

Deno.test("What the bot was asked to add to what it was saying is asked for again", async () => {
  await using call = new NoisyCall({ answers: ["It is noon, as I said.", SLOW, "And it rains."] });
  await call.says(WHAT_TIME);
  await call.clock.advance(1_200);
  await call.task.queueFrame(new LLMRunFrame());
  await call.clock.advance(2_000);
  await call.coughs();
  await call.clock.advance(10_000);
  assertEquals([call.asked.length, call.noted.length], [3, 1]);
  assertEquals(call.heard, "It is noon, as I said.And it rains.");
});

Deno.test("With a timeout of 0 nobody is asked again, but told", async () => {
  const userParams = { falseInterruptionTimeoutSecs: 0 };
  await using call = await interruptedByCough([SLOW], { userParams });
  // The turn lasts as long as any without words.
  assertEquals(call.noted, ["7900 not asked"]);
  assertEquals([call.asked.length, call.heard], [1, ""]);
});

Deno.test("A time that is none is refused", () => {
  const make = () => new LLMUserAggregator(new LLMContext(), { falseInterruptionTimeoutSecs: -1 });
  assertThrows(make, RangeError, `"falseInterruptionTimeoutSecs" -1`);
});

Deno.test("Who interrupts with words is answered once", async () => {
  await using call = new NoisyCall({ answers: [SLOW, "Here."] });
  await call.says(WHAT_TIME);
  await call.clock.advance(1_600);
  await call.says("And where?", 500);
  await call.clock.advance(10_000);
  assertEquals(call.asked.length, 2);
  assertEquals(call.noted, []);
  assertEquals(call.lines.slice(1), [
    `user: ${WHAT_TIME}`,
    "user: And where?",
    "assistant: Here.",
  ]);
});

Deno.test("Words that come when they were taken for a noise are answered all the same", async () => {
  const late = { text: "And where?", delayMs: 3_500 };
  await using call = new NoisyCall({ answers: [SLOW, SLOW, "Here."] });
  await call.says(WHAT_TIME);
  await call.clock.advance(1_600);
  await call.says(late, 300);
  await call.clock.advance(15_000);
  assertEquals(call.asked.length, 3);
  assertEquals(call.lines.slice(1), [
    `user: ${WHAT_TIME}`,
    "user: And where?",
    "assistant: Here.",
  ]);
});

Deno.test("However often somebody coughs, each cough asks once and adds nothing", async () => {
  await using call = new NoisyCall({ answers: [SLOW, SLOW, SLOW, SLOW, "It is one."] });
  await call.says(WHAT_TIME);
  await call.clock.advance(1_000);
  for (let i = 0; i < 4; i++) {
    await call.coughs();
    await call.clock.advance(3_000);
  }
  await call.clock.advance(10_000);
  assertEquals([call.asked.length, call.noted.length], [5, 4]);
  assertEquals(call.lines.slice(1), [`user: ${WHAT_TIME}`, "assistant: It is one."]);
});

Deno.test("A cough that cuts nothing off is a turn as long as any, also behind one that did", async () => {
  await using call = await interruptedByCough([SLOW, "It is one."]);
  const stopped: number[] = [];
  call.pair.user().on("userTurnStopped", () => void stopped.push(call.clock.now()));
  const at = call.clock.now();
  await call.coughs();
  await call.clock.advance(10_000);
  assertEquals(stopped, [at + 300 + 5_000]);
});

Deno.test("Two coughs in one turn ask once", async () => {
  await using call = new NoisyCall({ answers: [SLOW, "It is one."] });
  await call.says(WHAT_TIME);
  await call.clock.advance(1_000);
  await call.coughs();
  await call.clock.advance(1_000);
  await call.coughs();
  await call.clock.advance(10_000);
  assertEquals(call.asked.map((line) => line.split(" ")[0]), ["1600", "5600"]);
});

function look(options: { readonly cancelOnInterruption: boolean; readonly runLlm?: boolean }) {
  const tool = defineTool({
    name: "look",
    description: "",
    ...options,
    handler: ({ clock, signal }) => clock.sleep(4_000, { signal }).then(() => "noon"),
  });
  return { tools: [tool] };
}

Deno.test("A call that goes on through a cough is told of, and nothing is asked besides", async () => {
  const context = look({ cancelOnInterruption: false });
  const answers = [{ calls: [{ name: "look" }] }, "It is noon."];
  await using call = await interruptedByCough(answers, { context });
  assertEquals(call.asked, [`1600 ${WHAT_TIME}`, '5600 "noon"']);
  assertEquals([call.heard, call.noted], ["It is noon.", []]);
});

for (const text of ["", "Let me look."]) {
  const when = text === "" ? "before a word was said" : "after it was announced";
  Deno.test(`A call that a cough cancels ${when} is known to be, and the model goes on`, async () => {
    const context = look({ cancelOnInterruption: true });
    const answers = [{ text, calls: [{ name: "look" }] }, "I could not look."];
    await using call = await interruptedByCough(answers, { context, afterMs: 2_500 });
    assertEquals(call.asked, [`1600 ${WHAT_TIME}`, "5800 CANCELLED"]);
    assertEquals(call.heard, `${text}I could not look.`);
    assertEquals(call.noted.length, 1);
  });
}

Deno.test("A function whose result nobody is told of owes nothing", async () => {
  const context = look({ cancelOnInterruption: true, runLlm: false });
  const answers = [{ calls: [{ name: "look" }] }];
  await using call = await interruptedByCough(answers, { context, afterMs: 8_000 });
  assertEquals([call.asked.length, call.noted], [1, []]);
});

Deno.test("An answer without a word owes nothing", async () => {
  await using call = await interruptedByCough([""]);
  assertEquals([call.asked.length, call.noted], [1, []]);
});

Deno.test("Where the application wants silence, the model is not asked again", async () => {
  for (const before of [true, false]) {
    await using call = new NoisyCall({ answers: [SLOW] });
    const silence = () => call.task.queueFrame(new InterruptionTaskFrame(), "upstream");
    await call.says(WHAT_TIME);
    await call.clock.advance(1_000);
    if (before) await silence();
    await call.clock.advance(500);
    await call.coughs();
    if (!before) await silence();
    await call.clock.advance(15_000);
    assertEquals([call.asked.length, call.noted], [1, []], `before the cough: ${before}`);
  }
});

Deno.test("Where the application asks by itself, the model is not asked twice", async () => {
  await using call = new NoisyCall({
    answers: [SLOW, { text: "It is one.", firstTokenMs: 7_000 }],
  });
  await call.says(WHAT_TIME);
  await call.clock.advance(1_600);
  await call.coughs();
  await call.task.queueFrame(new LLMRunFrame());
  await call.clock.advance(15_000);
  assertEquals([call.asked.length, call.noted, call.heard], [2, [], "It is one."]);
});

Deno.test("A session that ends in the meantime asks nobody", async () => {
  await using call = new NoisyCall({ answers: [SLOW] });
  await call.says(WHAT_TIME);
  await call.clock.advance(1_600);
  await call.coughs();
  await call.clock.advance(500);
  await call.task.queueFrame(new EndFrame());
  await call.clock.advance(10_000);
  assertEquals([call.asked.length, call.noted], [1, []]);
});

Deno.test("A greeting that a noise cuts off is said", async () => {
  await using call = new NoisyCall({ answers: [{ ...SLOW, text: "Hi!" }, "Hello!"] });
  await call.task.queueFrame(new LLMRunFrame());
  await call.clock.advance(1_000);
  await call.coughs();
  await call.clock.advance(10_000);
  assertEquals(call.heard, "Hello!");
});

Deno.test("Who fills silences does not ask a second time", async () => {
  const beforeVoice = (context: LLMContext) => new DeadAirDetector(context, { filler: "Hm." });
  const second = { text: "It is one.", firstTokenMs: 5_000 };
  await using call = await interruptedByCough([SLOW, second], { beforeVoice });
  assertEquals([call.asked.length, call.heard], [2, "Hm.It is one."]);
});

Deno.test("Nobody is reminded to speak while he waits for the answer that was asked for again", async () => {
  const idle: number[] = [];
  const userParams = { userIdleTimeoutSecs: 2 };
  const answers = ["Hello.", SLOW, { text: "It is one.", firstTokenMs: 4_000 }];
  await using call = new NoisyCall({ answers, userParams });
  call.pair.user().on("userTurnIdle", () => void idle.push(call.clock.now()));
  await call.says("Hello?");
  await call.clock.advance(2_000);
  await call.says(WHAT_TIME);
  await call.clock.advance(1_600);
  await call.coughs();
  await call.clock.advance(6_500);
  assertEquals(idle, []);
  await call.clock.advance(10_000);
  assertEquals(call.heard, "Hello.It is one.");
});

const ASKED = ["0 user vad+", '100 user finalized "Hi"', "200 user vad-", "500 bot answer+"];
const COUGH = ["600 user vad+", "700 user vad-"];

async function askedIn(script: readonly string[], userParams: LLMUserAggregatorParams = {}) {
  const played = await play([...script, "9000 end of script"], {
    userParams: { userTurnStopTimeoutSecs: 5, ...userParams },
  });
  return played.asked;
}

Deno.test("Of two questions, the answer to the first is none to the second", async () => {
  const said = '{"messages":[{"role":"user","content":"And where?"}],"runLlm":true}';
  const script = [
    "0 user run",
    `50 user append ${said}`,
    "100 bot answer+",
    '150 bot heard {"text":"At noon."}',
    "200 bot answer-",
    "300 user vad+",
    "400 user vad-",
  ];
  assertEquals(await askedIn(script), ["0 user", "50 user", "2400 user"]);
});

Deno.test("A call that belongs to an earlier answer settles nothing when it is cancelled late", async () => {
  const call = '{"toolCallId":"t1","functionName":"look","arguments":{}}';
  const script = [
    "0 user run",
    "10 bot answer+",
    `20 bot calls [${call}]`,
    "30 bot answer-",
    "100 user vad+",
    '200 user finalized "Well?"',
    "300 user vad-",
    "600 bot answer+",
    `610 bot cancelled ${call}`,
    ...["700 user vad+", "800 user vad-"],
  ];
  assertEquals(await askedIn(script), ["0 user", "500 user", "2800 user"]);
});

Deno.test("An STT service that takes longer is waited for", async () => {
  assertEquals(await askedIn([...ASKED, ...COUGH]), ["400 user", "2700 user"]);
  const slow = ["0 user latency 3.2", ...ASKED, ...COUGH];
  assertEquals((await askedIn(slow)).at(-1), "3900 user");
});

Deno.test("What seems to be words is waited for as ever", async () => {
  const asked = await askedIn([
    ...ASKED,
    "600 user vad+",
    '650 user interim "we"',
    "700 user vad-",
  ]);
  assertEquals(asked, ["400 user", "5700 user"]);
});

Deno.test("Only a turn that has cut something off is over sooner", async () => {
  const { userEvents } = await play(["0 user vad+", "100 user vad-", "9000 end of script"], {
    userParams: { userTurnStopTimeoutSecs: 5 },
  });
  assertEquals(userEvents.at(-1), '5100 userTurnStopped - (heardNothing) ""');
});

Deno.test("Too few words cut nothing off, and ask for nothing", async () => {
  const start = [new MinWordsUserTurnStartStrategy({ minWords: 3 })];
  const script = ["0 user run", "100 bot answer+", "200 bot speaks+", '300 user final "Uh huh."'];
  assertEquals(await askedIn(script, { userTurnStrategies: { start } }), ["0 user"]);
});

Deno.test("A turn that was proposed and never confirmed leaves nothing unanswered", async () => {
  const userTurnStrategies = new ExternalUserTurnStrategies();
  const script = ["0 user run", "100 bot answer+", "200 user propose+"];
  assertEquals(await askedIn(script, { userTurnStrategies }), ["0 user", "5200 user"]);
  const stopped = await askedIn([...script, "400 user propose-"], { userTurnStrategies });
  assertEquals(stopped, ["0 user", "2400 user"]);
});

Deno.test("A turn that may not interrupt has cut nothing off", async () => {
  const userTurnStrategies = new ExternalUserTurnStrategies({ enableInterruptions: false });
  const script = ["0 user run", "100 bot answer+", "200 user propose+", "300 user propose-"];
  assertEquals(await askedIn(script, { userTurnStrategies }), ["0 user"]);
});

Deno.test("What the conversation says meanwhile decides whether an answer is still wanted", async () => {
  const message = (role: string) => `{"messages":[{"role":"${role}","content":"Well."}]}`;
  const wanted = { user: 2, developer: 2, assistant: 1 };
  for (const [role, count] of Object.entries(wanted)) {
    const asked = await askedIn([...ASKED, ...COUGH, `800 user append ${message(role)}`]);
    assertEquals(asked.length, count, role);
  }
});

Deno.test("A conversation that was written anew is answered if the user spoke last in it", async () => {
  const changed = async (change: (context: LLMContext) => void) => {
    const call = await interruptedByCough([SLOW, "It is one."], { thenMs: 0 });
    await using _ = call;
    change(call.context);
    await call.clock.advance(10_000);
    return call.asked.length;
  };
  const copied = (context: LLMContext) =>
    context.transformMessages((messages) => messages.map((message) => structuredClone(message)));
  assertEquals(await changed(copied), 2);
  assertEquals(await changed((context) => context.setMessages(context.messages.slice(0, 1))), 1);
});

Deno.test("Of two conversations whose turns another finds, each asks for its own answer again", async () => {
  const clock = new VirtualClock();
  const branch = (answers: readonly (string | ScriptedAnswer)[]) => {
    const userParams = { userTurnStrategies: new ExternalUserTurnStrategies() };
    const [user, assistant] = new LLMContextAggregatorPair(new LLMContext(), { userParams });
    const llm = new ScriptedLLMService({ answers });
    return { llm, parts: [user, llm, assistant] };
  };
  const slow = branch([SLOW, "It is one."]);
  const quick = branch(["Noon."]);
  const branches = new ParallelPipeline(slow.parts, quick.parts);
  const task = new PipelineTask(new Pipeline([new UserTurnProcessor(), branches]), { clock });
  const running = task.run();
  await task.queueFrame(new LLMRunFrame());
  await clock.advance(500);
  await task.queueFrame(new VADUserStartedSpeakingFrame());
  await clock.advance(300);
  await task.queueFrame(new VADUserStoppedSpeakingFrame({ stopSecs: 0.2 }));
  await clock.advance(10_000);
  assertEquals([slow.llm.requests.length, quick.llm.requests.length], [2, 1]);
  await task.cancel();
  await running;
});

Deno.test("A turn is over sooner where words are expected soon, if somebody was heard to fall silent", () => {
  const deadline = (...types: readonly ("vadStarted" | "vadStopped")[]) => {
    const turns = new UserTurnController();
    for (const [at, type] of types.entries()) turns.handle({ type, at, stopSecs: 0.2 });
    turns.expectWords(1_000);
    return turns.deadline;
  };
  assertEquals(deadline(), undefined);
  assertEquals(deadline("vadStarted"), 120_000);
  assertEquals(deadline("vadStarted", "vadStopped"), 1_001);
});
