/**
 * The user's side of the conversation: what was said, what the recogniser
 * believes so far, and what was typed.
 *
 * @module
 */
import type { Cancel, Later } from "./browser_time.ts";
import type { ItemList, UserItem } from "./items.ts";

/** How long after the user fell silent a transcript may still come. */
export const TRANSCRIPT_WAIT_MS = 3000;

/** Keeps the user's lines. */
export class UserSide {
  readonly #list: ItemList;
  readonly #later: Later;
  #open: UserItem | undefined;
  #typed: string | undefined;
  #closing: Cancel = () => {};
  #speaking = false;

  /** Writes its lines into the given list. */
  constructor(list: ItemList, later: Later) {
    this.#list = list;
    this.#later = later;
  }

  /** The user began to speak. */
  started(): void {
    this.#speaking = true;
    this.#typed = undefined;
    this.#closing();
    this.#openItem();
  }

  /** The user fell silent; a transcript may still come. */
  stopped(): void {
    this.#speaking = false;
    this.#closeSoon();
  }

  /** The recogniser heard something. */
  transcript(text: string, final: boolean): void {
    const said = text.trim();
    if (said === "") return;
    // Some servers echo typed text as a transcript.
    if (this.#typed === said) return;
    const item = this.#openItem();
    if (final) {
      item.text = item.text === "" ? said : `${item.text} ${said}`;
      item.interim = "";
    } else {
      item.interim = said;
    }
    this.#list.changed(item);
    if (!this.#speaking) this.#closeSoon();
  }

  /** The text of the turn as the model gets it; counts where no transcript came. */
  turnText(text: string): void {
    const item = this.#open;
    if (item === undefined || item.text !== "" || text.trim() === "") return;
    item.text = text.trim();
    item.interim = "";
    this.#list.changed(item);
  }

  /** The user typed something. */
  typed(text: string): void {
    this.close();
    this.#typed = text.trim();
    this.#list.append({
      kind: "user",
      source: "text",
      text: text.trim(),
      interim: "",
      open: false,
    });
  }

  /** The bot answers: what was heard so far was the turn. */
  answered(): void {
    if (this.#speaking || this.#open === undefined) return;
    if (this.#open.text !== "") this.close();
  }

  /** Nothing more comes; a line in which nothing was heard goes. */
  close(): void {
    this.#closing();
    const item = this.#open;
    this.#open = undefined;
    if (item === undefined) return;
    if (item.text === "" && item.interim === "") {
      this.#list.remove(item);
      return;
    }
    item.text = item.text === "" ? item.interim : item.text;
    item.interim = "";
    item.open = false;
    this.#list.changed(item);
  }

  #openItem(): UserItem {
    this.#open ??= this.#list.append({
      kind: "user",
      source: "speech",
      text: "",
      interim: "",
      open: true,
    });
    return this.#open;
  }

  #closeSoon(): void {
    this.#closing();
    this.#closing = this.#later(TRANSCRIPT_WAIT_MS, () => this.close());
  }
}
