import { type FunctionCallParams, LLMMessagesAppendFrame } from "../context/mod.ts";
import {
  EndTaskFrame,
  InputDTMFFrame,
  InputTransportMessageFrame,
  InterruptionFrame,
  LLMConfigureOutputFrame,
  OutputTransportMessageUrgentFrame,
  StartFrame,
} from "../frames/mod.ts";
import { FirstSight } from "../observers/_first_sight.ts";
import {
  type FrameContext,
  FrameProcessor,
  type FrameProcessorOptions,
  type FrameScope,
  type ProcessorEvents,
} from "../processors/mod.ts";
import {
  quote,
  type Read,
  readCallResult,
  readKeys,
  readOwnMessage,
  readSendText,
  readVersion,
  type SendText,
} from "./_client_data.ts";
import { RTVIClientMessageFrame } from "./frames.ts";
import {
  makeMessage,
  parseMessage,
  RTVI_PROTOCOL_VERSION,
  type RTVIClientMessage,
  type RTVIMessage,
} from "./messages.ts";
import { RTVIObserver } from "./observer.ts";
import { reportLevel, type RTVIObserverParams } from "./params.ts";

/** Events of an {@linkcode RTVIProcessor}. */
export interface RTVIProcessorEvents extends ProcessorEvents {
  /** The pipeline starts. */
  readonly botStarted: readonly [rtvi: RTVIProcessor];
  /** A client said that it is ready. */
  readonly clientReady: readonly [rtvi: RTVIProcessor];
  /** The application's client sent a message of its own. */
  readonly clientMessage: readonly [rtvi: RTVIProcessor, message: RTVIClientMessageFrame];
}

/** What an {@linkcode RTVIProcessor} can be given. */
export interface RTVIProcessorOptions extends FrameProcessorOptions {
  /** What the client is told of the conversation. */
  readonly observerParams?: RTVIObserverParams | undefined;
  /** What `bot-ready` says of the bot. */
  readonly about?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * Speaks RTVI with a client: answers its messages, and lets the pipeline and
 * the application send theirs. Give it to the task as `rtvi`.
 *
 * @example
 * ```ts
 * import { FrameProcessor } from "@parley/sdk/processors";
 * import { Pipeline, PipelineTask } from "@parley/sdk/pipeline";
 * import { RTVIProcessor } from "@parley/sdk/rtvi";
 * const rtvi = new RTVIProcessor();
 * rtvi.on("clientReady", () => console.log("ready"));
 * await using task = new PipelineTask(new Pipeline([new FrameProcessor()]), { rtvi });
 * console.log(task.hasFinished()); // false
 * ```
 * @see https://docs.pipecat.ai/client/rtvi-standard (read 2026-11-20)
 */
export class RTVIProcessor extends FrameProcessor<RTVIProcessorEvents> {
  /** Tells the client what happens in the pipeline. */
  readonly observer: RTVIObserver;
  readonly #params: RTVIObserverParams;
  readonly #about: Readonly<Record<string, unknown>>;
  readonly #received: FirstSight = new FirstSight();
  readonly #calls: Map<string, (result: unknown) => void> = new Map();
  #readyId: string | undefined;
  #lasting: FrameScope | undefined;

  /** Makes a processor for one session. */
  constructor(options: RTVIProcessorOptions = {}) {
    super(options);
    const { observerParams = {}, about } = options;
    this.#params = observerParams;
    this.#about = { library: "@parley/sdk", ...about };
    this.observer = new RTVIObserver(this, observerParams);
    this.handle(StartFrame, () => this.emit("botStarted", this));
    this.handle(InputTransportMessageFrame, (frame, context) => this.#receive(frame, context));
  }

  /** Tells the client that the bot is ready; done for it when it says it is. */
  setBotReady(about: Readonly<Record<string, unknown>> = this.#about): void {
    const id = this.#readyId ?? crypto.randomUUID().slice(0, 8);
    this.sendMessage("bot-ready", { version: RTVI_PROTOCOL_VERSION, about }, { id });
  }

  /** Sends the client a message of the application: any JSON value. */
  sendServerMessage(data: unknown): void {
    this.sendMessage("server-message", data);
  }

  /** Answers a client's message. */
  sendServerResponse(message: RTVIClientMessageFrame, data?: unknown): void {
    const { msgId: id, type: t } = message;
    this.sendMessage("server-response", { t, ...(data == null ? {} : { d: data }) }, { id });
  }

  /** Tells the client why its message has no answer. */
  sendErrorResponse(message: RTVIClientMessageFrame, error: string): void {
    this.sendMessage("error-response", { error }, { id: message.msgId });
  }

  /** Tells the client that something went wrong. A fatal error ends its session. */
  sendError(error: string, options: { readonly fatal?: boolean } = {}): void {
    this.sendMessage("error", { error, fatal: options.fatal ?? false });
  }

  /** Sends any message of the protocol. */
  sendMessage(
    type: RTVIMessage["type"],
    data?: unknown,
    options: { readonly id?: string } = {},
  ): void {
    void this.#scope.push(new OutputTransportMessageUrgentFrame(makeMessage(type, data, options)));
  }

  /** Interrupts the bot. */
  interruptBot(): void {
    void this.#scope.broadcast(() => new InterruptionFrame());
  }

  /**
   * Has the client run a function that the model called, and gives what it
   * answers: the handler of a tool, or the end of one. The client runs what it
   * is told in full.
   *
   * @throws {TypeError} If the function's report level is not `"full"`.
   */
  async handleFunctionCall(
    call: Pick<FunctionCallParams, "functionName" | "toolCallId" | "signal">,
  ): Promise<unknown> {
    const { functionName, toolCallId, signal } = call;
    const level = reportLevel(this.#params, functionName);
    if (level !== "full") {
      throw new TypeError(
        `Cannot have the client run "${functionName}": its report level is "${level}", ` +
          `set "functionCallReportLevel" to "full" for it`,
      );
    }
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const abort = () => reject(signal.reason);
    signal.throwIfAborted();
    signal.addEventListener("abort", abort, { once: true });
    this.#calls.set(toolCallId, resolve);
    try {
      return await promise;
    } finally {
      signal.removeEventListener("abort", abort);
      this.#calls.delete(toolCallId);
    }
  }

  get #scope(): FrameScope {
    return this.#lasting ??= this.scope({ uninterruptible: true });
  }

  #receive(frame: InputTransportMessageFrame, context: FrameContext): void | Promise<void> {
    const parsed = parseMessage(frame.message);
    if (!parsed) return context.forward();
    // An input broadcasts what it receives, and either copy may come here.
    if (!this.#received.isFirst(frame)) return;
    if (parsed.ok) return this.#dispatch(parsed.message);
    const problem = `Cannot read the client's message: ${parsed.problem}`;
    this.log.warn(problem);
    this.sendError(problem);
  }

  #dispatch(message: RTVIClientMessage): void {
    switch (message.type) {
      case "client-ready":
        return this.#clientReady(message);
      case "disconnect-bot":
        return this.#disconnect();
      case "client-message":
        return this.#read(message, readOwnMessage, ({ type, data }) => {
          const frame = new RTVIClientMessageFrame(type, { msgId: message.id, data });
          void this.#scope.push(frame);
          this.emit("clientMessage", this, frame);
        });
      case "send-text":
        return this.#read(message, readSendText, (text) => this.#sendText(text));
      case "dtmf":
        return this.#read(message, readKeys, (keys) => {
          for (const key of keys) void this.#scope.push(new InputDTMFFrame(key));
        });
      case "llm-function-call-result":
        return this.#read(message, readCallResult, ({ toolCallId, result }) => {
          const resolve = this.#calls.get(toolCallId);
          if (resolve) return resolve(result);
          this.#refuse(message, `nobody waits for the result of the call ${quote(toolCallId)}`);
        });
      case "error":
        return this.log.warn("The client reported an error", { "pii.error": message.data });
      default:
        return this.#refuse(message, "the type is unknown");
    }
  }

  #read<T>(
    message: RTVIClientMessage,
    read: (data: unknown) => Read<T>,
    use: (value: T) => void,
  ): void {
    const data = read(message.data);
    if (data.ok) use(data.value);
    else this.#refuse(message, data.problem);
  }

  #clientReady(message: RTVIClientMessage): void {
    const version = readVersion(message.data);
    if (!version.ok) this.#refuse(message, version.problem);
    else if (version.value.major !== 2) {
      const problem = `it speaks RTVI ${version.value.text}, and this bot ${RTVI_PROTOCOL_VERSION}`;
      this.#refuse(message, problem);
    }
    this.#readyId = message.id;
    // Who speaks another version may still understand some of it.
    this.setBotReady();
    this.emit("clientReady", this);
  }

  #disconnect(): void {
    void this.#scope.push(new EndTaskFrame("The client disconnected the bot"), "upstream");
  }

  #sendText({ content, runImmediately, audioResponse }: SendText): void {
    if (runImmediately) this.interruptBot();
    if (!audioResponse) void this.#scope.push(new LLMConfigureOutputFrame(true));
    const messages = [{ role: "user" as const, content }];
    void this.#scope.push(new LLMMessagesAppendFrame(messages, { runLlm: runImmediately }));
    if (!audioResponse) void this.#scope.push(new LLMConfigureOutputFrame(false));
  }

  #refuse(message: RTVIClientMessage, problem: string): void {
    const error = `Cannot handle the client's ${quote(message.type)}: ${problem}`;
    this.log.warn(error);
    this.sendMessage("error-response", { error }, { id: message.id });
  }
}
