/**
 * Voice activity detection: the contract of an analyzer, its parameters, and the state machine behind it.
 *
 * The analyzer that most bots use is in `@parley/sdk/audio/vad/silero`, apart from here because of its model.
 *
 * @example From confidences to states
 * ```ts
 * import { VADState, VADStateMachine } from "@parley/sdk/audio/vad";
 * import { assertEquals } from "@std/assert";
 *
 * const machine = new VADStateMachine({ startSecs: 0 });
 * machine.step({ durationMs: 32, confidence: 0.9, volume: 0.8 });
 * assertEquals(machine.state, VADState.SPEAKING);
 * ```
 *
 * @module
 */
export {
  type VADAnalysis,
  VADAnalyzer,
  type VADAnalyzerOptions,
  type VADModelOptions,
} from "./analyzer.ts";
export { DEFAULT_VAD_PARAMS, type VADParams, vadParams } from "./params.ts";
export { VADState, VADStateMachine, type VADTransition, type VADWindow } from "./state_machine.ts";
