import { assertEquals, assertThrows } from "@std/assert";
import { DEFAULT_VAD_PARAMS, vadParams } from "./params.ts";

Deno.test("the defaults are the documented ones", () => {
  const documented = { confidence: 0.7, startSecs: 0.2, stopSecs: 0.2, minVolume: 0.6 };
  assertEquals(DEFAULT_VAD_PARAMS, documented);
});

Deno.test("vadParams changes what is given and keeps the rest", () => {
  const base = { confidence: 0.5, startSecs: 1, stopSecs: 2, minVolume: 0 };
  assertEquals(vadParams({ stopSecs: 3 }, base), { ...base, stopSecs: 3 });
  assertEquals(vadParams({}), DEFAULT_VAD_PARAMS);
});

Deno.test("vadParams refuses what is out of range", () => {
  for (const wrong of [{ confidence: 1.1 }, { minVolume: -0.1 }, { confidence: NaN }]) {
    assertThrows(() => vadParams(wrong), RangeError, "pass a number between 0 and 1");
  }
  assertThrows(() => vadParams({ stopSecs: -1 }), RangeError, `"stopSecs" to -1`);
});

Deno.test("vadParams refuses a name it does not know, and says which it knows", () => {
  const unknown: object = { stop_secs: 0.8 };
  assertThrows(
    () => vadParams(unknown),
    TypeError,
    `Cannot set the VAD parameter "stop_secs": it is none of "confidence", "startSecs"`,
  );
});
