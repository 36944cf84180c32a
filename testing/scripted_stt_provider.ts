import { bytesToPcm, concatAudio } from "../audio/mod.ts";
import type { Dial } from "../services/wire/mod.ts";
import type { ClientMessage, Refusal, ScriptedPeer } from "./scripted_peer.ts";
import { ScriptedSocketServer } from "./scripted_socket_server.ts";

/** What a streaming recogniser's messages look like on the wire. */
export interface STTProviderWire {
  /** What the server says when it has let a client in. */
  readonly opened?: readonly unknown[] | undefined;
  /** What it says while the user speaks. */
  interim?(text: string): readonly unknown[];
  /** What it says when the user has finished; with `text` empty, that nothing was said. */
  final(text: string): readonly unknown[];
  /** What a server says that finds the turns: then `interim` is what is said of a turn, and `final` its end. */
  readonly turns?: ScriptedTurns | undefined;
  /** Whether a message asks for what was said; without it the provider hears the end itself. */
  isFinalize?(message: ClientMessage): boolean;
  /** Whether a message says good-bye, which the server answers by closing. */
  isEnd?(message: ClientMessage): boolean;
  /** Finds the 16-bit audio in a message. @default {every message of bytes is audio} */
  audioOf?(message: ClientMessage): Uint8Array | undefined;
}

/** What a server that finds the turns says of one, beside its words. */
export interface ScriptedTurns {
  /** The user begins to speak. */
  start(): readonly unknown[];
  /** The user has probably finished. */
  eagerEnd(text: string): readonly unknown[];
  /** The user has not finished after all. */
  resume(): readonly unknown[];
}

/** What happens to one utterance. */
export interface ScriptedUtterance {
  /** What is heard. */
  readonly text?: string | undefined;
  /** What happens in the middle of it, or in place of an answer. */
  readonly trouble?: "drop" | "halfClose" | "stall" | "garbage" | "oversized" | undefined;
}

/** Milliseconds of silence after which a provider hears by itself that the user has finished. */
const END_MS = 250;
/** Milliseconds into an utterance at which what happens in its middle happens. */
const MIDDLE_MS = 300;

/**
 * A provider of streaming speech to text that hears what a test wants, one
 * utterance after another, over as many connections as it takes.
 *
 * @example
 * ```ts
 * import { ScriptedSTTProvider } from "@parley/sdk/testing";
 * await using provider = new ScriptedSTTProvider({
 *   isFinalize: (message) => message.type === "text" && message.text === "finalize",
 *   final: (text) => [{ text, final: true }],
 * });
 * provider.script({ text: "Hello." });
 * provider.refuse(503);
 * console.log(provider.peers.length); // 0
 * ```
 */
export class ScriptedSTTProvider implements AsyncDisposable {
  readonly #wire: STTProviderWire;
  readonly #server: ScriptedSocketServer;
  readonly #utterances: ScriptedUtterance[] = [];
  readonly #refusals: (readonly [status: number, options: Refusal])[] = [];
  readonly #perMs: number;
  #slow = false;
  #hanging = false;

  /** Makes a provider that hears nothing yet. */
  constructor(
    wire: STTProviderWire,
    options: {
      /** Of the audio that comes, in hertz. @default {16000} */ readonly sampleRate?: number;
    } = {},
  ) {
    this.#wire = wire;
    this.#perMs = (options.sampleRate ?? 16_000) / 1000;
    this.#server = new ScriptedSocketServer((peer) => this.#serve(peer));
  }

  /** Connects within the process, whatever the URL. */
  get dial(): Dial {
    return this.#server.dial;
  }

  /** The connections so far. */
  get peers(): readonly ScriptedPeer[] {
    return this.#server.peers;
  }

  /** Has it hear so, one utterance after another. */
  script(...utterances: readonly ScriptedUtterance[]): void {
    this.#utterances.push(...utterances);
  }

  /** Has it refuse the next client. */
  refuse(status: number, options: Refusal = {}): void {
    this.#refusals.push([status, options]);
  }

  /** Has it take nothing from the clients that it lets in, until it is resumed. */
  pause(): void {
    this.#slow = true;
  }

  /** Has it take everything again. */
  resume(): void {
    this.#slow = false;
    for (const peer of this.peers) peer.resume();
  }

  /** Has it say nothing more to those whom it lets in, and close nothing. */
  hang(): void {
    this.#hanging = true;
    for (const peer of this.peers) peer.hang();
  }

  /** All audio that it got, on whichever connection, in order. */
  heard(): Int16Array {
    return concatAudio(this.peers.map((peer) => {
      return bytesToPcm(peer.audio((message) => this.#audioOf(message)));
    }));
  }

  /** Resolves when every connection so far has ended. */
  async closed(): Promise<void> {
    await this.#server.settled();
  }

  /** Hangs up on everybody; throws what went wrong in it. */
  async close(): Promise<void> {
    await this.#server.close();
    for (const failure of this.#server.failures) throw failure;
  }

  /** Same as {@linkcode ScriptedSTTProvider.close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #audioOf(message: ClientMessage): Uint8Array | undefined {
    if (this.#wire.audioOf) return this.#wire.audioOf(message);
    return message.type === "bytes" ? message.bytes : undefined;
  }

  async #serve(peer: ScriptedPeer): Promise<void> {
    const refusal = this.#refusals.shift();
    if (refusal) return await peer.refuse(...refusal);
    await peer.accept({ protocol: peer.protocols[0] });
    if (this.#slow) peer.pause();
    for (const message of this.#wire.opened ?? []) peer.send(message);
    if (this.#hanging) peer.hang();
    const ear = new Ear(this.#perMs);
    let interrupted = false;
    for (let message = await peer.next(); message; message = await peer.next()) {
      const audio = this.#audioOf(message);
      if (audio) {
        const reached = ear.hear(audio);
        if (reached === "start") this.#begin(peer);
        if (reached === "middle") interrupted = this.#reachMiddle(peer);
        if (ear.finished && !this.#wire.isFinalize) this.#answer(peer, ear);
      } else if (this.#wire.isFinalize?.(message)) this.#answer(peer, ear);
      else if (this.#wire.isEnd?.(message)) {
        this.#answer(peer, ear);
        await peer.close(1000);
      }
    }
    // A client that leaves in the middle of an utterance does not want the rest.
    if (ear.heard && !interrupted && peer.end?.clean) this.#utterances.shift();
  }

  #begin(peer: ScriptedPeer): void {
    const { turns } = this.#wire;
    if (!turns || !this.#utterances[0]?.text) return;
    for (const message of turns.start()) peer.send(message);
  }

  /** Something may happen in the middle of an utterance; says whether it cannot go on here. */
  #reachMiddle(peer: ScriptedPeer): boolean {
    const [next] = this.#utterances;
    if (!next) return false;
    const { text, trouble } = next;
    if (trouble === "drop" || trouble === "halfClose") {
      // What is left of it is heard on the next connection.
      this.#utterances[0] = { text };
      peer[trouble]();
      return true;
    }
    if (!text) return false;
    const { interim, turns } = this.#wire;
    for (const message of interim?.call(this.#wire, text) ?? []) peer.send(message);
    for (const message of turns?.eagerEnd(text) ?? []) peer.send(message);
    for (const message of turns?.resume() ?? []) peer.send(message);
    return false;
  }

  #answer(peer: ScriptedPeer, ear: Ear): void {
    if (!ear.heard) return;
    ear.reset();
    const { text = "", trouble } = this.#utterances.shift() ?? {};
    if (trouble === "stall") return;
    if (trouble === "garbage") peer.send("{nonsense");
    else if (trouble === "oversized") peer.send(`"${"x".repeat(17 * 1024 * 1024)}"`);
    else for (const message of this.#wire.final(text)) peer.send(message);
  }
}

/** Knows when somebody speaks, and when he has finished. */
class Ear {
  readonly #perMs: number;
  #samples = 0;
  #silent = 0;

  constructor(perMs: number) {
    this.#perMs = perMs;
  }

  /** Whether anything came since it was last asked for. */
  get heard(): boolean {
    return this.#samples > 0;
  }

  /** Whether somebody spoke and is silent now. */
  get finished(): boolean {
    return this.#samples > 0 && this.#silent >= END_MS * this.#perMs;
  }

  /** Takes audio; says whether the start or the middle of an utterance was reached with it. */
  hear(audio: Uint8Array): "start" | "middle" | undefined {
    const pcm = bytesToPcm(audio);
    const silent = pcm.every((sample) => sample === 0);
    this.#silent = silent ? this.#silent + pcm.length : 0;
    const before = this.#samples;
    if (before > 0 || !silent) this.#samples += pcm.length;
    const middle = MIDDLE_MS * this.#perMs;
    if (before === 0 && this.#samples > 0 && this.#samples < middle) return "start";
    return before < middle && this.#samples >= middle ? "middle" : undefined;
  }

  /** An utterance is over. */
  reset(): void {
    this.#samples = this.#silent = 0;
  }
}
