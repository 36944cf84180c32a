import { bytesToPcm } from "../../audio/mod.ts";
import { JSONFields } from "../../services/wire/mod.ts";
import type { ClientMessage, ScriptedPeer } from "../../testing/scripted_peer.ts";
import { ScriptedSocketServer } from "../../testing/scripted_socket_server.ts";
import { Mail, type Network } from "./_network.ts";
import type { Fault } from "./_records.ts";
import { listOf, runsOf, samplesOf, type Vocabulary, type Word } from "./_vocabulary.ts";

/** How much of a word must be heard to know it. */
const KNOWN = 0.6;
/** Milliseconds of silence after which words may be final without being asked for. */
const ENDPOINT_MS = 260;

/** A recogniser that talks as Deepgram does, and knows words by the level of their samples. */
export class Ear {
  readonly server: ScriptedSocketServer;
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
    const hearing = new Hearing(peer, {
      network,
      vocabulary: this.#vocabulary,
      fault: this.#fault,
    });
    for (let message = await peer.next(); message; message = await peer.next()) {
      // Ten minutes of audio need not be kept.
      peer.received.length = 0;
      if (network.random.chance(0.002)) await network.pause(20, 300);
      hearing.take(message);
    }
    hearing.close();
  }
}

interface HearingOptions {
  readonly network: Network;
  readonly vocabulary: Vocabulary;
  readonly fault: Fault | undefined;
}

/** What is heard over one connection. */
class Hearing {
  readonly #peer: ScriptedPeer;
  readonly #mail: Mail;
  readonly #options: HearingOptions;
  /** Samples of the word that is being heard. */
  readonly #heard: Map<Word, number> = new Map();
  /** Words that no final result had. */
  #pending: Word[] = [];
  #speaking = false;
  #silent = 0;

  constructor(peer: ScriptedPeer, options: HearingOptions) {
    this.#peer = peer;
    this.#options = options;
    this.#mail = new Mail(options.network.clock, peer);
  }

  take(message: ClientMessage): void {
    if (message.type === "bytes") {
      for (const { level, samples } of runsOf(bytesToPcm(message.bytes))) {
        const word = this.#options.vocabulary.at(level);
        if (word) this.#hear(word, samples);
        else this.#hearNothing(samples);
      }
      return;
    }
    const type = new JSONFields(message.type === "json" ? message.value : {}).text("type");
    if (type === "Finalize") this.#finish(true);
    else if (type === "CloseStream") this.#mail.last(() => void this.#peer.close(1000));
  }

  close(): void {
    this.#mail.close();
  }

  #hear(word: Word, samples: number): void {
    const { network, fault } = this.#options;
    if (!this.#speaking) network.exchange(this.#mail, this.#peer);
    this.#speaking = true;
    this.#silent = 0;
    const before = this.#heard.get(word) ?? 0;
    this.#heard.set(word, before + samples);
    const known = samplesOf(word.ms) * KNOWN;
    if (before >= known || before + samples < known) return;
    if (fault === "forgets" && network.random.chance(0.03)) return;
    this.#pending.push(word);
    if (network.random.chance(0.06)) this.#finish(false);
    else if (network.random.chance(0.6)) this.#say({ is_final: false });
  }

  #hearNothing(samples: number): void {
    const before = this.#silent;
    this.#silent += samples;
    const enough = samplesOf(ENDPOINT_MS);
    if (before >= enough || this.#silent < enough) return;
    if (this.#pending.length > 0 && this.#options.network.random.chance(0.3)) this.#finish(false);
  }

  /** Says for good what was heard. */
  #finish(asked: boolean): void {
    if (asked) this.#speaking = false;
    // Where nothing is left to say, some answer all the same.
    if (this.#pending.length === 0 && this.#options.network.random.chance(0.5)) return;
    this.#say({ is_final: true, from_finalize: asked });
    const isDoubled = this.#options.fault === "doubles" && this.#options.network.random.chance(0.1);
    if (!isDoubled) this.#pending = [];
    this.#heard.clear();
  }

  #say(result: { readonly is_final: boolean; readonly from_finalize?: boolean }): void {
    const { network } = this.#options;
    const alternatives = [{ transcript: listOf(this.#pending), confidence: 0.98 }];
    const delayMs = network.delay(20, result.is_final ? 280 : 120);
    this.#mail.post({ type: "Results", ...result, channel: { alternatives } }, delayMs);
  }
}
