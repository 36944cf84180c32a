import { SeededRandom as Random } from "../../testing/seeded_random.ts";

/** What stands in a bot's pipeline besides the usual. */
export interface BotPlan {
  /** How many services of each kind; more than one stand behind a switcher with failover. */
  readonly stts: number;
  readonly llms: number;
  readonly ttss: number;
  /** Whether voices take texts as they are written. */
  readonly streams: boolean;
  /** What stands beside model and voice, or in their place. */
  readonly branch: "none" | "bystander" | "slow bystander" | "two voices" | "in step";
  readonly voicemail: "none" | "person" | "machine" | "unclear";
  readonly recorder: boolean;
  readonly deadAir: boolean;
  readonly mute: "none" | "always" | "first speech" | "until bot" | "functions";
  readonly heartbeats: boolean;
  readonly metrics: boolean;
  /** Whether the input finds speech in the sound; it is told of it otherwise. */
  readonly hears: boolean;
  /** What the wire can do about audio that was sent and not yet played. */
  readonly wire: "keeps" | "recalls" | "acknowledges";
}

/** How a model answers one request. */
export interface AnswerPlan {
  readonly words: number;
  readonly firstTokenMs: number;
  readonly tokenMs: number;
  readonly trouble: "none" | "fails" | "fails late" | "stalls" | "stalls late";
  readonly calls: readonly CallPlan[];
}

/** What a tool does in one call. */
export interface CallPlan {
  /** `draw` is cancelled by an interruption, `look` is not. */
  readonly tool: "look" | "draw";
  readonly fate: "returns" | "throws" | "hangs" | "hurries" | "reports" | "speaks" | "keeps";
  readonly takesMs: number;
  /** Whether it stops when it is told to. */
  readonly heeds: boolean;
}

/** How a voice speaks one text. */
export interface VoicePlan {
  readonly characterMs: number;
  readonly firstAudioMs: number;
  readonly pauseMs: number;
  readonly knowsWords: boolean;
  readonly trouble: "none" | "fails" | "fails late" | "stalls" | "says nothing";
  /** Whether it goes on after its signal has aborted. */
  readonly deaf: boolean;
}

/** How a recogniser hears one segment. */
export interface EarPlan {
  readonly words: number;
  readonly delayMs: number;
  readonly trouble: "none" | "fails" | "stalls";
}

/** Something that happens to the bot from outside. */
export type Act =
  & { readonly at: number }
  & (
    | { readonly what: "speaks" | "coughs"; readonly forMs: number }
    | { readonly what: "words" | "guess"; readonly words: number }
    | { readonly what: "interrupts"; readonly how: "task" | "request" }
    | { readonly what: "types" | "says"; readonly words: number }
    | { readonly what: "runs" | "leaves" | "returns" | "wire stalls" | "other voice" }
    | {
      readonly what: "keeps" | "notes" | "signs";
      readonly up: boolean;
      readonly count: number;
    }
    | { readonly what: "settings" | "switches"; readonly of: "stt" | "llm" | "tts" }
    | { readonly what: "presses"; readonly keys: string }
    | { readonly what: "message"; readonly how: "in" | "out" | "urgent" }
  );

/** How a session ends. */
export interface EndPlan {
  readonly at: number;
  readonly how:
    | "end"
    | "end request"
    | "stop"
    | "stop and go on"
    | "cancel"
    | "cancel request"
    | "fatal error"
    | "signal"
    | "client leaves";
}

/** Everything that happens in one session. */
export interface Schedule {
  readonly seed: number;
  readonly bot: BotPlan;
  /** What the services do, request after request, from the beginning again when all is used up. */
  readonly answers: readonly AnswerPlan[];
  readonly voices: readonly VoicePlan[];
  readonly ears: readonly EarPlan[];
  /** In order of time. */
  readonly acts: readonly Act[];
  /** Whether everything may come to rest before the end. */
  readonly rests: boolean;
  readonly end: EndPlan;
}

/** Makes a session up. */
export function invent(seed: number): Schedule {
  const random = new Random(seed);
  const lastsMs = random.int(1_500, 12_000);
  const rests = random.chance(0.5);
  const endsAt = random.chance(0.05) ? 0 : rests ? lastsMs : random.int(1, lastsMs);
  const bot = inventBot(random);
  const calm = random.pick([0.05, 0.2, 0.35]);
  const list = <T>(low: number, high: number, make: () => T) =>
    Array.from({ length: random.int(low, high) }, make);
  return {
    seed,
    bot,
    answers: list(3, 6, () => inventAnswer(random, calm)),
    voices: list(3, 7, () => inventVoice(random, calm)),
    ears: list(3, 5, () => inventEar(random, calm)),
    acts: [
      ...list(4, 32, () => inventAct(random, bot, random.int(0, lastsMs))),
      ...random.chance(0.2) ? [inventFlood(random, endsAt)] : [],
      ...random.chance(0.15)
        ? inventCough(random, rests ? lastsMs : Math.max(0, endsAt - 2_000))
        : [],
    ].sort((a, b) => a.at - b.at),
    rests,
    end: {
      at: endsAt,
      how: random.weighted<EndPlan["how"]>({
        "end": 8,
        "end request": 2,
        "stop": 1,
        "stop and go on": 2,
        "cancel": 4,
        "cancel request": 1,
        "fatal error": 1,
        "signal": 1,
        "client leaves": 2,
      }),
    },
  };
}

function inventBot(random: Random): BotPlan {
  const several = () => random.weighted({ "1": 5, "2": 2, "3": 1 });
  return {
    stts: random.chance(0.85) ? 1 : 2,
    llms: Number(several()),
    ttss: Number(several()),
    streams: random.chance(0.35),
    branch: random.weighted<BotPlan["branch"]>({
      "none": 5,
      "bystander": 2,
      "slow bystander": 2,
      "two voices": 2,
      "in step": 1,
    }),
    voicemail: random.weighted<BotPlan["voicemail"]>({
      none: 8,
      person: 1,
      machine: 1,
      unclear: 1,
    }),
    recorder: random.chance(0.3),
    deadAir: random.chance(0.2),
    mute: random.weighted<BotPlan["mute"]>({
      "none": 8,
      "always": 1,
      "first speech": 1,
      "until bot": 1,
      "functions": 1,
    }),
    heartbeats: random.chance(0.1),
    metrics: random.chance(0.25),
    hears: random.chance(0.12),
    wire: random.pick(["keeps", "recalls", "acknowledges"]),
  };
}

function inventAnswer(random: Random, trouble: number): AnswerPlan {
  return {
    words: random.chance(0.08) ? 0 : random.int(1, 16),
    firstTokenMs: random.pick([0, 0, 120, 300, 900, 2_200]),
    tokenMs: random.pick([0, 0, 15, 60]),
    trouble: random.chance(trouble)
      ? random.pick(["fails", "fails late", "stalls", "stalls late"])
      : "none",
    calls: random.chance(0.3)
      ? Array.from({ length: random.int(1, 2) }, () => inventCall(random))
      : [],
  };
}

function inventCall(random: Random): CallPlan {
  return {
    tool: random.pick(["look", "draw"]),
    fate: random.weighted<CallPlan["fate"]>({
      returns: 6,
      throws: 2,
      hangs: 2,
      hurries: 1,
      reports: 1,
      speaks: 1,
      keeps: 1,
    }),
    takesMs: random.pick([0, 40, 400, 1_500, 3_500, 6_000]),
    heeds: random.chance(0.6),
  };
}

function inventVoice(random: Random, trouble: number): VoicePlan {
  return {
    characterMs: random.int(14, 40),
    firstAudioMs: random.pick([0, 0, 80, 250, 1_500]),
    pauseMs: random.pick([0, 0, 0, 30, 160]),
    knowsWords: random.chance(0.6),
    trouble: random.chance(trouble)
      ? random.pick(["fails", "fails late", "stalls", "says nothing"])
      : "none",
    deaf: random.chance(0.15),
  };
}

function inventEar(random: Random, trouble: number): EarPlan {
  return {
    words: random.chance(0.1) ? 0 : random.int(1, 6),
    delayMs: random.pick([0, 90, 300, 800, 1_900]),
    trouble: random.chance(trouble / 2) ? random.pick(["fails", "stalls"]) : "none",
  };
}

/** A lot to do just before the end. */
function inventFlood(random: Random, endsAt: number): Act {
  const what = random.pick<"keeps" | "notes">(["keeps", "notes"]);
  return { at: Math.max(0, endsAt - random.int(0, 40)), what, up: false, count: 40 };
}

/** A question, and a noise while it is thought about or the voice gets ready. */
function inventCough(random: Random, at: number): Act[] {
  const asks = random.pick<"types" | "words">(["types", "words"]);
  const laterMs = (asks === "types" ? 0 : 1_000) + random.pick([20, 100, 400, 900]);
  const forMs = random.int(60, 500);
  return [{ at, what: asks, words: 3 }, { at: at + laterMs, what: "coughs", forMs }];
}

function inventAct(random: Random, bot: BotPlan, at: number): Act {
  const switchable = ([["stt", bot.stts], ["llm", bot.llms], ["tts", bot.ttss]] as const)
    .flatMap(([of, count]) => count > 1 ? [of] : []);
  const what = random.weighted<Act["what"]>({
    "speaks": 8,
    "coughs": 2,
    "words": 3,
    "guess": 1,
    "interrupts": 2,
    "types": 2,
    "says": 3,
    "runs": 1,
    "leaves": 0.5,
    "returns": 1,
    "wire stalls": 0.4,
    "keeps": 3,
    "notes": 2,
    "signs": 2,
    "settings": 2,
    "switches": switchable.length > 0 ? 2 : 0,
    "other voice": bot.branch === "two voices" ? 2 : 0,
    "presses": 1,
    "message": 2,
  });
  switch (what) {
    case "speaks":
      return { at, what, forMs: random.int(80, 1_400) };
    case "coughs":
      return { at, what, forMs: random.int(60, 500) };
    case "words":
    case "guess":
      return { at, what, words: random.int(1, 5) };
    case "types":
    case "says":
      return { at, what, words: random.int(1, 9) };
    case "interrupts":
      return { at, what, how: random.pick(["task", "request"]) };
    case "keeps":
    case "notes":
    case "signs":
      return {
        at,
        what,
        up: random.chance(0.25),
        count: random.chance(0.15) ? random.int(20, 45) : random.int(1, 3),
      };
    case "settings":
      return { at, what, of: random.pick(["stt", "llm", "tts"]) };
    case "switches":
      return { at, what, of: random.pick(switchable) };
    case "presses":
      return { at, what, keys: random.pick(["1", "42#", "7#"]) };
    case "message":
      return { at, what, how: random.pick(["in", "out", "urgent"]) };
    default:
      return { at, what };
  }
}
