import { assertEquals } from "@std/assert";
import { LLMContext, LLMContextFrame } from "../context/mod.ts";
import {
  DataFrame,
  ErrorFrame,
  type Frame,
  type FrameDirection,
  FunctionCallResultFrame,
  InputAudioRawFrame,
  InterimTranscriptionFrame,
  InterruptionFrame,
  LLMTextFrame,
  OutputDTMFFrame,
  TextFrame,
  TranscriptionFrame,
  TTSStartedFrame,
  UserStartedSpeakingFrame,
  UserStoppedSpeakingFrame,
  VADUserStoppedSpeakingFrame,
} from "../frames/mod.ts";
import { FrameProcessor } from "../processors/mod.ts";
import { KeptLog } from "../tests/kept_log.ts";
import { DebugLogObserver, type DebugLogObserverOptions, FrameEndpoint } from "./mod.ts";

class Output extends FrameProcessor {}
class LoudOutput extends Output {}

/** Something of the application's own, with a name that is a person's. */
class Guest {
  readonly name = "Ada";
}

class GuestFrame extends DataFrame {
  readonly guest = new Guest();
  readonly age = 36;
  readonly note = "likes tea";
  readonly tags = ["vip", "late"];
  readonly tell = () => {};
}

const [FROM, TO, LOUD] = [
  new FrameProcessor({ name: "From" }),
  new Output({ name: "To" }),
  new LoudOutput({ name: "Loud" }),
];

/** What an observer writes of frames, without the numbers of their names. */
function write(
  options: DebugLogObserverOptions,
  frames: readonly Frame[],
  way: { source?: FrameProcessor; destination?: FrameProcessor; direction?: FrameDirection } = {},
) {
  const log = new KeptLog();
  const observer = new DebugLogObserver({ log, ...options });
  const { source = FROM, destination = TO, direction = "downstream" } = way;
  for (const frame of frames) {
    observer.onPushFrame({ source, destination, direction, frame, timestamp: 1_240_000_000 });
  }
  return log.entries.map(({ message, details }) =>
    [message.replaceAll(/Frame#\d+/g, "Frame"), ...details] as const
  );
}

function linesOf(...args: Parameters<typeof write>): string[] {
  return write(...args).map(([line]) => line);
}

Deno.test("DebugLogObserver writes who pushed what to whom, and when", () => {
  const frame = new UserStartedSpeakingFrame();
  assertEquals(linesOf({}, [frame]), ["From → To: UserStartedSpeakingFrame at 1.24s"]);
  assertEquals(linesOf({}, [frame], { direction: "upstream" }), [
    "From ← To: UserStartedSpeakingFrame at 1.24s",
  ]);
});

/** Frames, and what is written of their fields. */
const FIELDS: [frame: Frame, shown: string, personal?: Record<string, unknown>][] = [
  [new VADUserStoppedSpeakingFrame({ stopSecs: 0.2 }), "stopSecs: 0.2, timestamp: 0"],
  [
    new TTSStartedFrame({ contextId: "a-1" }),
    'contextId: "a-1", appendToContext: true',
  ],
  [
    new InputAudioRawFrame(new Int16Array(160), { sampleRate: 16_000 }),
    "sampleRate: 16000, numChannels: 1",
  ],
  [
    new FunctionCallResultFrame({
      functionName: "look",
      toolCallId: "7",
      arguments: {},
      result: 42,
    }),
    'functionName: "look", toolCallId: "7", arguments: Object, result: number',
    { arguments: {}, result: 42 },
  ],
  [new OutputDTMFFrame(["1", "2"]), "buttons: 2 items", { buttons: ["1", "2"] }],
  [
    new GuestFrame(),
    "guest: Guest, age: 36, note: 9 characters, tags: 2 items, tell: function",
    { guest: new Guest(), note: "likes tea", tags: ["vip", "late"] },
  ],
];

for (const [frame, shown, personal] of FIELDS) {
  Deno.test(`DebugLogObserver writes the fields of a ${frame.constructor.name}`, () => {
    const line = `From → To: ${frame.name.replace(/#.*/, "")} ${shown} at 1.24s`;
    assertEquals(linesOf({}, [frame]), [line]);
    const named = Object.entries(personal ?? {}).map(([name, value]) => [`pii.${name}`, value]);
    const details = personal ? [Object.fromEntries(named)] : [];
    assertEquals(write({ personalData: true }, [frame]), [[line, ...details]]);
  });
}

Deno.test("DebugLogObserver names the processor of an error, and says what a context is", () => {
  const error = new ErrorFrame("Cannot go on: no luck", {
    processor: FROM,
    exception: new Error("Ada"),
  });
  const [line = ""] = linesOf({}, [error]);
  assertEquals(line.includes('error: "Cannot go on: no luck"'), true);
  assertEquals([line.includes("processor: From"), line.includes("exception: Error")], [true, true]);
  assertEquals(line.includes("Ada"), false);
  assertEquals(linesOf({}, [new LLMContextFrame(new LLMContext())]), [
    "From → To: LLMContextFrame context: LLMContext at 1.24s",
  ]);
});

Deno.test("DebugLogObserver leaves out the fields it is told to, and then no others", () => {
  const audio = new InputAudioRawFrame(new Int16Array(160), { sampleRate: 16_000 });
  assertEquals(linesOf({ excludeFields: new Set(["sampleRate", "numChannels"]) }, [audio]), [
    "From → To: InputAudioRawFrame audio: 320 bytes at 1.24s",
  ]);
});

Deno.test("DebugLogObserver writes the frames of some classes, child classes included", () => {
  const frames = [
    new TextFrame("a"),
    new LLMTextFrame("b"),
    new InterimTranscriptionFrame("c"),
    new UserStoppedSpeakingFrame(),
  ];
  const seen = (frameTypes: DebugLogObserverOptions["frameTypes"]) =>
    linesOf({ frameTypes }, frames).map((line) => line.match(/: (\w+Frame)/)?.[1]);
  assertEquals(seen([LLMTextFrame, UserStoppedSpeakingFrame]), [
    "LLMTextFrame",
    "UserStoppedSpeakingFrame",
  ]);
  assertEquals(seen([DataFrame]).includes("LLMTextFrame"), true);
  assertEquals(seen([]), []);
});

Deno.test("DebugLogObserver asks which processor stands at which end of the way", () => {
  const frameTypes: DebugLogObserverOptions["frameTypes"] = [
    [InterruptionFrame, Output, FrameEndpoint.SOURCE],
    [TranscriptionFrame, Output, FrameEndpoint.DESTINATION],
    LLMTextFrame,
  ];
  const frames = [new InterruptionFrame(), new TranscriptionFrame("a"), new LLMTextFrame("b")];
  const seen = (source: FrameProcessor, destination: FrameProcessor) =>
    linesOf({ frameTypes }, frames, { source, destination })
      .map((line) => line.match(/: (\w+)Frame/)?.[1]);
  assertEquals(seen(FROM, TO), ["Transcription", "LLMText"]);
  assertEquals(seen(LOUD, FROM), ["Interruption", "LLMText"]);
  assertEquals(seen(FROM, FROM), ["LLMText"]);
});
