import { assertEquals } from "@std/assert";
import { LLMContext, LLMContextFrame } from "../context/mod.ts";
import { type Frame, LLMTextFrame } from "../frames/mod.ts";
import { FrameProcessor, type ProcessorRole } from "../processors/mod.ts";
import { KeptLog } from "../tests/kept_log.ts";
import { LLMLogObserver } from "./mod.ts";

class Model extends FrameProcessor {
  override get role(): ProcessorRole {
    return "llm";
  }
}

const [FIRST, SECOND] = [new Model({ name: "first" }), new Model({ name: "second" })];
const OTHER = new FrameProcessor({ name: "other" });

/** What is written of pushes. */
function write(pushes: readonly (readonly [FrameProcessor, FrameProcessor, Frame])[]) {
  const log = new KeptLog();
  const observer = new LLMLogObserver({ log });
  for (const [source, destination, frame] of pushes) {
    const direction = "downstream" as const;
    observer.onPushFrame({ source, destination, frame, direction, timestamp: 1e9 });
  }
  return log.notes;
}

Deno.test("LLMLogObserver writes a text where it is made, and not where it is passed on", () => {
  const [made, typed] = [new LLMTextFrame("Hi"), new LLMTextFrame("I say")];
  assertEquals(
    write([
      [FIRST, OTHER, made],
      [OTHER, SECOND, made],
      [SECOND, OTHER, made],
      [OTHER, SECOND, typed],
      [SECOND, OTHER, typed],
    ]),
    ["🧠 first → LLM GENERATING: 2 characters at 1.00s"],
  );
});

Deno.test("LLMLogObserver writes a context for each model that it comes to", () => {
  const frame = new LLMContextFrame(new LLMContext([{ role: "user", content: "Hi" }]));
  assertEquals(write([[OTHER, FIRST, frame], [OTHER, SECOND, frame], [SECOND, OTHER, frame]]), [
    "🧠 → first LLM CONTEXT FRAME: 1 message at 1.00s",
    "🧠 → second LLM CONTEXT FRAME: 1 message at 1.00s",
  ]);
});
