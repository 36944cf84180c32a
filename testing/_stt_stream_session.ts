import { assert, assertEquals } from "@std/assert";
import type { STTService } from "../services/stt/mod.ts";
import { checkSecrets } from "./_contract_checks.ts";
import { playAudio, say, SPEECH_RATE } from "./_contract_speech.ts";
import { TEST_KEY } from "./_play_transcript.ts";
import { ScriptedSTTProvider } from "./scripted_stt_provider.ts";
import type { STTContractRecording } from "./stt_contract.ts";
import type { STTStreamContract } from "./stt_stream_contract.ts";
import { TestPipeline } from "./test_pipeline.ts";
import { VirtualClock } from "./virtual_clock.ts";

/** Samples of silence before a VAD says that the user has stopped, and again after. */
const PAUSE = SPEECH_RATE / 5;

/** One case at work: a provider, a service, a pipeline, on a virtual clock. */
export class STTStreamSession implements AsyncDisposable {
  readonly provider: ScriptedSTTProvider;
  readonly service: STTService;
  readonly clock: VirtualClock = new VirtualClock();
  readonly #contract: STTStreamContract;
  #pipeline: TestPipeline | undefined;

  constructor(
    contract: STTStreamContract,
    options: { readonly transcribeTimeoutMs?: number | undefined } = {},
  ) {
    const { wire, sampleRate = SPEECH_RATE } = contract;
    this.#contract = contract;
    this.provider = new ScriptedSTTProvider(wire, { sampleRate });
    this.service = contract.make({ apiKey: TEST_KEY, dial: this.provider.dial, ...options });
  }

  /** The pipeline, which starts when it is first asked for. */
  get pipeline(): TestPipeline {
    const params = { enableMetrics: true, enableUsageMetrics: true };
    return this.#pipeline ??= new TestPipeline([this.service], { params, clock: this.clock });
  }

  /** Says something and is silent, longer than the VAD needs to be sure; gives all samples. */
  async utter(recording: STTContractRecording): Promise<Int16Array> {
    await say(this.pipeline, recording);
    await playAudio(this.pipeline, new Int16Array(PAUSE), SPEECH_RATE);
    const whole = new Int16Array(recording.audio.length + 2 * PAUSE);
    whole.set(recording.audio);
    return whole;
  }

  /** What must never be logged, and something that was said. */
  secrets(said: string): readonly string[] {
    return [said, ...this.#contract.secrets ?? [TEST_KEY]];
  }

  /** Nothing was logged that must not be. */
  checkSecrets(said: string): void {
    checkSecrets(this.pipeline, this.secrets(said));
  }

  /** All that was said arrived, in order, once. */
  checkAudio(...said: readonly Int16Array[]): void {
    const heard = this.provider.heard();
    const samples = said.reduce((sum, { length }) => sum + length, 0);
    const { sampleRate = SPEECH_RATE } = this.#contract;
    if (sampleRate !== SPEECH_RATE) {
      const seconds = heard.length / sampleRate;
      return assert(Math.abs(seconds - samples / SPEECH_RATE) < 0.05, `${seconds} s arrived`);
    }
    assertEquals(heard.length, samples, "samples that arrived");
    const whole = Int16Array.from(said.flatMap((piece) => [...piece]));
    const wrong = heard.findIndex((sample, i) => sample !== whole[i]);
    assertEquals(wrong, -1, "the first sample that is another");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pipeline?.close();
    await this.provider.close();
    assertEquals(this.clock.timers, 0, "a timer is left");
  }
}
