import { assert, assertEquals } from "@std/assert";
import { systemClock } from "../../async/mod.ts";
import { BotProcess } from "./bot_process.ts";
import { beginStory, knowsWhatWasHeard, Playground } from "./playground.ts";
import { visit } from "./visit.ts";

const ECHO_MS = 17_000;

Deno.test("The bot's own voice at -20 dB in the microphone does not interrupt it, and a caller does", async () => {
  await using bot = await BotProcess.start();
  const caller = [{ waitMs: ECHO_MS }, { say: "what did you just say" }];
  const options = { url: `${bot.url}/client`, caller, scripts: ["echo.js"] };
  await visit(options, async (page) => {
    const playground = new Playground(page);
    await playground.connect("connect-typing");
    const story = await beginStory(playground, "upon");
    const answer = await playground.nextLine();
    const marksBefore = await playground.find("interrupted-mark").count();
    // Opens the microphone: from now on it hears the bot, and later the caller.
    const openedAt = systemClock.now();
    await playground.find("mic").click();
    await page.waitForFunction(() => loudestEcho() > 0.01);
    await playground.presence("user", "speaking");
    const undisturbedMs = systemClock.now() - openedAt;
    assert(undisturbedMs >= ECHO_MS, `it took its own voice for speech after ${undisturbedMs} ms`);
    await playground.userSaid("what did you just say");
    await knowsWhatWasHeard(playground, story, answer);
    assertEquals(await playground.find("interrupted-mark").count(), marksBefore + 1);
    assertEquals(await playground.find("transcript-user").allTextContents(), [
      "tell me a story",
      "what did you just say",
    ]);
  });
});
