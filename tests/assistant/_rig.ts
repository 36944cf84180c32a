import { ConversationLog } from "../../cli/_conversation_log.ts";
import {
  isLLMSpecificMessage,
  type LLMContext,
  LLMContextFrame,
  LLMMessagesAppendFrame,
  textOf,
} from "../../context/mod.ts";
import { bot } from "../../examples/assistant.ts";
import type { Frame } from "../../frames/mod.ts";
import { BaseObserver, type FramePushed } from "../../observers/mod.ts";
import { BotSession } from "../../runner/mod.ts";
import { VirtualClock } from "../../testing/mod.ts";
import { WavTransport } from "../../transports/local/mod.ts";

/** Finds the conversation's context. */
export class ContextWatcher extends BaseObserver {
  context: LLMContext | undefined;

  override onPushFrame({ frame }: FramePushed): void {
    if (frame instanceof LLMContextFrame) this.context = frame.context;
  }
}

/** The default bot with its embedded set, which is typed to, on a virtual clock. */
export class AssistantRig implements AsyncDisposable {
  readonly clock = new VirtualClock();
  readonly log: ConversationLog = new ConversationLog(this.clock, () => {});
  readonly problems: string[] = [];
  readonly #watcher = new ContextWatcher();
  readonly #transport = new WavTransport({});
  readonly #session: BotSession;
  /** Resolves when the bot's session has ended. */
  readonly over: Promise<void>;

  constructor() {
    const { problems } = this;
    this.#session = new BotSession({
      transport: this.#transport,
      clock: this.clock,
      log: {
        debug: () => {},
        info: () => {},
        warn: (message) => problems.push(message),
        error: (message) => problems.push(message),
      },
      flags: { embedded: true },
      observers: [this.log, this.#watcher],
    });
    this.#transport.once("started", () => this.#session.ready());
    this.over = bot(this.#session);
  }

  /** A rig whose bot has greeted. */
  static async greeted(): Promise<AssistantRig> {
    const rig = new AssistantRig();
    await rig.#session.started;
    await rig.nextOf("bot");
    return rig;
  }

  /** The messages so far: who, and what, or which function. */
  get messages(): string[] {
    return (this.#watcher.context?.messages ?? []).map((message) => {
      if (isLLMSpecificMessage(message)) return "specific";
      const calls = message.role === "assistant" ? message.tool_calls ?? [] : [];
      const names = calls.map((call) => call.function.name).join(" ");
      return `${message.role}: ${names ? `calls ${names}` : textOf(message)}`;
    });
  }

  /** Types a text, as a client does that sends one: it interrupts. */
  type(content: string): void {
    const { task } = this.#session;
    task?.interrupt();
    void task?.queueFrame(
      new LLMMessagesAppendFrame([{ role: "user", content }], { runLlm: true }),
    );
  }

  /** Types a text and gives what the bot says to it, once it was heard. */
  async ask(content: string): Promise<string> {
    this.type(content);
    return await this.nextOf("bot");
  }

  /** Sends a frame. */
  queue(frame: Frame): void {
    void this.#session.task?.queueFrame(frame);
  }

  /** Waits for the next text of somebody, and gives it. */
  async nextOf(who: "user" | "bot" | "call" | "result", withinMs = 120_000): Promise<string> {
    const count = this.all(who).length;
    const until = this.clock.now() + withinMs;
    while (this.all(who).length === count) {
      if (this.clock.now() > until) throw new Error(`Cannot hear the ${who}: nothing came`);
      await this.clock.advance(20);
    }
    return this.all(who)[count] ?? "";
  }

  /** What somebody said so far. */
  all(who: "user" | "bot" | "call" | "result"): string[] {
    return this.log.entries.filter((entry) => entry.who === who).map(({ text }) => text);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#session.task) await this.clock.runUntil(this.#session.task.cancel());
    await this.clock.runUntil(this.over);
  }
}
