import type { Frame, FrameDirection } from "../../frames/mod.ts";
import { ParallelPipeline, Pipeline, type PipelineElement } from "../../pipeline/mod.ts";
import { FrameProcessor } from "../../processors/mod.ts";
import { Actor, type Behaviour, type Character, type World } from "./_actors.ts";

/** A place in a random pipeline. */
export type Place =
  | { readonly kind: "actor"; readonly actor: Actor }
  | { readonly kind: "silent" | "adapter"; readonly element: PipelineElement }
  | { readonly kind: "parallel"; readonly branches: readonly (readonly Place[])[] };

/** An actor that takes what another pushes. */
export interface Receiver {
  readonly actor: string;
  /** Whether nothing stands between the two. */
  readonly direct: boolean;
}

type Next = Readonly<Record<FrameDirection, readonly Receiver[]>>;

/** Who takes what from whom, read from the places alone. */
export class Layout {
  readonly places: readonly Place[];
  readonly actors: readonly Actor[];
  readonly #next: Map<string, Next> = new Map();
  /** Actors all of whose frames come straight from another. */
  readonly direct: ReadonlySet<string>;
  /** Actors of branches. */
  readonly inBranch: ReadonlySet<string>;

  constructor(places: readonly Place[]) {
    this.places = places;
    this.actors = actorsOf(places);
    const trunk = new Set(places.flatMap((place) => place.kind === "actor" ? [place.actor] : []));
    this.inBranch = new Set(
      this.actors.filter((actor) => !trunk.has(actor)).map(({ name }) => name),
    );
    this.#walk(places, { downstream: () => [], upstream: () => [] });
    this.#next.set("task", {
      downstream: unique(receivers(places, 0, { step: 1, direct: true, beyond: () => [] })),
      upstream: unique(
        receivers(places, places.length - 1, { step: -1, direct: true, beyond: () => [] }),
      ),
    });
    const all = [...this.#next.values()].flatMap((next) => [...next.downstream, ...next.upstream]);
    const indirect = new Set(all.filter(({ direct }) => !direct).map(({ actor }) => actor));
    this.direct = new Set(this.actors.map(({ name }) => name).filter((n) => !indirect.has(n)));
  }

  /** Who takes what somebody pushes. */
  next(by: string, direction: FrameDirection): readonly Receiver[] {
    return this.#next.get(by)?.[direction] ?? [];
  }

  /** Every actor that an interruption passes. */
  reach(by: string, direction: FrameDirection): Set<string> {
    const reached = new Set<string>();
    const open = this.next(by, direction).map(({ actor }) => actor);
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (reached.has(at)) continue;
      reached.add(at);
      open.push(...this.next(at, direction).map(({ actor }) => actor));
    }
    return reached;
  }

  #walk(
    places: readonly Place[],
    beyond: Readonly<Record<FrameDirection, () => Receiver[]>>,
  ): void {
    places.forEach((place, i) => {
      const after = { step: 1, beyond: beyond.downstream } as const;
      const before = { step: -1, beyond: beyond.upstream } as const;
      if (place.kind === "actor") {
        this.#next.set(place.actor.name, {
          downstream: unique(receivers(places, i + 1, { ...after, direct: true })),
          upstream: unique(receivers(places, i - 1, { ...before, direct: true })),
        });
      } else if (place.kind === "parallel") {
        const around = {
          downstream: () => receivers(places, i + 1, { ...after, direct: false }),
          upstream: () => receivers(places, i - 1, { ...before, direct: false }),
        };
        for (const branch of place.branches) this.#walk(branch, around);
      }
    });
  }
}

interface Way {
  readonly step: 1 | -1;
  readonly direct: boolean;
  readonly beyond: () => Receiver[];
}

/** The first actors from a place on, through whatever is none. */
function receivers(places: readonly Place[], at: number, way: Way): Receiver[] {
  const place = places[at];
  if (!place) return way.beyond().map((receiver) => ({ ...receiver, direct: false }));
  if (place.kind === "actor") return [{ actor: place.actor.name, direct: way.direct }];
  const on = () => receivers(places, at + way.step, { ...way, direct: false });
  if (place.kind !== "parallel") return on();
  return place.branches.flatMap((branch) =>
    receivers(branch, way.step > 0 ? 0 : branch.length - 1, { ...way, direct: false, beyond: on })
  );
}

function unique(list: readonly Receiver[]): Receiver[] {
  return [...new Map(list.map((receiver) => [receiver.actor, receiver])).values()];
}

function actorsOf(places: readonly Place[]): Actor[] {
  return places.flatMap((place) => {
    if (place.kind === "actor") return [place.actor];
    return place.kind === "parallel" ? place.branches.flatMap(actorsOf) : [];
  });
}

/** Makes a pipeline of what stands at some places. */
export function build(places: readonly Place[]): Pipeline {
  return new Pipeline(places.map(elementOf));
}

function elementOf(place: Place): PipelineElement {
  if (place.kind === "actor") return place.actor;
  if (place.kind !== "parallel") return place.element;
  return new ParallelPipeline(...place.branches.map((branch) => branch.map(elementOf)));
}

const PLAIN: Behaviour = { pass: 1 };

/** Kinds of actors, by what they do with data. */
const CHARACTERS: readonly Behaviour[] = [
  { pass: 4, linger: 2, keep: 1 },
  { slow: 6, pass: 1, swallow: 1 },
  { hold: 1, slow: 4, pass: 4 },
  { stream: 2, pass: 3, burst: 0.3 },
  { throws: 1, rejects: 1, pass: 4, slow: 2 },
  { upstream: 2, signal: 2, pass: 4 },
  { interrupt: 1, pass: 5, slow: 2, stream: 1 },
  { loop: 1, pass: 3, keep: 2, slow: 1 },
];

/** What actors do with system frames. */
const WITH_SYSTEM: readonly Behaviour[] = [
  PLAIN,
  PLAIN,
  { pass: 4, linger: 2, slow: 1 },
  { pass: 3, reply: 1, keep: 1 },
  { pass: 5, interrupt: 1 },
  { pass: 4, throws: 1, rejects: 1 },
];

/** Makes up a pipeline: an actor at each end that only passes on, and anything between. */
export function inventPlaces(world: World): Place[] {
  const quiet = { data: PLAIN, system: PLAIN, heeds: true, ceremonious: false, hooks: [] };
  const inner = inventRow(world, { length: world.random.int(1, 5), depth: 0, prefix: "a" });
  const actor = (name: string): Place => ({
    kind: "actor",
    actor: new Actor(name, quiet, world),
  });
  return [actor("first"), ...inner, actor("last")];
}

function inventRow(
  world: World,
  at: { readonly length: number; readonly depth: number; readonly prefix: string },
): Place[] {
  return Array.from({ length: at.length }, (_, i) => {
    const name = `${at.prefix}${i}`;
    const kind = world.random.weighted({
      actor: 10,
      silent: 2,
      adapter: 1.5,
      parallel: at.depth < 2 ? 2.5 / (1 + 2 * at.depth) : 0,
    });
    if (kind === "actor") return { kind, actor: new Actor(name, inventCharacter(world), world) };
    if (kind === "silent") return { kind, element: new FrameProcessor({ name }) };
    if (kind === "adapter") return { kind, element: inventStream(world) };
    const branches = Array.from({ length: world.random.int(1, 3) }, (_, branch) => {
      const length = world.random.int(0, 2);
      return inventRow(world, { length, depth: at.depth + 1, prefix: `${name}${"xyz"[branch]}` });
    });
    world.journal.count("parallel pipelines");
    return { kind, branches };
  });
}

function inventCharacter({ random }: World): Character {
  return {
    data: random.pick(CHARACTERS),
    system: random.pick(WITH_SYSTEM),
    heeds: random.chance(0.5),
    ceremonious: random.chance(0.25),
    hooks: random.chance(0.25) ? [random.pick(["sign", "note", "keep"] as const)] : [],
  };
}

/** A plain stream that hands on what it is given, at once or in its own time. */
function inventStream(world: World): TransformStream<Frame, Frame> {
  const { clock, random, journal } = world;
  const [delays, room] = [random.chance(0.5), random.pick([0, 1, 50])];
  return new TransformStream<Frame, Frame>(
    {
      async transform(frame, controller) {
        journal.count("frames through plain streams");
        if (delays) {
          world.sleeping++;
          await clock.sleep(random.int(0, 5));
          world.sleeping--;
        }
        controller.enqueue(frame);
      },
    },
    { highWaterMark: random.pick([0, 1, 20]) },
    { highWaterMark: room },
  );
}
