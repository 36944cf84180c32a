import { decodeWav, type WavAudio } from "../audio/mod.ts";

/** Rate of OpenAI's `pcm`, in hertz. */
const SAMPLE_RATE = 24_000;

/** Speech for a text: a tone, as long as it takes to say, in pieces that cut samples in two. */
export function* speechChunks(
  text: string,
  { characterMs }: { readonly characterMs: number },
): Iterable<Uint8Array> {
  const samples = new Int16Array(Math.round(text.length * characterMs * SAMPLE_RATE / 1000));
  for (let i = 0; i < samples.length; i++) {
    samples[i] = Math.round(8_000 * Math.sin(2 * Math.PI * 220 * i / SAMPLE_RATE));
  }
  const bytes = new Uint8Array(samples.buffer);
  // An odd number of bytes, as a network does it.
  for (let at = 0; at < bytes.length; at += 4_801) yield bytes.slice(at, at + 4_801);
}

/** What a form says, with numbers and lists as the SDK meant them; its file is read as WAV. */
export async function readForm(
  form: FormData,
): Promise<{ readonly body: Record<string, unknown>; readonly audio: WavAudio | undefined }> {
  const body: Record<string, unknown> = {};
  let audio: WavAudio | undefined;
  for (const [key, value] of form) {
    if (value instanceof File) {
      audio = decodeWav(new Uint8Array(await value.arrayBuffer()));
      body[key] = { name: value.name, type: value.type, size: value.size };
    } else if (key.endsWith("[]")) {
      const name = key.slice(0, -2);
      body[name] = [...(Array.isArray(body[name]) ? body[name] : []), value];
    } else body[key] = key === "temperature" ? Number(value) : value;
  }
  return { body, audio };
}
