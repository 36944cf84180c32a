/**
 * On narrow screens the page shows one of its halves at a time.
 *
 * @module
 */
import { find, setAttributes } from "./dom.ts";

/** Lets the buttons of the narrow page switch between its halves. */
export function installViews(): void {
  const main = find("main", HTMLElement);
  const buttons = [...document.querySelectorAll("button[data-view]")];
  for (const button of buttons) {
    button.addEventListener("click", () => {
      const view = button.getAttribute("data-view") ?? "talk";
      setAttributes(main, { "data-view": view });
      for (const other of buttons) {
        setAttributes(other, { "aria-pressed": String(other === button) });
      }
    });
  }
}
