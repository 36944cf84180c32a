import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Page } from "playwright-core";
import { BotProcess } from "./bot_process.ts";
import { type ClientEvent, EventReader, servePublishedClient } from "./published_client.ts";
import { visit } from "./visit.ts";

/** An event by its name, or by its name and what its data holds, as JSON. */
type Expected = string | readonly [name: string, data: RegExp];

/** Of what came, this came in this order; other events may stand between. */
function assertOrder(came: readonly ClientEvent[], expected: readonly Expected[]): void {
  let at = 0;
  for (const wanted of expected) {
    const [name, data = /(?:)/] = typeof wanted === "string" ? [wanted] : wanted;
    const found = came.slice(at).findIndex((event) =>
      event.name === name && data.test(JSON.stringify(event.data ?? null))
    );
    assert(found >= 0, `no "${name}" ${data} among:\n${came.slice(at).map(shown).join("\n")}`);
    at += found + 1;
  }
}

function shown({ name, data }: ClientEvent): string {
  return name === "serverMessage" ? name : `${name} ${JSON.stringify(data)}`;
}

interface BotOutput {
  readonly text: string;
  readonly segment_id: number;
  readonly spoken_status: string;
  readonly spoken_progress: { readonly accumulated_text: string; readonly remaining_text: string };
}

/** The text that was heard: what the last progress of each segment told, each one a step further. */
function heardText(came: readonly ClientEvent[]): string {
  const heard = new Map<number, string>();
  for (const { name, data } of came) {
    if (name !== "botOutput") continue;
    const { text, segment_id, spoken_status, spoken_progress } = data as BotOutput;
    const { accumulated_text, remaining_text } = spoken_progress;
    const before = heard.get(segment_id);
    assertEquals(spoken_status === "new", before === undefined, "announced once, and first");
    assertEquals(accumulated_text + remaining_text, text);
    assertEquals(spoken_status === "completed", remaining_text === "");
    assert(accumulated_text.startsWith(before ?? ""), `"${accumulated_text}" after "${before}"`);
    heard.set(segment_id, accumulated_text);
  }
  return [...heard.values()].join(" ").trim();
}

/** The words that were told one by one as they were heard. */
function heardWords(came: readonly ClientEvent[]): string {
  const words = came.filter(({ name }) => name === "botTtsText");
  return words.map(({ data }) => (data as { text: string }).text).join(" ");
}

async function greets(page: Page, reader: EventReader): Promise<void> {
  await page.waitForFunction(() => loudestSound() > 0.05);
  const came = await reader.until("botStoppedSpeaking");
  assertOrder(came, [
    "connected",
    ["botReady", /"version":"2\.\d+\.\d+"/],
    "botLlmStarted",
    "botLlmText",
    "botTtsStarted",
    "botStartedSpeaking",
    ["botOutput", /"text":"Hello!".*"spoken_status":"new"/],
    ["botTtsText", /"Hello!"/],
    ["botOutput", /"text":"Hello!".*"spoken_status":"completed"/],
  ]);
  assertEquals(heardText(came), heardWords(came));
}

async function answersSpeech(page: Page, reader: EventReader): Promise<void> {
  // Opening the microphone anew makes the caller begin.
  await page.evaluate('client.enableMic(true); client.updateMic("default")');
  const came = await reader.until("botStoppedSpeaking");
  assertOrder(came, [
    "userStartedSpeaking",
    ["userTranscript", /"text":"what time is it".*"final":true/],
    "userStoppedSpeaking",
    ["userLlmText", /"what time is it"/],
    ["llmFunctionCallStarted", /"get_time"/],
    ["llmFunctionCallInProgress", /"function_name":"get_time".*"arguments":\{\}/],
    ["llmFunctionCallStopped", /"get_time".*"cancelled":false|"cancelled":false.*"get_time"/],
    ["botLlmText", /"It"/],
    "botStartedSpeaking",
    ["botOutput", /"spoken_status":"new"/],
    ["botOutput", /"spoken_status":"completed"/],
  ]);
  assertMatch(heardText(came), /^It is \d+:\d\d\s[AP]M\.$/);
  const metrics = came.filter(({ name }) => name === "metrics").map(({ data }) => data);
  for (const service of ["LocalSTTService", "LocalLLMService", "LocalTTSService"]) {
    assertMatch(JSON.stringify(metrics), new RegExp(`"processor":"${service}`));
  }
}

async function isCutByText(page: Page, reader: EventReader): Promise<void> {
  await page.evaluate('client.sendText("tell me a story")');
  const before = await reader.until("botTtsText", /"town"/);
  await page.evaluate('client.sendText("what did you just say")');
  const rest = await reader.until("botStoppedSpeaking");
  assertEquals(rest.filter(({ name }) => name === "botStartedSpeaking"), []);
  const heard = heardText([...before, ...rest]);
  assertMatch(heard, /^Once upon a time, in a small town/);
  assertEquals(heard, heardWords([...before, ...rest]));

  const answer = await reader.until("botStoppedSpeaking");
  assertOrder(answer, ["botLlmStarted", "botLlmStopped", "botStartedSpeaking"]);
  assertEquals(heardText(answer), `I said: ${heard}`);
}

async function leaves(page: Page, reader: EventReader): Promise<void> {
  await page.evaluate("client.disconnect()");
  assertOrder(await reader.until("disconnected"), [
    ["transportStateChanged", /disconnecting/],
    ["transportStateChanged", /disconnected/],
  ]);
}

Deno.test("The published client, alone on a page, holds a conversation with the default bot", async () => {
  await using bot = await BotProcess.start();
  await using server = await servePublishedClient();
  const caller = [{ waitMs: 1_500 }, { say: "what time is it" }];
  await visit({ url: server.url, caller, scripts: ["ear.js"] }, async (page) => {
    const reader = new EventReader(page);
    await page.evaluate(`client.startBotAndConnect({ endpoint: "${bot.url}/start" })`);
    await greets(page, reader);
    await answersSpeech(page, reader);
    await isCutByText(page, reader);
    await leaves(page, reader);
  });
  await bot.sessionsEnd();
});
