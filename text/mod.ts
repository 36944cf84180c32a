/**
 * Text on its way to speech and back: sentences, filters and patterns on the way out, and which part
 * of what the model wrote has been said.
 *
 * @module
 */
export {
  type Aggregation,
  AggregationType,
  BaseTextAggregator,
  type TextAggregatorOptions,
} from "./base_text_aggregator.ts";
export { BaseTextFilter } from "./base_text_filter.ts";
export { concatenateAggregatedText, type SpokenPart } from "./concatenate.ts";
export { Language } from "./language_table.ts";
export { isLanguage, languageBase, resolveLanguage } from "./languages.ts";
export { MappedText, type TextEdit } from "./mapped_text.ts";
export { MarkdownTextFilter, type MarkdownTextFilterParams } from "./markdown_text_filter.ts";
export {
  MatchAction,
  type PatternHandler,
  PatternMatch,
  type PatternMatchOptions,
  type PatternOptions,
  PatternPairAggregator,
} from "./pattern_pair_aggregator.ts";
export {
  matchEndOfSentence,
  type SentenceOptions,
  SentenceSplitter,
  splitSentences,
} from "./sentences.ts";
export { SimpleTextAggregator } from "./simple_text_aggregator.ts";
export { SkipTagsAggregator, type StartEndTags } from "./skip_tags_aggregator.ts";
export { estimateSpeechMs, estimateWordTimes, type TimedWord } from "./word_times.ts";
export {
  type AddTextOptions,
  type AlignedWord,
  type FinishOptions,
  type SpokenWord,
  WordAligner,
} from "./words.ts";
