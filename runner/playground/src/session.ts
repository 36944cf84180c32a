/**
 * The page's connection to the bot over the time: connected, ended, lost and
 * found again.
 *
 * @module
 */
import type { PipecatClient } from "@pipecat-ai/client-js";
import { Attempt } from "./attempt.ts";
import { after, now } from "./browser_time.ts";
import type { Ending } from "./endings.ts";
import { Recovery } from "./recovery.ts";
import type { NoMicrophone } from "./microphone.ts";

/** Where the connection stands. */
export type SessionState =
  | { readonly name: "idle" }
  /** The browser asks for the microphone. */
  | { readonly name: "asking" }
  | { readonly name: "connecting" }
  | { readonly name: "live" }
  /** The bot ended the session. */
  | { readonly name: "finished" }
  /** There will be no session without the user's doing. */
  | { readonly name: "failed"; readonly detail: string }
  /** The server is gone; the page looks for it. */
  | { readonly name: "lost"; readonly retryInMs: number };

/** What the page wants to hear of the session. */
export interface SessionEvents {
  /** The connection stands elsewhere now. */
  readonly onState: (state: SessionState) => void;
  /** A client is about to connect. */
  readonly onClient: (client: PipecatClient) => void;
  /** Something went wrong that ends nothing. */
  readonly onProblem: (detail: string) => void;
  /** There is no microphone; `undefined`: there is one. */
  readonly onNoMicrophone: (reason: NoMicrophone | undefined) => void;
  /** The level of recorded sound. */
  readonly onUserLevel: (level: number) => void;
  /** The level of the bot's voice. */
  readonly onBotLevel: (level: number) => void;
}

/** A session that lives shorter than this was no success. */
const SHORT_LIFE_MS = 8000;
/** How many sessions may break soon after each other before the page stops trying. */
const SHORT_LIVES = 3;

/** Holds the connection. */
export class Session {
  readonly #events: SessionEvents;
  readonly #base: string;
  #state: SessionState = { name: "idle" };
  #attempt: Attempt | undefined;
  #recovery: Recovery | undefined;
  #microphone = true;
  #liveSinceMs = 0;
  #shortLives = 0;

  /** Makes an idle session against the server at a base address. */
  constructor(base: string, events: SessionEvents) {
    this.#base = base;
    this.#events = events;
  }

  /** Where the connection stands. */
  get state(): SessionState {
    return this.#state;
  }

  /** Connects, with or without asking for the microphone. */
  connect(options: { readonly microphone: boolean }): void {
    this.#shortLives = 0;
    this.#microphone = options.microphone;
    this.#start();
  }

  /** Goes on without waiting for the microphone question. */
  skipMicrophone(): void {
    this.#attempt?.skipMicrophone();
  }

  /** Ends the session, or gives up trying. */
  end(): void {
    this.#stopRecovery();
    this.#attempt?.leave();
    this.#become({ name: "idle" });
  }

  /** Looks for a lost server at once. */
  retryNow(): void {
    this.#recovery?.lookNow();
  }

  /** Sends typed text; tells whether it could be sent. */
  sendText(content: string): boolean {
    return this.#attempt?.sendText(content) ?? false;
  }

  /** Mutes and unmutes the microphone. */
  enableMicrophone(enable: boolean): void {
    this.#attempt?.enableMicrophone(enable);
  }

  /** Asks for the microphone in a running session. */
  async addMicrophone(): Promise<void> {
    const added = await this.#attempt?.addMicrophone();
    if (added !== true) return;
    this.#microphone = true;
    this.#events.onNoMicrophone(undefined);
  }

  #start(): void {
    this.#stopRecovery();
    const former = this.#attempt;
    this.#attempt = undefined;
    former?.leave();
    this.#become({ name: this.#microphone ? "asking" : "connecting" });
    const isCurrent = () => this.#attempt === attempt;
    const attempt: Attempt = new Attempt({
      endpoint: new URL("start", this.#base).href,
      microphone: this.#microphone,
      onClient: this.#events.onClient,
      onAnswered: () => {
        if (!isCurrent()) return;
        this.#events.onNoMicrophone(undefined);
        this.#become({ name: "connecting" });
      },
      onReady: () => {
        if (!isCurrent()) return;
        this.#liveSinceMs = now();
        this.#become({ name: "live" });
      },
      onEnd: (ending) => {
        if (isCurrent()) void this.#onEnd(ending);
      },
      onProblem: this.#events.onProblem,
      onNoMicrophone: this.#events.onNoMicrophone,
      onUserLevel: this.#events.onUserLevel,
      onBotLevel: this.#events.onBotLevel,
    });
    this.#attempt = attempt;
    void attempt.begin();
  }

  async #onEnd(ending: Ending): Promise<void> {
    const attempt = this.#attempt;
    const wasShort = this.#state.name !== "live" ||
      now() - this.#liveSinceMs < SHORT_LIFE_MS;
    this.#shortLives = wasShort ? this.#shortLives + 1 : 0;
    switch (ending.kind) {
      case "left":
        return this.#become({ name: "idle" });
      case "finished":
        return this.#become({ name: "finished" });
      case "error":
        return this.#become({ name: "failed", detail: ending.detail });
      case "refused":
      case "broken": {
        if (this.#state.name === "live") {
          this.#become({ name: "lost", retryInMs: 0 });
        }
        const isThere = await this.#probe();
        if (this.#attempt !== attempt) return;
        const mayRetry = ending.kind === "broken" &&
          this.#shortLives < SHORT_LIVES;
        if (!isThere || mayRetry) return this.#recover();
        return this.#become({ name: "failed", detail: ending.detail });
      }
      default:
        ending satisfies never;
    }
  }

  #recover(): void {
    this.#stopRecovery();
    this.#recovery = new Recovery({
      probe: () => this.#probe(),
      later: after,
      onPause: (retryInMs) => this.#become({ name: "lost", retryInMs }),
      onBack: () => this.#start(),
    });
  }

  #stopRecovery(): void {
    this.#recovery?.stop();
    this.#recovery = undefined;
  }

  /** Asks for the status; whatever the answer, an answer means it is there. */
  async #probe(): Promise<boolean> {
    try {
      const response = await fetch(new URL("status", this.#base), {
        cache: "no-store",
        signal: AbortSignal.timeout(4000),
      });
      await response.body?.cancel();
      // A proxy answers for a server that is gone.
      return response.status < 502 || response.status > 504;
    } catch {
      return false;
    }
  }

  #become(state: SessionState): void {
    this.#state = state;
    this.#events.onState(state);
  }
}
