/**
 * Processors that gather several frames into one.
 *
 * @module
 */
export { DTMFAggregator, type DTMFAggregatorOptions } from "./dtmf_aggregator.ts";
export { LLMTextProcessor, type LLMTextProcessorOptions } from "./llm_text_processor.ts";
