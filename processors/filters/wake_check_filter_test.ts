import { assertEquals, assertThrows } from "@std/assert";
import { InterimTranscriptionFrame, TextFrame, TranscriptionFrame } from "../../frames/mod.ts";
import { TestPipeline, VirtualClock } from "../../testing/mod.ts";
import { WakeCheckFilter } from "./mod.ts";

/** A filter on a virtual clock that waits for "hey parley". */
class Rig implements AsyncDisposable {
  readonly clock = new VirtualClock();
  readonly #pipeline: TestPipeline;

  constructor(wakePhrases: readonly string[] = ["hey parley"]) {
    const filter = new WakeCheckFilter({ wakePhrases, keepaliveTimeoutSecs: 5 });
    this.#pipeline = new TestPipeline([filter], { clock: this.clock });
  }

  /** What comes through of what somebody says. */
  async says(text: string, userId = "ada"): Promise<string[]> {
    this.#pipeline.push(new TranscriptionFrame(text, { userId, language: "en" }));
    await this.clock.settle();
    return this.heard();
  }

  async seemsToSay(text: string): Promise<string[]> {
    this.#pipeline.push(new InterimTranscriptionFrame(text, { userId: "ada" }));
    await this.clock.settle();
    return this.heard();
  }

  heard(): string[] {
    return this.#pipeline.down.splice(0).map((frame) =>
      frame instanceof TextFrame ? frame.text : ""
    );
  }

  push(text: string): void {
    this.#pipeline.push(new TextFrame(text));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pipeline.close();
  }
}

Deno.test("WakeCheckFilter lets words by from the phrase on, and for as long as they go on", async () => {
  await using rig = new Rig();
  assertEquals(await rig.says("what time is it"), []);
  assertEquals(await rig.says("well, Hey Parley, what time is it"), [
    "Hey Parley, what time is it",
  ]);
  await rig.clock.advance(4_900);
  assertEquals(await rig.says("and the date"), ["and the date"]);
  await rig.clock.advance(4_900);
  assertEquals(await rig.says("and the day"), ["and the day"]);
  await rig.clock.advance(5_000);
  assertEquals(await rig.says("and now"), []);
  assertEquals(await rig.says("hey parley"), ["hey parley"]);
});

Deno.test("WakeCheckFilter finds a phrase that is spread over two transcripts", async () => {
  await using rig = new Rig();
  assertEquals(await rig.says("oh hey"), []);
  assertEquals(await rig.says("Parley. Lights on"), ["hey Parley. Lights on"]);
});

Deno.test("WakeCheckFilter finds whole words alone, in any script", async () => {
  await using rig = new Rig(["hey parley", "öffne dich"]);
  assertEquals(await rig.says("they parley"), []);
  assertEquals(await rig.says("hey parleys"), []);
  assertEquals(await rig.says("Sesam, Öffne dich!"), ["Öffne dich!"]);
});

Deno.test("WakeCheckFilter is woken by each speaker for himself", async () => {
  await using rig = new Rig();
  assertEquals(await rig.says("hey parley"), ["hey parley"]);
  assertEquals(await rig.says("lights on", "bob"), []);
  assertEquals(await rig.says("lights on", "ada"), ["lights on"]);
});

Deno.test("WakeCheckFilter keeps interim transcripts while it is not awake, and passes other text", async () => {
  await using rig = new Rig();
  assertEquals(await rig.seemsToSay("hey par"), []);
  rig.push("other");
  await rig.clock.settle();
  assertEquals(rig.heard(), ["other"]);
  await rig.says("hey parley");
  assertEquals(await rig.seemsToSay("lights"), ["lights"]);
});

Deno.test("WakeCheckFilter refuses to wait for nothing", () => {
  assertThrows(() => new WakeCheckFilter({ wakePhrases: [] }), TypeError, "at least one word");
  assertThrows(() => new WakeCheckFilter({ wakePhrases: ["?!"] }), TypeError, "at least one word");
});
