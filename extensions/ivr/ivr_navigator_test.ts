import { assert, assertEquals, assertThrows } from "@std/assert";
import { vadParams } from "../../audio/vad/mod.ts";
import { type LLMContextMessage, LLMMessagesUpdateFrame } from "../../context/mod.ts";
import {
  EndFrame,
  LLMRunFrame,
  OutputDTMFUrgentFrame,
  VADParamsUpdateFrame,
} from "../../frames/mod.ts";
import { Pipeline } from "../../pipeline/mod.ts";
import { FrameProcessor } from "../../processors/mod.ts";
import { type ScriptedAnswer, ScriptedLLMService } from "../../testing/mod.ts";
import { Call } from "../_call_test.ts";
import { IVRNavigator, type IVRNavigatorOptions, IVRStatus } from "./mod.ts";

/** Notes how speech is to be found, as the one who finds it would. */
class Ears extends FrameProcessor {
  readonly stopSecs: number[] = [];

  constructor() {
    super();
    this.handle(VADParamsUpdateFrame, ({ params }) => void this.stopSecs.push(params.stopSecs));
  }
}

class NavigatedCall extends Call {
  readonly model: ScriptedLLMService;
  readonly navigator: IVRNavigator;
  readonly ears: Ears;
  readonly statuses: IVRStatus[] = [];

  constructor(
    answers: readonly (string | ScriptedAnswer)[],
    options: Partial<IVRNavigatorOptions> = {},
  ) {
    const model = new ScriptedLLMService({ answers });
    const ivrPrompt = "Reach billing.";
    const navigator = new IVRNavigator({ llm: model, ivrPrompt, ...options });
    const ears = new Ears();
    super({ navigator, detector: ears });
    [this.model, this.navigator, this.ears] = [model, navigator, ears];
    navigator.on("ivrStatusChanged", (status) => void this.statuses.push(status));
  }

  /** The keys that were pressed. */
  get pressed(): string {
    return this.witness.seen.filter((frame) => frame instanceof OutputDTMFUrgentFrame)
      .flatMap(({ buttons }) => buttons).join("");
  }

  /** What the model was told in a request, its instructions shortened. */
  asked(at: number): string[] {
    const messages = this.model.requests[at]?.context.messages ?? [];
    return messages.map((message) => {
      if (!("content" in message) || typeof message.content !== "string") return "?";
      const { role, content } = message;
      return `${role}: ${role === "system" ? kindOf(content) : content}`;
    });
  }
}

function kindOf(prompt: string): string {
  if (prompt.includes("Your goal: Reach billing.")) return "navigate";
  return prompt.includes("Decide whether") ? "classify" : prompt;
}

const MENU = "For sales, press one. For billing, press two.";

Deno.test("A menu is detected and navigated to the goal", async () => {
  await using call = new NavigatedCall([
    "<mode>ivr</mode>",
    "<dtmf>2</dtmf>",
    "<ivr>wait</ivr>",
    "<dtmf>4</dtmf><dtmf>7</dtmf><dtmf>#</dtmf>",
    "<ivr>completed</ivr>",
  ]);
  await call.says(MENU);
  await call.clock.advance(3000);
  assertEquals([call.statuses, call.pressed], [[IVRStatus.DETECTED], "2"]);
  for (const line of ["Please", "enter your number and press pound.", "Welcome to billing."]) {
    await call.says(line);
    await call.clock.advance(3000);
  }
  assertEquals(call.pressed, "247#");
  assertEquals(call.statuses, [IVRStatus.DETECTED, IVRStatus.COMPLETED]);
  assertEquals(call.heard, "", "keys and statuses are not spoken");
  assertEquals(call.asked(0), ["system: classify", `user: ${MENU}`]);
  assertEquals(call.asked(1), ["system: navigate", `user: ${MENU}`]);
  assertEquals(call.lines, [
    "system: You sell tea.",
    `user: ${MENU}`,
    "assistant: <dtmf>2</dtmf>",
    "user: Please",
    "assistant: <ivr>wait</ivr>",
    "user: enter your number and press pound.",
    "assistant: <dtmf>4</dtmf><dtmf>7</dtmf><dtmf>#</dtmf>",
    "user: Welcome to billing.",
    "assistant: <ivr>completed</ivr>",
  ]);
  assertEquals(call.asked(4).slice(1), call.lines.slice(1, -1));
  assertEquals(call.logged, []);
});

Deno.test("A menu that wants words is spoken to", async () => {
  await using call = new NavigatedCall(["<mode>ivr</mode>", "Billing."]);
  await call.says("Please say what you are calling about.");
  await call.clock.advance(5000);
  assertEquals(call.heard, "Billing.");
});

Deno.test("Keys are pressed at once, and the words around them are spoken", async () => {
  await using call = new NavigatedCall(["<mode>ivr</mode>", "Yes. <dtmf>1</dtmf> Thanks."]);
  await call.says("Say yes and press one.");
  await call.clock.advance(5000);
  assertEquals(call.pressed, "1");
  assertEquals(call.heard.replaceAll(/\s+/g, " ").trim(), "Yes. Thanks.");
  assertEquals(call.lines.at(-1)?.includes("<dtmf>1</dtmf>"), true);
});

Deno.test("There being no way on is told", async () => {
  await using call = new NavigatedCall(["<mode>ivr</mode>", "<ivr>stuck</ivr>"]);
  await call.says("Good bye.");
  await call.clock.advance(3000);
  assertEquals(call.statuses, [IVRStatus.DETECTED, IVRStatus.STUCK]);
});

Deno.test("A person is left to who listens, with what was said so far", async () => {
  await using call = new NavigatedCall(["<mode>conversation</mode>", "Hi Maria."]);
  const histories: (readonly LLMContextMessage[])[] = [];
  call.navigator.on("conversationDetected", async (history) => {
    histories.push(history);
    const messages: LLMContextMessage[] = [{ role: "system", content: "Be kind." }, ...history];
    await call.task.queueFrame(new LLMMessagesUpdateFrame(messages, { runLlm: true }));
  });
  await call.says("This is Maria.");
  await call.clock.advance(5000);
  assertEquals<unknown>(histories, [[{ role: "user", content: "This is Maria." }]]);
  assertEquals(call.asked(1), ["system: Be kind.", "user: This is Maria."]);
  assertEquals(call.heard, "Hi Maria.");
  assertEquals([call.statuses, call.ears.stopSecs], [[], []]);
  assertEquals([call.model.requests.length, call.logged], [2, []]);
});

Deno.test("Where nobody listens, the model answers a person by its own instructions", async () => {
  await using call = new NavigatedCall(["<mode>conversation</mode>", "Hi, I sell tea."]);
  await call.says("Hello?");
  await call.clock.advance(5000);
  assertEquals(call.asked(1), ["system: You sell tea.", "user: Hello?"]);
  assertEquals(call.heard, "Hi, I sell tea.");
});

Deno.test("Speech is found in another way while a menu speaks, and as before afterwards", async () => {
  const options = {
    ivrVadParams: vadParams({ stopSecs: 1.5 }),
    conversationVadParams: vadParams({ stopSecs: 0.4 }),
  };
  const answers = [
    "<mode>ivr</mode>",
    "<dtmf>2</dtmf>",
    "<mode>conversation</mode> Hm.",
    "Hi Bob.",
  ];
  await using call = new NavigatedCall(answers, options);
  await call.says(MENU);
  await call.clock.advance(3000);
  assertEquals(call.ears.stopSecs, [1.5]);
  await call.says("Billing, Bob speaking.");
  await call.clock.advance(5000);
  assertEquals(call.ears.stopSecs, [1.5, 0.4]);
  assertEquals(call.heard, "Hi Bob.");
  assertEquals(call.asked(3)[0], "system: You sell tea.");
});

Deno.test("By default a menu may pause for two seconds", async () => {
  await using call = new NavigatedCall(["<mode>ivr</mode>", "<ivr>wait</ivr>"]);
  await call.says(MENU);
  await call.clock.advance(3000);
  assertEquals(call.ears.stopSecs, [2]);
});

Deno.test("A person who puts one through to a menu is told from it again", async () => {
  await using call = new NavigatedCall([
    "<mode>conversation</mode>",
    "Billing, please.",
    "<mode>ivr</mode>",
    "<dtmf>1</dtmf>",
    "<dtmf>2</dtmf>",
  ]);
  call.navigator.on("conversationDetected", async (history) => {
    const messages: LLMContextMessage[] = [{ role: "system", content: "Be kind." }, ...history];
    await call.task.queueFrame(new LLMMessagesUpdateFrame(messages, { runLlm: true }));
  });
  await call.says("Reception, hello.");
  await call.clock.advance(5000);
  await call.says("Press one to be put through.");
  await call.clock.advance(5000);
  await call.says("Now press two.");
  await call.clock.advance(5000);
  assertEquals([call.heard, call.pressed], ["Billing, please.", "12"]);
  assertEquals([3, 4].map((at) => call.asked(at)[0]), ["system: navigate", "system: navigate"]);
});

Deno.test("Another system message takes over from the navigation", async () => {
  await using call = new NavigatedCall(["<mode>ivr</mode>", "<ivr>completed</ivr>", "Good day."]);
  call.navigator.on("ivrStatusChanged", async (status) => {
    if (status !== IVRStatus.COMPLETED) return;
    const messages: LLMContextMessage[] = [{ role: "system", content: "Greet." }];
    await call.task.queueFrame(new LLMMessagesUpdateFrame(messages, { runLlm: true }));
  });
  await call.says("You are through to billing.");
  await call.clock.advance(5000);
  assertEquals(call.asked(2)[0], "system: Greet.");
  assertEquals(call.heard, "Good day.");
  assertEquals(call.ears.stopSecs, [2, 0.2]);
});

Deno.test("A model that decides nothing is asked again, and then speaks to a person", async () => {
  await using call = new NavigatedCall(["Let me think.", "Who knows?", "Hi, I sell tea."]);
  await call.says("Hello?");
  await call.clock.advance(5000);
  assertEquals([0, 1, 2].map((at) => call.asked(at)[0]), [
    "system: classify",
    "system: classify",
    "system: You sell tea.",
  ]);
  assertEquals(call.heard, "Hi, I sell tea.", "what it thought is not heard");
});

Deno.test("A model that fails to decide is asked again", async () => {
  const failing = { error: new Error("overloaded") };
  await using call = new NavigatedCall([failing, "<mode>ivr</mode>", "<dtmf>1</dtmf>"]);
  await call.says(MENU);
  await call.clock.advance(5000);
  assertEquals(call.pressed, "1");
  assertEquals(call.logged.length, 1);
});

Deno.test("The verdict comes in any pieces, and what follows it counts for nothing", async () => {
  const answer = "<mode> IVR </mode> <dtmf>9</dtmf> And now?";
  await using call = new NavigatedCall([answer, "<dtmf> 1, 2 </dtmf>"]);
  await call.says(MENU);
  await call.clock.advance(5000);
  assertEquals([call.pressed, call.heard], ["12", ""]);
});

Deno.test("A menu can be announced by its status, too", async () => {
  await using call = new NavigatedCall(["<ivr>detected</ivr>", "<ivr>detected</ivr>"]);
  await call.says(MENU);
  await call.clock.advance(5000);
  assertEquals(call.statuses, [IVRStatus.DETECTED, IVRStatus.DETECTED]);
  assertEquals(call.model.requests.length, 2);
});

Deno.test("What means nothing is warned of without a word of it, and the call goes on", async () => {
  await using call = new NavigatedCall([
    "<mode>ivr</mode>",
    "<dtmf>x1</dtmf><ivr>lost</ivr><mode>party</mode>Billing.<dtmf>1",
  ]);
  await call.says(MENU);
  await call.clock.advance(5000);
  assertEquals([call.pressed, call.heard], ["", "Billing."]);
  const name = `"${call.navigator.name}.processor"`;
  assertEquals(
    call.logged,
    [["dtmf", 2], ["ivr", 4], ["mode", 5]].map(([tag, length]) =>
      `Cannot follow the model in ${name}: "<${tag}>" holds ${length} characters that mean nothing there`
    ),
  );
});

Deno.test("A menu that speaks on interrupts the answer, and its keys are not pressed", async () => {
  const slow = { text: "Let me see. <dtmf>1</dtmf>", firstTokenMs: 200, tokenMs: 900 };
  await using call = new NavigatedCall(["<mode>ivr</mode>", slow, "<dtmf>2</dtmf>"]);
  await call.says("For sales, press one.");
  await call.clock.advance(2000);
  await call.says("For billing, press two.");
  await call.clock.advance(5000);
  assertEquals(call.pressed, "2");
  assertEquals(call.lines.at(-1), "assistant: <dtmf>2</dtmf>");
});

Deno.test("A tag that an interruption cut in two does not swallow the next answer", async () => {
  const cut = { text: "<dtmf> 1", tokenMs: 5000 };
  await using call = new NavigatedCall(["<mode>ivr</mode>", cut, "Billing."]);
  await call.says(MENU);
  await call.clock.advance(2000);
  await call.says("I did not get that.");
  await call.clock.advance(5000);
  assertEquals([call.pressed, call.heard], ["", "Billing."]);
});

Deno.test("The tools of the conversation are not offered to who navigates", async () => {
  await using call = new NavigatedCall(["<mode>ivr</mode>", "<ivr>wait</ivr>"]);
  call.context.setTools([]);
  await call.says(MENU);
  await call.clock.advance(3000);
  assertEquals(call.model.requests.map(({ context }) => context.tools), [undefined, undefined]);
});

Deno.test("A call that ends while the model decides ends at once", async () => {
  await using call = new NavigatedCall([{ text: "<mode>ivr</mode>", firstTokenMs: 400 }]);
  await call.says(MENU);
  await call.clock.advance(700);
  void call.task.queueFrame(new EndFrame());
  await call.clock.runUntil(call.running);
  assert(call.clock.now() < 3000);
  assertEquals(call.logged.filter((line) => line.startsWith("Cannot end")), []);
});

Deno.test("A handler that throws is reported, and navigation goes on", async () => {
  await using call = new NavigatedCall(["<mode>ivr</mode>", "<dtmf>1</dtmf>"]);
  call.navigator.on("ivrStatusChanged", () => {
    throw new Error("oops");
  });
  await call.says(MENU);
  await call.clock.advance(3000);
  assertEquals(call.pressed, "1");
  assertEquals(call.logged, [
    `Cannot run a handler of "ivrStatusChanged" in "${call.navigator.name}.processor": oops`,
  ]);
});

Deno.test("A bot that speaks first is asked to decide about nothing, and speaks", async () => {
  await using call = new NavigatedCall(["Hm.", "Hm.", "Hello, I sell tea."]);
  void call.task.queueFrame(new LLMRunFrame());
  await call.clock.advance(3000);
  assertEquals(call.heard, "Hello, I sell tea.");
});

Deno.test("A navigator refuses to start without a goal, and with a model that stands elsewhere", () => {
  const llm = new ScriptedLLMService();
  assertThrows(
    () => new IVRNavigator({ llm, ivrPrompt: " " }),
    TypeError,
    'Cannot navigate a telephone menu: there is no goal; pass "ivrPrompt"',
  );
  new Pipeline([new FrameProcessor(), llm]);
  assertThrows(() => new IVRNavigator({ llm, ivrPrompt: "Reach billing." }), TypeError, "twice");
});
