import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  EndFrame,
  InterimTranscriptionFrame,
  InterruptionFrame,
  LLMRunFrame,
  LLMTextFrame,
  MetricsFrame,
  StopFrame,
  TranscriptionFrame,
  TTSSpeakFrame,
  TTSTextFrame,
} from "../../frames/mod.ts";
import { Pipeline, type PipelineParams, PipelineTask } from "../../pipeline/mod.ts";
import { BaseObserver, FrameProcessor, type FramePushed } from "../../processors/mod.ts";
import {
  type ScriptedAnswer,
  ScriptedLLMService,
  ScriptedTTSService,
  VirtualClock,
} from "../../testing/mod.ts";
import { Call } from "../_call_test.ts";
import { VoicemailDetector, type VoicemailDetectorOptions } from "./mod.ts";

type Verdicts = readonly (string | ScriptedAnswer)[];

/** A call with a detector in it. */
class ScreenedCall extends Call {
  readonly classifier: ScriptedLLMService;
  readonly voicemail: VoicemailDetector;
  /** What was detected, and when. */
  readonly detected: string[] = [];

  constructor(
    verdicts: Verdicts,
    { answers = [], params, ...options }: Partial<VoicemailDetectorOptions> & {
      readonly answers?: Verdicts;
      readonly params?: PipelineParams;
    } = {},
  ) {
    const classifier = new ScriptedLLMService({ answers: verdicts });
    const voicemail = new VoicemailDetector({ llm: classifier, ...options });
    super({ detector: voicemail.detector(), gate: voicemail.gate(), answers, params });
    this.classifier = classifier;
    this.voicemail = voicemail;
    const note = (what: string) => () => void this.detected.push(`${what} ${this.clock.now()}`);
    voicemail.on("conversationDetected", note("conversation"));
    voicemail.on("voicemailDetected", note("voicemail"));
  }
}

const GREETING = "You have reached the mailbox of Ann.";

Deno.test("A person is answered as soon as it is known that it is one", async () => {
  const verdict = { text: "CONVERSATION", firstTokenMs: 400 };
  await using call = new ScreenedCall([verdict], { answers: ["Hi, this is Tea Direct."] });
  await call.says("Hello?");
  await call.clock.advance(900);
  assertEquals([call.heard, call.voicemail.outcome], ["", "undecided"]);
  assertEquals(call.tts.requests.length, 1, "the answer is being spoken already, and held");
  await call.clock.advance(4000);
  assertEquals(call.detected, ["conversation 2000"]);
  assertEquals(call.voicemail.outcome, "conversation");
  assertEquals(call.witness.spokeAt, [2000]);
  assertEquals(call.lines.slice(1), ["user: Hello?", "assistant: Hi, this is Tea Direct."]);
  assertEquals(call.logged, []);
});

Deno.test("Once it is a conversation, the classifier is asked no more", async () => {
  await using call = new ScreenedCall(["CONVERSATION"], { answers: ["Hi.", "Green tea."] });
  await call.says("Hello?");
  await call.clock.advance(3000);
  await call.says("What do you sell?");
  await call.clock.advance(3000);
  assertEquals(call.classifier.requests.length, 1);
  assertEquals(call.heard.trim(), "Hi.Green tea.");
});

Deno.test("A machine gets a message once its greeting is over, and nothing else", async () => {
  await using call = new ScreenedCall(["VOICEMAIL"], { answers: ["Hello Ann!", "Never said."] });
  call.voicemail.on("voicemailDetected", async () => {
    await call.task.queueFrame(new TTSSpeakFrame("Please call us back."));
  });
  await call.says(GREETING);
  await call.clock.advance(700);
  assertEquals(call.voicemail.outcome, "voicemail");
  await call.says("Leave a message after the tone.", 3000);
  await call.clock.advance(1999);
  assertEquals([call.detected, call.heard], [[], ""]);
  await call.clock.advance(1);
  assertEquals(call.detected, ["voicemail 6700"]);
  // The tone interrupts nobody.
  await call.clock.advance(300);
  await call.says("Beep.", 300);
  await call.clock.advance(10_000);
  assertEquals(call.heard, "Please call us back.");
  assertEquals(call.lines.slice(1), [
    `user: ${GREETING}`,
    "assistant: Please call us back.",
  ]);
  assertEquals(call.llm.requests.length, 1);
  assertEquals([call.detected.length, call.logged], [1, []]);
});

Deno.test("A machine that only makes a noise behind its greeting is not answered again", async () => {
  const verdict = { text: "VOICEMAIL", firstTokenMs: 1500 };
  const slow = { text: "Hello Ann!", firstTokenMs: 1000 };
  await using call = new ScreenedCall([verdict], { answers: [slow, "Never said."] });
  await call.says(GREETING);
  await call.clock.advance(1000);
  // The verdict comes while the beep's turn goes on, which has cut the answer off.
  await call.says("", 300);
  await call.clock.advance(15_000);
  assertEquals(call.voicemail.outcome, "voicemail");
  assertEquals([call.llm.requests.length, call.heard], [1, ""]);
});

Deno.test("The delay counts from the silence, also when the verdict is late", async () => {
  const verdict = { text: "VOICEMAIL", firstTokenMs: 1000 };
  const options = { answers: ["Hello Ann!"], voicemailResponseDelaySecs: 3 };
  await using call = new ScreenedCall([verdict], options);
  await call.says(GREETING);
  await call.clock.advance(10_000);
  assertEquals(call.detected, ["voicemail 4000"]);
  assertEquals(call.heard, "");
});

Deno.test("The delay counts from the silence, not from words that come late", async () => {
  await using call = new ScreenedCall(["VOICEMAIL"], { answers: ["Hello Ann!"] });
  await call.says(GREETING);
  await call.clock.advance(700);
  await call.says({ text: "Leave a message.", delayMs: 1500 });
  await call.clock.advance(10_000);
  assertEquals(call.detected, ["voicemail 4700"]);
});

Deno.test("Where nobody finds voices, words say how long the machine speaks", async () => {
  await using call = new ScreenedCall(["VOICEMAIL"], { answers: ["Hello Ann!"] });
  await call.task.queueFrame(new TranscriptionFrame(GREETING));
  await call.clock.advance(1500);
  assertEquals(call.voicemail.outcome, "voicemail");
  for (let i = 0; i < 4; i++) {
    await call.task.queueFrame(new InterimTranscriptionFrame("Leave a"));
    await call.clock.advance(1500);
  }
  assertEquals(call.detected, []);
  await call.clock.advance(2000);
  // The last words came at 6000.
  assertEquals(call.detected, ["voicemail 8000"]);
  assertEquals(call.heard, "");
});

Deno.test("What the conversation still answers to the greeting is not heard", async () => {
  const slow = { text: "Hello Ann, how are you today?", firstTokenMs: 500, tokenMs: 800 };
  const options = { answers: [slow], voicemailResponseDelaySecs: 0 };
  await using call = new ScreenedCall([{ text: "VOICEMAIL", firstTokenMs: 900 }], options);
  await call.says(GREETING);
  await call.clock.advance(20_000);
  assertEquals(call.detected.length, 1);
  assertEquals(call.heard, "");
  assertEquals(call.lines.slice(1), [`user: ${GREETING}`]);
});

Deno.test("What the machine said before the verdict is not answered after it", async () => {
  const late = { text: "Hello again, Ann.", firstTokenMs: 500 };
  const options = { answers: ["Hello Ann!", late], voicemailResponseDelaySecs: 0 };
  await using call = new ScreenedCall([{ text: "VOICEMAIL", firstTokenMs: 1700 }], options);
  await call.says(GREETING);
  await call.clock.advance(1000);
  await call.says("Leave a message.");
  await call.clock.advance(400);
  assertEquals([call.voicemail.outcome, call.detected], ["voicemail", []], "its turn is not over");
  await call.clock.advance(20_000);
  assertEquals(call.detected, ["voicemail 3600"]);
  assertEquals(call.llm.requests.map(({ signal }) => signal.aborted), [true, true]);
  assertEquals(call.heard, "");
});

Deno.test("The conversation's model is stopped as soon as it is a machine", async () => {
  const slow = { text: "Hello Ann, how are you today?", firstTokenMs: 900 };
  await using call = new ScreenedCall(["VOICEMAIL"], { answers: [slow] });
  await call.says(GREETING);
  await call.clock.advance(700);
  assertEquals(call.llm.requests[0]?.signal.aborted, true);
});

Deno.test("A machine that never falls silent gets its message after a minute", async () => {
  await using call = new ScreenedCall(["VOICEMAIL"], { answers: ["Hello Ann!"] });
  await call.says(GREETING);
  await call.clock.advance(700);
  call.begins("Our opening hours are as follows.");
  await call.clock.advance(70_000);
  assertEquals(call.detected, ["voicemail 61600"]);
});

Deno.test("A classifier that never answers leaves nobody in silence", async () => {
  await using call = new ScreenedCall([{ stalls: true }], { answers: ["Hi, this is Tea Direct."] });
  await call.says("Hello?");
  await call.clock.advance(8000);
  assertEquals(call.detected, ["conversation 4600"]);
  assertEquals(call.voicemail.outcome, "unclear");
  assertEquals(call.heard, "Hi, this is Tea Direct.");
  assertEquals(call.classifier.requests[0]?.signal.aborted, true);
});

Deno.test("A verdict that was written and never ended counts when time is up", async () => {
  const verdict = { text: "VOICEMAIL", stalls: true };
  await using call = new ScreenedCall([verdict], { answers: ["Hello Ann!"] });
  await call.says(GREETING);
  await call.clock.advance(8000);
  assertEquals(call.voicemail.outcome, "voicemail");
  assertEquals(call.heard, "");
});

Deno.test("A verdict that comes too late changes nothing", async () => {
  const late = { text: "VOICEMAIL", firstTokenMs: 5000 };
  const answers = ["Hi, this is Tea Direct.", "We have green tea."];
  await using call = new ScreenedCall([late], { answers });
  await call.says("Hello?");
  await call.clock.advance(8000);
  await call.says("What do you sell?");
  await call.clock.advance(8000);
  assertEquals(call.voicemail.outcome, "unclear");
  assertEquals(call.detected, ["conversation 4600"]);
  assertEquals(call.heard.trim(), "Hi, this is Tea Direct.We have green tea.");
});

Deno.test("A verdict counts though the other side has spoken on meanwhile", async () => {
  const verdict = { text: "CONVERSATION", firstTokenMs: 1200 };
  await using call = new ScreenedCall([verdict], { answers: ["Hi.", "I am Tea Direct."] });
  await call.says("Hello?");
  await call.clock.advance(1000);
  await call.says("Who is this?");
  await call.clock.advance(5000);
  assertEquals(call.detected, ["conversation 2800"]);
  assertEquals(call.heard, "I am Tea Direct.", "what was held was interrupted");
  assertEquals(call.classifier.requests.length, 1);
});

Deno.test.each<[string, string]>([
  ["neither word", "I would rather not say."],
  ["both words", "It could be a CONVERSATION or a VOICEMAIL."],
  ["nothing at all", ""],
])("A classifier that answers %s is asked again when more was said", async (_name, garbage) => {
  const options = { answers: ["Hi.", "Hello Ann!"] };
  await using call = new ScreenedCall([garbage, "VOICEMAIL"], options);
  await call.says("Hello.");
  await call.clock.advance(1000);
  assertEquals(call.voicemail.outcome, "undecided");
  await call.says(GREETING);
  await call.clock.advance(5000);
  assertEquals(call.voicemail.outcome, "voicemail");
  assertEquals(call.heard, "");
  const asked = call.classifier.requests.map(({ context }) => context.messages.at(-1));
  assertEquals<unknown>(asked, [
    { role: "user", content: "Hello." },
    { role: "user", content: `Hello. ${GREETING}` },
  ]);
  assertEquals(call.logged.length, 1);
});

Deno.test("A classifier that answers garbage and hears no more makes it a conversation", async () => {
  await using call = new ScreenedCall(["Perhaps."], { answers: ["Hi, this is Tea Direct."] });
  await call.says("Hello?");
  await call.clock.advance(8000);
  assertEquals(call.voicemail.outcome, "unclear");
  assertEquals(call.heard, "Hi, this is Tea Direct.");
});

Deno.test("A classifier that fails is an error, and the call goes on", async () => {
  const failing = { error: new Error("no such model") };
  await using call = new ScreenedCall([failing], { answers: ["Hi, this is Tea Direct."] });
  const errors: (string | undefined)[] = [];
  call.task.on("pipelineError", ({ error, processor }) => {
    errors.push(`${processor?.name === call.voicemail.detector().name} ${error}`);
  });
  await call.says("Hello?");
  await call.clock.advance(8000);
  assertEquals(call.heard, "Hi, this is Tea Direct.");
  const error = `Cannot get an answer in "${call.classifier.name}": no such model`;
  assertEquals(errors, [`true ${error}`]);
  assertEquals(call.logged.filter((line) => line === error).length, 1);
});

Deno.test("The caller's interruption drops what is held, and does not stop the classifier", async () => {
  const verdict = { text: "CONVERSATION", firstTokenMs: 2000 };
  await using call = new ScreenedCall([verdict], { answers: ["First.", "Second."] });
  await call.says("Hello?");
  await call.clock.advance(1000);
  void call.task.queueFrame(new InterruptionFrame());
  await call.clock.advance(300);
  assertEquals(call.classifier.requests[0]?.signal.aborted, false);
  await call.says("Anyone?");
  await call.clock.advance(5000);
  assertEquals(call.heard, "Second.");
  assertEquals(call.voicemail.outcome, "conversation");
});

Deno.test.each<[string, (call: ScreenedCall) => void]>([
  ["is cancelled", (call) => void call.task.cancel()],
  ["ends", (call) => void call.task.queueFrame(new EndFrame())],
  ["is stopped", (call) => void call.task.queueFrame(new StopFrame())],
])("A call that %s while the bot is held ends at once, and undecided", async (_name, hangUp) => {
  await using call = new ScreenedCall([{ stalls: true }], { answers: ["Hi, this is Tea Direct."] });
  await call.says("Hello?");
  await call.clock.advance(1000);
  const before = call.clock.now();
  hangUp(call);
  await call.clock.runUntil(call.running);
  assert(call.clock.now() - before < 50, `it took ${call.clock.now() - before} ms`);
  assertEquals([call.voicemail.outcome, call.detected], ["ended", []]);
  assertEquals([call.heard, call.logged], ["", []]);
  if (_name === "is stopped") await Promise.all(call.task.processors.map((each) => each.close()));
});

Deno.test("A pipeline that was stopped undecided and runs again holds nothing", async () => {
  const voicemail = new VoicemailDetector({ llm: new ScriptedLLMService() });
  const clock = new VirtualClock();
  const spoken: string[] = [];
  const end = new class extends FrameProcessor {
    constructor() {
      super();
      this.handle(TTSTextFrame, ({ text }) => void spoken.push(text));
    }
  }();
  const pipeline = new Pipeline([
    voicemail.detector(),
    new ScriptedTTSService({ voice: { words: true } }),
    voicemail.gate(),
    end,
  ]);
  for (const [text, last] of [["One.", new StopFrame()], ["Two.", new EndFrame()]] as const) {
    const task = new PipelineTask(pipeline, { clock });
    void task.queueFrames([new TTSSpeakFrame(text), last]);
    await clock.runUntil(task.run());
  }
  assertEquals(spoken, ["Two."]);
});

Deno.test("A machine's call that ends within the delay has no event", async () => {
  await using call = new ScreenedCall(["VOICEMAIL"], { answers: ["Hello Ann!"] });
  await call.says(GREETING);
  await call.clock.advance(1000);
  void call.task.queueFrame(new EndFrame());
  await call.clock.runUntil(call.running);
  assertEquals([call.voicemail.outcome, call.detected], ["voicemail", []]);
});

Deno.test("A machine's call ends at once also while the bot would speak", async () => {
  await using call = new ScreenedCall(["VOICEMAIL"], { answers: ["Hello Ann!"] });
  await call.says(GREETING);
  await call.clock.advance(1000);
  // Behind the detector nobody tells it from an answer to the greeting.
  void call.task.queueFrame(new TTSSpeakFrame("Hello? Is there anybody?"));
  await call.clock.advance(500);
  const before = call.clock.now();
  void call.task.queueFrame(new EndFrame());
  await call.clock.runUntil(call.running);
  assertEquals([call.clock.now() - before, call.heard], [0, ""]);
});

Deno.test("Nothing is decided for want of a verdict while the other end speaks", async () => {
  await using call = new ScreenedCall(["CONVERSATION"], { answers: ["Hi, I am a bot.", "Yes."] });
  void call.task.queueFrame(new LLMRunFrame());
  await call.clock.advance(1000);
  await call.says("Well, hello there, and who might you be?", 8000);
  assertEquals(call.voicemail.outcome, "undecided");
  await call.clock.advance(3000);
  assertEquals([call.voicemail.outcome, call.heard], ["conversation", "Yes."]);
});

Deno.test("The classifier is asked one thing at a time", async () => {
  const verdicts = [{ text: "Hm.", firstTokenMs: 4000 }, "CONVERSATION"];
  const options = { answers: ["Hi.", "I am.", "I am a bot."], decisionTimeoutMs: 10_000 };
  await using call = new ScreenedCall(verdicts, options);
  await call.says("Hello?");
  await call.clock.advance(1000);
  await call.says("Who is there?", 300);
  await call.clock.advance(1000);
  await call.says("Well?", 300);
  await call.clock.advance(1200);
  assertEquals(call.classifier.requests.length, 1);
  await call.clock.advance(5000);
  assertEquals(call.classifier.requests.length, 2);
  assertEquals<unknown>(call.classifier.requests[1]?.context.messages.at(-1), {
    role: "user",
    content: "Hello? Who is there? Well?",
  });
  assertEquals(call.heard, "I am a bot.");
});

Deno.test("A greeting of the bot's own is held until somebody has answered", async () => {
  await using call = new ScreenedCall(["CONVERSATION"], { answers: ["Hi, I am a bot.", "Yes."] });
  void call.task.queueFrame(new LLMRunFrame());
  await call.clock.advance(1000);
  assertEquals([call.tts.requests.length, call.heard], [1, ""]);
  await call.says("Hello?");
  await call.clock.advance(3000);
  assertEquals(call.heard, "Yes.");
});

Deno.test("Somebody who picks up and says nothing is spoken to", async () => {
  await using call = new ScreenedCall([], {
    answers: ["Hi, I am a bot."],
    decisionTimeoutMs: 2000,
  });
  void call.task.queueFrame(new LLMRunFrame());
  await call.clock.advance(4000);
  assertEquals(call.detected, ["conversation 2000"]);
  assertEquals(call.voicemail.outcome, "unclear");
  assertEquals(call.heard, "Hi, I am a bot.");
});

Deno.test("Nobody sees what the classifier writes, but everybody what it costs", async () => {
  const usage = { promptTokens: 90, completionTokens: 2, totalTokens: 92 };
  const verdict = { text: "CONVERSATION", usage };
  await using call = new ScreenedCall([verdict], {
    answers: ["Hi."],
    params: { enableUsageMetrics: true },
  });
  const written: string[] = [];
  call.task.addObserver(
    new class extends BaseObserver {
      override onPushFrame({ frame }: FramePushed): void {
        if (frame instanceof LLMTextFrame) written.push(frame.text);
      }
    }(),
  );
  await call.says("Hello?");
  await call.clock.advance(3000);
  assertEquals(written.includes("Hi."), true);
  assertEquals(written.includes("CONVERSATION"), false);
  const costs = call.witness.seen.filter((frame) => frame instanceof MetricsFrame)
    .flatMap(({ data }) => data).filter(({ processor }) => processor === call.classifier.name);
  assert(costs.some((cost) => cost.type === "llm_usage"), "its tokens are counted");
});

Deno.test("A prompt of one's own is used, and warned of when it names no keyword", async () => {
  const options = { answers: ["Hi."], customSystemPrompt: "Say CONVERSATION or MACHINE." };
  await using call = new ScreenedCall(["CONVERSATION"], options);
  await call.says("Hello?");
  await call.clock.advance(1000);
  assertEquals<unknown>(call.classifier.requests[0]?.context.messages[0], {
    role: "system",
    content: "Say CONVERSATION or MACHINE.",
  });
  assertEquals(call.logged, [
    "Cannot rely on the custom system prompt: it does not name VOICEMAIL; " +
    "add VoicemailDetector.CLASSIFIER_RESPONSE_INSTRUCTION",
  ]);
});

Deno.test("The instruction that a prompt needs is complete", async () => {
  const prompt = `Who is it? ${VoicemailDetector.CLASSIFIER_RESPONSE_INSTRUCTION}`;
  await using call = new ScreenedCall([], { customSystemPrompt: prompt });
  await call.clock.advance(1);
  assertEquals(call.logged, []);
  assert(VoicemailDetector.DEFAULT_SYSTEM_PROMPT.endsWith(
    VoicemailDetector.CLASSIFIER_RESPONSE_INSTRUCTION,
  ));
});

Deno.test("A handler that throws is reported, and the call goes on", async () => {
  await using call = new ScreenedCall(["CONVERSATION"], { answers: ["Hi."] });
  call.voicemail.on("conversationDetected", () => {
    throw new Error("oops");
  });
  await call.says("Hello?");
  await call.clock.advance(3000);
  assertEquals(call.heard, "Hi.");
  assertEquals(call.logged, [
    `Cannot run a handler of "conversationDetected" in "${call.voicemail.detector().name}": oops`,
  ]);
});

Deno.test("One half without the other is refused at start, and the classifier closed", async () => {
  let closed = false;
  const llm = new class extends ScriptedLLMService {
    protected override onClose(): void {
      closed = true;
    }
  }();
  const voicemail = new VoicemailDetector({ llm });
  const task = new PipelineTask(new Pipeline([voicemail.detector()]));
  const refused = await task.run().catch((error: Error) => error.message);
  const [detector, gate] = [voicemail.detector().name, voicemail.gate().name];
  assertEquals(
    refused,
    `Cannot start the pipeline: "${detector}" stands in it without "${gate}"`,
  );
  await voicemail.detector().close();
  await voicemail.gate().close();
  assertEquals(closed, true);
});

Deno.test("A detector refuses times that are none, and a model that stands elsewhere", () => {
  const llm = new ScriptedLLMService();
  assertThrows(
    () => new VoicemailDetector({ llm, voicemailResponseDelaySecs: -1 }),
    RangeError,
    'Cannot detect voicemail with "voicemailResponseDelaySecs" -1',
  );
  assertThrows(() => new VoicemailDetector({ llm, decisionTimeoutMs: NaN }), RangeError);
  new Pipeline([llm, new ScriptedLLMService()]);
  assertThrows(() => new VoicemailDetector({ llm }), TypeError, "stands in a pipeline already");
});
