/**
 * What tests of bots and of the SDK itself are made of.
 *
 * @module
 */
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
export {
  type ScriptedAnswer,
  type ScriptedCall,
  ScriptedLLMService,
  type ScriptedLLMServiceOptions,
} from "./scripted_llm.ts";
export {
  ScriptedSTTService,
  type ScriptedSTTServiceOptions,
  type ScriptedTranscript,
} from "./scripted_stt.ts";
export {
  ScriptedTTSService,
  type ScriptedTTSServiceOptions,
  type ScriptedVoice,
} from "./scripted_tts.ts";
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
export { TestPipeline, type TestPipelineOptions, type WaitOptions } from "./test_pipeline.ts";
export {
  testTTS,
  type TTSContract,
  ttsContract,
  type TTSContractAnswer,
  type TTSContractCase,
  type TTSContractProvider,
  type TTSContractSubject,
} from "./tts_contract.ts";
export { VirtualClock, type VirtualClockOptions } from "./virtual_clock.ts";
