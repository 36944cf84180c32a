import { assert, assertEquals } from "@std/assert";
import type { ClientMessage, ScriptedPeer } from "./scripted_peer.ts";
import type { PeerScript } from "./scripted_socket_server.ts";
import type { Transcript, TranscriptLine, TranscriptOpening } from "./transcript.ts";
import { TranscriptNames } from "./_transcript_names.ts";

/** How a transcript is played. */
export interface TranscriptPlayerOptions {
  /** Finds the audio in a message, if it is any. @default {every message of bytes is audio} */
  readonly audioOf?: ((message: ClientMessage) => Uint8Array | undefined) | undefined;
}

/**
 * Plays a provider's side of a transcript, and checks that the client says its
 * own: path, query, headers, every message, and audio to the byte.
 *
 * @example
 * ```ts
 * import { systemClock } from "@parley/sdk/async";
 * import { connectSocket } from "@parley/sdk/services/wire";
 * import { parseTranscript, ScriptedSocketServer, TranscriptPlayer } from "@parley/sdk/testing";
 * import { assertEquals } from "@std/assert";
 * const player = new TranscriptPlayer(parseTranscript(`{"source": "from docs https://acme.example"}
 * {"from": "client", "open": {"url": "wss://acme.example/v1"}}
 * {"from": "client", "text": {"say": "hello"}}
 * {"from": "server", "text": {"said": "hello"}}
 * {"from": "client", "close": 1000}`));
 * await using server = new ScriptedSocketServer(player.script);
 * const options = { clock: systemClock, dial: server.dial };
 * const socket = await connectSocket({ url: "wss://acme.example/v1" }, options);
 * socket.send('{"say":"hello"}');
 * assertEquals((await socket[Symbol.asyncIterator]().next()).value, '{"said":"hello"}');
 * await socket.close();
 * await server.settled();
 * player.check(server);
 * ```
 */
export class TranscriptPlayer {
  readonly #connections: readonly (readonly TranscriptLine[])[];
  readonly #audioOf: (message: ClientMessage) => Uint8Array | undefined;
  readonly #names = new TranscriptNames();
  readonly #left: Set<number>;

  /** Makes a player that is at the beginning. */
  constructor({ lines }: Transcript, options: TranscriptPlayerOptions = {}) {
    const connections: TranscriptLine[][] = [];
    for (const line of lines) {
      if ("open" in line) connections.push([]);
      connections.at(-1)?.push(line);
    }
    this.#connections = connections;
    this.#left = new Set(connections.keys());
    this.#audioOf = options.audioOf ?? ((m) => m.type === "bytes" ? m.bytes : undefined);
  }

  /** What a server is to do with each connection. */
  get script(): PeerScript {
    return (peer) => this.#play(peer);
  }

  /**
   * Checks that everything was said, and nothing else.
   *
   * @throws {Error} If not.
   */
  check(server: { readonly failures: readonly unknown[] }): void {
    for (const failure of server.failures) throw failure;
    const left = [...this.#left].map((index) => index + 1);
    assertEquals(left, [], "these connections of the transcript were not played to their end");
  }

  async #play(peer: ScriptedPeer): Promise<void> {
    const index = peer.number - 1;
    const [open, ...lines] = this.#connections[index] ?? [];
    assert(open && "open" in open, `connection ${peer.number} is not in the transcript`);
    checkOpening(peer, open.open);
    const [first] = lines;
    if (first && "http" in first) {
      const { http, headers, body } = first;
      await peer.refuse(http, { headers, body });
    } else {
      await peer.accept({ protocol: open.open.protocols?.[0] });
      const messages = new Incoming(peer, this.#audioOf);
      for (const line of lines) {
        if (line.from === "client") await hear(line, messages, this.#names);
        else await say(line, peer, this.#names);
      }
    }
    this.#left.delete(index);
  }
}

async function say(
  line: TranscriptLine,
  peer: ScriptedPeer,
  names: TranscriptNames,
): Promise<void> {
  if ("text" in line) {
    const text = names.meant(line.text);
    peer.send(line.json === false ? String(text) : JSON.stringify(text));
  } else if ("bytes" in line) peer.send(Uint8Array.fromBase64(line.bytes));
  else if ("close" in line) await peer.close(line.close, line.reason);
  else if ("trouble" in line) peer[line.trouble]();
}

async function hear(
  line: TranscriptLine,
  messages: Incoming,
  names: TranscriptNames,
): Promise<void> {
  if ("audio" in line) return await messages.audio(line.audio.bytes);
  const message = await messages.next();
  if ("close" in line) return assertEquals(message, undefined, "the client should have closed");
  assert(message, `the client closed before it said ${JSON.stringify(line)}`);
  if ("bytes" in line) {
    assertEquals(message, { type: "bytes", bytes: Uint8Array.fromBase64(line.bytes) });
  } else if ("text" in line) {
    const { text, json } = line;
    const expected = json === false ? { type: "text", text } : { type: "json", value: text };
    assertEquals<unknown>(message, names.meant(expected, message));
  }
}

/** What a client says, with its audio apart. */
class Incoming {
  readonly #peer: ScriptedPeer;
  readonly #audioOf: (message: ClientMessage) => Uint8Array | undefined;
  /** Whether more audio may come where something else is expected. */
  #loose = false;

  constructor(peer: ScriptedPeer, audioOf: (message: ClientMessage) => Uint8Array | undefined) {
    this.#peer = peer;
    this.#audioOf = audioOf;
  }

  /** The next message that is no audio. */
  async next(): Promise<ClientMessage | undefined> {
    for (;;) {
      const message = await this.#peer.next();
      const audio = message && this.#audioOf(message);
      if (!audio) {
        this.#loose = false;
        return message;
      }
      assert(this.#loose, `there are ${audio.length} bytes of audio that nobody expects`);
    }
  }

  /** Takes audio: so many bytes, or some and whatever follows. */
  async audio(bytes: number | undefined): Promise<void> {
    this.#loose = bytes === undefined;
    for (let heard = 0; heard < (bytes ?? 1);) {
      const message = await this.#peer.next();
      const audio = message && this.#audioOf(message);
      assert(audio, `audio was expected, after ${heard} bytes: ${JSON.stringify(message)}`);
      heard += audio.length;
      assert(bytes === undefined || heard <= bytes, `${heard} bytes of audio came, not ${bytes}`);
    }
  }
}

/** Checks what a client asks for. */
function checkOpening(peer: ScriptedPeer, opening: TranscriptOpening): void {
  const { url, headers = {}, protocols = [] } = opening;
  const expected = new URL(url);
  assertEquals(peer.url.host, expected.host, "host");
  assertEquals(peer.url.pathname, expected.pathname, "path");
  assertEquals(pairsOf(peer.url), pairsOf(expected), "query");
  const sent = Object.keys(headers).map((name) => [name, peer.headers.get(name)]);
  assertEquals(Object.fromEntries(sent), headers, "headers");
  assertEquals(peer.protocols, protocols, "subprotocols");
}

/** The query by name, since the order of names says nothing. */
function pairsOf({ searchParams }: URL): readonly (readonly [string, string])[] {
  const sorted = new URLSearchParams(searchParams);
  sorted.sort();
  return [...sorted];
}
