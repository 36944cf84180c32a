/**
 * What tests of bots and of the SDK itself are made of.
 *
 * **A bot.** {@linkcode callBot} holds a conversation with a bot without a server, on a virtual clock: the caller
 * speaks and types, and what the bot is expected to say, call and remember stands in the order in which it happens. A
 * bot that takes its services as a second argument is given scripted ones; others run on their own.
 * {@linkcode sweepInterruptions} interrupts an answer at every chunk, and {@linkcode fuzzArrivals} tries many orders in
 * which things arrive.
 *
 * **A recorded call.** {@linkcode CallRecorder} writes a call to one file, {@linkcode recordTraffic} what its providers
 * answered, and {@linkcode replayCall} plays it again and says what comes out otherwise.
 *
 * **A processor.** {@linkcode runTest} compares the frames that come out of it, and {@linkcode TestPipeline} gives more
 * to look at.
 *
 * **A service.** {@linkcode testLLM}, {@linkcode testSTT} and {@linkcode testTTS} are the contracts of each kind.
 *
 * @example A bot and its test
 * ```ts
 * import { LLMContext } from "@parley/sdk/context";
 * import { LLMRunFrame } from "@parley/sdk/frames";
 * import { Pipeline, PipelineTask } from "@parley/sdk/pipeline";
 * import type { BotSession } from "@parley/sdk/runner";
 * import { callBot, type ScriptedServices } from "@parley/sdk/testing";
 * import { LLMContextAggregatorPair } from "@parley/sdk/turns";
 *
 * // In a real bot: `services: Services = realServices()`; see examples/tested_bot.ts.
 * async function bot(session: BotSession, services: ScriptedServices): Promise<void> {
 *   const { transport } = session;
 *   const { stt, llm, tts, vadAnalyzer } = services;
 *   const [user, assistant] = new LLMContextAggregatorPair(new LLMContext(), {
 *     userParams: { vadAnalyzer },
 *   });
 *   const parts = [transport.input(), stt, user, llm, tts, transport.output(), assistant];
 *   const task = new PipelineTask(new Pipeline(parts), session.taskOptions);
 *   session.onReady(() => void task.queueFrame(new LLMRunFrame()));
 *   await session.run(task);
 * }
 *
 * await using call = await callBot(bot, { answers: ["Hello!", "At eight it is."] });
 * await call.hears("Hello!");
 * await call.says("A table for two, please, at eight.");
 * await call.hears(/at eight/i, { withinMs: 1_000 });
 * await call.hangsUp();
 * ```
 *
 * @module
 */
export type { RecordValue } from "./_record_values.ts";
export { Call, callBot } from "./call.ts";
export type {
  CallOptions,
  ExpectCallOptions,
  ExpectOptions,
  HeardAnswer,
  InterruptOptions,
  TestedBot,
} from "./call_expectations.ts";
export { CALL_RECORDING_VERSION, CallRecorder, type CallRecorderOptions } from "./call_recorder.ts";
export {
  CallRecording,
  type FrameMaker,
  type RecordedFrame,
  type RecordedOutput,
  type RecordedTraffic,
} from "./call_recording.ts";
export { type CallerVoice, syntheticVoice } from "./caller_voice.ts";
export {
  type ContractCase,
  type ContractKey,
  type ContractOptions,
  registerContract,
  runCase,
} from "./contract.ts";
export { FakeOpenAI } from "./fake_openai.ts";
export type {
  FakeCall,
  FakeChatAnswer,
  FakeOpenAIEndpoint,
  FakeOpenAIOptions,
  FakeOpenAIRequest,
  FakeSpeech,
  FakeTranscription,
  FakeTrouble,
} from "./fake_openai_types.ts";
export {
  type ExpectedFrame,
  runTest,
  type RunTestOptions,
  type RunTestResult,
} from "./frame_assertions.ts";
export { type ArrivalFuzz, fuzzArrivals, type FuzzOptions } from "./fuzz_arrivals.ts";
export {
  type LLMContract,
  llmContract,
  type LLMContractAnswer,
  type LLMContractAnswers,
  type LLMContractCase,
  type LLMContractProvider,
  type LLMContractSubject,
  testLLM,
} from "./llm_contract.ts";
export { LLM_QUESTIONS } from "./llm_questions.ts";
export { recordTraffic } from "./record_traffic.ts";
export { recordedServices } from "./recorded_services.ts";
export { type CallReplay, replayCall, type ReplayOptions } from "./replay_call.ts";
export {
  ScriptedHttpServer,
  type ScriptedRequest,
  type ScriptedResponder,
  type ScriptedResponse,
} from "./scripted_http_server.ts";
export { type HttpSpokenWord, type HttpTTSDialect, ScriptedHttpTTS } from "./scripted_http_tts.ts";
export {
  type ScriptedAnswer,
  type ScriptedCall,
  type ScriptedEvent,
  ScriptedLLMService,
  type ScriptedLLMServiceOptions,
} from "./scripted_llm.ts";
export { type ClientMessage, type Refusal, ScriptedPeer } from "./scripted_peer.ts";
export {
  type CallSegment,
  type ScriptedServices,
  scriptedServices,
  type ServiceScript,
} from "./scripted_services.ts";
export { ScriptedSession, type ScriptedSessionOptions } from "./scripted_session.ts";
export { type PeerScript, ScriptedSocketServer } from "./scripted_socket_server.ts";
export {
  type ScriptedSegment,
  ScriptedSTTService,
  type ScriptedSTTServiceOptions,
  type ScriptedTranscript,
  type TimedTranscript,
} from "./scripted_stt.ts";
export {
  ScriptedSTTProvider,
  type ScriptedTurns,
  type ScriptedUtterance,
  type STTProviderWire,
} from "./scripted_stt_provider.ts";
export {
  type ScriptedSpeech,
  ScriptedTTSService,
  type ScriptedTTSServiceOptions,
  type ScriptedVoice,
} from "./scripted_tts.ts";
export {
  type AskedSpeech,
  ScriptedTTSProvider,
  type ScriptedWord,
  type TTSDialect,
  type TTSWish,
} from "./scripted_tts_provider.ts";
export { ScriptedVADAnalyzer, type ScriptedVADAnalyzerOptions } from "./scripted_vad.ts";
export { SeededRandom } from "./seeded_random.ts";
export {
  type STTContract,
  sttContract,
  type STTContractAnswer,
  type STTContractCase,
  type STTContractProvider,
  type STTContractRecording,
  type STTContractSubject,
  testSTT,
} from "./stt_contract.ts";
export {
  type STTStreamContract,
  sttStreamContract,
  type STTStreamContractCase,
  type STTStreamContractMaking,
  type STTTurnContractCase,
  testSTTStream,
} from "./stt_stream_contract.ts";
export {
  type InterruptionCut,
  sweepInterruptions,
  type SweepOptions,
} from "./sweep_interruptions.ts";
export { TestPipeline, type TestPipelineOptions, type WaitOptions } from "./test_pipeline.ts";
export {
  parseTranscript,
  readTranscript,
  type Transcript,
  type TranscriptLine,
  type TranscriptOpening,
} from "./transcript.ts";
export { TranscriptPlayer, type TranscriptPlayerOptions } from "./transcript_player.ts";
export {
  type ContractVoice,
  testTTS,
  type TTSContract,
  ttsContract,
  type TTSContractAnswer,
  type TTSContractCase,
  type TTSContractMaking,
  type TTSContractProvider,
  type TTSContractSubject,
  type TTSSpeechContractCase,
  type TTSTroubleContractCase,
} from "./tts_contract.ts";
export { VirtualClock, type VirtualClockOptions } from "./virtual_clock.ts";
