/**
 * Which bot answers, how to change it, and what one can say to it.
 *
 * @module
 */
import { find, h, setAttributes, setText } from "./dom.ts";
import type { BotMessage } from "./server_messages.ts";

/** Draws the bot's name and the things to say. */
export class BotCard {
  readonly #say: (text: string) => void;
  readonly #title = find("bot-title", HTMLElement);
  readonly #noteButton = find("bot-note-button", HTMLButtonElement);
  readonly #note = find("bot-note", HTMLElement);
  readonly #examples = find("examples", HTMLElement);

  /** `say` sends an example. */
  constructor(say: (text: string) => void) {
    this.#say = say;
    this.#noteButton.addEventListener("click", () => {
      this.#openNote(this.#note.hidden !== false);
    });
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.#openNote(false);
    });
    document.addEventListener("click", (event) => {
      const { target } = event;
      const isInside = target instanceof Node && this.#title.contains(target);
      if (!isInside) this.#openNote(false);
    });
  }

  /** Shows a bot. */
  show(bot: BotMessage): void {
    this.#title.hidden = false;
    setText(find("bot-name", HTMLElement), bot.name);
    setText(find("bot-services", HTMLElement), bot.services);
    setText(this.#note, bot.note);
    this.#noteButton.hidden = bot.note === "";
    document.title = `${bot.name} · Parley playground`;
    this.#examples.replaceChildren(
      ...bot.examples.map((text) => this.#example(text)),
    );
    this.setLive(true);
  }

  /** Shows the things to say only while they can be said. */
  setLive(isLive: boolean): void {
    this.#examples.hidden = !isLive || this.#examples.childElementCount === 0;
  }

  #example(text: string): HTMLLIElement {
    const button = h(
      "button",
      { type: "button", "data-testid": "example" },
      text,
    );
    button.addEventListener("click", () => this.#say(text));
    return h("li", {}, button);
  }

  #openNote(isOpen: boolean): void {
    this.#note.hidden = !isOpen;
    setAttributes(this.#noteButton, { "aria-expanded": String(isOpen) });
  }
}
