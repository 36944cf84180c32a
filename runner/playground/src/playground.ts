/**
 * The page's state, and how its parts hear of each other.
 *
 * @module
 */
import type { PipecatClient } from "@pipecat-ai/client-js";
import { BotCard } from "./bot_card.ts";
import { after, type Cancel } from "./browser_time.ts";
import { Composer } from "./composer.ts";
import { Conversation, type Presence } from "./conversation.ts";
import { ConversationView } from "./conversation_view.ts";
import { find, h, setAttributes, setText } from "./dom.ts";
import { EventLog } from "./event_log.ts";
import type { Change } from "./items.ts";
import { totalOf } from "./latency.ts";
import { MetricsPanel } from "./metrics_panel.ts";
import { type NoMicrophone, onMicrophoneAllowed } from "./microphone.ts";
import { Notices } from "./notices.ts";
import { PipelineView } from "./pipeline_view.ts";
import type { ServerMessage, TurnMessage } from "./server_messages.ts";
import { Session, type SessionState } from "./session.ts";
import { StatusView } from "./status_view.ts";
import { Strip } from "./strip.ts";
import { TurnsPanel } from "./turns_panel.ts";
import { listen } from "./wire.ts";

/** An open microphone that gives nothing at all for so long is taken as dead. */
const DEAD_MICROPHONE_MS = 8000;
const MOST_ANNOUNCEMENTS = 30;
/** A server that knows of this page describes its pipeline sooner than that. */
const PIPELINE_WITHIN_MS = 4000;

/** What stands where nothing has been said yet: title and text. */
const WELCOME: readonly [string, string] = [
  "Talk with your bot",
  "Speak or type. Every word is shown as it is spoken, you can cut in at any time, " +
  "and you see how long each answer took and where the time went.",
];
const WELCOMES: Partial<Record<SessionState["name"], readonly [string, string]>> = {
  asking: [
    "Allow the microphone",
    "Your browser asks whether this page may hear you. You can also go on typing.",
  ],
  connecting: ["Connecting", "The bot is getting ready."],
  live: ["Say something", "Speak, or type below. You can cut in at any time."],
};
const TYPING_HINT = "Type below; the bot answers aloud.";

/** What the transcript says of a session's end. */
const ENDINGS: Partial<Record<SessionState["name"], string>> = {
  idle: "You ended the session",
  finished: "The bot ended the session",
  lost: "Connection lost",
};

/** The page. */
export class App {
  readonly #notices = new Notices({
    banners: find("banners", HTMLElement),
    toasts: find("toasts", HTMLElement),
  });
  readonly #log = new EventLog({
    card: find("events-card", HTMLDetailsElement),
    list: find("events", HTMLElement),
    count: find("events-count", HTMLElement),
    pause: find("events-pause", HTMLButtonElement),
    clear: find("events-clear", HTMLButtonElement),
    copy: find("events-copy", HTMLButtonElement),
  });
  readonly #metrics = new MetricsPanel(
    find("metrics", HTMLElement),
    find("metrics-empty", HTMLElement),
  );
  readonly #turns = new TurnsPanel({
    list: find("turns", HTMLElement),
    summary: find("turns-summary", HTMLElement),
    empty: find("turns-empty", HTMLElement),
  });
  readonly #pipeline = new PipelineView(
    find("graph", HTMLElement),
    find("frame-detail", HTMLElement),
  );
  readonly #strip = new Strip(find("strip-canvas", HTMLCanvasElement));
  readonly #announcer = find("announcer", HTMLElement);
  readonly #view = new ConversationView(
    find("log", HTMLOListElement),
    find("scroll", HTMLElement),
    { say: (text) => this.#announce(text) },
  );
  readonly #conversation: Conversation = new Conversation({
    onChange: (change) => this.#onLine(change),
    onPresence: (presence) => this.#drawPresence(presence),
    later: after,
  });
  readonly #session: Session = new Session(document.baseURI, {
    onState: (state) => this.#onState(state),
    onClient: (client) => this.#listen(client),
    onProblem: (detail) => this.#notices.toast("The bot reports:", detail),
    onNoMicrophone: (reason) => this.#onMicrophone(reason),
    onUserLevel: (level) => this.#onUserLevel(level),
    onBotLevel: (level) => this.#strip.bot(level),
  });
  readonly #status = new StatusView(() => this.#session, this.#notices);
  readonly #composer = new Composer({
    send: (text) => this.#say(text),
    setMicrophone: (open) => this.#setMicrophone(open),
    askForMicrophone: () => void this.#session.addMicrophone(),
  });
  readonly #bot = new BotCard((text) => this.#say(text));
  #microphone: NoMicrophone | undefined;
  #permission = new AbortController();
  #deadMicrophone: Cancel = () => {};
  #noPipeline: Cancel = () => {};
  readonly #answered = new Set<number>();
  readonly #cuts = new WeakSet<object>();
  #presence: Presence = { user: "silent", bot: "silent" };
  #wasLive = false;
  #isOpen = true;
  #isServerMuted = false;

  /** Brings the page to life. */
  start(): void {
    this.#onState(this.#session.state);
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) this.#session.retryNow();
    });
  }

  #say(text: string): boolean {
    if (!this.#session.sendText(text)) return false;
    this.#log.add("out", "send-text", { content: text });
    this.#view.toEnd();
    this.#conversation.typed(text);
    return true;
  }

  #listen(client: PipecatClient): void {
    this.#log.restart();
    this.#turns.clear();
    this.#metrics.clear();
    this.#pipeline.clear();
    this.#answered.clear();
    listen(client, {
      conversation: this.#conversation,
      log: this.#log,
      onServerMessage: (message) => this.#onServerMessage(message),
      onMetrics: (metrics) => this.#metrics.update(metrics),
      onServerMute: (isMuted) => {
        this.#isServerMuted = isMuted;
        this.#drawPresence(this.#presence);
      },
    });
  }

  #onServerMessage(message: ServerMessage): void {
    switch (message.type) {
      case "parley-bot":
        this.#conversation.setWordTiming(message.words);
        return this.#bot.show(message);
      case "parley-pipeline":
        this.#pipeline.show(message);
        return this.#drawEmpty();
      case "parley-frames":
        return this.#pipeline.flow(message);
      case "parley-turn":
        return this.#onTurn(message);
      default:
        message satisfies never;
    }
  }

  #onTurn(turn: TurnMessage): void {
    this.#turns.update(turn);
    this.#conversation.turn(turn);
    const total = totalOf(turn);
    if (total === undefined || this.#answered.has(turn.turn)) return;
    this.#answered.add(turn.turn);
    if (turn.source !== "bot") this.#strip.answered(total);
  }

  #onLine(change: Change): void {
    this.#view.apply(change);
    find("welcome", HTMLElement).hidden = !this.#conversation.isEmpty;
    const { item } = change;
    if (item.kind !== "bot" || item.outcome !== "cut") return;
    if (this.#cuts.has(item)) return;
    this.#cuts.add(item);
    this.#strip.cut();
  }

  #onState(state: SessionState): void {
    const isLive = state.name === "live";
    const wasLive = this.#wasLive;
    this.#wasLive = isLive;
    if (isLive && !wasLive) this.#begin();
    if (!isLive && wasLive) this.#finish(state);
    this.#status.draw(state, this.#conversation.isEmpty);
    this.#composer.setLive(isLive);
    this.#bot.setLive(isLive);
    this.#drawWelcome(state);
    this.#drawPresence(this.#presence);
    this.#drawEmpty();
  }

  #begin(): void {
    this.#strip.start();
    this.#isServerMuted = false;
    if (!this.#conversation.isEmpty) this.#conversation.note("New session");
    this.#showMicrophone();
    this.#noPipeline = after(PIPELINE_WITHIN_MS, () => {
      setText(
        find("pipeline-empty", HTMLElement),
        "This server does not describe its pipeline.",
      );
    });
  }

  #finish(state: SessionState): void {
    this.#conversation.end();
    this.#strip.stop();
    this.#deadMicrophone();
    this.#noPipeline();
    this.#permission.abort();
    this.#notices.banner("microphone", undefined);
    if (this.#conversation.isEmpty) return;
    this.#conversation.note(ENDINGS[state.name] ?? "Session over");
  }

  #onMicrophone(reason: NoMicrophone | undefined): void {
    this.#microphone = reason;
    this.#permission.abort();
    this.#permission = new AbortController();
    if (reason === "refused") {
      const allowed = () => void this.#session.addMicrophone();
      void onMicrophoneAllowed(allowed, this.#permission.signal);
    }
    if (this.#wasLive) this.#showMicrophone();
  }

  #showMicrophone(): void {
    const reason = this.#microphone;
    this.#isOpen = reason === undefined;
    this.#status.drawMicrophone(reason);
    this.#composer.setMicrophone(this.#isOpen ? "on" : "none");
    this.#drawPresence(this.#presence);
    this.#watchMicrophone();
  }

  #setMicrophone(open: boolean): void {
    this.#session.enableMicrophone(open);
    this.#isOpen = open;
    this.#drawPresence(this.#presence);
    this.#watchMicrophone();
  }

  #onUserLevel(level: number): void {
    this.#strip.user(level);
    this.#composer.setLevel(level);
    this.#deadMicrophone();
  }

  /** Says so when nothing comes out of an open microphone. */
  #watchMicrophone(): void {
    this.#deadMicrophone();
    if (!this.#isOpen) return;
    const cancel = after(DEAD_MICROPHONE_MS, () => this.#status.drawMicrophone("silent"));
    this.#deadMicrophone = () => {
      cancel();
      this.#deadMicrophone = () => {};
      if (this.#microphone === undefined) this.#status.drawMicrophone(undefined);
    };
  }

  #drawPresence(presence: Presence): void {
    this.#presence = presence;
    setAttributes(find("strip", HTMLElement), {
      "data-user": presence.user,
      "data-bot": presence.bot,
      "data-live": this.#wasLive,
    });
    setText(find("user-now", HTMLElement), this.#userNow(presence));
    setText(find("bot-now", HTMLElement), this.#botNow(presence));
  }

  #userNow(presence: Presence): string {
    if (!this.#wasLive) return "";
    if (this.#microphone !== undefined) return "typing only";
    if (!this.#isOpen) return "microphone off";
    if (this.#isServerMuted) return "muted by the bot";
    return presence.user === "speaking" ? "speaking" : "listening";
  }

  #botNow(presence: Presence): string {
    if (!this.#wasLive) return "";
    return presence.bot === "silent" ? "silent" : presence.bot;
  }

  #drawWelcome(state: SessionState): void {
    const [title, text] = WELCOMES[state.name] ?? WELCOME;
    setText(find("welcome-title", HTMLElement), title);
    const isTyping = state.name === "live" && this.#microphone !== undefined;
    setText(find("welcome-text", HTMLElement), isTyping ? TYPING_HINT : text);
    find("welcome", HTMLElement).hidden = !this.#conversation.isEmpty;
  }

  #drawEmpty(): void {
    find("pipeline-empty", HTMLElement).hidden = !this.#pipeline.isEmpty;
  }

  #announce(text: string): void {
    this.#announcer.append(h("p", {}, text));
    if (this.#announcer.childElementCount > MOST_ANNOUNCEMENTS) {
      this.#announcer.firstElementChild?.remove();
    }
  }
}
