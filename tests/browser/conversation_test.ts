import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Locator } from "playwright-core";
import { BotProcess } from "./bot_process.ts";
import { takePicture } from "./pictures.ts";
import { beginStory, knowsWhatWasHeard, Playground, saidWhole, textOf } from "./playground.ts";
import { visit } from "./visit.ts";

/** The newest turn shows how long its answer took, and where the time went. */
async function showsLatency(playground: Playground, source: "speech" | "text"): Promise<void> {
  const turn = playground.find("turn-latency").last();
  assertEquals(await turn.getAttribute("data-source"), source);
  const totalMs = Number(await turn.getAttribute("data-total-ms"));
  assert(totalMs > 0 && totalMs < 5_000, `the latency shown is ${totalMs} ms`);
  const stages = source === "speech" ? ["transcript", "end of turn"] : [];
  const shown = await turn.innerText();
  for (const stage of [...stages, "first token", "first audio"]) {
    assertMatch(shown, new RegExp(`${stage}\\s+[\\d.]+ m?s`));
  }
}

/** The highlighted word of a line moves on, and leaves spoken words behind. */
async function followsTheVoice(line: Locator): Promise<void> {
  const current = line.getByTestId("word-current");
  const word = await current.innerText();
  await current.filter({ hasNotText: word }).waitFor();
  await line.locator(".word[data-state=spoken]").nth(2).waitFor();
}

Deno.test("On the playground one speaks and types, and sees and hears the answers", async () => {
  await using bot = await BotProcess.start();
  const options = {
    url: `${bot.url}/client`,
    caller: [{ waitMs: 1_500 }, { say: "what time is it" }],
    scripts: ["ear.js"],
  };
  await visit(options, async (page) => {
    const playground = new Playground(page);
    await takePicture(page, "idle");
    const greeting = await playground.connect("connect-typing");
    await followsTheVoice(greeting);
    await playground.presence("bot", "speaking");
    await page.waitForFunction(() => loudestSound() > 0.05);
    assertMatch(await saidWhole(playground, greeting), /^Hello! I am Parley\./);

    const answer = await playground.nextLine();
    // Opens the microphone, into which the caller begins to speak.
    await playground.find("mic").click();
    await playground.presence("user", "speaking");
    await playground.userSaid("what time is it");
    assertMatch(await saidWhole(playground, answer), /^It is \d+:\d\d [AP]M\.$/);
    await showsLatency(playground, "speech");
    const call = playground.find("tool-call").last();
    assertMatch(await call.innerText(), /get_time.*"time":"\d+:\d\d\s[AP]M"/s);
    assertEquals(await call.getAttribute("data-state"), "done");

    const sum = await playground.type("what is 12 times 7");
    assertEquals(await saidWhole(playground, sum), "That is 84.");
    await showsLatency(playground, "text");

    await beginStory(playground, "lived");
    await takePicture(page, "conversation");
  });
});

Deno.test("On the playground one cuts in by voice and by typing, and the bot knows what was heard", async () => {
  await using bot = await BotProcess.start();
  const options = {
    url: `${bot.url}/client`,
    caller: [{ waitMs: 1_500 }, { say: "what did you just say" }],
  };
  await visit(options, async (page) => {
    const playground = new Playground(page);
    await playground.connect("connect-typing");
    const long = await beginStory(playground, "town");
    const repeated = await playground.nextLine();
    await playground.find("mic").click();
    await playground.presence("user", "speaking");
    await playground.userSaid("what did you just say");
    await knowsWhatWasHeard(playground, long, repeated);
    await takePicture(page, "interrupted");

    const short = await beginStory(playground, "upon");
    const again = await playground.type("what did you just say");
    await knowsWhatWasHeard(playground, short, again);
    const [first, second] = [await textOf(long, "spoken"), await textOf(short, "spoken")];
    assert(first.length > second.length, `"${second}" was heard, and "${first}" before`);
  });
});
