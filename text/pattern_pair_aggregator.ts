import {
  type Aggregation,
  AggregationType,
  BaseTextAggregator,
  type TextAggregatorOptions,
} from "./base_text_aggregator.ts";
import { type DelimiterPair, DelimiterScanner } from "./_delimiters.ts";
import { PendingText } from "./_pending_text.ts";

/** What to do with a matched pattern. */
export const MatchAction = {
  /** Leave it out, with its delimiters, as if it had not been written. */
  REMOVE: "remove",
  /** Leave its content in the text, without the delimiters. */
  KEEP: "keep",
  /** Give its content as a piece of its own, with the pattern's type. */
  AGGREGATE: "aggregate",
} as const;

/** What to do with a matched pattern. */
export type MatchAction = (typeof MatchAction)[keyof typeof MatchAction];

/** What to look for, and what to do with it. */
export interface PatternOptions {
  /** What marks the beginning. */
  readonly startPattern: string;
  /** What marks the end; it may be the same. */
  readonly endPattern: string;
  /** What to do with a match. @default {"remove"} */
  readonly action?: MatchAction;
}

/** What makes up a {@linkcode PatternMatch}. */
export interface PatternMatchOptions {
  /** Name of the pattern. */
  readonly type: string;
  /** The whole match, delimiters included. */
  readonly fullMatch: string;
}

/**
 * A pattern that was found.
 *
 * @example
 * ```ts
 * import { PatternMatch } from "@parley/sdk/text";
 * const match = new PatternMatch("Ann", { type: "voice", fullMatch: "<voice>Ann</voice>" });
 * console.log(match.content); // "Ann"
 * ```
 */
export class PatternMatch implements Aggregation {
  /** Text between the delimiters, without white space around it. */
  readonly text: string;
  /** Name of the pattern. */
  readonly type: string;
  /** The whole match, delimiters included. */
  readonly fullMatch: string;

  /** Makes a match. */
  constructor(content: string, { type, fullMatch }: PatternMatchOptions) {
    this.text = content;
    this.type = type;
    this.fullMatch = fullMatch;
  }

  /** Same as {@linkcode PatternMatch.text}. */
  get content(): string {
    return this.text;
  }
}

/** Called with each match of a pattern. A promise it returns is not waited for. */
export type PatternHandler = (match: PatternMatch) => void | Promise<void>;

interface Pattern extends DelimiterPair {
  readonly type: string;
  readonly action: MatchAction;
}

/**
 * Finds pairs of delimiters in streaming text, and removes, keeps or sets apart what they enclose;
 * the text around them is cut as {@linkcode SimpleTextAggregator} does.
 *
 * Delimiters may be split over any number of pieces. A pattern that is never closed is dropped at
 * the end, unless it is kept: what was meant to be hidden must not be spoken.
 *
 * @example Switch voices
 * ```ts
 * import { MatchAction, PatternPairAggregator } from "@parley/sdk/text";
 * const aggregator = new PatternPairAggregator()
 *   .addPattern("voice", {
 *     startPattern: "<voice>",
 *     endPattern: "</voice>",
 *     action: MatchAction.REMOVE,
 *   })
 *   .onPatternMatch("voice", (match) => console.log(`Now ${match.content} speaks`));
 * console.log(aggregator.aggregate("<voice>Ann</voice>Hello. I")[0]?.text); // "Hello."
 * ```
 */
export class PatternPairAggregator extends BaseTextAggregator {
  #pending: PendingText;
  #scanner = new DelimiterScanner<Pattern>([]);
  #patterns = new Map<string, Pattern>();
  #handlers = new Map<string, PatternHandler>();
  /** Pieces that a failing handler kept from being given out. */
  #ready: Aggregation[] = [];
  #failures: unknown[] = [];

  /** Makes an aggregator with no patterns. */
  constructor(options: TextAggregatorOptions = {}) {
    super(options);
    this.#pending = new PendingText(this);
  }

  /**
   * Looks for a pattern from now on. One of the same type is replaced.
   *
   * @param type Name of the pattern, and type of the pieces it gives.
   * @throws {RangeError} If the type is one of {@linkcode AggregationType}, or a delimiter is empty.
   */
  addPattern(type: string, options: PatternOptions): this {
    const { startPattern: start, endPattern: end, action = MatchAction.REMOVE } = options;
    if (Object.values<string>(AggregationType).includes(type)) {
      throw new RangeError(`Cannot add a pattern as "${type}": the type is reserved, name another`);
    }
    if (start === "" || end === "") {
      throw new RangeError(`Cannot add a pattern as "${type}": a delimiter is empty`);
    }
    this.#patterns.set(type, { type, start, end, action });
    this.#scanner.pairs = [...this.#patterns.values()];
    return this;
  }

  /**
   * Calls `handler` with each match of a pattern, in place of an earlier one.
   *
   * If it throws, the call that found the match throws once its state is in order, and the next call
   * gives what that one held back; if its promise rejects, the next call throws.
   */
  onPatternMatch(type: string, handler: PatternHandler): this {
    this.#handlers.set(type, handler);
    return this;
  }

  /** What has been taken in and not given out yet. */
  get text(): Aggregation {
    const { open, held } = this.#scanner;
    const text = this.#pending.text + (open?.start ?? "") + held;
    return { text: text.replace(/^ +| +$/g, ""), type: this.aggregationType };
  }

  /** Takes a piece of text, and gives what is complete now. */
  aggregate(text: string): readonly Aggregation[] {
    for (const event of this.#scanner.push(text)) {
      if (event.type === "text") this.#pending.append(event.text);
      else if (event.type === "open") this.#open(event.pair);
      else this.#close(event.pair, event.content);
    }
    if (!this.#scanner.open) this.#ready.push(...this.#pending.take(this.#scanner.held));
    return this.#takeReady();
  }

  /** Takes the text as ended, and gives what is left of it. */
  flush(): readonly Aggregation[] {
    const { open, held } = this.#scanner;
    if (open?.action === MatchAction.KEEP) {
      this.#pending.appendHidden(open.start, "after");
      this.#pending.append(held);
    } else if (!open && !this.#mayBeRemoved(held)) this.#pending.append(held);
    this.#ready.push(...this.#pending.takeAll());
    this.#forgetText();
    return this.#takeReady();
  }

  /** Forgets what it holds; patterns and handlers stay. */
  reset(): void {
    this.#forgetText();
    this.#ready = [];
    this.#failures = [];
  }

  #forgetText(): void {
    this.#scanner.clear();
    this.#pending.clear();
  }

  #open({ start, action }: Pattern): void {
    if (action === MatchAction.AGGREGATE) this.#ready.push(...this.#pending.takeAll());
    else if (this.aggregationType === "sentence") this.#ready.push(...this.#pending.take(start));
  }

  #close(pattern: Pattern, content: string): void {
    const { type, start, end, action } = pattern;
    const fullMatch = start + content + end;
    const match = new PatternMatch(content.trim(), { type, fullMatch });
    switch (action) {
      case MatchAction.REMOVE:
        break;
      case MatchAction.KEEP:
        this.#pending.appendHidden(start, "after");
        this.#pending.append(content);
        this.#pending.appendHidden(end, "before");
        break;
      case MatchAction.AGGREGATE: {
        if (match.text === "") this.#pending.appendHidden(fullMatch, "after");
        else {
          const rawText = this.#pending.drainRaw() + fullMatch;
          this.#ready.push({ text: match.text, type, rawText });
        }
      }
    }
    this.#call(match);
  }

  #call(match: PatternMatch): void {
    try {
      const result = this.#handlers.get(match.type)?.(match);
      result?.catch((error) => this.#failures.push(error));
    } catch (error) {
      this.#failures.push(error);
    }
  }

  /** Whether the start of a pattern to remove begins with `held`. */
  #mayBeRemoved(held: string): boolean {
    return [...this.#patterns.values()].some(({ start, action }) =>
      action === MatchAction.REMOVE && start.startsWith(held)
    );
  }

  #takeReady(): readonly Aggregation[] {
    const failures = this.#failures.splice(0);
    if (failures.length === 1) throw failures[0];
    if (failures.length > 1) {
      throw new AggregateError(failures, "Cannot handle the matched patterns: handlers failed");
    }
    const ready = this.#ready;
    this.#ready = [];
    return ready;
  }
}
