import { assert, assertEquals } from "@std/assert";
import { type Frame, InterimTranscriptionFrame, TranscriptionFrame } from "../frames/mod.ts";
import type { STTTurnPhase } from "../services/stt/mod.ts";
import {
  ProposedUserStartedSpeakingFrame,
  ProposedUserStoppedSpeakingFrame,
  STTMetadataFrame,
} from "../turns/mod.ts";
import type { CaseName } from "./_contract_checks.ts";
import { checkHeard, playAudio, SCRIPTED_SPEECH, SPEECH_RATE } from "./_contract_speech.ts";
import { STTStreamSession } from "./_stt_stream_session.ts";
import type { ScriptedUtterance } from "./scripted_stt_provider.ts";
import type { STTStreamContract, STTTurnContractCase } from "./stt_stream_contract.ts";

/** What each case shows of a recogniser whose server finds the turns. */
export const STT_TURN_CASES: Readonly<Record<STTTurnContractCase, CaseName>> = {
  turns: { name: "passes on the turns that its server finds, each event once and in order" },
  turnDrop: { name: "keeps a turn together when a connection drops" },
  dangling: { name: "lets its server end a turn when audio stops in the middle of it" },
  unended: { name: "ends a turn itself that its server does not end" },
};

/** Why a recogniser without such a server shows none of it. */
export const NO_TURNS = "its server finds no turns";

const [FIRST, SECOND] = SCRIPTED_SPEECH;

/** The cases about turns that a server finds. */
export class STTTurnCases {
  readonly #contract: STTStreamContract;

  constructor(contract: STTStreamContract) {
    this.#contract = contract;
  }

  /** How each case is shown. */
  runs(): Readonly<Record<STTTurnContractCase, () => Promise<void>>> {
    return {
      turns: () => this.#turns(),
      turnDrop: () => this.#turnDrop(),
      dangling: () => this.#dangling(),
      unended: () => this.#unended(),
    };
  }

  async #turns(): Promise<void> {
    const { session, notes } = this.#start({ text: FIRST.text });
    await using _ = session;
    const { pipeline, provider, service } = session;
    await playAudio(pipeline, FIRST.audio, SPEECH_RATE);
    await playAudio(pipeline, new Int16Array(SPEECH_RATE), SPEECH_RATE);
    await pipeline.until(ProposedUserStoppedSpeakingFrame);
    await pipeline.settle();
    const { text } = FIRST;
    assertEquals(notes, [
      ["start", ""],
      ["update", text],
      ["eagerEnd", text],
      ["resume", ""],
      ["end", text],
    ]);
    const shown = pipeline.down.filter((frame) => isOfTurn(frame) && !isInterim(frame));
    assertEquals(shown.map((frame) => frame.constructor), [
      ProposedUserStartedSpeakingFrame,
      TranscriptionFrame,
      ProposedUserStoppedSpeakingFrame,
    ]);
    const [interim] = pipeline.of(InterimTranscriptionFrame);
    const [frame] = pipeline.of(TranscriptionFrame);
    assert(interim && frame && pipeline.down.indexOf(interim) < pipeline.down.indexOf(frame));
    assertEquals([interim.text, frame.text, frame.finalized], [text, text, true]);
    for (const kind of [ProposedUserStartedSpeakingFrame, ProposedUserStoppedSpeakingFrame]) {
      assertEquals(
        pipeline.of<Frame>(kind, "upstream").length,
        1,
        `${kind.name} goes upstream, too`,
      );
    }
    const [metadata] = pipeline.of(STTMetadataFrame);
    assertEquals([metadata?.serviceName, metadata?.ttfsP99LatencySecs], [service.name, 0]);
    assert(metadata?.userTurnStrategies, "it says that turns are found by its server");
    assertEquals([provider.peers.length, pipeline.errors.length], [1, 0]);
  }

  async #turnDrop(): Promise<void> {
    const { session, notes } = this.#start({ text: FIRST.text, trouble: "drop" });
    await using _ = session;
    const { pipeline } = session;
    await playAudio(pipeline, FIRST.audio, SPEECH_RATE);
    await playAudio(pipeline, new Int16Array(SPEECH_RATE), SPEECH_RATE);
    await pipeline.until(ProposedUserStoppedSpeakingFrame);
    await pipeline.settle();
    checkHeard(pipeline.of(TranscriptionFrame)[0], FIRST);
    const phases = notes.map(([phase]) => phase);
    assertEquals(phases.filter((phase) => phase === "start" || phase === "end"), ["start", "end"]);
    assertEquals([
      pipeline.of(ProposedUserStartedSpeakingFrame).length,
      pipeline.of(TranscriptionFrame).length,
      pipeline.of(ProposedUserStoppedSpeakingFrame).length,
    ], [1, 1, 1]);
  }

  async #dangling(): Promise<void> {
    const { session } = this.#start({ text: FIRST.text });
    await using _ = session;
    const { pipeline, clock } = session;
    await playAudio(pipeline, FIRST.audio, SPEECH_RATE);
    await clock.advance(2_500);
    checkHeard(pipeline.of(TranscriptionFrame)[0], FIRST);
    assertEquals(pipeline.of(ProposedUserStoppedSpeakingFrame).length, 1);
    const silence = session.provider.heard().length - FIRST.audio.length;
    assert(silence > 0 && silence <= SPEECH_RATE / 2, `${silence} samples of silence were sent`);
    assertEquals(pipeline.errors, []);
  }

  async #unended(): Promise<void> {
    const { session } = this.#start({ text: FIRST.text, trouble: "stall" }, { text: SECOND.text });
    await using _ = session;
    const { pipeline, clock } = session;
    await playAudio(pipeline, FIRST.audio, SPEECH_RATE);
    await clock.advance(8_000);
    assertEquals(pipeline.of(ProposedUserStoppedSpeakingFrame).length, 1);
    checkHeard(pipeline.of(TranscriptionFrame)[0], FIRST);
    await playAudio(pipeline, SECOND.audio, SPEECH_RATE);
    await clock.advance(2_500);
    const heard = pipeline.of(TranscriptionFrame);
    assertEquals([heard.length, pipeline.of(ProposedUserStoppedSpeakingFrame).length], [2, 2]);
    checkHeard(heard[1], SECOND);
  }

  /** A session whose provider hears so, and what its service tells of turns. */
  #start(...utterances: readonly ScriptedUtterance[]): {
    readonly session: STTStreamSession;
    readonly notes: readonly (readonly [phase: STTTurnPhase, transcript: string])[];
  } {
    const session = new STTStreamSession(this.#contract);
    session.provider.script(...utterances);
    const notes: [STTTurnPhase, string][] = [];
    this.#contract.watchTurns?.(session.service, (phase, transcript = "") => {
      notes.push([phase, transcript]);
    });
    return { session, notes };
  }
}

/** Whether a frame is about what is said. */
function isOfTurn(frame: Frame): boolean {
  return frame.constructor.name.includes("Speaking") || frame instanceof TranscriptionFrame ||
    isInterim(frame);
}

function isInterim(frame: Frame): boolean {
  return frame instanceof InterimTranscriptionFrame;
}
