/**
 * Services that need no key and no network: speech to text with a grammar, a
 * language model that follows rules, and speech by espeak-ng (GPL-3.0).
 *
 * @module
 */
export {
  LocalLLMService,
  type LocalLLMServiceOptions,
  type LocalRule,
  type RuleCall,
  type RuleTurn,
} from "./llm.ts";
export { LocalSTTService, type LocalSTTServiceOptions, UNINTELLIGIBLE } from "./stt.ts";
export { LocalTTSService, type LocalTTSServiceOptions, type LocalTTSSettings } from "./tts.ts";
