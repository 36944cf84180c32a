/** Cartesia, as our service and its own SDK are tested with it. */
import { JSONFields } from "../../services/wire/mod.ts";
import type { ClientMessage, HttpTTSDialect, ScriptedPeer, TTSDialect } from "../../testing/mod.ts";

const fieldsOf = (message: ClientMessage | undefined) =>
  new JSONFields(message?.type === "json" ? message.value : undefined);
const lastOf = (peer: ScriptedPeer) =>
  fieldsOf(peer.received.findLast(({ type }) => type === "json"));

/** Cartesia over a WebSocket, as its documentation has it. */
export const CARTESIA: TTSDialect = {
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

/** Cartesia over HTTP, as its documentation has it. */
export const CARTESIA_HTTP: HttpTTSDialect = {
  text: (body) => new JSONFields(body).text("transcript") ?? "",
  voice: (body) => new JSONFields(body).fields("voice").text("id"),
  sampleRate: (body) => new JSONFields(body).fields("output_format").number("sample_rate") ?? NaN,
};
