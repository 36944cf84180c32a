import type { Clock } from "../async/mod.ts";
import { isLLMSpecificMessage, LLMMessagesAppendFrame, textOf } from "../context/mod.ts";
import {
  BotStartedSpeakingFrame,
  BotStoppedSpeakingFrame,
  type Frame,
  FunctionCallInProgressFrame,
  FunctionCallResultFrame,
  HeardTextFrame,
  InterruptionFrame,
  TranscriptionFrame,
  VADUserStartedSpeakingFrame,
} from "../frames/mod.ts";
import { BaseObserver, type FramePushed, TurnLatencyObserver } from "../observers/mod.ts";

/** What one of them said, or did. */
export interface ConversationEntry {
  /** Whose it is: the user's, the bot's, a call, or what came of it. */
  readonly who: "user" | "bot" | "call" | "result";
  /** The words. */
  readonly text: string;
  /** When it began, in milliseconds from the beginning of the conversation. */
  readonly atMs: number;
}

const COLUMNS = [
  ["transcript", "transcriptMs"],
  ["end of turn", "turnEndMs"],
  ["first token", "firstTokenMs"],
  ["tools", "toolMs"],
  ["first audio", "firstAudioMs"],
] as const;

/** Keeps what is said in a conversation, with times, and measures its turns. */
export class ConversationLog extends BaseObserver {
  /** What was said so far. */
  readonly entries: ConversationEntry[] = [];
  readonly #clock: Clock;
  readonly #said: (entry: ConversationEntry) => void;
  readonly #latency = new TurnLatencyObserver();
  readonly #seen: Set<number> = new Set();
  #beganAt: number;
  #userAt: number | undefined;
  #botAt = 0;
  #heard = "";
  #contextId: string | undefined;
  /** Whether it was interrupted: what was heard until then comes a little later. */
  #cut = false;

  constructor(clock: Clock, said: (entry: ConversationEntry) => void) {
    super();
    this.#clock = clock;
    this.#said = said;
    this.#beganAt = clock.now();
  }

  /** Times count from now. */
  begin(): void {
    this.#beganAt = this.#clock.now();
  }

  /** It is over, in the midst of a sentence or not. */
  end(): void {
    this.#cut = true;
    this.#flush();
  }

  override onPushFrame(data: FramePushed): void {
    this.#latency.onPushFrame(data);
    const { frame } = data;
    if (frame instanceof HeardTextFrame) this.#once(frame, () => this.#hear(frame));
    else if (frame instanceof TranscriptionFrame) this.#once(frame, () => this.#user(frame.text));
    else if (frame instanceof VADUserStartedSpeakingFrame) {
      this.#once(frame, () => this.#userAt ??= this.#clock.now() - frame.startSecs * 1000);
    } else if (frame instanceof BotStartedSpeakingFrame) {
      this.#once(frame, () => this.#botStarts());
    } else if (frame instanceof BotStoppedSpeakingFrame) this.#once(frame, () => this.#flush());
    else if (frame instanceof InterruptionFrame) this.#once(frame, () => this.#cut = true);
    else this.#other(frame);
  }

  /** Where the time of each turn went. */
  table(options: { readonly virtual: boolean }): string {
    const head = ["turn", "of", ...COLUMNS.map(([title]) => title), ""];
    const rows = this.#latency.turns.map((turn) => [
      String(turn.turn),
      turn.source,
      ...COLUMNS.map(([, field]) => turn[field]?.toFixed(0) ?? "–"),
      turn.interrupted ? "interrupted" : "",
    ]);
    const widths = head.map((_, i) =>
      Math.max(...[head, ...rows].map((row) => row[i]?.length ?? 0))
    );
    const lines = [head, ...rows].map((row) =>
      row.map((cell, i) => i < 2 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))
        .join("  ").trimEnd()
    );
    const about = "Milliseconds from the end of the user's speech, or from the typed line.";
    const caveat = options.virtual ? " Virtual time: computing counts as zero." : "";
    return [...lines, "", about + caveat].join("\n");
  }

  #other(frame: Frame): void {
    if (frame instanceof FunctionCallInProgressFrame) {
      const call = `${frame.functionName} ${JSON.stringify(frame.arguments)}`;
      this.#once(frame, () => this.#say("call", call));
    } else if (frame instanceof FunctionCallResultFrame) {
      this.#once(frame, () => this.#say("result", JSON.stringify(frame.result) ?? "nothing"));
    } else if (frame instanceof LLMMessagesAppendFrame) {
      this.#once(frame, () => this.#typed(frame));
    }
  }

  /** Broadcast frames come twice, and every frame at every hop: the first counts. */
  #once(frame: Frame, note: () => void): void {
    if (this.#seen.has(frame.id) || this.#seen.has(frame.broadcastSiblingId ?? -1)) return;
    this.#seen.add(frame.id);
    note();
  }

  #typed({ messages }: LLMMessagesAppendFrame): void {
    for (const message of messages) {
      if (!isLLMSpecificMessage(message) && message.role === "user") {
        this.#say("user", textOf(message));
      }
    }
  }

  #user(text: string): void {
    this.#say("user", text, this.#userAt);
    this.#userAt = undefined;
  }

  #botStarts(): void {
    this.#botAt = this.#clock.now();
    this.#cut = false;
  }

  #hear(frame: HeardTextFrame): void {
    if (this.#heard !== "" && frame.contextId !== this.#contextId) {
      this.#flush();
      this.#botStarts();
    }
    this.#contextId = frame.contextId;
    this.#heard += frame.text;
  }

  #flush(): void {
    const text = this.#heard.trim();
    this.#heard = "";
    if (text) this.#say("bot", this.#cut ? `${text} —` : text, this.#botAt);
  }

  #say(who: ConversationEntry["who"], text: string, at: number = this.#clock.now()): void {
    const entry = { who, text, atMs: at - this.#beganAt };
    this.entries.push(entry);
    this.#said(entry);
  }
}

/** An entry as it is shown: `  12.40  bot     It is noon.` */
export function lineOf({ who, text, atMs }: ConversationEntry): string {
  return `${(atMs / 1000).toFixed(2).padStart(7)}  ${who.padEnd(6)}  ${text}`;
}
