/**
 * Banners that stay as long as a state lasts, and toasts that pass.
 *
 * @module
 */
import { after, type Cancel } from "./browser_time.ts";
import { h, icon, setText } from "./dom.ts";

/** What a banner is about; there is one of each. */
export type BannerKind = "connection" | "microphone";

/** A banner's content. */
export interface Banner {
  /** How serious it is. */
  readonly tone: "info" | "warning" | "error";
  /** What it says first. */
  readonly title: string;
  /** What it says then. */
  readonly text?: string;
  /** What can be done. */
  readonly actions?: readonly {
    readonly label: string;
    readonly run: () => void;
  }[];
}

const TOAST_MS = 8000;
const MOST_TOASTS = 3;

/** Draws banners and toasts. */
export class Notices {
  readonly #banners: HTMLElement;
  readonly #toasts: HTMLElement;
  readonly #shown = new Map<BannerKind, HTMLElement>();

  /** Draws into the given elements. */
  constructor(elements: {
    readonly banners: HTMLElement;
    readonly toasts: HTMLElement;
  }) {
    this.#banners = elements.banners;
    this.#toasts = elements.toasts;
  }

  /** Shows a banner in the place of the one before, or takes that away. */
  banner(kind: BannerKind, banner: Banner | undefined): void {
    const former = this.#shown.get(kind);
    if (banner === undefined) {
      former?.remove();
      this.#shown.delete(kind);
      return;
    }
    if (former?.dataset.title === banner.title) {
      // The same news: only its detail is new, which is not worth an alert.
      const detail = former.querySelector(".detail");
      if (detail !== null) setText(detail, banner.text ?? "");
      return;
    }
    const element = drawBanner(kind, banner);
    if (former === undefined) this.#banners.append(element);
    else former.replaceWith(element);
    this.#shown.set(kind, element);
  }

  /** Shows an error for a while; pointing at it holds it. */
  toast(title: string, text: string): void {
    const close = h(
      "button",
      { type: "button", class: "quiet", "aria-label": "Close" },
      icon("close"),
    );
    const toast = h(
      "div",
      { class: "toast", role: "alert", "data-testid": "toast" },
      h("p", {}, h("b", {}, title), " ", text),
      close,
    );
    let leave: Cancel = after(TOAST_MS, () => toast.remove());
    toast.addEventListener("pointerenter", () => leave());
    toast.addEventListener("pointerleave", () => {
      leave = after(TOAST_MS / 2, () => toast.remove());
    });
    close.addEventListener("click", () => toast.remove());
    this.#toasts.append(toast);
    if (this.#toasts.childElementCount > MOST_TOASTS) {
      this.#toasts.firstElementChild?.remove();
    }
  }
}

function drawBanner(kind: BannerKind, banner: Banner): HTMLElement {
  const buttons = (banner.actions ?? []).map((action, i) => {
    const button = h(
      "button",
      { type: "button", class: i === 0 ? "small primary" : "small" },
      action.label,
    );
    button.addEventListener("click", action.run);
    return button;
  });
  return h(
    "div",
    {
      class: "banner",
      role: banner.tone === "info" ? "status" : "alert",
      "data-testid": "banner",
      "data-kind": kind,
      "data-tone": banner.tone,
      "data-title": banner.title,
    },
    icon(kind === "microphone" ? "mic-off" : "link"),
    h(
      "p",
      {},
      h("b", {}, banner.title),
      " ",
      h("span", { class: "detail", "aria-live": "off" }, banner.text ?? ""),
    ),
    h("span", { class: "actions" }, ...buttons),
  );
}
