import { assertEquals, assertThrows } from "@std/assert";
import { mixAudio } from "./mix.ts";
import { BaseAudioMixer } from "./mixer.ts";

class Hum extends BaseAudioMixer {
  #enabled = true;
  override setEnabled(enable: boolean): void {
    this.#enabled = enable;
  }
  mix(pcm: Int16Array): Promise<Int16Array> {
    return Promise.resolve(
      this.#enabled ? mixAudio(pcm, new Int16Array(pcm.length).fill(5)) : pcm,
    );
  }
}

Deno.test("a mixer needs no more than mix and setEnabled", async () => {
  const mixer: BaseAudioMixer = new Hum();
  await mixer.start(24000);
  assertEquals([...await mixer.mix(new Int16Array([1, 0]))], [6, 5]);
  await mixer.setEnabled(false);
  assertEquals([...await mixer.mix(new Int16Array([1, 0]))], [1, 0]);
  await mixer.stop();
});

Deno.test("a mixer without settings refuses them by name", () => {
  const mixer = new Hum();
  mixer.updateSettings({});
  assertThrows(
    () => mixer.updateSettings({ sound: "office" }),
    TypeError,
    `Cannot change "sound" of Hum`,
  );
});
