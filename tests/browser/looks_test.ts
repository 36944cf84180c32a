import { assert, assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { BotProcess } from "./bot_process.ts";
import { Playground, saidWhole } from "./playground.ts";
import { visit } from "./visit.ts";

async function assertFits(page: Page): Promise<void> {
  const { contentWidth, screenWidth } = await page.evaluate(() => looks());
  assert(contentWidth <= screenWidth, `${contentWidth} pixels are on a screen of ${screenWidth}`);
}

async function answersSum(playground: Playground): Promise<void> {
  const answer = await playground.type("what is 12 times 7");
  assertEquals(await saidWhole(playground, answer), "That is 84.");
}

Deno.test("On a phone's screen the playground shows the conversation, and behind it the pipeline", async () => {
  await using bot = await BotProcess.start();
  const context = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
  await visit({ url: `${bot.url}/client`, context, scripts: ["looks.js"] }, async (page) => {
    const playground = new Playground(page);
    await assertFits(page);
    await playground.connect("connect-typing");
    await answersSum(playground);
    await assertFits(page);
    const output = playground.find("pipeline-node").filter({ hasText: "SocketOutput" });
    assertEquals(await output.isVisible(), false);
    await page.getByRole("button", { name: "Inside" }).click();
    await output.waitFor();
    await assertFits(page);
  });
});

Deno.test("Where the system is dark the playground is dark, until it is switched to light", async () => {
  await using bot = await BotProcess.start();
  const context = { colorScheme: "dark" as const };
  await visit({ url: `${bot.url}/client`, context, scripts: ["looks.js"] }, async (page) => {
    const playground = new Playground(page);
    const brightness = async () => (await page.evaluate(() => looks())).brightness;
    assert(await brightness() < 60);
    await playground.connect("connect-typing");
    await answersSum(playground);
    await page.getByRole("button", { name: "Switch to light colours" }).click();
    assert(await brightness() > 200);
    await assertFits(page);
  });
});
