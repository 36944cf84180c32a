import { assertEquals } from "@std/assert";
import {
  BotSpeakingFrame,
  type Frame,
  HeartbeatFrame,
  InputAudioRawFrame,
  InputTransportMessageFrame,
  TextFrame,
  UserAudioRawFrame,
  UserStartedSpeakingFrame,
  UserStoppedSpeakingFrame,
  VADUserStartedSpeakingFrame,
  VADUserStoppedSpeakingFrame,
} from "../frames/mod.ts";
import { FrameProcessor } from "../processors/mod.ts";
import { VirtualClock } from "../testing/mod.ts";
import { ActivityObserver } from "./_activity_observer.ts";

const AUDIO = new Int16Array(160);
const CASES: readonly (readonly [frame: () => Frame, counts: boolean])[] = [
  [() => new InputAudioRawFrame(AUDIO, { sampleRate: 16_000 }), false],
  [() => new UserAudioRawFrame(AUDIO, { sampleRate: 16_000 }), false],
  [() => new VADUserStartedSpeakingFrame(), true],
  [() => new VADUserStoppedSpeakingFrame(), true],
  [() => new UserStartedSpeakingFrame(), true],
  [() => new UserStoppedSpeakingFrame(), true],
  [() => new InputTransportMessageFrame({}), true],
  [() => new BotSpeakingFrame(), true],
  [() => new HeartbeatFrame(0), false],
  [() => new TextFrame("x"), false],
];

for (const [make, counts] of CASES) {
  const frame = make();
  Deno.test(`ActivityObserver takes a ${frame.constructor.name} for ${counts ? "life" : "nothing"}`, async () => {
    const clock = new VirtualClock();
    const observer = new ActivityObserver(clock);
    await clock.advance(500);
    const source = new FrameProcessor();
    observer.onPushFrame({
      source,
      destination: source,
      frame,
      direction: "downstream",
      timestamp: 0,
    });
    assertEquals(observer.lastAt, counts ? 500 : 0);
  });
}
