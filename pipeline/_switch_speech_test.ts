import { assertEquals } from "@std/assert";
import {
  AggregatedTextFrame,
  type Frame,
  LLMFullResponseEndFrame,
  LLMFullResponseStartFrame,
  LLMTextFrame,
  TextFrame,
  TTSSpeakFrame,
  TTSTextFrame,
} from "../frames/mod.ts";
import type { Entry } from "../processors/_inbox.ts";
import { SpeechMemory } from "./_switch_speech.ts";

/** A voice is given texts and announces pieces of them, each spoken up to a place. */
function memoryOf(
  given: readonly Frame[],
  spoken: readonly (readonly [raw: string, end: number])[],
): SpeechMemory {
  const memory = new SpeechMemory();
  for (const frame of given) memory.given(frame, "downstream");
  for (const [segmentId, [text, end]] of spoken.entries()) {
    memory.gave(new AggregatedTextFrame(text, { segmentId }), "downstream");
    const span = { id: segmentId, text, start: 0, end };
    if (end > 0) {
      memory.gave(new TTSTextFrame(text.slice(0, end), { segmentId, span }), "downstream");
    }
  }
  return memory;
}

function entry(frame: Frame): Entry {
  return { frame, direction: "downstream", epoch: 0 };
}

/** What another voice is given. */
function again(memory: SpeechMemory, inWork?: Frame, waiting: readonly Frame[] = []): string[] {
  const rescue = memory.rescue({
    inWork: inWork && entry(inWork),
    waiting: waiting.map(entry),
  });
  return rescue.again.map(({ frame }) => {
    const text = frame instanceof TextFrame || frame instanceof TTSSpeakFrame ? frame.text : "";
    return `${frame.constructor.name.replace("Frame", "")} ${text}`.trim();
  });
}

const tokens = (...texts: string[]) => texts.map((text) => new LLMTextFrame(text));

Deno.test("tokens are put together from the word at which the voice failed", () => {
  const memory = memoryOf(tokens("One", " two.", " Three", " four"), [["One two.", 3]]);
  assertEquals(again(memory), ["LLMText  two. Three four"]);
});

Deno.test("pieces that were passed over are not spoken late", () => {
  const memory = memoryOf(tokens("One. Two. Three. Four."), [["One.", 4], ["Two.", 0], [
    "Three.",
    6,
  ]]);
  assertEquals(again(memory), ["LLMText  Four."]);
});

Deno.test("pieces that were cut before stay whole, and keep their kind", () => {
  const code = new AggregatedTextFrame("1 + 1", { aggregatedBy: "code" });
  const given = [new AggregatedTextFrame("One two."), code];
  const memory = memoryOf(given, [["One two.", 3]]);
  const rescue = memory.rescue({ inWork: undefined, waiting: [] });
  assertEquals(rescue.again.map(({ frame }) => frame instanceof TextFrame && frame.text), [
    " two.",
    "1 + 1",
  ]);
  assertEquals(rescue.again[1]?.frame, code);
});

Deno.test("a text of its own that holds up the model's text is spoken before the rest of that", () => {
  const [before, after] = tokens("How", " are you?");
  const speak = new TTSSpeakFrame("One moment.");
  const memory = memoryOf([before, speak, after].filter((frame) => frame !== undefined), [
    ["One moment.", 3],
  ]);
  assertEquals(again(memory, speak, after ? [after] : []), [
    "LLMText How",
    "TTSSpeak  moment.",
    "LLMText  are you?",
  ]);
});

Deno.test("what was in work and what waits is given once, behind the rest", () => {
  const start = new LLMFullResponseStartFrame();
  const end = new LLMFullResponseEndFrame();
  const quiet = new TextFrame("Quiet.", { skipTts: true });
  const [text] = tokens("One.");
  const memory = memoryOf([start, text, quiet, end].filter((frame) => frame !== undefined), []);
  assertEquals(again(memory, quiet, [end]), ["LLMText One.", "Text Quiet.", "LLMFullResponseEnd"]);
});

Deno.test("frames without spaces of their own get one between them", () => {
  const memory = memoryOf([new TextFrame("One"), new TextFrame("two")], []);
  assertEquals(again(memory), ["LLMText One two"]);
});
