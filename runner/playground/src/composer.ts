/**
 * The row at the bottom: microphone, message, send.
 *
 * @module
 */
import { find, setAttributes } from "./dom.ts";

/** What the row's buttons do. */
export interface ComposerHooks {
  /** Sends a message; tells whether it went out. */
  readonly send: (text: string) => boolean;
  /** Opens or closes the microphone. */
  readonly setMicrophone: (open: boolean) => void;
  /** Asks for a microphone that is not there. */
  readonly askForMicrophone: () => void;
}

/** The microphone as the row shows it. */
export type MicrophoneState = "on" | "off" | "none";

/** The row. */
export class Composer {
  readonly #hooks: ComposerHooks;
  readonly #input = find("input", HTMLInputElement);
  readonly #send = find("send", HTMLButtonElement);
  readonly #mic = find("mic", HTMLButtonElement);
  readonly #micIcon = find("mic-icon", SVGUseElement);
  readonly #sent: string[] = [];
  #recall = 0;
  #isLive = false;
  #microphone: MicrophoneState = "none";

  /** Takes over the row that stands on the page. */
  constructor(hooks: ComposerHooks) {
    this.#hooks = hooks;
    find("composer", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.#input.addEventListener("input", () => this.#draw());
    this.#input.addEventListener("keydown", (event) => this.#onKey(event));
    this.#mic.addEventListener("click", () => this.toggleMicrophone());
    document.addEventListener("keydown", (event) => {
      if (!event.altKey || event.code !== "KeyM") return;
      event.preventDefault();
      this.toggleMicrophone();
    });
  }

  /** Whether messages can be sent. */
  setLive(isLive: boolean): void {
    const hadFocus = document.activeElement === this.#input;
    this.#isLive = isLive;
    this.#draw();
    // A keyboard that slides in over the page is no welcome on a phone.
    const mayFocus = matchMedia("(pointer: fine)").matches;
    if (isLive && !hadFocus && mayFocus) this.#input.focus();
  }

  /** Shows the microphone's state. */
  setMicrophone(state: MicrophoneState): void {
    this.#microphone = state;
    this.#draw();
  }

  /** How loud the user is, for the ring around the button. */
  setLevel(level: number): void {
    this.#mic.style.setProperty("--level", level.toFixed(2));
  }

  /** Opens or closes the microphone, or asks for it. */
  toggleMicrophone(): void {
    if (!this.#isLive) return;
    if (this.#microphone === "none") return this.#hooks.askForMicrophone();
    const open = this.#microphone === "off";
    this.setMicrophone(open ? "on" : "off");
    this.#hooks.setMicrophone(open);
  }

  #submit(): void {
    const text = this.#input.value.trim();
    if (text === "" || !this.#hooks.send(text)) return;
    this.#sent.push(text);
    this.#recall = this.#sent.length;
    this.#input.value = "";
    this.#draw();
  }

  /** The arrow keys bring back what was sent before. */
  #onKey(event: KeyboardEvent): void {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (step === undefined || event.isComposing) return;
    const at = Math.min(this.#sent.length, Math.max(0, this.#recall + step));
    if (at === this.#recall) return;
    event.preventDefault();
    this.#recall = at;
    this.#input.value = this.#sent[at] ?? "";
    this.#draw();
  }

  #draw(): void {
    const isEmpty = this.#input.value.trim() === "";
    this.#input.disabled = !this.#isLive;
    this.#input.placeholder = this.#placeholder();
    this.#send.disabled = !this.#isLive || isEmpty;
    this.#mic.disabled = !this.#isLive;
    const isOn = this.#isLive && this.#microphone === "on";
    const label = LABELS[this.#microphone];
    setAttributes(this.#mic, {
      "aria-pressed": String(isOn),
      "data-mic": this.#microphone,
      "aria-label": label,
      title: `${label} (Alt+M)`,
    });
    setAttributes(this.#micIcon, { href: isOn ? "#i-mic" : "#i-mic-off" });
    if (!isOn) this.setLevel(0);
  }

  #placeholder(): string {
    if (!this.#isLive) return "Connect to talk or type";
    return this.#microphone === "on" ? "Speak, or type here" : "Type a message";
  }
}

const LABELS: Readonly<Record<MicrophoneState, string>> = {
  on: "Turn the microphone off",
  off: "Turn the microphone on",
  none: "Use the microphone",
};
