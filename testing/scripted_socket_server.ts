import type { Dial } from "../services/wire/mod.ts";
import { type HTTPHead, readHead } from "../services/wire/_websocket_handshake.ts";
import { bytePipe, type HalfClosable } from "./_byte_pipe.ts";
import { halfClosable, PeerConnection } from "./_peer_connection.ts";
import { ScriptedPeer } from "./scripted_peer.ts";

/** What a provider does with one connection. */
export type PeerScript = (peer: ScriptedPeer) => Promise<void>;

/**
 * A WebSocket server that does with every connection what a test wants. It is
 * reached within the process by {@linkcode ScriptedSocketServer.dial}, which
 * takes no time on a virtual clock, or over the loopback interface by its URL.
 *
 * @example
 * ```ts
 * import { ScriptedSocketServer } from "@parley/sdk/testing";
 * import { assertEquals } from "@std/assert";
 * await using server = new ScriptedSocketServer(async (peer) => {
 *   await peer.accept();
 *   for (let m = await peer.next(); m; m = await peer.next()) {
 *     if (m.type === "text") peer.send(m.text.toUpperCase());
 *   }
 * });
 * const socket = new WebSocket(server.url);
 * const { promise, resolve } = Promise.withResolvers<unknown>();
 * socket.onopen = () => socket.send("hello");
 * socket.onmessage = (event) => resolve(event.data);
 * assertEquals(await promise, "HELLO");
 * const closed = new Promise((resolve) => socket.onclose = resolve);
 * socket.close();
 * await closed;
 * ```
 */
export class ScriptedSocketServer implements AsyncDisposable {
  /** The connections so far, in the order in which they were asked for. */
  readonly peers: ScriptedPeer[] = [];
  /** What scripts threw. */
  readonly failures: unknown[] = [];
  readonly #script: PeerScript;
  readonly #connections: Set<PeerConnection> = new Set();
  readonly #running: Set<Promise<void>> = new Set();
  #listener: Deno.TcpListener | undefined;
  #listening: Promise<void> | undefined;
  #changed = Promise.withResolvers<void>();
  #closed = false;

  /** Makes a server that runs `script` for each connection. */
  constructor(script: PeerScript) {
    this.#script = script;
  }

  /** Its address on the loopback interface, where it listens from now on. */
  get url(): string {
    this.#listener ??= Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.#listening ??= this.#listen(this.#listener);
    return `ws://127.0.0.1:${this.#listener.addr.port}`;
  }

  /** Connects within the process, whatever the URL. */
  get dial(): Dial {
    return (_url, { signal }) => {
      if (this.#closed) {
        return Promise.reject(new Deno.errors.ConnectionRefused("Cannot connect: it is closed"));
      }
      const [client, server] = bytePipe();
      signal.addEventListener("abort", () => client.close(), { once: true });
      this.#serve(server);
      return Promise.resolve(client);
    };
  }

  /** Resolves with a connection, by its number, when it is there. */
  async peer(number = 1): Promise<ScriptedPeer> {
    for (;;) {
      const peer = this.peers[number - 1];
      if (peer) return peer;
      await this.#changed.promise;
    }
  }

  /** Resolves when every connection so far has ended and every script is done. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }

  /** Hangs up on everybody and stops. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#listener?.close();
    this.#listener = undefined;
    await this.#listening;
    for (const connection of this.#connections) connection.drop();
    for (const peer of this.peers) peer.drop();
    await this.settled();
  }

  /** Same as {@linkcode ScriptedSocketServer.close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #listen(listener: Deno.TcpListener): Promise<void> {
    try {
      for await (const conn of listener) {
        conn.setNoDelay(true);
        this.#serve(halfClosable(conn));
      }
    } catch (error) {
      if (!this.#closed) throw error;
    }
  }

  #serve(below: HalfClosable): void {
    const connection = new PeerConnection(below);
    this.#connections.add(connection);
    const run = this.#run(connection).finally(() => {
      this.#running.delete(run);
      if (connection.hangs) return;
      connection.drop();
      this.#connections.delete(connection);
    });
    this.#running.add(run);
  }

  async #run(connection: PeerConnection): Promise<void> {
    let head: HTTPHead;
    try {
      head = await readHead(connection);
    } catch {
      // Whoever hangs up before he asked for anything is no client.
      return;
    }
    const peer = new ScriptedPeer(connection, { head, number: this.peers.length + 1 });
    this.peers.push(peer);
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
    try {
      await this.#script(peer);
      // What the client still says is read, so that its close is answered.
      while (await peer.next());
    } catch (error) {
      this.failures.push(error);
    }
  }
}
