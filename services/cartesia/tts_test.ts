import { assertEquals } from "@std/assert";
import { JSONFields } from "../wire/mod.ts";
import {
  type ClientMessage,
  type ScriptedPeer,
  ScriptedTTSProvider,
  testTTS,
  type TTSDialect,
} from "../../testing/mod.ts";
import { CartesiaTTSService } from "./mod.ts";

const fieldsOf = (message: ClientMessage | undefined) =>
  new JSONFields(message?.type === "json" ? message.value : undefined);
const lastOf = (peer: ScriptedPeer) =>
  fieldsOf(peer.received.findLast(({ type }) => type === "json"));

/** Cartesia as its documentation has it. */
const CARTESIA: TTSDialect = {
  read: (message) => {
    const fields = fieldsOf(message);
    const contextId = fields.text("context_id");
    if (fields.flag("cancel")) return [{ type: "cancel", contextId }];
    const text = fields.text("transcript") ?? "";
    return [
      ...text === "" ? [] : [{ type: "speak", text, contextId } as const],
      ...fields.flag("continue") ? [] : [{ type: "flush", contextId } as const],
    ];
  },
  voice: (peer) => lastOf(peer).fields("voice").text("id"),
  sampleRate: (peer) => lastOf(peer).fields("output_format").number("sample_rate") ?? NaN,
  audio: (bytes, context_id) => ({
    type: "chunk",
    context_id,
    status_code: 206,
    done: false,
    data: bytes.toBase64(),
  }),
  words: (words, context_id) => ({
    type: "timestamps",
    context_id,
    word_timestamps: {
      words: words.map(({ text }) => text),
      start: words.map(({ startMs }) => startMs / 1000),
      end: words.map(({ endMs }) => endMs / 1000),
    },
  }),
  done: (context_id) => ({ type: "done", context_id, status_code: 200, done: true }),
};

testTTS({
  name: "CartesiaTTSService",
  key: { env: "CARTESIA_API_KEY", make: () => new CartesiaTTSService() },
  resumes: "exactly",
  open: () => {
    const provider = new ScriptedTTSProvider(CARTESIA);
    const { apiKey, url } = provider;
    return {
      make: (options) => new CartesiaTTSService({ apiKey, url, ...options }),
      provider,
      [Symbol.asyncDispose]: () => provider.close(),
    };
  },
});

Deno.test("CartesiaTTSService has tags for what is spoken otherwise", () => {
  assertEquals(CartesiaTTSService.pauseTag(1.5), '<break time="1.5s" />');
});
