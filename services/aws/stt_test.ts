import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { ErrorFrame } from "../../frames/mod.ts";
import {
  type ClientMessage,
  readTranscript,
  ScriptedSTTProvider,
  type STTProviderWire,
  TestPipeline,
  testSTTStream,
} from "../../testing/mod.ts";
import { decodeEventStream, encodeEventStream, MissingKeyError } from "../wire/mod.ts";
import { AWSTranscribeSTTService, type AWSTranscribeSTTServiceOptions } from "./mod.ts";

function event(type: string, body: unknown): Uint8Array {
  const isException = type.endsWith("Exception");
  return encodeEventStream({
    headers: {
      ":message-type": isException ? "exception" : "event",
      [isException ? ":exception-type" : ":event-type"]: type,
      ":content-type": "application/json",
    },
    payload: new TextEncoder().encode(JSON.stringify(body)),
  });
}

function transcript(Transcript: string, IsPartial: boolean): Uint8Array {
  const Results = [{ ResultId: "1", IsPartial, Alternatives: [{ Transcript }] }];
  return event("TranscriptEvent", { Transcript: { Results } });
}

/** The audio of an event; the last event of a stream has none. */
function audioOf(message: ClientMessage): Uint8Array | undefined {
  if (message.type !== "bytes") return undefined;
  const { headers, payload } = decodeEventStream(message.bytes);
  assertEquals(headers, {
    ":content-type": "application/octet-stream",
    ":event-type": "AudioEvent",
    ":message-type": "event",
  });
  return payload.length > 0 ? payload : undefined;
}

/** Transcribe as its documentation has it: it hears the ends of sentences itself. */
const TRANSCRIBE: STTProviderWire = {
  interim: (text) => [transcript(text, true)],
  final: (text) => [transcript(text, false)],
  audioOf,
  isEnd: (message) => message.type === "bytes" && audioOf(message) === undefined,
};

const make = (options: AWSTranscribeSTTServiceOptions) =>
  new AWSTranscribeSTTService({ awsAccessKeyId: "test-id", region: "us-east-1", ...options });

testSTTStream({
  name: "AWSTranscribeSTTService",
  key: {
    env: "AWS_SECRET_ACCESS_KEY",
    make: () => new AWSTranscribeSTTService({ awsAccessKeyId: "id" }),
  },
  make,
  wire: TRANSCRIBE,
  transcript: await readTranscript(import.meta.url, "stt_utterance"),
  askedLanguage: ({ url }) => url.searchParams.get("language-code"),
  changedLanguage: "fr-FR",
});

Deno.test("AWSTranscribeSTTService names the id that it misses", () => {
  const before = Deno.env.get("AWS_ACCESS_KEY_ID");
  Deno.env.delete("AWS_ACCESS_KEY_ID");
  try {
    const error = assertThrows(() => new AWSTranscribeSTTService({ apiKey: "s" }), MissingKeyError);
    assertMatch(error.message, /pass "awsAccessKeyId" or set AWS_ACCESS_KEY_ID/);
  } finally {
    if (before !== undefined) Deno.env.set("AWS_ACCESS_KEY_ID", before);
  }
});

/** The address that is asked for. */
async function asked(options: AWSTranscribeSTTServiceOptions): Promise<URL | undefined> {
  await using provider = new ScriptedSTTProvider(TRANSCRIBE);
  await using pipeline = new TestPipeline([make({ apiKey: "s", dial: provider.dial, ...options })]);
  await pipeline.settle();
  await pipeline.wait(() => provider.peers.length > 0, { doing: "connect" }).catch(() => {});
  return provider.peers[0]?.url;
}

Deno.test("AWSTranscribeSTTService asks in its region, with its session's token", async () => {
  const url = await asked({
    region: "eu-west-1",
    awsSessionToken: "token",
    sampleRate: 8_000,
    settings: { language: "es" },
  });
  assertEquals(url?.hostname, "transcribestreaming.eu-west-1.amazonaws.com");
  const query = Object.fromEntries(url?.searchParams ?? []);
  assertMatch(
    query["X-Amz-Credential"] ?? "",
    /^test-id\/\d{8}\/eu-west-1\/transcribe\/aws4_request$/,
  );
  assertEquals(
    [query["X-Amz-Security-Token"], query["language-code"], query["sample-rate"]],
    ["token", "es-ES", "8000"],
  );
});

Deno.test("AWSTranscribeSTTService says what AWS calls the trouble, and not what it says", async () => {
  await using provider = new ScriptedSTTProvider({
    ...TRANSCRIBE,
    opened: [event("LimitExceededException", { Message: "secret" })],
  });
  await using pipeline = new TestPipeline([make({ apiKey: "s", dial: provider.dial })]);
  const { error } = await pipeline.until(ErrorFrame);
  assertMatch(error, /^Cannot transcribe with Amazon Transcribe: .*LimitExceededException/);
  assertEquals(error.includes("secret"), false);
});
