/**
 * A small language model that follows rules: no key, no network, no weights.
 *
 * It is no understanding of language. It knows the phrases it is given, calls
 * tools and answers as its rules say, and speaks the same interface as the
 * others, so that a bot can be tried, tested and developed without a provider.
 *
 * @module
 */
import { isLLMSpecificMessage, type LLMContextMessage } from "../../context/mod.ts";
import {
  type LLMEvent,
  type LLMRequest,
  LLMService,
  type LLMServiceOptions,
  type LLMSettings,
} from "../llm/mod.ts";
import { PhraseBook, type PhraseMatch } from "./grammar.ts";

/** What a rule knows of the conversation. */
export interface RuleTurn {
  /** What the user said. */
  readonly text: string;
  /** What stood in the places of the phrase, by name. */
  readonly slots: PhraseMatch["slots"];
  /** What of the bot's last answer was heard; empty before the first. */
  readonly lastHeard: string;
}

/** A call of a tool. */
export interface RuleCall {
  /** Name of the function. */
  readonly call: string;
  /** Its arguments. */
  readonly with?: Readonly<Record<string, unknown>> | undefined;
}

/** What to do when a phrase is heard. */
export interface LocalRule {
  /** The phrases, as a {@linkcode PhraseBook} takes them. */
  readonly say: readonly string[];
  /** The answer, or the calls that give it; an empty answer is silence. */
  readonly answer: (turn: RuleTurn) => string | RuleCall | readonly RuleCall[];
  /** Says what came of the last call. @default {(result) => String(result)} */
  readonly then?: (result: unknown, turn: RuleTurn) => string;
}

/** What a {@linkcode LocalLLMService} can be given. */
export interface LocalLLMServiceOptions extends LLMServiceOptions {
  /** What it knows. */
  readonly rules: readonly LocalRule[];
  /** What it says before anybody has said anything. */
  readonly greeting: string;
  /** What it says when no phrase fits, one after another. */
  readonly refusals: readonly string[];
  /** What it says when no phrase fits for the third time in a row. */
  readonly help: string;
}

// Rung 3: it runs in this process

/**
 * A language model that follows rules.
 *
 * @example
 * ```ts
 * import { LocalLLMService } from "@parley/sdk/services/local";
 * const llm = new LocalLLMService({
 *   greeting: "Hello.",
 *   refusals: ["I didn't catch that."],
 *   help: "You can say hello.",
 *   rules: [{ say: ["hello"], answer: () => "Hello to you." }],
 * });
 * console.log(llm.role); // "llm"
 * ```
 */
export class LocalLLMService extends LLMService {
  readonly #options: LocalLLMServiceOptions;
  readonly #book: PhraseBook;
  #calls = 0;

  /** Makes a model that knows its rules and nothing else. */
  constructor(options: LocalLLMServiceOptions) {
    super(options, { model: "rules" });
    this.#options = options;
    this.#book = new PhraseBook(options.rules.flatMap((rule) => rule.say));
  }

  /** Answers the last message. */
  protected override async *generate(request: LLMRequest<LLMSettings>): AsyncIterable<LLMEvent> {
    const messages = request.context.messages.filter((message) => !isLLMSpecificMessage(message));
    let written = 0;
    for (const event of this.#events(messages)) {
      // One token a turn of the event loop's microtasks: it comes as a stream does.
      await Promise.resolve();
      if (request.signal.aborted) return;
      written++;
      yield event;
    }
    const read = messages.reduce((sum, message) => sum + countWords(textOf(message)), 0);
    const usage = { promptTokens: read, completionTokens: written, totalTokens: read + written };
    yield { type: "usage", usage };
  }

  *#events(messages: readonly LLMContextMessage[]): Iterable<LLMEvent> {
    const answer = this.#answer(messages);
    if (typeof answer === "string") {
      for (const token of answer.match(/\s*\S+/g) ?? []) yield { type: "text", text: token };
      return;
    }
    for (const [index, { call: name, with: args = {} }] of answer.entries()) {
      yield { type: "toolCall", index, id: `call_${++this.#calls}`, name };
      for (const piece of JSON.stringify(args).match(/.{1,8}/gs) ?? []) {
        yield { type: "toolCall", index, arguments: piece };
      }
    }
  }

  #answer(messages: readonly LLMContextMessage[]): string | readonly RuleCall[] {
    const asked = messages.findLastIndex((message) => roleOf(message) === "user");
    const question = messages[asked];
    if (!question) return this.#options.greeting;
    const text = textOf(question);
    const match = this.#book.match(text);
    const rule = match && this.#ruleOf(match);
    if (!match || !rule) return this.#refuse(messages);
    const turn = { text, slots: match.slots, lastHeard: lastHeard(messages.slice(0, asked)) };
    const result = messages.slice(asked).findLast((message) => roleOf(message) === "tool");
    if (result) {
      const value = parse(textOf(result));
      return rule.then ? rule.then(value, turn) : String(value);
    }
    const answer = rule.answer(turn);
    return typeof answer === "string" || Array.isArray(answer) ? answer : [answer as RuleCall];
  }

  #ruleOf(match: PhraseMatch): LocalRule | undefined {
    return this.#options.rules.find((rule) => rule.say.includes(match.phrase));
  }

  /** Refuses in changing words; after the third time in a row it says what it knows. */
  #refuse(messages: readonly LLMContextMessage[]): string {
    const { refusals, help } = this.#options;
    const said = messages.filter((message) => roleOf(message) === "user").map(textOf);
    const known = said.findLastIndex((text) => this.#book.match(text) !== undefined);
    const inARow = said.length - 1 - known;
    if (inARow > 0 && inARow % 3 === 0) return help;
    return refusals[(inARow - 1) % refusals.length] ?? help;
  }
}

function roleOf(message: LLMContextMessage): string | undefined {
  return "role" in message ? message.role : undefined;
}

function textOf(message: LLMContextMessage): string {
  if (!("content" in message)) return "";
  const { content } = message;
  if (typeof content === "string") return content;
  if (!content) return "";
  return content.flatMap((part) => part.type === "text" ? [part.text] : []).join(" ");
}

/** What of the bot's last answer was heard; an answer in several messages is one. */
function lastHeard(messages: readonly LLMContextMessage[]): string {
  const last = messages.findLast((message) =>
    roleOf(message) === "assistant" && textOf(message).trim() !== ""
  );
  return last ? textOf(last).trim() : "";
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text; // a result that is plain text
  }
}

function countWords(text: string): number {
  return text.split(/\s+/).filter(Boolean).length;
}
