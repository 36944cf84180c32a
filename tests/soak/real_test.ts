/**
 * Fifty conversations side by side, two minutes of real time, over the loopback interface. `SOAK_REAL=1` runs it;
 * `SOAK_SEED` repeats what is left to chance, as far as time lets it.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { checkSoak } from "./_leaks.ts";
import { numberOf, soakSettings } from "./_settings.ts";
import { soak } from "./_soak.ts";
import { tableOf } from "./_table.ts";

Deno.test({
  name: "fifty conversations of two minutes in real time lose nothing but what they report",
  ignore: Deno.env.get("SOAK_REAL") !== "1",
  fn: async () => {
    const settings = soakSettings();
    console.log(`SOAK_SEED=${settings.seed}`);
    const lastsMs = numberOf("SOAK_REAL_MINUTES", 2) * 60_000;
    await soak({ ...settings, conversations: 4, lastsMs: 60_000 });
    const result = await soak({ ...settings, lastsMs, real: true });
    console.log(tableOf(result));
    assertEquals(checkSoak(result).slice(0, 20), [], `repeat it with SOAK_SEED=${settings.seed}`);
  },
});
