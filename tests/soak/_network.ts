import type { Clock, Timer } from "../../async/mod.ts";
import type { ScriptedPeer } from "../../testing/scripted_peer.ts";
import type { SeededRandom } from "../../testing/seeded_random.ts";

/** How a connection is lost. */
export type Loss = "hangs up" | "ends half" | "fails" | "goes away";

/** A connection that was lost on purpose. */
export interface Drop {
  readonly atMs: number;
  readonly how: Loss | "refuses" | "hangs up at the door";
}

const LOSSES: readonly Loss[] = ["hangs up", "hangs up", "ends half", "fails", "goes away"];

/** What goes wrong between a service and its provider, by chance, and how long everything takes. */
export class Network {
  readonly clock: Clock;
  readonly random: SeededRandom;
  /** How likely an opening, an utterance or a context is to lose its connection. */
  readonly dropRate: number;
  readonly drops: Drop[] = [];
  connections = 0;
  /** Utterances and contexts that were begun. */
  exchanges = 0;
  readonly #life: AbortController = new AbortController();

  constructor(
    clock: Clock,
    options: { readonly random: SeededRandom; readonly dropRate: number },
  ) {
    this.clock = clock;
    this.random = options.random;
    this.dropRate = options.dropRate;
  }

  /** Lets a client in, after a while; says whether it did. */
  async admit(peer: ScriptedPeer): Promise<boolean> {
    this.connections++;
    await this.pause(2, 250);
    if (!this.random.chance(this.dropRate)) {
      await peer.accept({ protocol: peer.protocols[0] });
      return true;
    }
    if (this.random.chance(0.5)) {
      this.note("refuses");
      await peer.refuse(503);
    } else {
      this.note("hangs up at the door");
      peer.drop();
    }
    return false;
  }

  /** Something begins over a connection, and may be its end. */
  exchange(mail: Mail, peer: ScriptedPeer): void {
    this.exchanges++;
    if (!this.random.chance(this.dropRate)) return;
    mail.later(this.random.int(0, 3_000), () => this.#lose(peer));
  }

  /** Milliseconds that something takes: little as a rule, and much now and then. */
  delay(low: number, high: number): number {
    return this.random.chance(0.03)
      ? this.random.int(high, high + 800)
      : this.random.int(low, high);
  }

  /** Takes its time, but not beyond the end. */
  async pause(low: number, high: number): Promise<void> {
    const { signal } = this.#life;
    await this.clock.sleep(this.delay(low, high), { signal }).catch(() => {});
  }

  /** Notes what was done to a connection. */
  note(how: Drop["how"]): void {
    this.drops.push({ atMs: this.clock.now(), how });
  }

  /** Nobody waits any more. */
  close(): void {
    this.#life.abort();
  }

  #lose(peer: ScriptedPeer): void {
    if (peer.end) return;
    const how = this.random.pick(LOSSES);
    this.note(how);
    if (how === "hangs up") peer.drop();
    else if (how === "ends half") peer.halfClose();
    else void peer.close(how === "fails" ? 1011 : 1001);
  }
}

/** What a provider says to one client, later, in order. */
export class Mail {
  readonly #clock: Clock;
  readonly #peer: ScriptedPeer;
  readonly #queue: unknown[] = [];
  readonly #timers: Set<Timer> = new Set();
  #lastAt = 0;

  constructor(clock: Clock, peer: ScriptedPeer) {
    this.#clock = clock;
    this.#peer = peer;
  }

  /** Says something so many milliseconds from now, behind what is still to be said; `said` is told when it has. */
  post(message: unknown, delayMs: number, said: () => void = () => {}): void {
    const now = this.#clock.now();
    this.#lastAt = Math.max(this.#lastAt, now + delayMs);
    this.#queue.push(message);
    this.later(this.#lastAt - now, () => {
      this.#peer.send(this.#queue.shift());
      said();
    });
  }

  /** Calls back later, unless the connection has ended. */
  later(ms: number, callback: () => void): void {
    const timer = this.#clock.timer(ms, () => {
      this.#timers.delete(timer);
      callback();
    });
    this.#timers.add(timer);
  }

  /** Calls back when everything has been said. */
  last(callback: () => void): void {
    this.later(Math.max(0, this.#lastAt - this.#clock.now()) + 1, callback);
  }

  /** Says nothing more. */
  close(): void {
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
  }
}
