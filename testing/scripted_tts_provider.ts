import type { Dial } from "../services/wire/mod.ts";
import type { TTSContractAnswer, TTSContractProvider } from "./tts_contract.ts";
import type { ClientMessage, ScriptedPeer } from "./scripted_peer.ts";
import { ScriptedSocketServer } from "./scripted_socket_server.ts";

/** What a client of a provider wants, in our words. */
export type TTSWish =
  | {
    /** A text is to be spoken. */
    readonly type: "speak";
    /** The text. */
    readonly text: string;
    /** Its context, for providers that know such. */
    readonly contextId?: string | undefined;
  }
  | {
    /** No more text comes, or a context is not wanted any more. */
    readonly type: "flush" | "cancel";
    /** Its context, for providers that know such. */
    readonly contextId?: string | undefined;
  };

/** How a provider of voices talks over a WebSocket, from its own side. */
export interface TTSDialect {
  /** What a message of a client means. */
  read(message: ClientMessage): readonly TTSWish[];
  /** The voice that a client asked for, by what it said so far. */
  voice(peer: ScriptedPeer): unknown;
  /** Says a piece of audio: 16-bit PCM. */
  audio(bytes: Uint8Array, contextId: string | undefined): unknown;
  /** Says when words of a piece are spoken, for a provider that knows. */
  words?(words: readonly ScriptedWord[], contextId: string | undefined): unknown;
  /** Says that a context is done, for a provider that says so. */
  done?(contextId: string | undefined): unknown;
  /** Answers a cancel, for a provider that does. */
  cancelled?(contextId: string | undefined): unknown;
  /** The first thing it says on a connection. */
  hello?(): unknown;
  /** A message that means an error. */
  error?(contextId: string | undefined): unknown;
  /** Rate of the audio that a client asked for, in hertz. */
  sampleRate(peer: ScriptedPeer): number;
}

/** A word that is spoken. */
export interface ScriptedWord {
  /** The word. */
  readonly text: string;
  /** When it begins, in milliseconds from the beginning of the context. */
  readonly startMs: number;
  /** When it ends. */
  readonly endMs: number;
  /** When the piece of audio begins that follows. */
  readonly pieceMs: number;
}

/** What was asked of a {@linkcode ScriptedTTSProvider}. */
export interface AskedSpeech {
  /** Which connection it came over, from 1. */
  readonly connection: number;
  /** Its context, for providers that know such. */
  readonly contextId: string | undefined;
  /** The texts, in order. */
  readonly texts: string[];
  /** How it ended, so far. */
  outcome: "done" | "cancelled" | "closed" | undefined;
}

/** What no protocol has. */
const GARBAGE = ["{nope", "", "[]", "null", '"text"', '{"type":7}', "\u0000"];

/** Characters of a message that is more than any client should take. */
const OVERSIZED = 17 * 1024 * 1024;

/** Milliseconds that a character takes to say. */
const CHARACTER_MS = 60;

interface Speaking {
  readonly asked: AskedSpeech;
  readonly answer: TTSContractAnswer;
  /** Milliseconds spoken so far. */
  ms: number;
  /** How much of that counts as said. */
  countedMs: number;
  stuck: boolean;
}

/**
 * A provider of voices behind a WebSocket, for contract tests: every character
 * takes the same time, every word is a piece of audio.
 *
 * @example
 * ```ts
 * import { ScriptedTTSProvider, type TTSDialect } from "@parley/sdk/testing";
 * const dialect: TTSDialect = {
 *   read: (message) => message.type === "text" ? [{ type: "speak", text: message.text }] : [],
 *   voice: () => "ada",
 *   sampleRate: () => 24_000,
 *   audio: (bytes) => bytes,
 * };
 * await using provider = new ScriptedTTSProvider(dialect);
 * console.log(provider.asked.length); // 0
 * ```
 */
export class ScriptedTTSProvider implements TTSContractProvider, AsyncDisposable {
  /** What was asked so far. */
  readonly asked: AskedSpeech[] = [];
  /** The one key that is not refused, for who makes the service. */
  readonly apiKey = "scripted-key";
  /** What must never be logged. */
  readonly secrets: readonly string[] = [this.apiKey];
  /** The server below. */
  readonly server: ScriptedSocketServer;
  readonly #dialect: TTSDialect;
  readonly #answers: TTSContractAnswer[] = [];
  #changed = Promise.withResolvers<void>();
  #stuck = 0;
  #spokenMs = 0;
  /** What was stopped, and goes on in spite of that. */
  #late: Speaking | undefined;
  #floodedMs = 0;

  /** Makes a provider that talks as `dialect` says. */
  constructor(dialect: TTSDialect) {
    this.#dialect = dialect;
    this.server = new ScriptedSocketServer((peer) => this.#serve(peer));
  }

  /** Its address on the loopback interface, where it listens from now on. */
  get url(): string {
    return this.server.url;
  }

  /** Connects within the process, whatever the URL. */
  get dial(): Dial {
    return this.server.dial;
  }

  /** Has it speak so in answer to the next contexts; a refusal lasts until it relents. */
  script(...answers: readonly TTSContractAnswer[]): void {
    this.#answers.push(...answers);
  }

  /** Refuses nobody any more. */
  relent(): void {
    while (this.#answers[0]?.status !== undefined) this.#answers.shift();
  }

  /** Milliseconds of audio that it said so far, in contexts that came to their end. */
  spokenMs(): number {
    return this.#spokenMs;
  }

  /** Milliseconds of audio of a flood that the client has taken. */
  floodedMs(): number {
    return this.#floodedMs;
  }

  /** Resolves when it is stuck, as it was told to be. */
  stuck(): Promise<void> {
    return this.#until(() => this.#stuck > 0);
  }

  /** Resolves when nothing of what was asked is under way any more. */
  closed(): Promise<void> {
    return this.#until(() => this.asked.every(({ outcome }) => outcome !== undefined));
  }

  /** The voice that was asked for last. */
  askedVoice(): unknown {
    const peer = this.server.peers.at(-1);
    return peer && this.#dialect.voice(peer);
  }

  /** Hangs up on everybody, and stops. */
  async close(): Promise<void> {
    await this.server.close();
  }

  /** Same as {@linkcode ScriptedTTSProvider.close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await this.#changed.promise;
  }

  #tell(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }

  async #serve(peer: ScriptedPeer): Promise<void> {
    const status = this.#answers[0]?.status;
    if (status !== undefined) return await peer.refuse(status);
    await peer.accept();
    const hello = this.#dialect.hello?.();
    if (hello !== undefined) peer.send(hello);
    const speaking = new Map<string | undefined, Speaking>();
    for (let message = await peer.next(); message; message = await peer.next()) {
      for (const wish of this.#dialect.read(message)) this.#heed(wish, peer, speaking);
      this.#tell();
    }
    for (const { asked } of speaking.values()) asked.outcome ??= "closed";
    this.#tell();
  }

  #heed(wish: TTSWish, peer: ScriptedPeer, all: Map<string | undefined, Speaking>): void {
    const { contextId } = wish;
    const speaking = all.get(contextId);
    if (wish.type === "speak") {
      if (this.#late) this.#goOn(peer, this.#late);
      this.#late = undefined;
      const current = speaking ?? this.#begin(peer, contextId);
      all.set(contextId, current);
      current.asked.texts.push(wish.text);
      this.#speak(wish.text, peer, current);
    } else if (wish.type === "cancel") {
      if (speaking) speaking.asked.outcome ??= "cancelled";
      if (speaking?.answer.mischief === "late") this.#late = speaking;
      all.delete(contextId);
      const cancelled = this.#dialect.cancelled?.(contextId);
      if (cancelled !== undefined) peer.send(cancelled);
    } else if (speaking && !speaking.stuck) {
      const done = this.#dialect.done?.(contextId);
      this.#spokenMs += speaking.asked.outcome === undefined ? speaking.ms - speaking.countedMs : 0;
      speaking.countedMs = speaking.ms;
      speaking.asked.outcome ??= "done";
      if (done === undefined) return;
      all.delete(contextId);
      peer.send(done);
    }
  }

  #begin(peer: ScriptedPeer, contextId: string | undefined): Speaking {
    const asked = { connection: peer.number, contextId, texts: [], outcome: undefined };
    this.asked.push(asked);
    return { asked, answer: this.#answers.shift() ?? {}, ms: 0, countedMs: 0, stuck: false };
  }

  #speak(text: string, peer: ScriptedPeer, speaking: Speaking): void {
    // Where nothing says that it goes on, it was done and begins again.
    speaking.asked.outcome = undefined;
    if (speaking.stuck) return;
    const { contextId } = speaking.asked;
    const { mischief, trouble = mischief === "late" ? "stall" : undefined } = speaking.answer;
    if (mischief === "flood") return void this.#flood(peer, speaking);
    const words = [...text.matchAll(/\s*\S+\s*/g)].map(([word]) => word);
    const until = trouble === undefined
      ? words.length
      : trouble === "silence"
      ? 0
      : words.length / 2;
    for (const [k, word] of words.entries()) {
      if (k >= until) return this.#fail(trouble, peer, speaking);
      if (mischief === "garbage") { for (const garbage of GARBAGE) peer.send(garbage); }
      this.#sayWord(word, peer, { speaking, contextId });
    }
  }

  #sayWord(
    word: string,
    peer: ScriptedPeer,
    { speaking, contextId }: { speaking: Speaking; contextId: string | undefined },
  ): void {
    const ms = word.length * CHARACTER_MS;
    const [startMs, endMs] = [speaking.ms, speaking.ms + word.trimEnd().length * CHARACTER_MS];
    const said = { text: word.trim(), startMs, endMs, pieceMs: startMs };
    const words = this.#dialect.words?.([said], contextId);
    if (words !== undefined) peer.send(words);
    const samples = Math.round(ms * this.#dialect.sampleRate(peer) / 1000);
    peer.send(this.#dialect.audio(new Uint8Array(tone(samples).buffer), contextId));
    speaking.ms += ms;
  }

  /** Says what was on its way when a cancel came, before the next context. */
  #goOn(peer: ScriptedPeer, speaking: Speaking): void {
    const { contextId } = speaking.asked;
    for (const word of ["this ", "comes ", "late"]) {
      this.#sayWord(word, peer, { speaking, contextId });
    }
    const done = this.#dialect.done?.(contextId);
    if (done !== undefined) peer.send(done);
  }

  /** Speaks as fast as the client takes it, for some minutes at most. */
  async #flood(peer: ScriptedPeer, speaking: Speaking): Promise<void> {
    speaking.stuck = true;
    const { contextId } = speaking.asked;
    const samples = this.#dialect.sampleRate(peer) / 10;
    const audio = new Uint8Array(new Int16Array(samples).fill(1_000).buffer);
    while (!peer.end && !speaking.asked.outcome && this.#floodedMs < 400_000) {
      await peer.drained();
      peer.send(this.#dialect.audio(audio, contextId));
      this.#floodedMs += 100;
    }
  }

  #fail(trouble: TTSContractAnswer["trouble"], peer: ScriptedPeer, speaking: Speaking): void {
    speaking.stuck = true;
    if (trouble === "stall" || trouble === "silence") this.#stuck++;
    else speaking.asked.outcome = "closed";
    // What was said is still heard.
    if (trouble === "drop") void peer.close(1011);
    else if (trouble === "oversized") peer.send(`"${"x".repeat(OVERSIZED)}"`);
    else if (trouble === "halfClose") void peer.drained().then(() => peer.halfClose());
    this.#tell();
  }
}

function tone(samples: number): Int16Array<ArrayBuffer> {
  const audio = new Int16Array(samples);
  for (let k = 0; k < samples; k++) audio[k] = 8_000 * Math.sin(k / 17);
  return audio;
}
