import { assertEquals, assertThrows } from "@std/assert";
import type { TurnEvent } from "./events.ts";
import {
  AlwaysUserMuteStrategy,
  type BaseUserMuteStrategy,
  ExternalUserTurnStopStrategy,
  FirstSpeechUserMuteStrategy,
  FunctionCallUserMuteStrategy,
  MinWordsUserTurnStartStrategy,
  MuteUntilFirstBotCompleteUserMuteStrategy,
  SpeechTimeoutUserTurnStopStrategy,
  UserIdleController,
  UserIdleTimeoutUpdateFrame,
  type UserTurn,
  WakePhraseUserTurnStartStrategy,
} from "./mod.ts";
import { afterEvent, FIRST_TURN } from "./user_turn.ts";
import { play } from "./_script_player_test.ts";

const word = (text: string, at: number, type: "final" | "interim" = "final"): TurnEvent =>
  type === "final"
    ? { type, text, userId: "", finalized: false, at }
    : { type, text, userId: "", at };

function awake(script: readonly TurnEvent[], options: { singleActivation?: boolean } = {}) {
  const strategy = new WakePhraseUserTurnStartStrategy({
    phrases: ["hey bot"],
    timeoutSecs: 5,
    ...options,
  });
  let turn = FIRST_TURN;
  const states = script.map((event) => {
    turn = afterEvent(turn, event);
    strategy.handle(event, turn);
    return strategy.state;
  });
  return { strategy, states };
}

Deno.test("A wake phrase is heard in any case, with any marks, and as whole words", () => {
  const heard: [string, string][] = [
    ["Hey, bot!", "awake"],
    ["well HEY... BOT what time is it", "awake"],
    ["hey bottle", "idle"],
    ["they bot", "idle"],
    ["hey", "idle"],
  ];
  for (const [text, state] of heard) assertEquals(awake([word(text, 0)]).states, [state], text);
});

Deno.test("A wake phrase may be spread over two transcripts, close to each other", () => {
  assertEquals(awake([word("Hey", 0), word("bot, hello", 2000)]).states, ["idle", "awake"]);
  assertEquals(awake([word("Hey", 0), word("bot, hello", 4000)]).states, ["idle", "idle"]);
  assertEquals(awake([word("Hey bot", 0, "interim")]).states, ["idle"]);
});

Deno.test("A bot that was woken listens while somebody speaks every few seconds", () => {
  const { states, strategy } = awake([
    word("hey bot", 0),
    { type: "botStarted", at: 4000 },
    { type: "time", at: 30_000 },
    { type: "botStopped", at: 40_000 },
    word("and now", 44_900),
    { type: "time", at: 49_800 },
    { type: "time", at: 49_900 },
    word("and now", 50_000),
  ]);
  assertEquals(states, ["awake", "awake", "awake", "awake", "awake", "awake", "idle", "idle"]);
  assertEquals(strategy.deadline, undefined);
});

Deno.test("Sleeping, nothing passes; awake, everything does", () => {
  const { strategy } = awake([]);
  const ask = (event: TurnEvent) => strategy.handle(event, afterEvent(FIRST_TURN, event));
  assertEquals(ask({ type: "vadStarted", at: 0 }), "refuse");
  assertEquals(ask({ type: "externalStarted", proposed: true, at: 0 }), "refuse");
  assertEquals(ask(word("what", 10)), "refuse");
  assertEquals(ask({ type: "botStopped", at: 20 }), "pass");
  assertEquals(ask(word("hey bot", 30)), { interrupt: true, announce: true });
  assertEquals(ask({ type: "vadStarted", at: 40 }), "pass");
});

Deno.test("With single activation every turn takes the phrase", () => {
  const { strategy } = awake([word("hey bot", 0)], { singleActivation: true });
  strategy.handleUserTurnStopped(1000);
  assertEquals(strategy.state, "idle");
});

Deno.test("A strategy says when it is woken and when it falls asleep", async () => {
  const strategy = new WakePhraseUserTurnStartStrategy({ phrases: ["OK bot"], timeoutSecs: 1 });
  const events: string[] = [];
  strategy.on("wakePhraseDetected", (phrase) => void events.push(phrase))
    .on("wakePhraseTimeout", () => void events.push("timeout"));
  await play(['0 user final "ok, bot"', "5000 end of script"], {
    userParams: { userTurnStrategies: { start: [strategy] } },
  });
  assertEquals(events, ["OK bot", "timeout"]);
});

Deno.test("A wake phrase without a word is refused", () => {
  for (const phrases of [[], ["hey bot", "?!"]]) {
    assertThrows(
      () => new WakePhraseUserTurnStartStrategy({ phrases }),
      TypeError,
      "phrases of at least one word",
    );
  }
});

Deno.test("It takes some words to interrupt a bot, and one to begin when it is silent", () => {
  const strategy = new MinWordsUserTurnStartStrategy({ minWords: 3 });
  const quiet = new MinWordsUserTurnStartStrategy({ minWords: 3, useInterim: false });
  const start = { interrupt: true, announce: true };
  const speaking: UserTurn = { ...FIRST_TURN, botSpeaking: true };
  assertEquals(strategy.handle(word("uh huh", 0), speaking), "refuse");
  assertEquals(strategy.handle(word("please stop", 0, "interim"), speaking), "pass");
  assertEquals(strategy.handle(word(" please stop  now", 0, "interim"), speaking), start);
  assertEquals(quiet.handle(word("please stop now", 0, "interim"), speaking), "pass");
  assertEquals(strategy.handle(word("yes", 0), FIRST_TURN), start);
  assertEquals(strategy.handle(word(" ", 0), FIRST_TURN), "pass");
  assertEquals(strategy.handle({ type: "vadStarted", at: 0 }, FIRST_TURN), "pass");
});

Deno.test("Silence ends a turn at the moment that the facts say", () => {
  const strategy = new SpeechTimeoutUserTurnStopStrategy();
  const impatient = new SpeechTimeoutUserTurnStopStrategy({
    userSpeechTimeoutSecs: 0.3,
    waitForTranscript: false,
  });
  const words = (at: number, finalized = false) => [{ text: "hi", at, finalized, userId: "" }];
  const turn: UserTurn = { ...FIRST_TURN, open: true, since: 0, stopSecs: 0.2 };
  const cases: [Partial<UserTurn>, number | undefined, number | undefined][] = [
    [{}, undefined, undefined],
    [{ transcripts: words(500) }, 1100, 800],
    [{ speaking: true, transcripts: words(500) }, undefined, undefined],
    [{ speechStoppedAt: 1000 }, undefined, 1300],
    [{ speechStoppedAt: 1000, transcripts: words(500) }, 1600, 1300],
    [{ speechStoppedAt: 1000, transcripts: words(5000) }, 1600, 1300],
    [{ speechStoppedAt: 1000, transcripts: words(500), sttLatencySecs: 1.2 }, 2000, 2000],
    [{ speechStoppedAt: 1000, transcripts: words(500, true), sttLatencySecs: 1.2 }, 1600, 1300],
    [
      {
        speechStartedAt: 800,
        speechStoppedAt: 1000,
        transcripts: words(500, true),
        sttLatencySecs: 1.2,
      },
      2000,
      2000,
    ],
  ];
  for (const [facts, usual, early] of cases) {
    assertEquals(strategy.stopAt({ ...turn, ...facts }), usual, JSON.stringify(facts));
    assertEquals(impatient.stopAt({ ...turn, ...facts }), early, JSON.stringify(facts));
  }
});

Deno.test("A turn that somebody else ends waits for its words, if it may", () => {
  const transcripts = (at: number) => [{ text: "hi", at, finalized: false, userId: "" }];
  const externalStop = { at: 1000, proposed: true };
  const strategy = new ExternalUserTurnStopStrategy();
  assertEquals(strategy.stopAt({ ...FIRST_TURN, transcripts: transcripts(500) }), undefined);
  assertEquals(strategy.stopAt({ ...FIRST_TURN, externalStop }), undefined);
  assertEquals(
    strategy.stopAt({ ...FIRST_TURN, externalStop, transcripts: transcripts(500) }),
    1000,
  );
  assertEquals(
    strategy.stopAt({ ...FIRST_TURN, externalStop, transcripts: transcripts(1200) }),
    1700,
  );
  const blunt = new ExternalUserTurnStopStrategy({ waitForTranscript: false });
  assertEquals(blunt.stopAt({ ...FIRST_TURN, externalStop }), 1000);
  assertEquals(blunt.announces({ ...FIRST_TURN, externalStop }), true);
  const announced = { at: 1000, proposed: false };
  assertEquals(blunt.announces({ ...FIRST_TURN, externalStop: announced }), false);
});

const SESSION: TurnEvent[] = [
  { type: "sessionStarted", at: 0 },
  { type: "botStarted", at: 1 },
  { type: "callsStarted", ids: ["a", "b"], at: 2 },
  { type: "callEnded", id: "a", at: 3 },
  { type: "botStopped", at: 4 },
  { type: "callEnded", id: "b", at: 5 },
  { type: "botStarted", at: 6 },
  { type: "botStopped", at: 7 },
];

const MUTED: [BaseUserMuteStrategy, string][] = [
  [new AlwaysUserMuteStrategy(), ".###..#."],
  [new FirstSpeechUserMuteStrategy(), ".###...."],
  [new MuteUntilFirstBotCompleteUserMuteStrategy(), "####...."],
  [new FunctionCallUserMuteStrategy(), "..###..."],
];

for (const [strategy, expected] of MUTED) {
  Deno.test(`${strategy.constructor.name} mutes the user when it should`, () => {
    const muted = SESSION.map((event) => strategy.handle(event) ? "#" : ".");
    assertEquals(muted.join(""), expected);
  });
}

Deno.test("A user of whom nothing was understood is idle some time later", () => {
  const idle = new UserIdleController({ userIdleTimeoutSecs: 2 });
  const nothing = {
    type: "stopped",
    outcome: "heardNothing",
    strategy: undefined,
    announce: true,
    text: "",
    userId: "",
  } as const;
  assertEquals(idle.handle({ type: "time", at: 0 }, [nothing]), false);
  assertEquals(idle.deadline, undefined, "the bot has not spoken yet");
  idle.handle({ type: "botStarted", at: 100 }, []);
  idle.handle({ type: "botStopped", at: 200 }, []);
  idle.handle({ type: "time", at: 1000 }, [{ ...nothing, outcome: "stopped" }]);
  assertEquals(idle.deadline, 2200);
  idle.handle({ type: "time", at: 1500 }, [nothing]);
  assertEquals(idle.deadline, 3500);
  assertEquals(idle.handle({ type: "time", at: 3500 }, []), true);
  assertEquals([idle.deadline, idle.handle({ type: "time", at: 9000 }, [])], [undefined, false]);
});

Deno.test("The time after which a user is idle can be changed while he is silent", () => {
  const idle = new UserIdleController();
  idle.handle({ type: "botStopped", at: 1000 }, []);
  assertEquals(idle.deadline, undefined);
  idle.setTimeoutSecs(new UserIdleTimeoutUpdateFrame(3).timeoutSecs);
  assertEquals(idle.deadline, 4000);
  idle.setTimeoutSecs(0);
  assertEquals(idle.deadline, undefined);
});
