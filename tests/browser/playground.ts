import "./in_page/globals.ts";
import { assert, assertEquals } from "@std/assert";
import type { Locator, Page } from "playwright-core";

/** Where the page's connection stands. */
export type Status = "idle" | "asking" | "connecting" | "live" | "finished" | "failed" | "lost";

/** The playground page, as a person uses it. */
export class Playground {
  readonly #page: Page;

  /** Takes a page that shows the playground. */
  constructor(page: Page) {
    this.#page = page;
  }

  /** An element that the page names for tests. */
  find(name: string): Locator {
    return this.#page.getByTestId(name);
  }

  /** Connects, and waits until the bot begins to greet; gives the line in which it does. */
  async connect(way: "connect" | "connect-typing" = "connect"): Promise<Locator> {
    const greeting = await this.nextLine();
    await this.find(way).click();
    await this.status("live");
    await greeting.waitFor();
    return greeting;
  }

  /** Waits for a state of the connection. */
  async status(state: Status): Promise<void> {
    await this.#page.locator(`[data-testid=status][data-state=${state}]`).waitFor();
  }

  /** Waits for what somebody does: `bot`, `speaking`. */
  async presence(who: "user" | "bot", does: "silent" | "speaking"): Promise<void> {
    await this.#page.locator(`[data-testid=presence][data-${who}=${does}]`).waitFor();
  }

  /** Types a message and sends it; gives the line that the bot answers with. */
  async type(text: string): Promise<Locator> {
    const answer = await this.nextLine();
    await this.find("input").fill(text);
    await this.find("input").press("Enter");
    return answer;
  }

  /** The line that the bot will begin next. */
  async nextLine(): Promise<Locator> {
    return this.find("transcript-bot").nth(await this.find("transcript-bot").count());
  }

  /** Waits until the page shows that the user said this. */
  async userSaid(text: string): Promise<void> {
    await this.find("transcript-user").getByText(text, { exact: true }).last().waitFor();
  }
}

/** Waits until a line of the bot's has been said to its end, and gives it. */
export async function saidWhole(playground: Playground, line: Locator): Promise<string> {
  await line.locator(".word[data-state=spoken]").first().waitFor();
  await playground.presence("bot", "silent");
  const text = await textOf(line);
  assertEquals(text, await textOf(line, "spoken"));
  return text;
}

/** The text of a line of the bot's, or what of it is in one state. */
export async function textOf(line: Locator, state?: "spoken" | "unheard"): Promise<string> {
  const words = line.locator(state ? `.word[data-state=${state}]` : ".word");
  return (await words.allTextContents()).join(" ");
}

/** Asks for the story, and waits until a word of its first sentence has been heard. */
export async function beginStory(playground: Playground, word: string): Promise<Locator> {
  const story = await playground.type("tell me a story");
  const heard = story.locator(".word[data-state=spoken]").getByText(word, { exact: true });
  await heard.first().waitFor();
  return story;
}

/** The page marks where a story was cut, and the answer repeats what was heard, no more and no less. */
export async function knowsWhatWasHeard(
  playground: Playground,
  story: Locator,
  answer: Locator,
): Promise<void> {
  await story.getByTestId("interrupted-mark").waitFor();
  const said = await saidWhole(playground, answer);
  assertEquals(said, `I said: ${await textOf(story, "spoken")}`);
  assert(await textOf(story, "unheard") !== "", "nothing is marked as unheard");
}
