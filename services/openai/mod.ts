/**
 * OpenAI's models: chat completions, transcription and speech.
 *
 * They need `OPENAI_API_KEY`, and the permissions to read it and to reach the
 * API: `--allow-env=OPENAI_API_KEY,OPENAI_CUSTOM_HEADERS
 * --allow-net=api.openai.com`. The official `openai` package, which the language
 * model loads when the pipeline starts, looks for the second variable.
 *
 * @module
 */
export type { OpenAIAccountOptions } from "./_account.ts";
export { OpenAILLMService, type OpenAILLMServiceOptions, type OpenAILLMSettings } from "./llm.ts";
export { OpenAISTTService, type OpenAISTTServiceOptions, type OpenAISTTSettings } from "./stt.ts";
export {
  OPENAI_VOICES,
  OpenAITTSService,
  type OpenAITTSServiceOptions,
  type OpenAITTSSettings,
  type OpenAIVoice,
} from "./tts.ts";
