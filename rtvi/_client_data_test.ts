import { assert, assertEquals } from "@std/assert";
import { DataFrame, InputTransportMessageFrame, InterruptionFrame } from "../frames/mod.ts";
import { Session } from "./testdata/session.ts";

/** The text of the error in a message. */
function errorOf(data: unknown): string {
  assert(typeof data === "object" && data !== null && "error" in data);
  return String(data.error);
}

const VERSION = 'and must be a version such as "2.1.0"';
const LONG = "ä€😀".repeat(1_000);
const QUOTED = `"${"ä€😀".repeat(13)}ä…"`;

/** Versions that this bot does not speak. */
const VERSIONS: readonly (readonly [data: unknown, problem: string])[] = [
  [{ version: "1.2.0" }, "it speaks RTVI 1.2.0, and this bot 2.1.0"],
  [{ version: "3.0.0" }, "it speaks RTVI 3.0.0, and this bot 2.1.0"],
  [{ version: "0.3.0" }, "it speaks RTVI 0.3.0, and this bot 2.1.0"],
  [{ version: "2.0" }, `"version" is "2.0", ${VERSION}`],
  [{ version: "" }, `"version" is "", ${VERSION}`],
  [{ version: 2 }, `"version" is a number, ${VERSION}`],
  [undefined, `"version" is missing, ${VERSION}`],
  [LONG, `"version" is missing, ${VERSION}`],
  [{ version: LONG }, `"version" is ${QUOTED}, ${VERSION}`],
];

for (const [data, problem] of VERSIONS) {
  const name = JSON.stringify(data)?.slice(0, 40);
  Deno.test(`A client that is ready with ${name} learns what is wrong, and is let in`, async () => {
    await using session = new Session();
    session.ask("client-ready", data, "r");
    const [error, ready] = await session.take();
    assertEquals(error, {
      label: "rtvi-ai",
      type: "error-response",
      id: "r",
      data: { error: `Cannot handle the client's "client-ready": ${problem}` },
    });
    assertEquals([ready?.type, ready?.id], ["bot-ready", "r"]);
    assertEquals(session.warnings, [errorOf(error?.data)]);
  });
}

/** Messages of a client whose data is wrong. */
const WRONG_DATA: readonly (readonly [type: string, data: unknown, problem: string])[] = [
  ["client-message", undefined, '"data" is missing, and must be an object'],
  ["client-message", "x", '"data" is "x", and must be an object'],
  ["client-message", { d: 1 }, '"t" is missing, and must be a string'],
  ["client-message", { t: 1 }, '"t" is a number, and must be a string'],
  ["send-text", undefined, '"data" is missing'],
  ["send-text", null, '"data" is null'],
  ["send-text", [], '"data" is a list'],
  ["send-text", {}, '"content" is missing'],
  ["send-text", { content: ["x"] }, '"content" is a list'],
  ["send-text", { content: "x", options: LONG }, `"options" is ${QUOTED}, and must be an object`],
  [
    "send-text",
    { content: "x", options: { run_immediately: "no" } },
    '"run_immediately" is "no", and must be a boolean',
  ],
  [
    "send-text",
    { content: "x", options: { audio_response: 0 } },
    '"audio_response" is a number, and must be a boolean',
  ],
  ["dtmf", {}, '"buttons" is missing, and must be a list of at least one key'],
  ["dtmf", { buttons: [] }, '"buttons" is a list, and must be a list of at least one key'],
  ["dtmf", { buttons: ["1", "A"] }, "must be a list of keys from 0 to 9, # and *"],
  ["dtmf", { button: "15" }, "must be a list of keys from 0 to 9, # and *"],
  ["llm-function-call-result", {}, '"tool_call_id" is missing'],
  [
    "llm-function-call-result",
    { tool_call_id: "t" },
    'nobody waits for the result of the call "t"',
  ],
  ["get-config", {}, 'Cannot handle the client\'s "get-config": the type is unknown'],
  ["__proto__", undefined, 'Cannot handle the client\'s "__proto__": the type is unknown'],
  [LONG, undefined, `Cannot handle the client's ${QUOTED}: the type is unknown`],
];

/** Messages of which not even the envelope can be read. */
const WRONG_ENVELOPES: readonly (readonly [message: object, problem: string])[] = [
  [{ id: "1" }, 'it has no "type" that is a string'],
  [{ type: 5, id: "1" }, 'it has no "type" that is a string'],
  [{ type: "client-message" }, '"client-message" has no "id" that is a string'],
  [{ type: LONG, id: 7 }, `${QUOTED} has no "id" that is a string`],
];

const WRONG = [
  ...WRONG_DATA.map(([type, data, problem]) =>
    ["error-response", { type, id: "1", data }, problem] as const
  ),
  ...WRONG_ENVELOPES.map(([message, problem]) => ["error", message, problem] as const),
];

for (const [type, message, problem] of WRONG) {
  const name = JSON.stringify(message).slice(0, 80);
  Deno.test(`A client that sends ${name} learns what is wrong, and goes on`, async () => {
    await using session = new Session({ kept: [DataFrame, InterruptionFrame] });
    session.send({ label: "rtvi-ai", ...message });
    const [answer, ...more] = await session.take();
    assertEquals([answer?.type, answer?.id, more], [
      type,
      type === "error" ? undefined : "1",
      [],
    ]);
    const error = errorOf(answer?.data);
    assert(error.includes(problem), error);
    assert(error.length < 200, error);
    assertEquals(session.warnings, [error]);
    assertEquals(await session.passed(), []);
    session.ask("client-ready", { version: "2.1.0" });
    assertEquals((await session.take()).map((message) => message.type), ["bot-ready"]);
  });
}

const OTHERS = [{ label: "other", type: "x", id: "1" }, { type: "client-ready" }, "x", null, [], 5];

for (const message of OTHERS) {
  Deno.test(`A message ${JSON.stringify(message)} is left to others`, async () => {
    await using session = new Session({ kept: [InputTransportMessageFrame] });
    session.send(message);
    assertEquals((await session.passed()).length, 1);
    assertEquals(await session.take(), []);
    assertEquals(session.warnings, []);
  });
}
