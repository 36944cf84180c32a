import { assert, assertEquals, assertObjectMatch } from "@std/assert";
import {
  InterimTranscriptionFrame,
  InterruptionFrame,
  STTMuteFrame,
  STTUpdateSettingsFrame,
  TranscriptionFrame,
  UserAudioRawFrame,
  UserStartedSpeakingFrame,
  UserStoppedSpeakingFrame,
  VADUserStoppedSpeakingFrame,
} from "../frames/mod.ts";
import { type CaseName, checkClosed, checkError, checkKey, inTime } from "./_contract_checks.ts";
import {
  checkHeard,
  checkHearingMetrics,
  playAudio,
  say,
  SCRIPTED_SPEECH,
  SPEECH_RATE,
} from "./_contract_speech.ts";
import { playTranscript, TEST_KEY } from "./_play_transcript.ts";
import { STTStreamSession } from "./_stt_stream_session.ts";
import type { ScriptedUtterance } from "./scripted_stt_provider.ts";
import type {
  STTStreamContract,
  STTStreamContractCase,
  STTTurnContractCase,
} from "./stt_stream_contract.ts";
import { TranscriptPlayer } from "./transcript_player.ts";

type SpeechCase = Exclude<STTStreamContractCase, STTTurnContractCase>;

/** What each case shows. */
export const STT_STREAM_CASES: Readonly<Record<SpeechCase, CaseName>> = {
  key: { name: "names the key it misses" },
  transcript: { name: "says what its transcript says" },
  opening: { name: "connects when the pipeline starts, and holds up nothing" },
  words: { name: "pushes what is said while it is said, and then for good" },
  order: { name: "keeps the order of what was said" },
  interruption: { name: "hears to its end what interrupts the bot" },
  nothing: { name: "says nothing where nothing was said, and hears what comes after" },
  mute: { name: "forgets what is half said when the user is muted" },
  settings: { name: "takes changed settings when the user has finished, and not before" },
  drop: { name: "loses and repeats no audio when a connection drops" },
  halfClose: { name: "loses and repeats no audio when a connection is half closed" },
  refusal: { name: "tries a refused key once, and says so without secrets" },
  unavailable: { name: "keeps what is said while its provider is away" },
  away: { name: "asks less and less often for a provider that stays away" },
  busy: { name: "waits as long as a busy provider asks for" },
  garbage: { name: "reports a message it cannot read, and hears what comes after" },
  oversized: { name: "reports a message that is too large, and hears what comes after" },
  stall: { name: "gives up words that do not come, and hears what comes after" },
  slow: { name: "keeps what a slow provider does not take yet, and loses nothing" },
  metrics: { name: "measures its answer, its work and the seconds it sent" },
  end: { name: "says good-bye" },
  hang: { name: "ends in time with a provider that says nothing any more" },
  close: { name: "closes at once, and leaves nothing behind" },
};

const [FIRST, SECOND] = SCRIPTED_SPEECH;

/** The cases of the contract of streaming recognisers. */
export class STTStreamCases {
  readonly #contract: STTStreamContract;

  constructor(contract: STTStreamContract) {
    this.#contract = contract;
  }

  /** How each case is shown. */
  runs(): Readonly<Record<SpeechCase, () => Promise<void>>> {
    return {
      key: () => Promise.resolve(checkKey(this.#contract.key)),
      transcript: () => this.#transcript(),
      opening: () => this.#opening(),
      words: () => this.#words(),
      order: () => this.#order(),
      interruption: () => this.#interruption(),
      nothing: () => this.#nothing(),
      mute: () => this.#mute(),
      settings: () => this.#settings(),
      drop: () => this.#drop("drop"),
      halfClose: () => this.#drop("halfClose"),
      refusal: () => this.#refusal(),
      unavailable: () => this.#unavailable(),
      away: () => this.#away(),
      busy: () => this.#busy(),
      garbage: () => this.#unreadable("garbage"),
      oversized: () => this.#unreadable("oversized"),
      stall: () => this.#stall(),
      slow: () => this.#slow(),
      metrics: () => this.#metrics(),
      end: () => this.#end(),
      hang: () => this.#hang(),
      close: () => this.#close(),
    };
  }

  async #transcript(): Promise<void> {
    const { transcript, transcriptText = FIRST.text } = this.#contract;
    const player = new TranscriptPlayer(transcript, {
      audioOf: this.#contract.wire.audioOf?.bind(this.#contract.wire),
    });
    const make: STTStreamContract["make"] = (options) => this.#contract.make(options);
    const pipeline = await playTranscript(player, make, async (pipeline) => {
      await say(pipeline, FIRST);
      await pipeline.until(TranscriptionFrame);
    });
    const text = pipeline.of(TranscriptionFrame).map((frame) => frame.text).join(" ");
    assertEquals(text, transcriptText);
  }

  async #opening(): Promise<void> {
    await using session = this.#start();
    const { provider } = session;
    assertEquals(provider.peers.length, 0, "nothing is opened before the pipeline starts");
    const { pipeline } = session;
    pipeline.push(
      new UserAudioRawFrame(new Int16Array(320), { sampleRate: SPEECH_RATE, userId: "" }),
    );
    await pipeline.settle();
    assertEquals([pipeline.down.length > 0, provider.peers.length], [true, 1]);
  }

  async #words(): Promise<void> {
    await using session = this.#start({ text: FIRST.text });
    const { pipeline } = session;
    const silence = new Int16Array(320);
    pipeline.push(new UserAudioRawFrame(silence, { sampleRate: SPEECH_RATE, userId: "ada" }));
    const said = await session.utter(FIRST);
    const frame = await pipeline.until(TranscriptionFrame);
    checkHeard(frame, FIRST);
    assertEquals(frame.userId, "ada");
    assert(frame.result !== undefined, "the provider's own result is with it");
    assert(!Number.isNaN(Date.parse(frame.timestamp)), `"${frame.timestamp}" is no date`);
    await pipeline.settle();
    const interims = pipeline.of(InterimTranscriptionFrame);
    if (this.#contract.wire.interim) assert(interims.length > 0, "nothing came while it was said");
    const last = interims.at(-1);
    assert(
      !last || pipeline.down.indexOf(last) < pipeline.down.indexOf(frame),
      "it comes too late",
    );
    session.checkAudio(silence, said);
    assertEquals(pipeline.errors, []);
    session.checkSecrets(FIRST.text);
  }

  async #order(): Promise<void> {
    await using session = this.#start({ text: FIRST.text }, { text: SECOND.text });
    const { pipeline } = session;
    await session.utter(FIRST);
    await session.utter(SECOND);
    await pipeline.until(TranscriptionFrame, { count: 2 });
    const [first, second] = pipeline.of(TranscriptionFrame);
    checkHeard(first, FIRST);
    checkHeard(second, SECOND);
    assertEquals(session.provider.peers.length, 1);
  }

  async #interruption(): Promise<void> {
    await using session = this.#start({ text: FIRST.text });
    const { pipeline } = session;
    pipeline.when(VADUserStoppedSpeakingFrame, () => pipeline.interrupt());
    await session.utter(FIRST);
    const frame = await pipeline.until(TranscriptionFrame);
    checkHeard(frame, FIRST);
    assert(pipeline.of(InterruptionFrame).length === 1);
    assertEquals([session.provider.peers.length, pipeline.errors.length], [1, 0]);
  }

  async #nothing(): Promise<void> {
    await using session = this.#start({ text: "" }, { text: FIRST.text });
    const { pipeline } = session;
    await session.utter(SECOND);
    await session.utter(FIRST);
    await pipeline.until(TranscriptionFrame);
    await pipeline.settle();
    assertEquals(pipeline.of(TranscriptionFrame).length, 1);
    checkHeard(pipeline.of(TranscriptionFrame)[0], FIRST);
    assertEquals(pipeline.errors, []);
  }

  async #mute(): Promise<void> {
    await using session = this.#start({ text: FIRST.text }, { text: SECOND.text });
    const { pipeline, clock } = session;
    pipeline.when(InterimTranscriptionFrame, () => pipeline.push(new STTMuteFrame(true)));
    if (!this.#contract.wire.interim) {
      clock.timer(600, () => pipeline.push(new STTMuteFrame(true)));
    }
    await session.utter(FIRST);
    await clock.advance(1_000);
    pipeline.push(new STTMuteFrame(false));
    await session.utter(SECOND);
    await pipeline.until(TranscriptionFrame);
    assertEquals(pipeline.of(TranscriptionFrame).length, 1);
    checkHeard(pipeline.of(TranscriptionFrame)[0], SECOND);
  }

  async #settings(): Promise<void> {
    await using session = this.#start({ text: FIRST.text }, { text: SECOND.text });
    const { pipeline, provider, service, clock } = session;
    const { askedLanguage, changedLanguage = "fr" } = this.#contract;
    const { changedSettings: delta = { language: "fr" } } = this.#contract;
    pipeline.push(new UserStartedSpeakingFrame());
    pipeline.push(new STTUpdateSettingsFrame({ delta }));
    const first = await session.utter(FIRST);
    await pipeline.until(TranscriptionFrame);
    assertObjectMatch(service.settings, delta);
    assertEquals(provider.peers.length, 1);
    pipeline.push(new UserStoppedSpeakingFrame());
    await clock.advance(500);
    const second = await session.utter(SECOND);
    await pipeline.until(TranscriptionFrame, { count: 2 });
    checkHeard(pipeline.of(TranscriptionFrame)[1], SECOND);
    assertEquals(provider.peers.map(askedLanguage).at(-1), changedLanguage);
    session.checkAudio(first, second);
    assertEquals(pipeline.errors, []);
  }

  async #drop(trouble: "drop" | "halfClose"): Promise<void> {
    await using session = this.#start({ text: FIRST.text, trouble });
    const { pipeline, provider } = session;
    const said = await session.utter(FIRST);
    const frame = await pipeline.until(TranscriptionFrame);
    checkHeard(frame, FIRST);
    assertEquals([provider.peers.length, pipeline.of(TranscriptionFrame).length], [2, 1]);
    session.checkAudio(said);
    checkError(pipeline, session.secrets(FIRST.text));
  }

  async #refusal(): Promise<void> {
    await using session = this.#start();
    const { provider } = session;
    provider.refuse(401, { body: `{"error": "${TEST_KEY} is unknown"}` });
    const { pipeline, clock } = session;
    await session.utter(FIRST);
    await clock.advance(60_000);
    assertEquals(provider.peers.length, 1);
    checkError(pipeline, session.secrets(FIRST.text));
    assertEquals(pipeline.errors[0]?.category, "auth");
  }

  async #unavailable(): Promise<void> {
    await using session = this.#start();
    const { provider } = session;
    provider.script({ text: FIRST.text });
    provider.refuse(503);
    provider.refuse(503);
    const { pipeline, clock } = session;
    const said = await session.utter(FIRST);
    await clock.advance(5_000);
    await pipeline.until(TranscriptionFrame);
    checkHeard(pipeline.of(TranscriptionFrame)[0], FIRST);
    assertEquals([provider.peers.length, pipeline.errors.length], [3, 2]);
    session.checkAudio(said);
    session.checkSecrets(FIRST.text);
  }

  async #away(): Promise<void> {
    await using session = this.#start({ text: FIRST.text });
    const { pipeline, provider, clock } = session;
    for (let k = 0; k < 6; k++) provider.refuse(503);
    await pipeline.settle();
    await clock.advance(1_000);
    assert(provider.peers.length <= 4, `${provider.peers.length} tries in a second`);
    await clock.advance(30_000);
    assertEquals([provider.peers.length, pipeline.errors.length], [7, 6]);
    await session.utter(FIRST);
    checkHeard(await pipeline.until(TranscriptionFrame), FIRST);
  }

  async #busy(): Promise<void> {
    await using session = this.#start();
    const { provider } = session;
    provider.script({ text: FIRST.text });
    provider.refuse(429, { headers: { "Retry-After": "8" } });
    const { pipeline, clock } = session;
    const said = await session.utter(FIRST);
    await clock.advance(7_900 - clock.now());
    assertEquals(provider.peers.length, 1);
    await pipeline.until(TranscriptionFrame);
    checkError(pipeline, session.secrets(FIRST.text));
    session.checkAudio(said);
  }

  async #unreadable(trouble: "garbage" | "oversized"): Promise<void> {
    await using session = this.#start({ trouble }, { text: SECOND.text });
    const { pipeline, clock } = session;
    await session.utter(FIRST);
    await clock.advance(1_000);
    await session.utter(SECOND);
    await pipeline.until(TranscriptionFrame, { withinMs: 20_000 });
    checkHeard(pipeline.of(TranscriptionFrame)[0], SECOND);
    checkError(pipeline, session.secrets(FIRST.text));
  }

  async #stall(): Promise<void> {
    await using session = new STTStreamSession(this.#contract, { transcribeTimeoutMs: 2_000 });
    session.provider.script({ trouble: "stall" }, { text: SECOND.text });
    const { pipeline, clock } = session;
    await session.utter(FIRST);
    await clock.advance(4_000);
    await session.utter(SECOND);
    await pipeline.until(TranscriptionFrame);
    checkHeard(pipeline.of(TranscriptionFrame)[0], SECOND);
    assert(pipeline.errors.length <= 1);
  }

  async #slow(): Promise<void> {
    await using session = this.#start();
    const { provider } = session;
    provider.pause();
    const { pipeline, clock } = session;
    const long = new Int16Array(12 * SPEECH_RATE).map((_, i) => 1 + i % 20_000);
    await playAudio(pipeline, long, SPEECH_RATE);
    const heard = provider.heard().length;
    assertEquals(heard, 0, `${heard} samples were taken by one that takes nothing`);
    provider.resume();
    await clock.advance(1_000);
    session.checkAudio(long);
    assertEquals([provider.peers.length, pipeline.errors.length], [1, 0]);
  }

  async #metrics(): Promise<void> {
    await using session = this.#start({ text: FIRST.text });
    const { pipeline, service } = session;
    await session.utter(FIRST);
    await pipeline.until(TranscriptionFrame);
    checkHearingMetrics(pipeline, service, { secs: 1.1, within: 0.3 });
  }

  async #end(): Promise<void> {
    await using session = this.#start({ text: FIRST.text });
    const { pipeline, provider } = session;
    await session.utter(FIRST);
    await pipeline.until(TranscriptionFrame);
    await pipeline.end();
    await inTime(provider.closed(), 1_000, "see the connection closed");
    assertEquals(provider.peers.map(({ end }) => end?.clean), [true]);
    assertEquals(pipeline.errors, []);
  }

  async #hang(): Promise<void> {
    await using session = this.#start();
    const { pipeline, provider, clock } = session;
    await pipeline.settle();
    provider.hang();
    await session.utter(FIRST);
    const before = clock.now();
    await pipeline.end();
    assert(clock.now() - before <= 6_000, `it took ${clock.now() - before} ms`);
  }

  async #close(): Promise<void> {
    await using session = this.#start({ trouble: "stall" });
    const { pipeline, provider } = session;
    await session.utter(FIRST);
    await checkClosed(pipeline);
    await inTime(provider.closed(), 1_000, "see the connection closed");
  }

  /** A session whose provider hears so. */
  #start(...utterances: readonly ScriptedUtterance[]): STTStreamSession {
    const session = new STTStreamSession(this.#contract);
    session.provider.script(...utterances);
    return session;
  }
}
