import type { Clock, Timer } from "../async/mod.ts";
import { LLMMessagesAppendFrame } from "../context/mod.ts";
import {
  BotStartedSpeakingFrame,
  BotStoppedSpeakingFrame,
  type Frame,
  FunctionCallCancelFrame,
  FunctionCallInProgressFrame,
  FunctionCallResultFrame,
  InterruptionFrame,
  LLMFullResponseEndFrame,
  LLMFullResponseStartFrame,
} from "../frames/mod.ts";
import { BaseObserver, type FramePushed } from "../observers/mod.ts";
import { FrameProcessor } from "../processors/mod.ts";

/** Milliseconds of nothing happening after which the next line is typed. */
const PAUSE_MS = 1_000;

/** What a {@linkcode TypedCaller} works with. */
export interface TypedCallerOptions {
  readonly clock: Clock;
  /** The lines, as they are typed. */
  readonly lines: AsyncIterable<string>;
  /** Sends a line to the bot. */
  readonly type: (frame: Frame) => void;
  /** Told when there are no more lines. */
  readonly end: () => void;
}

/** Types lines, each when the bot is done with the one before. */
export class TypedCaller extends BaseObserver {
  readonly #options: TypedCallerOptions;
  readonly #lines: AsyncIterator<string>;
  readonly #busy: Set<string> = new Set();
  #timer: Timer | undefined;
  #state: "waiting" | "pausing" | "typing" | "over" = "waiting";

  constructor(options: TypedCallerOptions) {
    super();
    this.#options = options;
    this.#lines = options.lines[Symbol.asyncIterator]();
  }

  /** Begins to type. */
  begin(): void {
    this.#state = "pausing";
    this.#look();
  }

  /** Types no more. */
  close(): void {
    this.#state = "over";
    this.#timer?.cancel();
  }

  override onPushFrame({ frame, source }: FramePushed): void {
    if (frame instanceof BotStartedSpeakingFrame) this.#note("bot", true);
    else if (frame instanceof BotStoppedSpeakingFrame) this.#note("bot", false);
    else if (frame instanceof LLMFullResponseStartFrame) this.#note("model", true);
    else if (frame instanceof LLMFullResponseEndFrame && isOutput(source)) {
      this.#note("model", false);
    } else if (frame instanceof InterruptionFrame) this.#note("model", false);
    else if (frame instanceof FunctionCallInProgressFrame) this.#note(frame.toolCallId, true);
    else if (
      frame instanceof FunctionCallResultFrame || frame instanceof FunctionCallCancelFrame
    ) this.#note(frame.toolCallId, false);
  }

  #note(who: string, busy: boolean): void {
    if (busy) this.#busy.add(who);
    else this.#busy.delete(who);
    this.#look();
  }

  /** Waits for the pause to have lasted, anew whenever something happens. */
  #look(): void {
    this.#timer?.cancel();
    if (this.#state !== "pausing" || this.#busy.size > 0) return;
    this.#timer = this.#options.clock.timer(PAUSE_MS, () => void this.#type());
  }

  async #type(): Promise<void> {
    this.#state = "typing";
    const { clock, type, end } = this.#options;
    const line = await clock.hold(this.#lines.next());
    if (this.#state !== "typing") return;
    if (line.done) {
      this.close();
      return end();
    }
    this.#state = "pausing";
    type(new LLMMessagesAppendFrame([{ role: "user", content: line.value }], { runLlm: true }));
    // An answer that is not spoken has to be waited for as well.
    this.#look();
  }
}

function isOutput(source: FramePushed["source"]): boolean {
  return source instanceof FrameProcessor && source.role === "output";
}

/** The lines of a text that comes in pieces, empty ones left out. */
export async function* linesOf(bytes: ReadableStream<Uint8Array>): AsyncIterable<string> {
  let rest = "";
  for await (const text of bytes.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line.trim()) yield line.trim();
  }
  if (rest.trim()) yield rest.trim();
}
