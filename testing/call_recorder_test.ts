import { assert, assertEquals } from "@std/assert";
import {
  DataFrame,
  InputAudioRawFrame,
  InputDTMFFrame,
  KeypadEntry,
  SystemFrame,
  UserAudioRawFrame,
  UserSpeakingFrame,
  VADUserStartedSpeakingFrame,
  VADUserStoppedSpeakingFrame,
} from "../frames/mod.ts";
import { Pipeline, PipelineTask } from "../pipeline/mod.ts";
import { FrameProcessor } from "../processors/mod.ts";
import { BaseInputTransport } from "../transports/base/mod.ts";
import { StableNames } from "./_stable_names.ts";
import { CallRecorder, CallRecording, replayCall, type TestedBot, VirtualClock } from "./mod.ts";

class ParcelFrame extends DataFrame {
  readonly nothing = undefined;
  constructor(readonly parcel: unknown) {
    super();
  }
}

/** What a recording holds of what frames carry. */
async function recordedParcels(...parcels: readonly unknown[]): Promise<unknown[]> {
  const clock = new VirtualClock();
  const lines: string[] = [];
  const recorder = new CallRecorder({ clock, write: (line) => lines.push(line) });
  const processor = new FrameProcessor();
  const task = new PipelineTask(new Pipeline([processor]), { clock, observers: [recorder] });
  for (const parcel of parcels) void task.queueFrame(new ParcelFrame(parcel));
  void task.stopWhenDone();
  await clock.runUntil(task.run());
  assertEquals(recorder.text, "");
  const recording = new CallRecording(lines.join(""));
  assertEquals(recording.endMs, 0);
  return recording.of("ParcelFrame").map(({ fields }) => fields["parcel"]);
}

Deno.test("a recording holds data as it is, and of the rest what it was", async () => {
  const circle: Record<string, unknown> = {};
  circle["circle"] = circle;
  const parcels = await recordedParcels(
    { a: 1, b: "two", c: [true, null, undefined], d: undefined },
    [NaN, -Infinity],
    new Uint8Array([1, 2, 255]),
    new Date("2026-01-02T03:04:05Z"),
    new RangeError("Cannot fly: no wings"),
    new Map([["a", 1]]),
    new FrameProcessor({ name: "Postman" }),
    () => "never called",
  );
  assertEquals(parcels, [
    { a: 1, b: "two", c: [true, null, null] },
    [{ $number: "NaN" }, { $number: "-Infinity" }],
    { $bytes: "AQL/" },
    { $date: "2026-01-02T03:04:05.000Z" },
    { $error: "Cannot fly: no wings" },
    { $list: [["a", 1]] },
    { $object: "Postman" },
    { $other: "function" },
  ]);
  const [nested] = await recordedParcels(circle);
  assert(
    JSON.stringify(nested).endsWith('"nested too deep"}' + "}".repeat(12)),
    JSON.stringify(nested),
  );
});

Deno.test("audio is written once, and found again", async () => {
  const sound = () => Int16Array.from([-32768, -1, 0, 1, 32767]);
  const parcels = await recordedParcels(sound(), sound(), new Int16Array(5), sound());
  assertEquals(parcels, [{ $audio: 1 }, { $audio: 1 }, { $audio: 2 }, { $audio: 1 }]);
  const clock = new VirtualClock();
  const recorder = new CallRecorder({ clock });
  const task = new PipelineTask(new Pipeline([new FrameProcessor()]), {
    clock,
    observers: [recorder],
  });
  void task.queueFrame(new InputAudioRawFrame(sound(), { sampleRate: 8_000 }));
  void task.stopWhenDone();
  await clock.runUntil(task.run());
  const recording = new CallRecording(recorder.text);
  const [frame] = recording.of("InputAudioRawFrame");
  assert(frame);
  assertEquals(recording.audioOf(frame), sound());
});

Deno.test("names are the same in every run, and words are left alone", () => {
  const names = new StableNames();
  assertEquals(names.of({ name: "Voice#12" }), "Voice#1");
  assertEquals(names.of({ name: "Voice#1" }), "Voice#2");
  assertEquals(names.of({ name: "PipelineStart" }), "PipelineStart");
  assertEquals(names.in("Voice#12-7 and Voice#1-3 in C#4"), "Voice#1-7 and Voice#2-3 in C#4");
  const [a, b] = [crypto.randomUUID(), crypto.randomUUID()];
  assertEquals([names.in(a), names.in(b), names.in(a)], ["uuid#1", "uuid#2", "uuid#1"]);
});

/** What comes in of every kind, and one of its own. */
class BellFrame extends SystemFrame {
  constructor(readonly rings: number) {
    super();
  }
}

class Everything extends BaseInputTransport {
  protected override begin(): void {
    const sound = Int16Array.from({ length: 320 }, (_, i) => i);
    this.receive(new UserAudioRawFrame(sound, { sampleRate: 16_000, userId: "ada" }));
    this.receive(new VADUserStartedSpeakingFrame({ startSecs: 0.3 }));
    this.receive(new UserSpeakingFrame());
    this.receive(new VADUserStoppedSpeakingFrame({ stopSecs: 0.4 }));
    this.receive(new InputDTMFFrame(KeypadEntry.POUND));
    this.receive(new BellFrame(3));
  }
}

class Keeper extends FrameProcessor {
  constructor(seen: string[]) {
    super();
    this.handle(SystemFrame, (frame, context) => {
      if (context.direction === "downstream") seen.push(describe(frame));
      return context.forward();
    });
  }
}

/** Keeps what comes in, and hangs up after the bell, or after a while. */
function listener(seen: string[]): TestedBot {
  return async (session) => {
    const { transport } = session;
    const kept = new Keeper(seen);
    const pipeline = new Pipeline([transport.input(), kept, transport.output()]);
    const task = new PipelineTask(pipeline, session.taskOptions);
    const limit = session.clock.timer(1_000, () => void task.stopWhenDone());
    await session.run(task);
    limit.cancel();
  };
}

function describe(frame: object): string {
  const { id: _id, pts: _pts, ...fields } = { ...frame } as Record<string, unknown>;
  return `${frame.constructor.name} ${JSON.stringify(fields)}`;
}

Deno.test("whatever came in comes in again, frames of one's own if it is said how", async () => {
  const clock = new VirtualClock();
  const recorder = new CallRecorder({ clock });
  const first = new FrameProcessor();
  const task = new PipelineTask(
    new Pipeline([new Everything({ audioInEnabled: true }), first]),
    { clock, observers: [recorder] },
  );
  const running = task.run();
  await clock.advance(100);
  await clock.runUntil(task.stopWhenDone());
  await running;
  const expected = new CallRecording(recorder.text).frames.filter(({ isInput }) => isInput);
  assertEquals(expected.map(({ frame }) => frame), [
    "UserAudioRawFrame",
    "VADUserStartedSpeakingFrame",
    "UserSpeakingFrame",
    "VADUserStoppedSpeakingFrame",
    "InputDTMFFrame",
    "BellFrame",
  ]);

  const seen: string[] = [];
  const makers = { BellFrame: ({ rings }: { rings?: unknown }) => new BellFrame(Number(rings)) };
  const { problems } = await replayCall(listener(seen), recorder.text, { makers });
  assertEquals(problems, []);
  assertEquals(seen.filter((line) => !line.startsWith("Start")).length, 6);
  assertEquals(seen.at(-1), 'BellFrame {"rings":3}');
  assertEquals(seen.at(-2), 'InputDTMFFrame {"button":"#"}');
  assert(
    seen.some((line) => line.startsWith("UserAudioRawFrame") && line.includes('"userId":"ada"')),
  );
  assert(seen.some((line) => line.includes('"stopSecs":0.4')));

  const without = await replayCall(listener([]), recorder.text);
  assertEquals(without.problems, [
    'Cannot replay a "BellFrame": nobody makes one; pass it with "makers"',
  ]);
});
