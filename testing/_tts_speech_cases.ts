import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import {
  AggregatedTextFrame,
  type Frame,
  LLMFullResponseEndFrame,
  TTSAudioRawFrame,
  TTSStartedFrame,
  TTSStoppedFrame,
  TTSTextFrame,
  TTSUpdateSettingsFrame,
  UserAudioRawFrame,
} from "../frames/mod.ts";
import { type CaseName, checkKey, checkMetrics } from "./_contract_checks.ts";
import { playTranscript, TEST_KEY } from "./_play_transcript.ts";
import { answer, audioMs, outline, spokenText } from "./_tts_frames.ts";
import { HELLO, TTSSession, WHOLE_ANSWER } from "./_tts_session.ts";
import { ScriptedSocketServer } from "./scripted_socket_server.ts";
import { TestPipeline } from "./test_pipeline.ts";
import type { Transcript } from "./transcript.ts";
import { TranscriptPlayer } from "./transcript_player.ts";
import type { TTSContract, TTSSpeechContractCase } from "./tts_contract.ts";

/** What is hard to follow: an amount, a time of day, abbreviations, marks, an emoji. */
const HARD =
  "It costs $12.50. See you at 3:45 p.m., Dr. Smith!\n\nWell (as I said): 🎉 great - bye…";
/** What is said in every transcript. */
const TRANSCRIPT_TEXT = "Hello there. How are you?";
/** Samples of its audio, which count from 1 on. */
const TRANSCRIPT_SAMPLES = 720;

/** What each case shows that is about speaking. */
export const TTS_SPEECH_CASES: Readonly<Record<TTSSpeechContractCase, CaseName>> = {
  key: { name: "names the key it misses" },
  transcript: { name: "says what its transcript says", provider: true },
  opening: { name: "connects when the pipeline starts, and holds up nothing", provider: true },
  speech: { name: "speaks a sentence" },
  order: { name: "speaks sentences in order, as one utterance" },
  words: { name: "follows what the model wrote to the character" },
  audio: { name: "loses and repeats no audio", provider: true },
  rate: { name: "speaks at the rate of the output" },
  metrics: { name: "measures its first audio and its characters" },
  settings: { name: "takes changed settings for the next sentence" },
};

/** The cases of the contract of voices about speaking. */
export class TTSSpeechCases {
  readonly #contract: TTSContract;

  constructor(contract: TTSContract) {
    this.#contract = contract;
  }

  /** How each case is shown. */
  runs(): Readonly<Record<TTSSpeechContractCase, () => Promise<void>>> {
    return {
      key: () => Promise.resolve(checkKey(this.#contract.key)),
      transcript: () => this.#transcript(this.#contract.transcript),
      opening: () => this.#opening(),
      speech: () => this.#speech(),
      order: () => this.#order(),
      words: () => this.#words(),
      audio: () => this.#audio(),
      rate: () => this.#rate(),
      metrics: () => this.#metrics(),
      settings: () => this.#settings(),
    };
  }

  async #transcript(transcript: Transcript | undefined): Promise<void> {
    if (!transcript) return;
    const player = new TranscriptPlayer(transcript);
    await using subject = await this.#contract.open();
    const make = subject.make.bind(subject);
    const pipeline = await playTranscript(player, make, async (pipeline) => {
      pipeline.push(...answer(TRANSCRIPT_TEXT));
      await pipeline.until(LLMFullResponseEndFrame);
    });
    assertEquals(spokenText(pipeline.down), TRANSCRIPT_TEXT);
    const samples = pipeline.of(TTSAudioRawFrame).flatMap(({ audio }) => [...audio]);
    assertEquals(samples, Array.from({ length: TRANSCRIPT_SAMPLES }, (_, k) => k + 1));
  }

  /** A provider that takes its time does not make anything else wait. */
  async #opening(): Promise<void> {
    const taken = Promise.withResolvers<void>();
    await using server = new ScriptedSocketServer(async (peer) => {
      await taken.promise;
      await peer.accept();
    });
    await using subject = await this.#contract.open();
    const { dial } = server;
    const service = subject.make({ apiKey: TEST_KEY, dial });
    assertEquals(server.peers.length, 0, "nothing is opened before the pipeline starts");
    await using pipeline = new TestPipeline([service]);
    try {
      const audio = new Int16Array(320);
      pipeline.push(new UserAudioRawFrame(audio, { sampleRate: 16_000, userId: "" }));
      await pipeline.settle();
      assertEquals([pipeline.of(UserAudioRawFrame).length, server.peers.length], [1, 1]);
    } finally {
      // Nothing may wait for it any more.
      taken.resolve();
    }
    await pipeline.settle();
    assertEquals(pipeline.errors, []);
  }

  async #speech(): Promise<void> {
    await using session = await TTSSession.open(this.#contract);
    const { pipeline } = session;
    pipeline.push(...answer(HELLO));
    await pipeline.until(LLMFullResponseEndFrame);
    const spokenMs = audioMs(pipeline.down);
    // Between a hasty and a drowsy speaker.
    assert(spokenMs > HELLO.length * 20 && spokenMs < HELLO.length * 200, `${spokenMs} ms`);
    const loudest = pipeline.of(TTSAudioRawFrame)
      .reduce((most, { audio }) => audio.reduce((a, b) => Math.max(a, Math.abs(b)), most), 0);
    assert(loudest > 300, `nothing is louder than ${loudest}`);
    assertEquals(outline(pipeline.down), WHOLE_ANSWER);
    assertEquals(pipeline.errors, []);
    session.checkSecrets(HELLO);
  }

  async #order(): Promise<void> {
    await using session = await TTSSession.open(this.#contract);
    const { pipeline } = session;
    pipeline.push(...answer("One. Two two two. Three."));
    await pipeline.until(LLMFullResponseEndFrame);
    const said = pipeline.of(AggregatedTextFrame).filter((f) => !(f instanceof TTSTextFrame));
    assertEquals(said.map(({ text }) => text), ["One.", "Two two two.", "Three."]);
    const contexts = [...pipeline.of(TTSAudioRawFrame), ...pipeline.of(TTSTextFrame)];
    assertEquals(new Set(contexts.map(({ contextId }) => contextId)).size, 1);
    for (const kind of [TTSStartedFrame, TTSStoppedFrame]) {
      assertEquals(pipeline.of<Frame>(kind).length, 1);
    }
    assertEquals(spokenText(pipeline.down), "One. Two two two. Three.");
  }

  async #words(): Promise<void> {
    await using session = await TTSSession.open(this.#contract);
    const { pipeline } = session;
    pipeline.push(...answer(HARD));
    await pipeline.until(LLMFullResponseEndFrame);
    assertEquals(spokenText(pipeline.down), HARD);
    const ends = pipeline.of(TTSTextFrame).map(({ endMs = NaN }) => endMs);
    assert(ends.every((ms, i) => ms >= (ends[i - 1] ?? 0)), `words go back in time: ${ends}`);
    assert((ends.at(-1) ?? NaN) <= audioMs(pipeline.down) + 1, "a word ends after the audio");
    assert(ends.length >= 12, `only ${ends.length} words were told apart`);
    // Times that lie behind the audio are all at its end.
    const moments = new Set(ends).size;
    assert(moments > ends.length / 2, `words end at ${moments} moments only: ${ends}`);
  }

  /** Two answers back to back: all audio of each, in order, under its own name. */
  async #audio(): Promise<void> {
    await using session = await TTSSession.open(this.#contract);
    const { pipeline, subject } = session;
    pipeline.push(...answer("One. Two two two. Three."), ...answer(HELLO));
    await pipeline.until(LLMFullResponseEndFrame, { count: 2 });
    const contexts = pipeline.of(TTSAudioRawFrame).map(({ contextId }) => contextId);
    const changes = contexts.filter((contextId, k) => contextId !== contexts[k - 1]);
    assertEquals(changes, pipeline.of(TTSStartedFrame).map(({ contextId }) => contextId));
    assertEquals(new Set(changes).size, 2);
    const spokenMs = subject.provider?.spokenMs?.();
    if (spokenMs !== undefined) assertAlmostEquals(audioMs(pipeline.down), spokenMs, 1);
  }

  async #rate(): Promise<void> {
    const lengths: number[] = [];
    for (const audioOutSampleRate of [24_000, 16_000, 8_000]) {
      await using session = await TTSSession.open(this.#contract, [], {
        params: { audioOutSampleRate },
      });
      const { pipeline } = session;
      pipeline.push(...answer(HELLO));
      await pipeline.until(LLMFullResponseEndFrame);
      const rates = new Set(pipeline.of(TTSAudioRawFrame).map(({ sampleRate }) => sampleRate));
      assertEquals([...rates], [audioOutSampleRate]);
      lengths.push(audioMs(pipeline.down));
    }
    for (const ms of lengths) assertAlmostEquals(ms, lengths[0] ?? 0, 20);
  }

  async #metrics(): Promise<void> {
    await using session = await TTSSession.open(this.#contract);
    const { pipeline, service } = session;
    pipeline.push(...answer(HELLO));
    await pipeline.until(LLMFullResponseEndFrame);
    const data = checkMetrics(pipeline, service);
    // When it is audible depends on the voice.
    const types = data.map(({ type }) => type).filter((type) => type !== "ttfa").sort();
    assertEquals(types, ["text_aggregation", "ttfb", "tts_usage"]);
    assertEquals(data.find(({ type }) => type === "tts_usage")?.value, HELLO.length);
  }

  async #settings(): Promise<void> {
    const { otherVoice: voice = "another-voice" } = this.#contract;
    await using session = await TTSSession.open(this.#contract);
    const { pipeline, service, subject } = session;
    pipeline.push(
      ...answer(HELLO),
      new TTSUpdateSettingsFrame({ delta: { voice } }),
      ...answer(HELLO),
    );
    await pipeline.until(LLMFullResponseEndFrame, { count: 2 });
    assertEquals(service.settings.voice, voice);
    if (subject.provider) assertEquals(subject.provider.askedVoice(), voice);
    assertEquals(pipeline.errors, []);
  }
}
