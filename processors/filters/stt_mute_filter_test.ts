import { assertEquals, assertThrows } from "@std/assert";
import {
  BotStartedSpeakingFrame,
  BotStoppedSpeakingFrame,
  type Frame,
  FunctionCallCancelFrame,
  FunctionCallResultFrame,
  FunctionCallsStartedFrame,
  InputAudioRawFrame,
  STTMuteFrame,
  TranscriptionFrame,
  UserStartedSpeakingFrame,
  VADUserStartedSpeakingFrame,
} from "../../frames/mod.ts";
import { TestPipeline } from "../../testing/mod.ts";
import { type STTMuteConfig, STTMuteFilter, STTMuteStrategy } from "./mod.ts";

const { FIRST_SPEECH, MUTE_UNTIL_FIRST_BOT_COMPLETE, FUNCTION_CALL, ALWAYS, CUSTOM } =
  STTMuteStrategy;

/** What the STT service is told while something happens upstream, one step after another. */
async function told(config: STTMuteConfig, steps: readonly Frame[]): Promise<string> {
  const filter = new STTMuteFilter({ config });
  await using pipeline = new TestPipeline([filter]);
  await pipeline.settle();
  const states = [filter.muted];
  for (const step of steps) {
    pipeline.pushUpstream(step);
    await pipeline.settle();
    states.push(filter.muted);
  }
  const changes = pipeline.of(STTMuteFrame, "upstream").map(({ mute }) => mute);
  assertEquals(changes, states.filter((state, i) => state !== (i > 0 && states[i - 1])));
  return states.map((state) => state ? "x" : "-").join("");
}

function everyOther(): () => boolean {
  let asked = 0;
  return () => asked++ % 2 === 0;
}

const bot = () => [new BotStartedSpeakingFrame(), new BotStoppedSpeakingFrame()];
const called = (...ids: string[]) =>
  new FunctionCallsStartedFrame(
    ids.map((toolCallId) => ({ functionName: "look", toolCallId, arguments: {} })),
  );
const result = (toolCallId: string, isFinal?: boolean) =>
  new FunctionCallResultFrame({
    functionName: "look",
    toolCallId,
    arguments: {},
    result: 1,
    properties: { isFinal },
  });

Deno.test.each<[string, STTMuteConfig, Frame[], string]>([
  [FIRST_SPEECH, { strategies: [FIRST_SPEECH] }, [...bot(), ...bot()], "-x---"],
  [ALWAYS, { strategies: [ALWAYS] }, [...bot(), ...bot()], "-x-x-"],
  [
    MUTE_UNTIL_FIRST_BOT_COMPLETE,
    { strategies: [MUTE_UNTIL_FIRST_BOT_COMPLETE] },
    [...bot(), ...bot()],
    "xx---",
  ],
  [
    FUNCTION_CALL,
    { strategies: [FUNCTION_CALL] },
    [
      called("1"),
      result("1", false),
      called("2"),
      result("1"),
      new FunctionCallCancelFrame({ functionName: "look", toolCallId: "2" }),
    ],
    "-xxxx-",
  ],
  [
    "an unfinished call",
    { strategies: [FUNCTION_CALL] },
    [called("1"), result("1", false), result("1")],
    "-xx-",
  ],
  [
    "a custom one that is asked each time",
    { strategies: [CUSTOM], shouldMuteCallback: everyOther() },
    [...bot(), new BotStartedSpeakingFrame()],
    "-x--",
  ],
  [
    CUSTOM,
    { strategies: [CUSTOM], shouldMuteCallback: () => Promise.resolve(true) },
    [...bot(), called("1")],
    "-x--",
  ],
  [
    "a custom one that declines",
    { strategies: [CUSTOM], shouldMuteCallback: () => false },
    bot(),
    "---",
  ],
  [
    "several at once",
    { strategies: new Set([FUNCTION_CALL, ALWAYS]) },
    [called("1"), ...bot(), result("1")],
    "-xxx-",
  ],
])("STTMuteFilter mutes by %s", async (_name, config, steps, states) => {
  assertEquals(await told(config, steps), states);
});

Deno.test("STTMuteFilter keeps what a muted user does, and nothing else", async () => {
  const user = () => [
    new InputAudioRawFrame(new Int16Array(160), { sampleRate: 16_000 }),
    new VADUserStartedSpeakingFrame(),
    new UserStartedSpeakingFrame(),
    new TranscriptionFrame("Hello."),
  ];
  await using pipeline = new TestPipeline([
    new STTMuteFilter({ config: { strategies: [ALWAYS] } }),
  ]);
  await pipeline.settle();
  pipeline.push(...user());
  await pipeline.settle();
  assertEquals(pipeline.down.splice(0).length, 4);
  pipeline.pushUpstream(new BotStartedSpeakingFrame());
  await pipeline.settle();
  pipeline.push(...user());
  pipeline.pushUpstream(new UserStartedSpeakingFrame());
  await pipeline.settle();
  assertEquals(pipeline.down, []);
  assertEquals(pipeline.of(UserStartedSpeakingFrame, "upstream").length, 1);
});

Deno.test("STTMuteFilter refuses strategies that cannot work", () => {
  const make = (strategies: STTMuteStrategy[]) => () =>
    new STTMuteFilter({ config: { strategies } });
  assertThrows(make([FIRST_SPEECH, MUTE_UNTIL_FIRST_BOT_COMPLETE]), TypeError, "choose one");
  assertThrows(make([CUSTOM]), TypeError, 'pass "shouldMuteCallback"');
});
