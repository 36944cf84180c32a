import { assertEquals, assertThrows } from "@std/assert";
import { BaseAudioFilter } from "./filter.ts";

class Inverter extends BaseAudioFilter {
  #enabled = true;
  override setEnabled(enable: boolean): void {
    this.#enabled = enable;
  }
  filter(pcm: Int16Array): Int16Array {
    return this.#enabled ? pcm.map((sample) => -sample) : pcm;
  }
}

Deno.test("a filter needs no more than filter and setEnabled", async () => {
  const filter: BaseAudioFilter = new Inverter();
  await filter.start(16000);
  assertEquals([...await filter.filter(new Int16Array([5]))], [-5]);
  await filter.setEnabled(false);
  assertEquals([...await filter.filter(new Int16Array([5]))], [5]);
  await filter.stop();
});

Deno.test("a filter without settings refuses them by name", () => {
  const filter = new Inverter();
  filter.updateSettings({});
  assertThrows(
    () => filter.updateSettings({ level: 3 }),
    TypeError,
    `Cannot change "level" of Inverter`,
  );
});
