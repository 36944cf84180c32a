import { PhraseBook } from "../../services/local/grammar.ts";
import { type Recognition, SpeechRecognizer } from "../../services/local/recognizer.ts";
import { between, CALL_RATE, type Caller, say } from "./callers.ts";
import { PHRASES } from "./sentences.ts";

/** The phrases of the embedded bot. */
export const BOOK = new PhraseBook(PHRASES);

/** A line of the table. */
export interface Row {
  readonly sentence: string;
  readonly recognition: Recognition;
}

/** Says sentences in a caller's voice, one after another, and hears each. */
export async function rowsOf(sentences: readonly string[], caller: Caller): Promise<Row[]> {
  const rows: Row[] = [];
  for (const sentence of sentences) {
    const speech = await say(sentence, caller);
    rows.push({ sentence, recognition: await hear(between(300, speech, { trailMs: 500 })) });
  }
  return rows;
}

/** Hears audio as it would come from a call, 20 ms at a time. */
export async function hear(audio: Int16Array, phrases = BOOK): Promise<Recognition> {
  using recognizer = new SpeechRecognizer({ book: phrases, sampleRate: CALL_RATE });
  const utterance = recognizer.start();
  for (let at = 0; at < audio.length; at += 320) utterance.feed(audio.subarray(at, at + 320));
  return await utterance.finish();
}
