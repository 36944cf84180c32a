import { testTTS } from "../../testing/mod.ts";
import { LocalTTSService } from "./mod.ts";

testTTS({
  name: "LocalTTSService",
  alone: "it runs in this process",
  otherVoice: "en-gb-scotland",
  open: () => ({
    make: () => new LocalTTSService(),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }),
});
