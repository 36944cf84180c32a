import { concatAudio, resample } from "../../audio/mod.ts";
import { assertEquals } from "@std/assert";
import { type STTContractRecording, testSTT } from "../../testing/mod.ts";
import { loadEspeak } from "./espeak.ts";
import { LocalSTTService } from "./mod.ts";

const PHRASES = ["what time is it", "tell me a story", "what is {a: number} plus {b: number}"];

/** What the local voice says, at 16 kHz, with silence around it. */
async function recording(text: string): Promise<STTContractRecording> {
  const espeak = await loadEspeak();
  const pieces = await Array.fromAsync(espeak.speak(text));
  const audio = concatAudio(pieces.flatMap((piece) => piece.type === "audio" ? [piece.audio] : []));
  const speech = resample(audio, { fromRate: espeak.sampleRate, toRate: 16_000 });
  const padded = new Int16Array(speech.length + 16_000);
  padded.set(speech, 6_400);
  return { audio: padded, sampleRate: 16_000, text };
}

const recordings = [
  await recording("what time is it"),
  await recording("what is twelve plus five"),
] as const;

testSTT({
  name: "LocalSTTService",
  alone: "it runs in this process",
  recordings: [...recordings],
  open: () => ({
    make: () => new LocalSTTService({ phrases: PHRASES }),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }),
});

Deno.test("LocalSTTService refuses a phrase that is not written as it should be", () => {
  let message = "";
  try {
    new LocalSTTService({ phrases: ["roll (one"] });
  } catch (error) {
    message = error instanceof SyntaxError ? error.message : "";
  }
  assertEquals(message.startsWith("Cannot "), true);
});
