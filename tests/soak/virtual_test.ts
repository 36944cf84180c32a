/**
 * Fifty conversations side by side, ten minutes of virtual time, with providers that lose one connection in fifty.
 * `SOAK_SEED` repeats one; `SOAK_MINUTES`, `SOAK_CONVERSATIONS` and `SOAK_DROPS` make it another.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { checkSoak } from "./_leaks.ts";
import { numberOf, soakSettings } from "./_settings.ts";
import { soak } from "./_soak.ts";
import { tableOf } from "./_table.ts";

Deno.test("fifty conversations of ten minutes lose nothing but what they report, and leave nothing behind", async () => {
  const settings = soakSettings();
  console.log(`SOAK_SEED=${settings.seed}`);
  const lastsMs = numberOf("SOAK_MINUTES", 10) * 60_000;
  // What is compiled and kept once for all is not what is looked for.
  await soak({ ...settings, conversations: 4, lastsMs: 60_000 });
  const result = await soak({ ...settings, lastsMs });
  console.log(tableOf(result));
  assertEquals(checkSoak(result).slice(0, 20), [], `repeat it with SOAK_SEED=${settings.seed}`);
});
