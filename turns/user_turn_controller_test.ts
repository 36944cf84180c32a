import { assert, assertEquals } from "@std/assert";
import type { TurnEvent } from "./events.ts";
import {
  BaseUserTurnStopStrategy,
  defaultUserTurnStartStrategies,
  ExternalUserTurnStrategies,
  MinWordsUserTurnStartStrategy,
  TranscriptionUserTurnStartStrategy,
  type UserTurn,
  UserTurnController,
  type UserTurnControllerOptions,
  type UserTurnEffect,
  UserTurnStrategies,
  VADUserTurnStartStrategy,
} from "./mod.ts";

type Happening = TurnEvent extends infer E ? E extends TurnEvent ? Omit<E, "at"> : never : never;

/** What became of a user's turn. */
interface Turn {
  readonly startedBy: string;
  outcome: string;
  text: string;
}

/** Feeds a controller like a processor does: with the events, and at its deadlines. */
class Feeder {
  readonly controller: UserTurnController;
  readonly turns: Turn[] = [];
  readonly effects: UserTurnEffect["type"][] = [];
  readonly #latenessMs: number;

  constructor(options: UserTurnControllerOptions, latenessMs = 0) {
    this.controller = new UserTurnController(options);
    this.#latenessMs = latenessMs;
  }

  feed(happening: Happening, at: number): void {
    this.wake(at);
    this.#take({ ...happening, at });
  }

  /** Lets time pass, with a timer that is late. */
  wake(until: number): void {
    for (let due = this.#due(); due !== undefined && due < until; due = this.#due()) {
      this.#take({ type: "time", at: due });
    }
  }

  #due(): number | undefined {
    const { deadline } = this.controller;
    return deadline === undefined ? undefined : deadline + this.#latenessMs;
  }

  #take(event: TurnEvent): void {
    for (const effect of this.controller.handle(event)) {
      this.effects.push(effect.type);
      const last = this.turns.at(-1);
      if (effect.type === "started") {
        assert(last?.outcome !== "", "a turn began within a turn");
        this.turns.push({ startedBy: effect.strategy.name, outcome: "", text: "" });
      } else if (effect.type === "stopped") {
        assert(last && last.outcome === "", "a turn ended that had not begun");
        last.outcome = effect.outcome;
        last.text = effect.text;
      }
    }
    assert((this.controller.deadline ?? Infinity) > event.at, "it would be woken for ever");
  }
}

const VOICE: Happening = { type: "vadStarted" };
const SILENCE: Happening = { type: "vadStopped", stopSecs: 0.2 };
const INTERIM: Happening = { type: "interim", text: "turn", userId: "" };
const FIRST: Happening = { type: "final", text: "turn on", userId: "ada", finalized: false };
const SECOND: Happening = { type: "final", text: "the light", userId: "ada", finalized: true };

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((item, i) =>
    permutations(items.toSpliced(i, 1)).map((rest) => [item, ...rest])
  );
}

/** Every order in which a voice is heard before it falls silent. */
function orders(events: readonly Happening[]): Happening[][] {
  return permutations(events).filter((order) => {
    const [voice, silence] = [order.indexOf(VOICE), order.indexOf(SILENCE)];
    return voice < 0 || voice < silence;
  });
}

const STRATEGIES: Record<string, () => UserTurnStrategies> = {
  "voice and words": () => new UserTurnStrategies(),
  "voice alone": () => new UserTurnStrategies({ start: [new VADUserTurnStartStrategy()] }),
  "words alone": () =>
    new UserTurnStrategies({ start: [new TranscriptionUserTurnStartStrategy()] }),
  "final words": () =>
    new UserTurnStrategies({
      start: [new TranscriptionUserTurnStartStrategy({ useInterim: false })],
    }),
  "two words": () =>
    new UserTurnStrategies({ start: [new MinWordsUserTurnStartStrategy({ minWords: 2 })] }),
};

for (const [name, strategies] of Object.entries(STRATEGIES)) {
  Deno.test(`Whatever comes first, a turn by ${name} is the same turn`, () => {
    for (const latenessMs of [0, 30]) {
      for (const order of orders([VOICE, SILENCE, INTERIM, FIRST, SECOND])) {
        const feeder = new Feeder({ userTurnStrategies: strategies() }, latenessMs);
        order.forEach((event, i) => feeder.feed(event, i * 100));
        feeder.wake(60_000);
        const [turn, ...others] = feeder.turns;
        const what = order.map(({ type }) => type).join(", ");
        assertEquals(others, [], what);
        const words = order.indexOf(FIRST) < order.indexOf(SECOND)
          ? "turn on the light"
          : "the light turn on";
        assertEquals([turn?.outcome, turn?.text], ["stopped", words], what);
      }
    }
  });

  Deno.test(`No order and no delay makes a turn by ${name} hang, or loses a word`, () => {
    let met = 0;
    const all = [VOICE, SILENCE, INTERIM, FIRST, SECOND];
    for (let subset = 0; subset < 1 << all.length; subset++) {
      const events = all.filter((_event, i) => subset & (1 << i));
      // A voice that never falls silent keeps its turn open, and rightly so.
      if (events.includes(VOICE) && !events.includes(SILENCE)) continue;
      for (const order of orders(events)) {
        for (const gapMs of [0, 20, 580, 620, 1500, 4000, 5100]) {
          met++;
          const feeder = new Feeder({ userTurnStrategies: strategies() });
          order.forEach((event, i) => feeder.feed(event, i * gapMs));
          feeder.wake(60_000);
          const what = `${order.map(({ type }) => type).join(", ")}, ${gapMs} ms`;
          assertEquals(feeder.controller.turn.open, false, what);
          assertEquals(feeder.controller.deadline, undefined, what);
          const heard = [...feeder.turns, ...feeder.controller.turn.transcripts]
            .map(({ text }) => text).filter((text) => text !== "");
          const said = order.flatMap((event) => event.type === "final" ? [event.text] : []);
          assertEquals(heard.join(" "), said.join(" "), what);
          for (const { outcome, text } of feeder.turns) {
            assertEquals(outcome === "heardNothing", text === "", what);
          }
        }
      }
    }
    assert(met > 1_000, `only ${met} orders were tried`);
  });
}

Deno.test("Turns that somebody else finds end whatever comes first", () => {
  const START: Happening = { type: "externalStarted", proposed: false };
  const STOP: Happening = { type: "externalStopped", proposed: false };
  for (const order of permutations([START, STOP, FIRST, SECOND])) {
    if (order.indexOf(START) > order.indexOf(STOP)) continue;
    const feeder = new Feeder({ userTurnStrategies: new ExternalUserTurnStrategies() });
    order.forEach((event, i) => feeder.feed(event, i * 100));
    feeder.wake(60_000);
    const heard = feeder.turns.map(({ text }) => text).join(" ");
    const what = order.map(({ type }) => type).join(", ");
    assertEquals(heard.split(" ").toSorted(), ["light", "on", "the", "turn"], what);
    assert(feeder.turns.every(({ outcome }) => outcome === "stopped"), what);
    assert(feeder.turns.length <= 2, what);
  }
});

Deno.test("Words that come when their turn is over open it again", () => {
  const start = [new VADUserTurnStartStrategy()];
  const feeder = new Feeder({ userTurnStrategies: new UserTurnStrategies({ start }) });
  feeder.feed(VOICE, 0);
  feeder.feed(SILENCE, 1000);
  feeder.feed(FIRST, 8000);
  feeder.wake(60_000);
  assertEquals(feeder.turns, [
    { startedBy: "VADUserTurnStartStrategy", outcome: "heardNothing", text: "" },
    { startedBy: "VADUserTurnStartStrategy", outcome: "stopped", text: "turn on" },
  ]);
});

Deno.test("Words without a voice wait for the next turn where only a voice begins one", () => {
  const start = [new VADUserTurnStartStrategy()];
  const feeder = new Feeder({ userTurnStrategies: new UserTurnStrategies({ start }) });
  feeder.feed(FIRST, 0);
  feeder.wake(20_000);
  assertEquals(feeder.turns, []);
  feeder.feed(VOICE, 20_000);
  feeder.feed(SECOND, 20_500);
  feeder.feed(SILENCE, 21_000);
  feeder.wake(60_000);
  assertEquals(feeder.turns.map(({ text }) => text), ["turn on the light"]);
});

Deno.test("Blank words begin no turn, and tell a turn that nothing was understood", () => {
  const blank: Happening = { type: "final", text: "  ", userId: "", finalized: true };
  const feeder = new Feeder({});
  feeder.feed(blank, 0);
  assertEquals(feeder.turns, []);
  feeder.feed(VOICE, 100);
  feeder.feed(blank, 900);
  feeder.feed(SILENCE, 1000);
  feeder.wake(1700);
  assertEquals(feeder.turns.map(({ outcome }) => outcome), ["heardNothing"]);
  assertEquals(feeder.effects, ["started", "stopped"]);
  feeder.feed(blank, 2000);
  feeder.feed(VOICE, 20_000);
  feeder.feed(SILENCE, 21_000);
  feeder.feed(FIRST, 23_000);
  feeder.wake(60_000);
  assertEquals(feeder.turns.slice(1).map(({ text }) => text), ["turn on"]);
});

Deno.test("A turn without any end takes its time, and no more", () => {
  const never = new class NeverStopStrategy extends BaseUserTurnStopStrategy {
    stopAt(): number | undefined {
      return undefined;
    }
  }();
  const strategies = new UserTurnStrategies({ stop: [never] });
  const feeder = new Feeder({ userTurnStrategies: strategies, userTurnStopTimeoutSecs: 3 });
  feeder.feed(VOICE, 0);
  feeder.feed(FIRST, 10_000);
  assertEquals(feeder.controller.deadline, 130_000, "the user is still speaking");
  feeder.feed(SILENCE, 10_500);
  feeder.feed(SECOND, 11_000);
  assertEquals(feeder.controller.deadline, 14_000);
  feeder.wake(60_000);
  assertEquals(feeder.effects, ["started", "stopTimeout", "stopped"]);
  assertEquals(feeder.turns.map(({ outcome, text }) => [outcome, text]), [
    ["timeout", "turn on the light"],
  ]);
});

Deno.test("A voice that never falls silent has the floor for two minutes after the last word", () => {
  const feeder = new Feeder({});
  feeder.feed(VOICE, 0);
  feeder.feed(FIRST, 10_000);
  feeder.wake(129_999);
  assertEquals(feeder.effects, ["started"]);
  feeder.wake(600_000);
  assertEquals(feeder.effects, ["started", "stopTimeout", "stopped"]);
  assertEquals(feeder.turns.map(({ outcome, text }) => [outcome, text]), [["timeout", "turn on"]]);
  assertEquals(feeder.controller.deadline, undefined);
});

Deno.test("Of two stop strategies the earlier one ends the turn, however late the timer", () => {
  const at = (name: string, ms: number) => ({
    name,
    enableUserSpeakingFrames: true,
    announces: () => true,
    stopAt: ({ open, since }: UserTurn) => open ? since + ms : undefined,
  });
  for (const stop of permutations([at("late", 900), at("early", 400)])) {
    const userTurnStrategies = new UserTurnStrategies({ stop });
    const controller = new UserTurnController({ userTurnStrategies });
    controller.handle({ type: "vadStarted", at: 0 });
    assertEquals(controller.deadline, 400);
    const [stopped] = controller.handle({ type: "time", at: 5000 });
    assertEquals(stopped?.type === "stopped" && stopped.strategy?.name, "early");
  }
});

Deno.test("Within a turn, a user who speaks on interrupts a bot that begins to speak", () => {
  const feeder = new Feeder({});
  feeder.feed({ type: "botStarted" }, 0);
  feeder.feed(VOICE, 0);
  feeder.feed(FIRST, 500);
  feeder.feed({ type: "botStarted" }, 600);
  assertEquals(feeder.effects, ["started"]);
  feeder.feed(SECOND, 700);
  assertEquals(feeder.effects, ["started", "interrupt"]);
  feeder.feed(INTERIM, 800);
  assertEquals(feeder.effects, ["started", "interrupt"], "once is enough");
});

Deno.test("A turn that may not interrupt never does", () => {
  const start = defaultUserTurnStartStrategies().map(({ name }) =>
    name === "VADUserTurnStartStrategy"
      ? new VADUserTurnStartStrategy({ enableInterruptions: false })
      : new TranscriptionUserTurnStartStrategy({ enableInterruptions: false })
  );
  const controller = new UserTurnController({
    userTurnStrategies: new UserTurnStrategies({ start }),
  });
  controller.handle({ type: "botStarted", at: 0 });
  const [started] = controller.handle({ type: "vadStarted", at: 100 });
  assertEquals(started?.type === "started" && started.interrupt, false);
  const words = { type: "final", text: "stop", userId: "", finalized: false, at: 200 } as const;
  assertEquals(controller.handle(words), []);
});

Deno.test("A session that ends in mid-turn ends the turn, once", () => {
  const controller = new UserTurnController();
  assertEquals(controller.end(0), []);
  controller.handle({ type: "vadStarted", at: 0 });
  controller.handle({ type: "final", text: "but", userId: "ada", finalized: false, at: 500 });
  assertEquals(controller.end(600), [{
    type: "stopped",
    outcome: "ended",
    strategy: undefined,
    announce: false,
    text: "but",
    userId: "ada",
  }]);
  assertEquals(controller.end(700), []);
});
