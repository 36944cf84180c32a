import {
  type Frame,
  type OutputTransportMessageFrame,
  type OutputTransportMessageUrgentFrame,
  VADUserStartedSpeakingFrame,
  VADUserStoppedSpeakingFrame,
} from "../../frames/mod.ts";
import {
  type AudioChunk,
  BaseInputTransport,
  BaseOutputTransport,
} from "../../transports/base/mod.ts";
import { ScriptedVADAnalyzer } from "../../testing/scripted_vad.ts";
import type { World } from "./_world.ts";

/** Hertz of all audio: low, since there is much of it. */
export const RATE = 8_000;

/** How much may be sent before it is heard: what a client plays on that cannot take it back. */
const AHEAD_MS = 80.001;

/** Where the caller comes in. */
export class Microphone extends BaseInputTransport {
  readonly #world: World;
  #speaking = false;
  /** Until when there is sound. */
  #loudUntil = 0;

  constructor(world: World) {
    const vadAnalyzer = world.schedule.bot.hears ? new ScriptedVADAnalyzer() : undefined;
    super({ audioInEnabled: true, vadAnalyzer });
    this.#world = world;
  }

  /** The caller speaks for so long. */
  speak(forMs: number): void {
    const world = this.#world;
    if (world.schedule.bot.hears) return this.#sound(forMs);
    if (!this.#speaking) this.receiveBothWays(() => new VADUserStartedSpeakingFrame());
    this.#speaking = true;
    this.#feed(40, 1_000);
    this.#loudUntil = Math.max(this.#loudUntil, world.clock.now() + forMs);
    world.later(forMs, () => {
      if (!this.#speaking || world.clock.now() < this.#loudUntil) return;
      this.#speaking = false;
      this.receiveBothWays(() => new VADUserStoppedSpeakingFrame({ stopSecs: 0.2 }));
    });
  }

  /** Something else comes in. */
  take(frame: Frame): void {
    this.receive(frame);
  }

  /** Sound, and the silence after it, which an analyzer finds. */
  #sound(forMs: number): void {
    const world = this.#world;
    const from = world.clock.now();
    const until = from + forMs + 200;
    const go = () => {
      const now = world.clock.now();
      if (now > until + 1_200) return;
      this.#feed(60, now < until ? 5_000 : 0);
      world.later(60, go);
    };
    if (from < this.#loudUntil) return;
    this.#loudUntil = until + 1_300;
    go();
  }

  #feed(ms: number, level: number): void {
    this.receiveAudio(new Int16Array(RATE * ms / 1000).fill(level), { sampleRate: RATE });
  }
}

/** Where the caller hears the bot. */
export class Loudspeaker extends BaseOutputTransport {
  readonly #world: World;
  /** What was sent to the client besides audio. */
  readonly messages: unknown[] = [];
  #recalls = 0;

  constructor(world: World) {
    super({ audioOutEnabled: true, audioOutEndSilenceSecs: 0.12 });
    this.#world = world;
    // Behind the hook of the base, which has said what was heard.
    this.onInterruption(() => {
      world.interruptions.push({ ...world.now, speeches: world.speeches.length });
    });
  }

  protected override get ready(): boolean {
    return this.#world.wire.attended;
  }

  protected override get acknowledges(): boolean {
    return this.#world.schedule.bot.wire === "acknowledges";
  }

  protected override writeAudio(pcm: Int16Array, chunk: AudioChunk): void | Promise<void> {
    const world = this.#world;
    const { wire } = world;
    if (!wire.attended) world.broken("nobody to write to", "audio was written");
    if (world.over) world.broken("afterwards", "audio is written");
    for (const number of wire.write(pcm, chunk)) this.#checkFresh(number);
    const now = world.clock.now();
    const over = chunk.atMs + pcm.length * 1000 / chunk.sampleRate;
    if (over > now + AHEAD_MS) {
      world.broken("silence reaches the wire", `${over - now} ms are sent ahead`);
    }
    const recalls = this.#recalls;
    if (this.acknowledges) {
      world.later(Math.max(0, over + 15 - now), () => {
        if (recalls === this.#recalls) this.acknowledge(chunk.endPositionMs);
      });
    }
    if (wire.stalledUntil > now) return world.sleep(wire.stalledUntil - now);
  }

  protected override sendMessage(
    frame: OutputTransportMessageFrame | OutputTransportMessageUrgentFrame,
  ): void {
    this.messages.push(frame.message);
  }

  protected override recall(): number | undefined {
    if (this.#world.schedule.bot.wire === "keeps") return undefined;
    this.#recalls++;
    return this.#world.wire.recall();
  }

  /** Has the engine look again whether somebody is there. */
  attend(attended: boolean): void {
    this.#world.wire.attended = attended;
    this.readyChanged();
  }

  /** What was asked for before an interruption is not written after it. */
  #checkFresh(number: number): void {
    const cut = this.#world.interruptions.at(-1);
    if (!cut || number > cut.speeches) return;
    this.#world.broken("stale audio", `speech ${number} is written ${this.#since(cut.at)} it`);
  }

  #since(at: number): string {
    return `after the interruption of ${at} ms, which is to silence`;
  }
}
