import { assert, assertEquals } from "@std/assert";
import { defineTool, LLMContext, LLMContextFrame, type LLMContextMessage } from "../context/mod.ts";
import {
  FunctionCallResultFrame,
  FunctionCallsStartedFrame,
  InterruptionFrame,
  LLMFullResponseEndFrame,
  LLMFullResponseStartFrame,
  LLMTextFrame,
  type LLMTokenUsage,
  LLMUpdateSettingsFrame,
  MetricsFrame,
} from "../frames/mod.ts";
import type { LLMService } from "../services/llm/mod.ts";
import {
  type CaseName,
  checkClosed,
  checkError,
  checkKey,
  checkMetrics,
} from "./_contract_checks.ts";
import { ContractSession } from "./_contract_session.ts";
import type {
  LLMContract,
  LLMContractAnswer,
  LLMContractAnswers,
  LLMContractCase,
  LLMContractSubject,
} from "./llm_contract.ts";
import { LLM_QUESTIONS } from "./llm_questions.ts";
import type { ScriptedCall } from "./scripted_llm.ts";
import type { TestPipeline } from "./test_pipeline.ts";

const ANSWERS: LLMContractAnswers = {
  text: "Hello there. How are you?",
  calls: [
    { name: "get_weather", arguments: { city: "Rome" } },
    { name: "get_weather", arguments: { city: "Oslo" } },
  ],
  afterCalls: "It is sunny in both.",
};

const STORY = Array.from({ length: 120 }, (_, i) => `word${i}`).join(" ");
const USAGE: LLMTokenUsage = { promptTokens: 11, completionTokens: 5, totalTokens: 16 };

/** What each case shows. */
export const LLM_CASES: Readonly<Record<LLMContractCase, CaseName>> = {
  key: { name: "names the key it misses" },
  answer: { name: "answers piece by piece, between start and end" },
  order: { name: "answers one context after another" },
  calls: { name: "has functions called as the model asks, whole and once each" },
  results: { name: "goes on from what calls gave" },
  interruption: { name: "drops an answer that is interrupted, and closes its request" },
  interruptedCalls: { name: "starts no call of an answer that is interrupted", provider: true },
  refusal: {
    name: "reports a refusal once, without secrets, and answers the next",
    provider: true,
  },
  drop: { name: "reports a connection that breaks, and answers the next", provider: true },
  garbage: { name: "reports an answer it cannot read, and answers the next", provider: true },
  stall: { name: "gives up a provider that stalls, and answers the next", provider: true },
  metrics: { name: "measures its first token, its work and its tokens" },
  settings: { name: "takes changed settings for the next answer" },
  close: { name: "closes at once, and leaves nothing behind" },
};

type Session = ContractSession<LLMContractSubject, LLMService>;

/** The cases of the contract of language models. */
export class LLMCases {
  readonly #contract: LLMContract;
  readonly #answers: LLMContractAnswers;

  constructor(contract: LLMContract) {
    this.#contract = contract;
    this.#answers = { ...ANSWERS, ...contract.answers };
  }

  /** How each case is shown. */
  runs(): Readonly<Record<LLMContractCase, () => Promise<void>>> {
    return {
      key: () => Promise.resolve(checkKey(this.#contract.key)),
      answer: () => this.#answer(),
      order: () => this.#order(),
      calls: () => this.#calls(),
      results: () => this.#results(),
      interruption: () => this.#interruption(),
      interruptedCalls: () => this.#interruptedCalls(),
      refusal: () => this.#trouble({ status: 401 }),
      drop: () => this.#trouble({ text: "Well", trouble: "drop" }),
      garbage: () => this.#trouble({ text: "Well", trouble: "garbage" }),
      stall: () => this.#stall(),
      metrics: () => this.#metrics(),
      settings: () => this.#settings(),
      close: () => this.#close(),
    };
  }

  async #answer(): Promise<void> {
    await using session = await this.#start({ text: this.#answers.text });
    const { pipeline } = session;
    pipeline.push(asking(LLM_QUESTIONS.text));
    await pipeline.until(LLMFullResponseEndFrame);
    const pieces = pipeline.of(LLMTextFrame).map(({ text }) => text);
    assertEquals(pieces.join(""), this.#answers.text);
    assert(pieces.length > 1, "the answer came in one piece");
    assertEquals(pipeline.down.at(0)?.constructor, LLMFullResponseStartFrame);
    assertEquals(pipeline.down.at(-1)?.constructor, LLMFullResponseEndFrame);
    assertEquals(pipeline.errors, []);
    session.checkSecrets(LLM_QUESTIONS.text);
  }

  async #order(): Promise<void> {
    await using session = await this.#start({ text: STORY }, { text: this.#answers.text });
    const { pipeline } = session;
    pipeline.push(asking(LLM_QUESTIONS.long), asking(LLM_QUESTIONS.text));
    await pipeline.until(LLMFullResponseEndFrame, { count: 2 });
    const kinds = pipeline.down.filter((frame) => !(frame instanceof MetricsFrame))
      .map(({ constructor }) => constructor)
      .filter((kind, i, all) => kind !== LLMTextFrame || all[i - 1] !== LLMTextFrame);
    const answer = [LLMFullResponseStartFrame, LLMTextFrame, LLMFullResponseEndFrame];
    assertEquals(kinds, [...answer, ...answer]);
    assert(textOf(pipeline).endsWith(this.#answers.text));
  }

  async #calls(): Promise<void> {
    const { calls } = this.#answers;
    await using session = await this.#start({ text: "Let me see.", calls });
    const { pipeline } = session;
    const called: unknown[] = [];
    pipeline.push(asking(LLM_QUESTIONS.calls, { called }));
    await pipeline.until(FunctionCallResultFrame, { count: 2 * calls.length });
    await pipeline.settle();
    const wanted = calls.map((call) => call.arguments);
    assertEquals(called, wanted);
    const started = pipeline.of(FunctionCallsStartedFrame).flatMap((f) => f.functionCalls);
    assertEquals(started.map((call) => call.arguments), wanted);
    const ids = pipeline.of(FunctionCallResultFrame).map(({ toolCallId }) => toolCallId);
    assertEquals(ids.length, calls.length);
    assertEquals(new Set(ids).size, calls.length);
    assertEquals(pipeline.of(LLMFullResponseEndFrame).length, 1);
  }

  async #results(): Promise<void> {
    await using session = await this.#start({ text: this.#answers.afterCalls });
    const { pipeline } = session;
    pipeline.push(asking(LLM_QUESTIONS.calls, { results: this.#answers.calls }));
    await pipeline.until(LLMFullResponseEndFrame);
    assertEquals(textOf(pipeline), this.#answers.afterCalls);
    assertEquals(pipeline.of(FunctionCallsStartedFrame), []);
  }

  async #interruption(): Promise<void> {
    await using session = await this.#start(
      { text: STORY, trouble: "stall" },
      { text: this.#answers.text },
    );
    const { pipeline } = session;
    pipeline.when(LLMTextFrame, () => pipeline.interrupt());
    pipeline.push(asking(LLM_QUESTIONS.long));
    await pipeline.until(InterruptionFrame);
    await session.closed(this.#closeWithinMs);
    await this.#answersNext(session);
    assertEquals(pipeline.errors, []);
    await this.#interruptionBefore();
  }

  /** The same before anything of the answer is there. */
  async #interruptionBefore(): Promise<void> {
    await using session = await this.#start({ trouble: "stall" }, { text: this.#answers.text });
    const { pipeline, subject } = session;
    const stuck = subject.provider?.stuck();
    if (!stuck) return;
    pipeline.push(asking(LLM_QUESTIONS.text));
    await stuck;
    pipeline.interrupt();
    await session.closed(this.#closeWithinMs);
    await this.#answersNext(session);
  }

  /** An answer comes, with nothing in it of what was before. */
  async #answersNext({ pipeline }: Session): Promise<void> {
    const before = pipeline.down.length;
    pipeline.push(asking(LLM_QUESTIONS.text));
    await pipeline.until(LLMFullResponseEndFrame);
    await pipeline.settle();
    const text = pipeline.down.slice(before)
      .flatMap((frame) => frame instanceof LLMTextFrame ? [frame.text] : []);
    assertEquals(text.join(""), this.#answers.text);
    assertEquals(pipeline.of(LLMFullResponseEndFrame).length, 1);
  }

  async #interruptedCalls(): Promise<void> {
    const { calls, text } = this.#answers;
    await using session = await this.#start({ text: "Let me see.", calls, trouble: "stall" }, {
      text,
    });
    const { pipeline } = session;
    const called: unknown[] = [];
    pipeline.push(asking(LLM_QUESTIONS.calls, { called }));
    await pipeline.until(LLMTextFrame, { count: 3 });
    pipeline.interrupt();
    pipeline.push(asking(LLM_QUESTIONS.text));
    await pipeline.until(LLMFullResponseEndFrame);
    assertEquals(called, []);
    assertEquals(pipeline.of(FunctionCallsStartedFrame), []);
  }

  async #trouble(answer: LLMContractAnswer): Promise<void> {
    await using session = await this.#start(answer, { text: this.#answers.text });
    session.pipeline.push(asking(LLM_QUESTIONS.text));
    await this.#recovers(session);
  }

  async #stall(): Promise<void> {
    const stalled = { text: "Well", trouble: "stall" } as const;
    const answers = [stalled, { text: this.#answers.text }];
    await using session = await this.#open({ stallTimeoutMs: 200 }, answers);
    const { pipeline, subject: { provider } } = session;
    if (!provider) return;
    await session.getStuck(provider, () => pipeline.push(asking(LLM_QUESTIONS.text)));
    await session.givesUp();
    await this.#recovers(session);
  }

  /** The first answer ends in an error, and the second is as if nothing had happened. */
  async #recovers(session: Session): Promise<void> {
    const { pipeline } = session;
    await pipeline.until(LLMFullResponseEndFrame);
    checkError(pipeline, session.secrets(LLM_QUESTIONS.text));
    const before = textOf(pipeline);
    pipeline.push(asking(LLM_QUESTIONS.text));
    await pipeline.until(LLMFullResponseEndFrame, { count: 2 });
    assertEquals(textOf(pipeline).slice(before.length), this.#answers.text);
    assertEquals(pipeline.errors.length, 1);
  }

  async #metrics(): Promise<void> {
    await using session = await this.#start({ text: this.#answers.text, usage: USAGE });
    const { pipeline, service, subject } = session;
    pipeline.push(asking(LLM_QUESTIONS.text));
    await pipeline.until(LLMFullResponseEndFrame);
    const data = checkMetrics(pipeline, service);
    assertEquals(data.map(({ type }) => type).sort(), ["llm_usage", "processing", "ttfb"]);
    const usage = data.find((d) => d.type === "llm_usage")?.value;
    if (subject.provider) assertEquals({ ...usage, ...USAGE }, usage);
    assert((usage?.totalTokens ?? 0) > 0);
  }

  async #settings(): Promise<void> {
    const { text } = this.#answers;
    await using session = await this.#start({ text }, { text });
    const { pipeline, service, subject } = session;
    pipeline.push(asking(LLM_QUESTIONS.text));
    pipeline.push(new LLMUpdateSettingsFrame({ delta: { model: "another-model" } }));
    pipeline.push(asking(LLM_QUESTIONS.text));
    const first = service.settings.model;
    await pipeline.until(LLMFullResponseEndFrame, { count: 2 });
    const models = pipeline.of(MetricsFrame).flatMap((frame) => frame.data)
      .filter(({ type }) => type === "ttfb").map(({ model }) => model);
    assertEquals(models, [first, "another-model"]);
    if (subject.provider) assertEquals(subject.provider.askedModel(), "another-model");
  }

  async #close(): Promise<void> {
    await using session = await this.#start({ trouble: "stall" });
    const { pipeline, subject } = session;
    const stuck = subject.provider?.stuck();
    pipeline.push(asking(LLM_QUESTIONS.long));
    await (stuck ?? pipeline.until(LLMTextFrame));
    await checkClosed(pipeline);
    await session.closed(1_000);
  }

  get #closeWithinMs(): number {
    return this.#contract.closeWithinMs ?? 50;
  }

  #start(...answers: readonly LLMContractAnswer[]): Promise<Session> {
    return this.#open({}, answers);
  }

  async #open(
    options: { readonly stallTimeoutMs?: number },
    answers: readonly LLMContractAnswer[],
  ): Promise<Session> {
    const subject = await this.#contract.open();
    subject.provider?.script(...answers);
    return new ContractSession(subject, subject.make(options));
  }
}

/** A conversation in which something was just asked, and maybe calls have given results. */
function asking(
  question: string,
  { called = [], results }: {
    readonly called?: unknown[];
    readonly results?: readonly ScriptedCall[];
  } = {},
): LLMContextFrame {
  const messages: LLMContextMessage[] = [{ role: "user", content: question }];
  if (results) messages.push(...exchange(results));
  const tool = defineTool<{ city: string }>({
    name: "get_weather",
    description: "Gets the weather of a city.",
    parameters: {
      type: "object",
      properties: { city: { type: "string" } },
      required: ["city"],
    },
    handler: ({ arguments: args }) => {
      called.push(args);
      return "sunny";
    },
  });
  return new LLMContextFrame(new LLMContext(messages, { tools: [tool] }));
}

/** Calls with their results, as the context keeps them. */
function exchange(calls: readonly ScriptedCall[]): LLMContextMessage[] {
  return [
    {
      role: "assistant",
      tool_calls: calls.map(({ name, arguments: args }, i) => ({
        id: `call_${i}`,
        type: "function",
        function: { name, arguments: JSON.stringify(args) },
      })),
    },
    ...calls.map((_, i): LLMContextMessage => ({
      role: "tool",
      tool_call_id: `call_${i}`,
      content: '"sunny"',
    })),
  ];
}

function textOf(pipeline: TestPipeline): string {
  return pipeline.of(LLMTextFrame).map(({ text }) => text).join("");
}
