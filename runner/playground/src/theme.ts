/**
 * Light or dark: what the system says, until the user says otherwise.
 *
 * @module
 */
import { forgetColors } from "./colors.ts";
import { setAttributes } from "./dom.ts";

const STORED_AS = "parley-theme";

/** Lets a button switch between light and dark. */
export function installTheme(button: HTMLButtonElement): void {
  const system = matchMedia("(prefers-color-scheme: dark)");
  let chosen = stored();
  const apply = () => {
    const theme = chosen ?? (system.matches ? "dark" : "light");
    document.documentElement.dataset.theme = theme;
    const other = theme === "dark" ? "light" : "dark";
    setAttributes(button, {
      "aria-label": `Switch to ${other} colours`,
      title: `Switch to ${other} colours`,
    });
    forgetColors();
  };
  button.addEventListener("click", () => {
    const isDark = document.documentElement.dataset.theme === "dark";
    chosen = isDark ? "light" : "dark";
    store(chosen);
    apply();
  });
  system.addEventListener("change", apply);
  apply();
}

function stored(): "light" | "dark" | undefined {
  try {
    const value = localStorage.getItem(STORED_AS);
    return value === "light" || value === "dark" ? value : undefined;
  } catch {
    return undefined; // The browser keeps nothing for this page.
  }
}

function store(theme: "light" | "dark"): void {
  try {
    localStorage.setItem(STORED_AS, theme);
  } catch {
    // The choice lasts as long as the page.
  }
}
