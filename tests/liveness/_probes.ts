import {
  BotStartedSpeakingFrame,
  BotStoppedSpeakingFrame,
  ControlFrame,
  EndFrame,
  Frame,
  type FrameDirection,
  HeardTextFrame,
  StartFrame,
  StopFrame,
  SystemFrame,
  TranscriptionFrame,
} from "../../frames/mod.ts";
import { FrameProcessor } from "../../processors/mod.ts";
import { wordsOf, type World } from "./_world.ts";

/** A frame of the application, which an interruption drops. */
export class Note extends ControlFrame {
  constructor(readonly label: string) {
    super();
  }
}

/** A frame of the application that nothing but a cancel may lose. */
export class Keep extends Note {
  override get uninterruptible(): true {
    return true;
  }
}

/** A frame of the application that overtakes data. */
export class Sign extends SystemFrame {
  constructor(readonly label: string) {
    super();
  }
}

export type Token = Note | Sign;

/** A frame of the application on its way. */
export interface Passage {
  readonly token: Token;
  readonly direction: FrameDirection;
  readonly at: number;
  readonly seq: number;
}

/** Looks at every frame where it stands; fails where one comes twice. */
export class Probe extends FrameProcessor {
  readonly #world: World;
  readonly #seen: Set<number> = new Set();
  /** Frames of the application, in the order they came. */
  readonly tokens: { readonly token: Token; readonly at: number; readonly seq: number }[] = [];
  ended = 0;

  constructor(name: string, world: World) {
    super({ name });
    this.#world = world;
    this.handle(Frame, (frame, context) => {
      this.#look(frame, context.direction);
      return context.forward();
    });
  }

  /** Whatever a probe looks at besides. */
  protected see(_frame: Frame, _direction: FrameDirection): void {}

  #look(frame: Frame, direction: FrameDirection): void {
    const world = this.#world;
    if (world.over) world.broken("afterwards", `"${frame.constructor.name}" comes to ${this.name}`);
    if (!(frame instanceof StartFrame)) {
      if (this.#seen.has(frame.id)) {
        world.broken("no frame is doubled", `${frame.constructor.name} at ${this.name}`);
      }
      this.#seen.add(frame.id);
    }
    if (frame instanceof Note || frame instanceof Sign) {
      this.tokens.push({ token: frame, ...world.now });
    } else if (frame instanceof EndFrame || frame instanceof StopFrame) this.ended = ++world.seq;
    this.see(frame, direction);
  }
}

/** Stands before the user's aggregator, and keeps what it is given of words. */
export class EarProbe extends Probe {
  readonly heard: string[] = [];
  #listens = true;

  protected override see(frame: Frame, direction: FrameDirection): void {
    if (direction === "upstream") return;
    if (frame instanceof StartFrame) this.#listens = true;
    // What comes behind an end is nobody's turn any more.
    else if (frame instanceof EndFrame || frame instanceof StopFrame) this.#listens = false;
    else if (frame instanceof TranscriptionFrame && this.#listens) {
      this.heard.push(...wordsOf(frame.text));
    }
  }
}

/** Stands behind the output, and compares what is said to be heard with what was played. */
export class PlayedProbe extends Probe {
  readonly #world: World;
  speaking = false;
  #words = "";

  constructor(world: World) {
    super("played", world);
    this.#world = world;
  }

  protected override see(frame: Frame, direction: FrameDirection): void {
    if (direction === "upstream") return;
    if (frame instanceof HeardTextFrame) this.#heard(frame);
    else if (frame instanceof BotStartedSpeakingFrame) this.#speaks(true);
    else if (frame instanceof BotStoppedSpeakingFrame) this.#speaks(false);
  }

  #speaks(speaking: boolean): void {
    if (this.speaking === speaking) {
      this.#world.broken(
        "the bot starts and stops",
        `it ${speaking ? "started" : "stopped"} twice`,
      );
    }
    this.speaking = speaking;
  }

  #heard({ text }: HeardTextFrame): void {
    const world = this.#world;
    const now = world.clock.now();
    // Late writes are played later than the writer planned.
    const slackMs = world.wire.hasStalled ? 130 : 2;
    for (const word of wordsOf(text)) {
      if (!playedAt(world, word, now + slackMs)) {
        world.broken("heard is truth", `"${word}" was committed and not played`);
      }
    }
  }
}

/** Whether a word was played by then. */
export function playedAt(world: World, word: string, at: number): boolean {
  return world.speeches.some((speech) => {
    const spoken = speech.words.find((each) => each.word === word);
    return spoken !== undefined && world.wire.playedMs(speech.number, at) >= spoken.endMs - 2;
  });
}
