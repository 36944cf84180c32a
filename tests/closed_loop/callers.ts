import { concatAudio, decodeWav, resample } from "../../audio/mod.ts";
import { loadEspeak } from "../../services/local/espeak.ts";

/** Who calls the bot: two voices of flite, which is a program of its own, and one of espeak-ng. */
export type Caller = "flite rms" | "flite slt" | "espeak en-us+f2";

/** Sample rate of what callers say, in hertz. */
export const CALL_RATE = 16_000;

/** Says a text in the voice of a caller. */
export async function say(text: string, caller: Caller): Promise<Int16Array> {
  const [program, voice = ""] = caller.split(" ");
  return program === "flite" ? await sayWithFlite(text, voice) : await sayWithEspeak(text, voice);
}

/** Puts silence around speech, with the faint hiss that every microphone has. */
export function between(
  leadMs: number,
  speech: Int16Array,
  options: { readonly trailMs: number; readonly sampleRate?: number },
): Int16Array {
  const samplesPerMs = (options.sampleRate ?? CALL_RATE) / 1000;
  const lead = new Int16Array(Math.round(leadMs * samplesPerMs));
  const trail = new Int16Array(Math.round(options.trailMs * samplesPerMs));
  return hiss(concatAudio([lead, speech, trail]), 4);
}

/** Adds white noise, the same each time. */
export function hiss(audio: Int16Array, level: number): Int16Array {
  let state = 1;
  return audio.map((sample) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return sample + Math.round((state / 2 ** 31 - 1) * level);
  });
}

async function sayWithFlite(text: string, voice: string): Promise<Int16Array> {
  const file = await Deno.makeTempFile({ suffix: ".wav" });
  try {
    const args = ["-voice", voice, "-t", text, "-o", file];
    const { success, stderr } = await new Deno.Command("flite", { args }).output();
    if (!success) throw new Error(`Cannot speak with flite: ${new TextDecoder().decode(stderr)}`);
    const { samples, sampleRate } = decodeWav(await Deno.readFile(file));
    return resample(samples, { fromRate: sampleRate, toRate: CALL_RATE });
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    throw new Error("Cannot find flite: apt-get install flite", { cause });
  } finally {
    await Deno.remove(file);
  }
}

async function sayWithEspeak(text: string, voice: string): Promise<Int16Array> {
  const espeak = await loadEspeak();
  const pieces = await Array.fromAsync(espeak.speak(text, { voice }));
  const audio = concatAudio(pieces.flatMap((piece) => piece.type === "audio" ? [piece.audio] : []));
  return resample(audio, { fromRate: espeak.sampleRate, toRate: CALL_RATE });
}
