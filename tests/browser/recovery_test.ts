import { assertEquals, assertMatch } from "@std/assert";
import { BotProcess } from "./bot_process.ts";
import { Playground, saidWhole } from "./playground.ts";
import { visit } from "./visit.ts";

Deno.test("When the server goes the page says so, and comes back with it by itself", async () => {
  await using first = await BotProcess.start();
  // What Chromium itself writes of a server that is not there.
  const expected = /ERR_CONNECTION_(REFUSED|RESET)|ERR_EMPTY_RESPONSE/;
  await visit({ url: `${first.url}/client`, expected }, async (page) => {
    const playground = new Playground(page);
    await playground.connect();
    assertEquals(await playground.find("mic").getAttribute("data-mic"), "on");
    await playground.presence("bot", "speaking");
    await first.kill();
    await playground.status("lost");
    const banner = playground.find("banner");
    assertEquals(await banner.getAttribute("data-kind"), "connection");
    assertMatch(await banner.innerText(), /server/i);
    assertEquals(await playground.find("input").isDisabled(), true);

    const greeting = await playground.nextLine();
    await using _second = await BotProcess.start(first.port);
    await playground.status("live");
    assertEquals(await banner.count(), 0);
    assertMatch(await saidWhole(playground, greeting), /^Hello!/);
    const answer = await playground.type("what is 12 times 7");
    assertEquals(await saidWhole(playground, answer), "That is 84.");
    await playground.find("connect").click();
    await playground.status("idle");
  });
});
