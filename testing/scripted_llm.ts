import type { LLMTokenUsage } from "../frames/mod.ts";
import {
  type LLMEvent,
  type LLMRequest,
  LLMService,
  type LLMServiceOptions,
} from "../services/llm/mod.ts";

/** A call that a scripted model asks for. */
export interface ScriptedCall {
  /** Name of the function. */
  readonly name: string;
  /** The arguments; a text stands for itself, broken JSON included. @default {{}} */
  readonly arguments?: Readonly<Record<string, unknown>> | string | undefined;
  /** The call's id. @default {"call_1" and so on, through the conversation} */
  readonly id?: string | undefined;
}

/** A piece of an answer. */
export interface ScriptedEvent {
  /** Milliseconds before it comes. */
  readonly afterMs: number;
  /** The piece. */
  readonly event: LLMEvent;
}

/** What a scripted model answers; a plain text stands for one that is just written. */
export interface ScriptedAnswer {
  /** What it writes. */
  readonly text?: string | undefined;
  /** The calls it asks for, after its text. */
  readonly calls?: readonly ScriptedCall[] | undefined;
  /** Every piece that comes, each with the milliseconds before it, where text and calls are too coarse. */
  readonly events?: readonly ScriptedEvent[] | undefined;
  /** What it costs. */
  readonly usage?: LLMTokenUsage | undefined;
  /** Milliseconds before the first token. @default {0} */
  readonly firstTokenMs?: number | undefined;
  /** Milliseconds before each further token. @default {0} */
  readonly tokenMs?: number | undefined;
  /** What is thrown at the end. */
  readonly error?: Error | undefined;
  /** Whether it never comes to its end. @default {false} */
  readonly stalls?: boolean | undefined;
}

/** What a {@linkcode ScriptedLLMService} can be given. */
export interface ScriptedLLMServiceOptions extends LLMServiceOptions {
  /** What it answers, one request after another; a function says so for each. */
  readonly answers?:
    | readonly (string | ScriptedAnswer)[]
    | ((request: LLMRequest) => string | ScriptedAnswer)
    | undefined;
}

/**
 * A language model that says what a test wants, token by token, on the clock of
 * the conversation.
 *
 * @example
 * ```ts
 * import { LLMContext, LLMContextFrame } from "@parley/sdk/context";
 * import { LLMFullResponseEndFrame, LLMTextFrame } from "@parley/sdk/frames";
 * import { ScriptedLLMService, TestPipeline } from "@parley/sdk/testing";
 * import { assertEquals } from "@std/assert";
 * const llm = new ScriptedLLMService({ answers: ["It is noon."] });
 * await using pipeline = new TestPipeline([llm]);
 * pipeline.push(new LLMContextFrame(new LLMContext()));
 * await pipeline.until(LLMFullResponseEndFrame);
 * assertEquals(pipeline.of(LLMTextFrame).map(({ text }) => text), ["It", " is", " noon."]);
 * ```
 */
export class ScriptedLLMService extends LLMService {
  /** What it was asked, in order. */
  readonly requests: LLMRequest[] = [];
  readonly #answers: (string | ScriptedAnswer)[];
  readonly #says: ((request: LLMRequest) => string | ScriptedAnswer) | undefined;
  #calls = 0;

  /** Makes a model. */
  constructor(options: ScriptedLLMServiceOptions = {}) {
    super(options, { model: "scripted" });
    const { answers = [] } = options;
    this.#says = typeof answers === "function" ? answers : undefined;
    this.#answers = typeof answers === "function" ? [] : [...answers];
  }

  /** What it has not answered yet. */
  get left(): readonly (string | ScriptedAnswer)[] {
    return this.#answers;
  }

  /** Has further requests answered so, behind those before and before a function is asked. */
  answer(...answers: readonly (string | ScriptedAnswer)[]): void {
    this.#answers.push(...answers);
  }

  /** Gives the next answer. */
  protected override async *generate(request: LLMRequest): AsyncIterable<LLMEvent> {
    this.requests.push(request);
    const next = this.#answers.shift() ?? this.#says?.(request);
    if (next === undefined) {
      throw new Error(`Cannot answer request ${this.requests.length}: the script is used up`);
    }
    const answer = typeof next === "string" ? { text: next } : next;
    const { signal } = request;
    await this.#pause(answer.firstTokenMs, signal);
    let first = true;
    for (const event of eventsOf(answer, () => `call_${++this.#calls}`)) {
      if (!first) await this.#pause(answer.tokenMs, signal);
      first = false;
      yield event;
    }
    for (const { afterMs, event } of answer.events ?? []) {
      await this.#pause(afterMs, signal);
      yield event;
    }
    if (answer.stalls) await new Promise<never>(() => {});
    if (answer.error) throw answer.error;
  }

  async #pause(ms: number | undefined, signal: AbortSignal): Promise<void> {
    if (ms) await this.clock.sleep(ms, { signal });
    else await Promise.resolve();
  }
}

/** An answer as a model streams it: words with the space before them, calls in pieces. */
function* eventsOf(answer: ScriptedAnswer, nextId: () => string): Iterable<LLMEvent> {
  const { text = "", calls = [], usage } = answer;
  for (const token of text.match(/\s*\S+|\s+$/g) ?? []) yield { type: "text", text: token };
  for (const [index, { name, id, arguments: args = {} }] of calls.entries()) {
    yield { type: "toolCall", index, id: id ?? nextId(), name };
    const json = typeof args === "string" ? args : JSON.stringify(args);
    for (const piece of json.match(/[^]{1,5}/g) ?? []) {
      yield { type: "toolCall", index, arguments: piece };
    }
  }
  if (usage) yield { type: "usage", usage };
}
