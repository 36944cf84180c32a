// How a bot is tested. Run it with `deno test examples/tested_bot_test.ts`: it needs no permission,
// no key and no network, and no time, for the calls run on a virtual clock.
import { callBot } from "@parley/sdk/testing";
import { bot } from "./tested_bot.ts";

const GREETING = "Olive, good evening! For how many, and when?";

/** What the model says to have a table booked. */
function booking(guests: number, hour: number) {
  return { text: "One moment.", calls: [{ name: "book_table", arguments: { guests, hour } }] };
}

const GOODBYE = { calls: [{ name: "hang_up" }] };

Deno.test("a table is booked, and the call comes to its end", async () => {
  await using call = await callBot(bot, {
    answers: [GREETING, booking(2, 20), "You have a table for two at eight.", GOODBYE],
  });
  await call.hears(GREETING);
  await call.says("For two, at eight.");
  await call.hears("One moment.", { withinMs: 1_000 });
  await call.calls("book_table", { guests: 2, hour: 20 }, { gives: { booked: true } });
  await call.hears(/for two at eight/);
  await call.says("Thank you, bye!");
  await call.hears("Goodbye!");
  await call.ends();
});

Deno.test("nobody gets a table when the kitchen is closed", async () => {
  await using call = await callBot(bot, {
    answers: [GREETING, booking(4, 23), "We are open from six to ten."],
  });
  await call.hears(GREETING);
  await call.says("Four of us, at eleven tonight.");
  const reason = "The kitchen is open from 6 to 10";
  await call.calls("book_table", { guests: 4, hour: 23 }, { gives: { booked: false, reason } });
  await call.hears("One moment.");
  await call.hears("We are open from six to ten.");
  await call.hangsUp();
});

Deno.test("a caller who interrupts is listened to, and the model knows what he has heard", async () => {
  await using call = await callBot(bot, { answers: [GREETING, "At what time?"] });
  const heard = await call.interrupts("For two!", { afterMs: 1_200 });
  await call.hears("At what time?", { withinMs: 1_000 });
  await call.contextHolds([`assistant: ${heard}`, "user: For two!", "assistant: At what time?"]);
  await call.hangsUp();
});

Deno.test("who types is answered as well", async () => {
  await using call = await callBot(bot, { answers: [GREETING, "At what time?"] });
  await call.hears(GREETING);
  await call.types("A table for two");
  await call.hears("At what time?", { withinMs: 200 });
  await call.hangsUp();
});
