import {
  ControlFrame,
  EndFrame,
  ErrorFrame,
  Frame,
  type FrameDirection,
  InterruptionFrame,
  StartFrame,
  StopFrame,
} from "../../frames/mod.ts";
import { type FrameContext, FrameProcessor, type FrameScope } from "../../processors/mod.ts";
import type { SeededRandom } from "../../testing/seeded_random.ts";
import type { VirtualClock } from "../../testing/virtual_clock.ts";
import type { Journal, Work } from "./_journal.ts";
import { Keep, Note, Sign } from "./_kit.ts";

/** A control frame, which an interruption drops. */
export class Marker extends ControlFrame {
  constructor(readonly label: string) {
    super();
  }
}

/** What the actors of one case share. */
export interface World {
  readonly clock: VirtualClock;
  readonly random: SeededRandom;
  readonly journal: Journal;
  /** How many frames actors may still make up. */
  budget: number;
  /** Sleeps that actors are in. */
  sleeping: number;
  /** How many errors were thrown. */
  thrown: number;
}

/** What an actor does with a frame, by how often. */
export type Behaviour = Readonly<Partial<Record<keyof typeof ACTS, number>>>;

/** How an actor is. */
export interface Character {
  readonly data: Behaviour;
  readonly system: Behaviour;
  /** Whether it heeds its signals. */
  readonly heeds: boolean;
  /** Whether it takes its time over start and end. */
  readonly ceremonious: boolean;
  /** What it pushes when an interruption comes by. */
  readonly hooks: readonly ("sign" | "note" | "keep")[];
}

/** What an act works with: pushes that are written down first. */
interface Tools {
  readonly frame: Frame;
  push(frame: Frame, direction?: FrameDirection): void | Promise<void>;
  forward(): void | Promise<void>;
  broadcast(make: () => Frame): void | Promise<void>;
  sleep(low: number, high: number): Promise<void>;
}

/** A processor that does as it likes, and writes down what it does. */
export class Actor extends FrameProcessor {
  readonly world: World;
  readonly character: Character;
  #hooked: FrameScope | undefined;
  #hookWork: Work | undefined;

  constructor(name: string, character: Character, world: World) {
    super({ name });
    this.world = world;
    this.character = character;
    this.handle(Frame, (frame, context) => this.#handle(frame, context));
    this.onInterruption((frame) => this.#hook(frame));
  }

  /** Makes a frame up, while the budget lasts. */
  make<F extends Frame>(make: (label: string) => F): F | undefined {
    if (this.world.budget <= 0) return undefined;
    return make(`${this.name}.${this.world.budget--}`);
  }

  /** Opens a scope that is written down. */
  openScope(lasting: boolean): { scope: FrameScope; work: Work } {
    const scope = this.scope({ uninterruptible: lasting });
    return { scope, work: this.world.journal.scope(this.name, lasting, () => scope.signal) };
  }

  #handle(frame: Frame, context: FrameContext): void | Promise<void> {
    const { journal } = this.world;
    const signal = () => context.signal;
    const work = journal.begin(this.name, frame, { direction: context.direction, signal });
    let result: void | Promise<void>;
    try {
      result = journal.inside(this.name, () => this.#act(this.#tools(frame, context, work)));
    } catch (error) {
      journal.end(work);
      throw error;
    }
    if (!result) return journal.end(work);
    return result.finally(() => journal.end(work));
  }

  #act(tools: Tools): void | Promise<void> {
    const { frame } = tools;
    const { random } = this.world;
    const { data, system, ceremonious } = this.character;
    if (frame instanceof ErrorFrame || frame.interrupts) {
      return frame.interrupts && random.chance(0.2) ? ACTS.reply(this, tools) : tools.forward();
    }
    if (frame instanceof StartFrame || frame instanceof EndFrame || frame instanceof StopFrame) {
      return ceremonious ? ceremony(this, tools) : tools.forward();
    }
    return ACTS[random.weighted(frame.kind === "system" ? system : data)](this, tools);
  }

  #tools(frame: Frame, context: FrameContext, work: Work): Tools {
    const { journal } = this.world;
    const source = { actor: this.name, work };
    return {
      frame,
      push: (frame, direction = "downstream") =>
        journal.push(source, [[frame, direction]], () => context.push(frame, direction)),
      // Interruption and cancel have passed on at the door already.
      forward: () =>
        frame.interrupts
          ? context.forward()
          : journal.push(source, [[frame, context.direction]], () => context.forward()),
      broadcast: (make) => this.#broadcast(make, context, work),
      sleep: (low, high) => this.sleep(low, high, context.signal),
    };
  }

  #broadcast(make: () => Frame, context: FrameContext, work: Work): void | Promise<void> {
    const [down, up] = [make(), make()];
    const both = [[up, "upstream"], [down, "downstream"]] as const;
    const frames = [down, up];
    return this.world.journal.push(
      { actor: this.name, work },
      down.interrupts ? both.toReversed() : both,
      () => context.broadcast(() => frames.shift() as Frame),
    );
  }

  /** Sleeps for some virtual time; heeds the signal if that is its character. */
  async sleep(low: number, high: number, signal: AbortSignal): Promise<void> {
    const { clock, random } = this.world;
    const options = this.character.heeds ? { signal } : {};
    this.world.sleeping++;
    try {
      await clock.sleep(random.int(low, high), options);
    } finally {
      this.world.sleeping--;
    }
  }

  #hook(frame: Frame): void {
    const { journal } = this.world;
    journal.hook(this.name, frame);
    for (const what of this.character.hooks) {
      const make = { sign: Sign, note: Note, keep: Keep }[what];
      const made = this.make((label) => new make(`hook ${label}`));
      if (!made) return;
      if (!this.#hooked || !this.#hookWork) {
        const { scope, work } = this.openScope(true);
        [this.#hooked, this.#hookWork] = [scope, work];
      }
      const scope = this.#hooked;
      journal.count("pushes of hooks");
      void journal.push(
        { actor: this.name, work: this.#hookWork },
        [[made, "downstream"]],
        () => scope.push(made),
      );
    }
  }
}

/** What actors do with a frame. */
const ACTS = {
  pass: (_actor: Actor, tools: Tools) => tools.forward(),
  swallow: () => {},
  async linger(_actor: Actor, tools: Tools) {
    await null;
    await tools.forward();
  },
  async slow(actor: Actor, tools: Tools) {
    await tools.sleep(1, 12);
    actor.world.journal.count(actor.character.heeds ? "slow, heeding" : "slow, ignoring");
    await tools.forward();
  },
  async hold(_actor: Actor, tools: Tools) {
    await tools.sleep(50, 250);
    await tools.forward();
  },
  async stream(actor: Actor, tools: Tools) {
    const heedsRoom = actor.world.random.chance(0.7);
    for (let i = actor.world.random.int(1, 6); i > 0; i--) {
      const made = actor.make((label) => new Note(label));
      const room = made && tools.push(made);
      if (heedsRoom) await room;
      if (i % 2) await tools.sleep(0, 6);
    }
    await tools.forward();
  },
  async burst(actor: Actor, tools: Tools) {
    for (let i = actor.world.random.int(10, 30); i > 0; i--) {
      const made = actor.make((label) => new Note(label));
      if (made) await tools.push(made);
    }
    await tools.forward();
  },
  keep(actor: Actor, tools: Tools) {
    const made = actor.make((label) => new Keep(label));
    if (made) void tools.push(made);
    return tools.forward();
  },
  upstream(actor: Actor, tools: Tools) {
    const { random, journal } = actor.world;
    const make = random.pick([Note, Keep, Sign]);
    const made = actor.make((label) => new make(label));
    if (made) {
      const room = tools.push(made, "upstream");
      if (room) journal.broken("upstream pushes never wait", `${actor.name}: "${made.name}"`);
      journal.count("pushes upstream");
    }
    return tools.forward();
  },
  signal(actor: Actor, tools: Tools) {
    const made = actor.make((label) => new Sign(label));
    if (made) void tools.broadcast(() => new Sign(made.label));
    return tools.forward();
  },
  reply(actor: Actor, tools: Tools) {
    const made = actor.make((label) => new Note(`reply ${label}`));
    if (made) void tools.push(made);
    return tools.forward();
  },
  throws(actor: Actor): never {
    throw errorOf(actor);
  },
  async rejects(actor: Actor, tools: Tools): Promise<void> {
    await tools.sleep(1, 10);
    throw errorOf(actor);
  },
  async interrupt(actor: Actor, tools: Tools) {
    const { random, journal } = actor.world;
    if (random.chance(0.3)) await tools.sleep(1, 5);
    if (!actor.make(() => new InterruptionFrame())) return tools.forward();
    const how = random.pick(["both", "downstream", "upstream"] as const);
    journal.count(`interruptions by actors, ${how}`);
    if (how === "both") void tools.broadcast(() => new InterruptionFrame());
    else void tools.push(new InterruptionFrame(), how);
    const fresh = actor.make((label) => new Note(`fresh ${label}`));
    if (fresh) await tools.push(fresh);
    await tools.forward();
  },
  loop(actor: Actor, tools: Tools) {
    void speak(actor);
    return tools.forward();
  },
} satisfies Record<string, (actor: Actor, tools: Tools) => void | Promise<void>>;

/** Takes its time over a start or an end, says something, or fails at it. */
async function ceremony(actor: Actor, tools: Tools): Promise<void> {
  const { random } = actor.world;
  const how = random.weighted({ passes: 2, speaks: 2, says: 1, throws: 1 });
  actor.world.journal.count("slow starts and ends");
  await tools.sleep(1, 20);
  if (how === "throws") throw errorOf(actor);
  const made = actor.make((label) => new Keep(label));
  if (how === "says" && made) await tools.push(made);
  await tools.forward();
  if (how === "speaks" && made) await tools.push(made);
}

/** Pushes what comes from outside of handlers, for a while. */
async function speak(actor: Actor): Promise<void> {
  const { random, journal } = actor.world;
  const { scope, work } = actor.openScope(random.chance(0.4));
  const source = { actor: actor.name, work };
  journal.count("scopes opened");
  for (let i = random.int(1, 8); i > 0; i--) {
    const made = actor.make((label) => new Note(`scope ${label}`));
    if (!made) break;
    const direction = random.chance(0.8) ? "downstream" : "upstream";
    await journal.push(source, [[made, direction]], () => scope.push(made, direction));
    const gaveUp = await actor.sleep(1, 15, scope.signal).then(() => false, () => true);
    if (gaveUp) break;
  }
  journal.end(work);
  scope.close();
}

function errorOf(actor: Actor): Error {
  const { world } = actor;
  const token = `Cannot go on: fault ${world.thrown++}`;
  world.journal.thrown.push({ token, actor: actor.name, seq: world.journal.seq });
  return new Error(token);
}
