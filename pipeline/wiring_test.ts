import { assertEquals, assertRejects } from "@std/assert";
import { EndFrame } from "../frames/mod.ts";
import type { ProcessorRole } from "../processors/mod.ts";
import { Logbook, Step } from "../tests/core/_kit.ts";
import { ParallelPipeline, Pipeline, type PipelineElement, PipelineTask } from "./mod.ts";

class Part extends Step {
  readonly #role: ProcessorRole;
  other: { readonly name: string } | undefined;
  constructor(name: string, role: ProcessorRole = "other") {
    super(name);
    this.#role = role;
  }
  override get role(): ProcessorRole {
    return this.#role;
  }
  override get partner(): { readonly name: string } | undefined {
    return this.other;
  }
}

const input = () => new Part("Input", "input");
const stt = () => new Part("STT", "stt");
const llm = () => new Part("LLM", "llm");
const tts = () => new Part("TTS", "tts");
const output = (name = "Output") => new Part(name, "output");

/** The halves of an aggregator pair. */
function pair(): { user: Part; assistant: Part } {
  const user = new Part("User", "user-context");
  const assistant = new Part("Assistant", "assistant-context");
  user.other = assistant;
  assistant.other = user;
  return { user, assistant };
}

/** What the start says of a pipeline, without its first words; "ok" if it starts. */
async function start(elements: PipelineElement[]): Promise<string> {
  const task = new PipelineTask(new Pipeline(elements), { log: new Logbook() });
  task.queueFrame(new EndFrame());
  try {
    await task.run();
    return "ok";
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return error.message.replace("Cannot start the pipeline: ", "");
  } finally {
    await task.cancel();
  }
}

Deno.test("a pipeline that is wired as it should be starts", async () => {
  const { user, assistant } = pair();
  assertEquals(await start([input(), stt(), user, llm(), tts(), output(), assistant]), "ok");
  assertEquals(await start([llm(), tts()]), "ok");
  assertEquals(await start([tts(), output()]), "ok");
  assertEquals(await start([]), "ok");
});

Deno.test("a TTS before its LLM is refused, by name", async () => {
  const why = '"TTS" stands before "LLM", which writes what it is to speak';
  assertEquals(await start([input(), tts(), llm(), output()]), why);
  assertEquals(await start([tts(), new Pipeline([new Part("x"), llm()])]), why);
});

Deno.test("a TTS between two LLMs has one before it, and starts", async () => {
  assertEquals(await start([llm(), tts(), new Part("Second", "llm")]), "ok");
});

Deno.test("a user aggregator before its STT is refused, by name", async () => {
  const { user, assistant } = pair();
  assertEquals(
    await start([user, stt(), assistant]),
    '"User" stands before "STT", which hears what it is to collect',
  );
});

Deno.test("an assistant aggregator before its user half is refused, by name", async () => {
  const { user, assistant } = pair();
  assertEquals(
    await start([assistant, user]),
    '"Assistant" stands before "User", which opens the turn it is to close',
  );
});

Deno.test("two outputs in a row are refused, by name; so are two inputs and two aggregators", async () => {
  const row = (a: string, b: string, role: string) =>
    `"${a}" and "${b}" stand in a row, and one way has room for one ${role}`;
  assertEquals(await start([output("A"), output("B")]), row("A", "B", "output"));
  assertEquals(
    await start([input(), new Part("Second", "input")]),
    row("Input", "Second", "input"),
  );
  const { user, assistant } = pair();
  const second = new Part("Second", "user-context");
  assertEquals(await start([user, second, assistant]), row("User", "Second", "user-context"));
});

Deno.test("half of an aggregator pair is refused, by name", async () => {
  assertEquals(await start([pair().user]), '"User" stands in it without "Assistant"');
  assertEquals(await start([pair().assistant]), '"Assistant" stands in it without "User"');
  const [one, other] = [pair(), pair()];
  assertEquals(await start([one.user, other.assistant]), '"User" stands in it without "Assistant"');
});

Deno.test("branches are ways of their own: each is checked, with what stands before and behind", async () => {
  const { user, assistant } = pair();
  assertEquals(
    await start([
      user,
      new ParallelPipeline([llm(), tts(), output("A")], [output("B")]),
      assistant,
    ]),
    "ok",
  );
  assertEquals(
    await start([new ParallelPipeline([output("A")], []), output("B")]),
    '"A" and "B" stand in a row, and one way has room for one output',
  );
  assertEquals(
    await start([new ParallelPipeline([new Part("x")], [tts()]), llm()]),
    '"TTS" stands before "LLM", which writes what it is to speak',
  );
});

Deno.test("nothing is started of a pipeline that is refused", async () => {
  let started = false;
  const eager = new Part("Eager", "output").loop("listen", () => Promise.resolve());
  const task = new PipelineTask(new Pipeline([eager, output("B")]));
  task.on("pipelineStarted", () => void (started = true));
  await assertRejects(() => task.run(), TypeError);
  await task.cancel();
  assertEquals(started, false);
});
