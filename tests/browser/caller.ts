import { concatAudio, decodeWav, encodeWav, resample } from "../../audio/mod.ts";
import { findProgram } from "./programs.ts";

/** What a caller does: says something, or waits. */
export type CallerPart =
  | { readonly say: string }
  | { readonly waitMs: number };

/** The rate at which Chromium's fake microphone reads without changing anything. */
const RATE = 48_000;

/** Writes what a caller says, spoken by flite, into a WAV file. */
export async function recordCaller(path: string, parts: readonly CallerPart[]): Promise<void> {
  const pieces: Int16Array[] = [];
  for (const part of parts) {
    pieces.push("say" in part ? await speak(part.say) : roomTone(part.waitMs));
  }
  await Deno.writeFile(path, encodeWav(concatAudio(pieces), { sampleRate: RATE }));
}

/** What is heard of a room in which nobody speaks; the published client sends nothing before it hears something. */
function roomTone(durationMs: number): Int16Array {
  let state = 1;
  return Int16Array.from({ length: RATE * durationMs / 1000 }, () => {
    state = state * 16_807 % 2_147_483_647;
    return state % 21 - 10;
  });
}

async function speak(text: string): Promise<Int16Array> {
  const path = await Deno.makeTempFile({ suffix: ".wav" });
  try {
    const { success, stderr } = await new Deno.Command(await findProgram("flite"), {
      args: ["-voice", "rms", "-t", text, "-o", path],
    }).output();
    if (!success) throw new Error(`Cannot speak "${text}": ${new TextDecoder().decode(stderr)}`);
    const { samples, sampleRate } = decodeWav(await Deno.readFile(path));
    return resample(samples, { fromRate: sampleRate, toRate: RATE });
  } finally {
    await Deno.remove(path);
  }
}
