import { assertEquals, assertMatch } from "@std/assert";
import { BotProcess } from "./bot_process.ts";
import { Playground, saidWhole } from "./playground.ts";
import { visit } from "./visit.ts";

Deno.test("Where the browser refuses the microphone, the page says so typing goes on, and speech when it is allowed", async () => {
  await using bot = await BotProcess.start();
  const caller = [{ waitMs: 1_500 }, { say: "what time is it" }];
  await visit({ url: `${bot.url}/client`, caller, microphone: false }, async (page) => {
    const playground = new Playground(page);
    await playground.connect();
    const banner = playground.find("banner");
    assertEquals(await banner.getAttribute("data-kind"), "microphone");
    assertMatch(await banner.innerText(), /Microphone refused\..*you can type/s);
    assertEquals(await playground.find("mic").getAttribute("data-mic"), "none");

    const answer = await playground.type("what is 12 times 7");
    assertEquals(await saidWhole(playground, answer), "That is 84.");
    assertEquals(await banner.count(), 1);

    await page.context().grantPermissions(["microphone"], { origin: bot.url });
    await page.locator("[data-testid=mic][data-mic=on]").waitFor();
    await playground.userSaid("what time is it");
    assertEquals(await banner.count(), 0);
  });
});
