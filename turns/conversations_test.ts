import { assert, assertEquals } from "@std/assert";
import { play, type Played } from "./_script_player_test.ts";
import {
  defaultUserTurnStartStrategies,
  ExternalUserTurnStrategies,
  FirstSpeechUserMuteStrategy,
  FunctionCallUserMuteStrategy,
  type LLMUserAggregatorParams,
  MinWordsUserTurnStartStrategy,
  SpeechTimeoutUserTurnStopStrategy,
  UserTurnStrategies,
  WakePhraseUserTurnStartStrategy,
} from "./mod.ts";

const stop = [new SpeechTimeoutUserTurnStopStrategy({ userSpeechTimeoutSecs: 0.2 })];

const OPTIONS: Record<string, () => LLMUserAggregatorParams> = {
  "minWords=3": () => ({
    userTurnStrategies: { start: [new MinWordsUserTurnStartStrategy({ minWords: 3 })], stop },
  }),
  "wake=0.6": () => ({
    userTurnStrategies: new UserTurnStrategies({
      start: [
        new WakePhraseUserTurnStartStrategy({ phrases: ["hey bot", "ok bot"], timeoutSecs: 0.6 }),
        ...defaultUserTurnStartStrategies(),
      ],
      stop,
    }),
  }),
  "external": () => ({ userTurnStrategies: new ExternalUserTurnStrategies() }),
  "mute=calls": () => ({ userMuteStrategies: [new FunctionCallUserMuteStrategy()] }),
  "mute=first": () => ({ userMuteStrategies: [new FirstSpeechUserMuteStrategy()] }),
  "idle=0.3": () => ({ userIdleTimeoutSecs: 0.3 }),
};

const SECTIONS: Record<string, keyof Played> = {
  "context": "context",
  "user events": "userEvents",
  "assistant events": "assistantEvents",
  "asked": "asked",
};

const text = await Deno.readTextFile(new URL("testdata/conversations.txt", import.meta.url));
const cases = text.split(/^# /m).slice(1).map((block) => {
  const [head = "", ...sections] = block.trim().split(/\n> /);
  const [name = "", ...notes] = head.split("\n");
  const lines = new Map(sections.map((section) => {
    const [title = "", ...rest] = section.split("\n");
    return [title, rest] as const;
  }));
  const option = notes.find((note) => note.startsWith("options: "))?.slice("options: ".length);
  return { name, option, lines };
});

assert(cases.length > 30, "the table of conversations was not read");

for (const { name, option, lines } of cases) {
  Deno.test(`A conversation goes as it should: ${name}`, async () => {
    const userParams = option === undefined ? {} : OPTIONS[option]?.();
    assert(userParams, `no such option: ${option}`);
    const played = await play(lines.get("in") ?? [], { userParams });
    for (const [title, key] of Object.entries(SECTIONS)) {
      assertEquals(played[key], lines.get(title) ?? [], title);
    }
  });
}
