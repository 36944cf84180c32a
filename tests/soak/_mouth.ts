import { pcmToBytes } from "../../audio/mod.ts";
import { JSONFields } from "../../services/wire/mod.ts";
import type { ScriptedPeer } from "../../testing/scripted_peer.ts";
import { ScriptedSocketServer } from "../../testing/scripted_socket_server.ts";
import { Mail, type Network } from "./_network.ts";
import type { Fault } from "./_records.ts";
import { samplesOf, type Vocabulary, type Word } from "./_vocabulary.ts";

/** What a provider speaks of one context. */
interface Context {
  readonly id: string;
  readonly words: Word[];
  ms: number;
  flushed: boolean;
  speaking: boolean;
  /** Words that still leave once nobody wants them any more. */
  left: number;
}

/** A voice that talks as Cartesia does; the level of its samples says which word it speaks. */
export class Mouth {
  readonly server: ScriptedSocketServer;
  /** The words that it was asked for, in order; again where a connection was lost. */
  readonly asked: Word[] = [];
  /** When it said of a word when it is spoken: before that nobody can know. */
  readonly toldAt: Map<Word, number> = new Map();
  readonly #network: Network;
  readonly #vocabulary: Vocabulary;
  readonly #fault: Fault | undefined;

  constructor(network: Network, vocabulary: Vocabulary, fault?: Fault) {
    this.#fault = fault;
    this.#network = network;
    this.#vocabulary = vocabulary;
    this.server = new ScriptedSocketServer((peer) => this.#serve(peer));
  }

  async #serve(peer: ScriptedPeer): Promise<void> {
    const network = this.#network;
    if (!await network.admit(peer)) return;
    const speech = new Speech(peer, { network, fault: this.#fault, toldAt: this.toldAt });
    for (let message = await peer.next(); message; message = await peer.next()) {
      peer.received.length = 0;
      const fields = new JSONFields(message.type === "json" ? message.value : {});
      const id = fields.text("context_id") ?? "";
      if (fields.flag("cancel")) {
        speech.cancel(id);
        continue;
      }
      const words = this.#vocabulary.of(fields.text("transcript") ?? "");
      this.asked.push(...words);
      speech.take(id, words, { last: !fields.flag("continue") });
    }
    speech.close();
  }
}

interface SpeechOptions {
  readonly network: Network;
  readonly fault: Fault | undefined;
  readonly toldAt: Map<Word, number>;
}

/** What is said over one connection. */
class Speech {
  readonly #peer: ScriptedPeer;
  readonly #mail: Mail;
  readonly #network: Network;
  readonly #fault: Fault | undefined;
  readonly #toldAt: Map<Word, number>;
  readonly #contexts: Map<string, Context> = new Map();

  constructor(peer: ScriptedPeer, options: SpeechOptions) {
    this.#peer = peer;
    this.#network = options.network;
    this.#fault = options.fault;
    this.#toldAt = options.toldAt;
    this.#mail = new Mail(options.network.clock, peer);
  }

  take(id: string, words: readonly Word[], options: { readonly last: boolean }): void {
    const context = this.#contexts.get(id) ?? this.#begin(id);
    context.words.push(...words);
    context.flushed ||= options.last;
    if (context.speaking) return;
    context.speaking = true;
    this.#mail.later(this.#network.delay(60, 250), () => this.#speak(context));
  }

  /** Nobody wants a context any more; what is on its way still comes. */
  cancel(id: string): void {
    const context = this.#contexts.get(id);
    if (!context) return;
    context.left = this.#network.random.chance(0.3) ? this.#network.random.int(1, 3) : 0;
    this.#contexts.delete(id);
  }

  close(): void {
    this.#mail.close();
  }

  #begin(id: string): Context {
    const context = { id, words: [], ms: 0, flushed: false, speaking: false, left: Infinity };
    this.#contexts.set(id, context);
    this.#network.exchange(this.#mail, this.#peer);
    return context;
  }

  /** Says a word, several times as fast as it is heard, and then the next. */
  #speak(context: Context): void {
    const { random } = this.#network;
    if (context.left-- <= 0) return;
    const word = context.words.shift();
    if (!word) {
      context.speaking = false;
      if (!context.flushed) return;
      this.#contexts.delete(context.id);
      return this.#say({ type: "done", context_id: context.id, done: true });
    }
    const fault = random.chance(0.03) ? this.#fault : undefined;
    if (fault === "errs") this.#say({ type: "error", message: "no", context_id: context.id });
    if (fault !== "skips") this.#sayWord(word, context);
    if (fault === "stutters") this.#sayWord(word, context);
    const fast = random.int(2, 8);
    this.#mail.later(word.ms / fast + this.#network.delay(0, 20), () => this.#speak(context));
  }

  #sayWord(word: Word, context: Context): void {
    const { random } = this.#network;
    const context_id = context.id;
    const [from, to] = [context.ms / 1000, (context.ms + word.ms) / 1000];
    const times = { words: [word.text], start: [from], end: [to] };
    const told = { type: "timestamps", context_id, word_timestamps: times };
    // Some say when a word is spoken once they have spoken it.
    const isLate = random.chance(0.2);
    const tell = () => this.#say(told, () => this.#told(word));
    if (!isLate) tell();
    const pieces = random.int(1, 2);
    for (let piece = 0; piece < pieces; piece++) {
      const at = (part: number) => samplesOf(word.ms / pieces * part);
      const audio = new Int16Array(at(piece + 1) - at(piece)).fill(word.level);
      this.#say({ type: "chunk", context_id, data: pcmToBytes(audio).toBase64() });
    }
    if (isLate) tell();
    context.ms += word.ms;
  }

  #told(word: Word): void {
    if (!this.#toldAt.has(word)) this.#toldAt.set(word, this.#network.clock.now());
  }

  #say(message: unknown, said?: () => void): void {
    this.#mail.post(message, this.#network.delay(1, 12), said);
  }
}
