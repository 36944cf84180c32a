import { runMain } from "../../runner/mod.ts";
import { talkingBot } from "./_rig.ts";

if (import.meta.main) {
  await runMain(talkingBot, { about: ({ slow }) => `A talking bot${slow ? ", slow" : ""}.` });
}
