import { assertEquals } from "@std/assert";
import { VirtualClock } from "../../testing/mod.ts";
import { Microphone } from "./microphone.ts";
import { parseRecording } from "./recording.ts";

/** When a piece of audio came, in tens of milliseconds, and how long it was in samples. */
async function pieces(lines: readonly object[], sampleRate = 16_000): Promise<[number, number][]> {
  const head = { service: "Any", module: "services/any" };
  const text = [head, ...lines].map((line) => JSON.stringify(line)).join("\n");
  const clock = new VirtualClock();
  const came: [number, number][] = [];
  const microphone = new Microphone(clock, {
    lines: parseRecording(text).lines,
    sampleRate,
    push: ({ audio }) => came.push([Math.round(clock.now() / 10), audio.length]),
  });
  await clock.advance(10_000);
  microphone.close();
  return came;
}

const spoken = (t: number) => [
  { from: "input", frame: "VADUserStartedSpeakingFrame", t },
  { from: "input", frame: "VADUserStoppedSpeakingFrame", t: t + 0.1 },
];

Deno.test("Audio comes around each time that the user was heard", async () => {
  const came = (await pieces([...spoken(0.5), ...spoken(4)])).map(([at]) => at);
  assertEquals([came[0], came.at(-1)], [29, 429]);
  // From 0.2 s before he was heard to 0.2 s after, each time, every 20 ms.
  assertEquals([came.length, came.filter((at) => at < 100).length], [52, 26]);
});

Deno.test("Audio comes while some was sent, and not for silence that was", async () => {
  const sent = (t: number, end: number, more = {}) => ({
    from: "client",
    t,
    t_end: end,
    audio: { messages: 5, bytes: 3_200, ...more },
  });
  const came = await pieces([sent(1, 1.1), sent(1.2, 1.3), sent(5, 5, { silence: true })]);
  assertEquals([came.length, came[0], came.at(-1)], [16, [99, 320], [129, 320]]);
});

Deno.test("Audio has the rate of the recording", async () => {
  assertEquals((await pieces(spoken(0.5), 8_000))[0], [29, 160]);
});
