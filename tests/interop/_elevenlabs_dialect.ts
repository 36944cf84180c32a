/** ElevenLabs, as our service and its own SDK are tested with it. */
import { JSONFields } from "../../services/wire/mod.ts";
import type { ClientMessage, HttpTTSDialect, TTSDialect, TTSWish } from "../../testing/mod.ts";

/** Milliseconds that a character takes. */
const CHARACTER_MS = 60;

const fieldsOf = (message: ClientMessage) =>
  new JSONFields(message.type === "json" ? message.value : undefined);

/**
 * ElevenLabs over a WebSocket, as its documentation has it: when characters are
 * spoken comes with their audio, and counts from where that begins.
 */
export function elevenLabs(): TTSDialect {
  const flushed = new Set<string | undefined>();
  let alignment: unknown = null;
  return {
    read: (message) => wishesOf(fieldsOf(message), flushed),
    voice: ({ url }) => url.pathname.split("/")[3],
    sampleRate: ({ url }) => Number(url.searchParams.get("output_format")?.slice(4)),
    audio: (bytes, contextId) => {
      const message = { audio: bytes.toBase64(), alignment, contextId };
      alignment = null;
      return message;
    },
    words: (words) => {
      alignment = {
        chars: words.flatMap(({ text }) => [...text]),
        charStartTimesMs: words.flatMap(({ text, startMs, pieceMs }) =>
          [...text].map((_, k) => startMs - pieceMs + CHARACTER_MS * k)
        ),
        charDurationsMs: words.flatMap(({ text }) => [...text].map(() => CHARACTER_MS)),
      };
    },
    done: (contextId) => ({ isFinal: true, contextId }),
  };
}

function wishesOf(fields: JSONFields, flushed: Set<string | undefined>): readonly TTSWish[] {
  const contextId = fields.text("context_id");
  if (fields.flag("flush")) {
    flushed.add(contextId);
    return [{ type: "flush", contextId }];
  }
  if (fields.flag("close_context")) {
    // The first behind a flush closes the context when all of it is spoken.
    return flushed.delete(contextId) ? [] : [{ type: "cancel", contextId }];
  }
  const text = fields.text("text")?.trim() ?? "";
  return text === "" ? [] : [{ type: "speak", text, contextId }];
}

/** ElevenLabs over HTTP with the times of characters, as its documentation has it. */
export const ELEVENLABS_HTTP: HttpTTSDialect = {
  text: (body) => new JSONFields(body).text("text") ?? "",
  voice: (_body, { url }) => url.pathname.split("/")[3],
  sampleRate: (_body, { url }) => Number(url.searchParams.get("output_format")?.slice(4)),
  contentType: "application/json",
  audio: (bytes, { text, startMs }) => {
    const times = (fromMs: number) =>
      [...text].map((_, k) => (startMs + fromMs + CHARACTER_MS * k) / 1000);
    const line = {
      audio_base64: bytes.toBase64(),
      alignment: {
        characters: [...text],
        character_start_times_seconds: times(0),
        character_end_times_seconds: times(CHARACTER_MS),
      },
    };
    return new TextEncoder().encode(`${JSON.stringify(line)}\n`);
  },
};
