/**
 * The whole conversation as the page shows it, built from RTVI's events.
 *
 * It knows neither the browser nor the network: events go in, lines come out.
 *
 * @module
 */
import { type BotOutput, BotSide } from "./bot_side.ts";
import type { Cancel, Later } from "./browser_time.ts";
import { type Change, type Item, ItemList, type ToolItem, type TurnItem } from "./items.ts";
import type { TurnMessage, WordTiming } from "./server_messages.ts";
import { UserSide } from "./user_side.ts";

/** What RTVI tells of a tool call. */
export interface ToolCall {
  /** The tool. */
  readonly function_name?: string;
  /** The model's name for the call. */
  readonly tool_call_id?: string;
  /** What it is called with. */
  readonly arguments?: unknown;
  /** What it gave back. */
  readonly result?: unknown;
  /** Whether it was given up. */
  readonly cancelled?: boolean;
}

/** How long after the model's last token speech is still expected. */
export const SPEECH_WAIT_MS = 4000;

/** Who can be heard, or is at work. */
export interface Presence {
  /** What the user does. */
  readonly user: "silent" | "speaking";
  /** What the bot does. */
  readonly bot: "silent" | "thinking" | "speaking";
}

/** Turns events into lines. */
export class Conversation {
  readonly #list: ItemList;
  readonly #user: UserSide;
  readonly #bot: BotSide;
  readonly #onPresence: (presence: Presence) => void;
  readonly #later: Later;
  readonly #turns = new Map<number, TurnItem>();
  #thinking: Cancel = () => {};
  #presence: Presence = { user: "silent", bot: "silent" };

  /** Makes an empty conversation. */
  constructor(options: {
    /** Called for every change of a line. */
    readonly onChange: (change: Change) => void;
    /** Called when someone begins or ends to speak. */
    readonly onPresence: (presence: Presence) => void;
    /** Plans an action. */
    readonly later: Later;
  }) {
    this.#list = new ItemList(options.onChange);
    this.#user = new UserSide(this.#list, options.later);
    this.#bot = new BotSide(this.#list, options.later);
    this.#onPresence = options.onPresence;
    this.#later = options.later;
  }

  /** The lines, oldest first. */
  get items(): Iterable<Item> {
    return this.#list;
  }

  /** Whether nothing has been said yet. */
  get isEmpty(): boolean {
    return this.#list.length === 0;
  }

  /** Says when the server counts a word as spoken. */
  setWordTiming(timing: WordTiming): void {
    this.#bot.setTiming(timing);
  }

  /** The user began to speak. */
  userStarted(): void {
    this.#bot.interrupted();
    this.#user.started();
    this.#become({ user: "speaking" });
    this.#stopThinking();
  }

  /** The user fell silent. */
  userStopped(): void {
    this.#user.stopped();
    this.#become({ user: "silent" });
  }

  /** The recogniser heard something. */
  userTranscript(text: string, final: boolean): void {
    this.#user.transcript(text, final);
  }

  /** The user's turn as the model gets it. */
  userTurnText(text: string): void {
    this.#user.turnText(text);
  }

  /** The user typed something. */
  typed(text: string): void {
    this.#bot.interrupted();
    this.#user.typed(text);
  }

  /** The model began to answer. */
  llmStarted(): void {
    this.#bot.answering();
    this.#thinking();
    if (this.#presence.bot === "silent") this.#become({ bot: "thinking" });
  }

  /** The model has answered; its speech, or a tool's result, may follow. */
  llmStopped(): void {
    this.#thinking();
    this.#thinking = this.#later(SPEECH_WAIT_MS, () => this.#stopThinking());
  }

  /** The bot says, or has said, something. */
  botOutput(data: BotOutput): void {
    if (data.spoken_status === undefined || data.spoken_status === "new") {
      this.#user.answered();
    }
    this.#bot.output(data);
  }

  /** The bot began to be heard. */
  botStarted(): void {
    this.#user.answered();
    this.#bot.started();
    this.#become({ bot: "speaking" });
  }

  /** The bot fell silent. */
  botStopped(): void {
    this.#bot.stopped();
    this.#become({ bot: "silent" });
  }

  /** A tool is called, or its call goes on. */
  toolCalled(call: ToolCall): void {
    const known = this.#findTool(call);
    if (known !== undefined) {
      known.callId ??= call.tool_call_id;
      known.name = call.function_name ?? known.name;
      known.args = call.arguments ?? known.args;
      this.#list.changed(known);
      return;
    }
    this.#user.answered();
    this.#bot.close();
    this.#list.append({
      kind: "tool",
      callId: call.tool_call_id,
      name: call.function_name ?? "tool",
      args: call.arguments,
      result: undefined,
      state: "running",
    });
  }

  /** A tool's call is over. */
  toolStopped(call: ToolCall): void {
    const tool = this.#findTool(call);
    if (tool === undefined) return;
    tool.callId ??= call.tool_call_id;
    tool.state = call.cancelled === true ? "cancelled" : "done";
    tool.result = call.result;
    this.#list.changed(tool);
  }

  /** A turn's latency is known, or better known. */
  turn(turn: TurnMessage): void {
    const known = this.#turns.get(turn.turn);
    if (known === undefined) {
      this.#turns.set(turn.turn, this.#addTurn(turn));
    } else {
      known.turn = turn;
      this.#list.changed(known);
    }
    if (turn.interrupted) this.#markCut(turn.turn);
  }

  /** The page has something to say. */
  note(text: string): void {
    this.#list.append({ kind: "note", text });
  }

  /** The session is over: nothing stays half said. */
  end(): void {
    this.#user.close();
    this.#bot.end();
    this.#thinking();
    this.#turns.clear();
    for (const item of this.#list) {
      if (item.kind !== "tool" || item.state !== "running") continue;
      item.state = "cancelled";
      this.#list.changed(item);
    }
    this.#become({ user: "silent", bot: "silent" });
  }

  #stopThinking(): void {
    if (this.#presence.bot === "thinking") this.#become({ bot: "silent" });
  }

  #addTurn(turn: TurnMessage): TurnItem {
    const item: TurnItem = { kind: "turn", turn };
    const said = turn.source === "bot" ? undefined : this.#list.newest("user");
    const isTaken = said !== undefined &&
      this.#list.lastAfter(said, "turn", ["user"]) !== undefined;
    if (said !== undefined && !isTaken) {
      return this.#list.insertAfter(item, said);
    }
    this.#bot.close();
    return this.#list.append(item);
  }

  #markCut(turn: number): void {
    const item = this.#turns.get(turn);
    if (item === undefined) return;
    const said = this.#list.lastAfter(item, "bot", ["turn", "user"]);
    if (said !== undefined) this.#bot.cut(said);
  }

  #findTool(call: ToolCall): ToolItem | undefined {
    const id = call.tool_call_id;
    if (id !== undefined) {
      const known = this.#list.newest("tool", (tool) => tool.callId === id);
      if (known !== undefined) return known;
    }
    // `started` carries no id: the first message that does gives it one.
    return this.#list.newest(
      "tool",
      (tool) =>
        tool.callId === undefined && tool.state === "running" &&
        (call.function_name === undefined || tool.name === call.function_name),
    );
  }

  #become(change: Partial<Presence>): void {
    this.#presence = { ...this.#presence, ...change };
    this.#onPresence(this.#presence);
  }
}
