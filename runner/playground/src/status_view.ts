/**
 * What the page says of the connection: the status in the header, the one
 * button that connects and ends, and the banners.
 *
 * @module
 */
import { find, setAttributes, setText } from "./dom.ts";
import { NO_MICROPHONE, type NoMicrophone } from "./microphone.ts";
import type { Banner, Notices } from "./notices.ts";
import type { Session, SessionState } from "./session.ts";

const STATUS: Readonly<Record<SessionState["name"], string>> = {
  idle: "Not connected",
  asking: "Asking for the microphone",
  connecting: "Connecting",
  live: "Connected",
  finished: "Session over",
  failed: "Not connected",
  lost: "Server gone",
};

const ACTIONS: Readonly<
  Record<SessionState["name"], { readonly action: string; readonly label: string }>
> = {
  idle: { action: "connect", label: "Connect" },
  asking: { action: "cancel", label: "Cancel" },
  connecting: { action: "cancel", label: "Cancel" },
  live: { action: "end", label: "End" },
  finished: { action: "connect", label: "Connect" },
  failed: { action: "connect", label: "Connect" },
  lost: { action: "cancel", label: "Stop trying" },
};

const MICROPHONE_TITLES: Readonly<Record<NoMicrophone, string>> = {
  refused: "Microphone refused.",
  absent: "No microphone.",
  busy: "Microphone busy.",
  insecure: "No microphone on this address.",
  failed: "Microphone lost.",
  silent: "The microphone is silent.",
  skipped: "",
};

/** Draws the connection's state. */
export class StatusView {
  readonly #session: () => Session;
  readonly #notices: Notices;
  readonly #status = find("status", HTMLElement);
  readonly #statusText = find("status-text", HTMLElement);
  readonly #button = find("connect", HTMLButtonElement);
  readonly #typing = find("connect-typing", HTMLButtonElement);
  #microphone = true;

  /** Takes over the elements that stand on the page. */
  constructor(session: () => Session, notices: Notices) {
    this.#session = session;
    this.#notices = notices;
    this.#button.addEventListener("click", () => {
      if (this.#button.dataset.action === "connect") this.connect();
      else this.#session().end();
    });
    this.#typing.addEventListener("click", () => this.#typeOnly());
  }

  /** Connects the way the last session was. */
  connect(): void {
    this.#session().connect({ microphone: this.#microphone });
  }

  /** Draws a state; `isEmpty`: nothing was said yet. */
  draw(state: SessionState, isEmpty: boolean): void {
    setAttributes(this.#status, { "data-state": state.name });
    setText(this.#statusText, STATUS[state.name]);
    this.#drawButton(state, isEmpty);
    this.#notices.banner("connection", this.#connectionBanner(state, isEmpty));
    const isAsking = state.name === "asking";
    // It keeps its place, so that nothing jumps.
    setAttributes(this.#typing, { "data-off": !isAsking && state.name !== "idle" });
    setText(
      this.#typing,
      isAsking ? "Go on without a microphone" : "Connect without a microphone",
    );
  }

  /** Says why there is no microphone, or that there is one. */
  drawMicrophone(reason: NoMicrophone | undefined): void {
    // Who chose to type needs no warning.
    if (reason === undefined || reason === "skipped") {
      this.#notices.banner("microphone", undefined);
      return;
    }
    const retry = {
      label: "Try again",
      run: () => void this.#session().addMicrophone(),
    };
    this.#notices.banner("microphone", {
      tone: "warning",
      title: MICROPHONE_TITLES[reason],
      text: NO_MICROPHONE[reason],
      actions: reason === "insecure" || reason === "silent" ? [] : [retry],
    });
  }

  #typeOnly(): void {
    this.#microphone = false;
    if (this.#session().state.name === "asking") this.#session().skipMicrophone();
    else this.connect();
    this.#microphone = true;
  }

  #drawButton(state: SessionState, isEmpty: boolean): void {
    const { action, label } = ACTIONS[state.name];
    setAttributes(this.#button, { "data-action": action });
    setText(this.#button, label);
    const isWelcome = isEmpty && state.name !== "live" && state.name !== "lost";
    this.#button.className = isWelcome
      ? `big ${action === "connect" ? "primary" : ""}`
      : `small ${action === "connect" ? "primary" : ""}`;
    const slot = find(isWelcome ? "welcome-slot" : "connect-slot", HTMLElement);
    if (this.#button.parentElement === slot) return;
    const hadFocus = document.activeElement === this.#button;
    slot.append(this.#button);
    if (hadFocus) this.#button.focus();
  }

  #connectionBanner(
    state: SessionState,
    isEmpty: boolean,
  ): Banner | undefined {
    const again = { label: "Connect again", run: () => this.connect() };
    // The welcome has a large button of its own.
    const actions = isEmpty ? [] : [again];
    switch (state.name) {
      case "lost": {
        const secs = Math.round(state.retryInMs / 1000);
        return {
          tone: "error",
          title: "The server is gone.",
          text: secs === 0
            ? "Looking for it."
            : `The page connects again as soon as it answers; next look in ${secs} s.`,
          actions: [{
            label: "Reconnect now",
            run: () => this.#session().retryNow(),
          }],
        };
      }
      case "failed":
        return {
          tone: "error",
          title: "No session.",
          text: sentence(state.detail),
          actions,
        };
      case "finished":
        return {
          tone: "info",
          title: "The bot has ended the session.",
          actions,
        };
      default:
        return undefined;
    }
  }
}

function sentence(detail: string): string {
  const first = detail.charAt(0).toUpperCase();
  const end = /[.!?]$/.test(detail) ? "" : ".";
  return `${first}${detail.slice(1)}${end}`;
}
