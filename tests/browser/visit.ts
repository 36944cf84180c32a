import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { type CallerPart, recordCaller } from "./caller.ts";
import { findProgram } from "./programs.ts";

/** How long the page may take for anything. */
const WITHIN_MS = 30_000;

/** What a visit to a page is like. */
export interface VisitOptions {
  /** The page. */
  readonly url: string;
  /** What the microphone hears, from when the page opens it; nothing by default. */
  readonly caller?: readonly CallerPart[];
  /** Whether the browser lets the page have the microphone. @default {true} */
  readonly microphone?: boolean;
  /** The window: size, colours. */
  readonly context?: BrowserContextOptions;
  /** Scripts that run in the page before its own. */
  readonly scripts?: readonly string[];
  /** Errors on the console that belong to the test. */
  readonly expected?: RegExp;
}

/** Opens a page in Chromium, and closes everything again; an error on its console fails the test. */
export async function visit(
  options: VisitOptions,
  body: (page: Page) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "parley_caller_" });
  const wav = `${folder}/caller.wav`;
  await recordCaller(wav, options.caller ?? [{ waitMs: 1000 }]);
  const browser = await launch(wav, options.microphone ?? true);
  try {
    const page = await open(browser, options);
    const errors = listen(page);
    await page.goto(options.url);
    await body(page).catch((error) => tell(error, page));
    const unexpected = errors.filter((text) => !options.expected?.test(text));
    if (unexpected.length > 0) {
      throw new Error(`Cannot accept errors in the browser: ${unexpected.join("; ")}`);
    }
  } finally {
    await browser.close();
    await Deno.remove(folder, { recursive: true });
  }
}

async function launch(wav: string, microphone: boolean): Promise<Browser> {
  return await chromium.launch({
    executablePath: await findProgram("chromium"),
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--use-fake-device-for-media-stream",
      // Once, from when the microphone is opened.
      `--use-file-for-fake-audio-capture=${wav}%noloop`,
      microphone ? "--use-fake-ui-for-media-stream" : "--deny-permission-prompts",
    ],
  });
}

async function open(browser: Browser, options: VisitOptions): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    colorScheme: "light",
    ...options.context,
  });
  context.setDefaultTimeout(WITHIN_MS);
  for (const name of options.scripts ?? []) {
    await context.addInitScript({
      content: await Deno.readTextFile(new URL(`in_page/${name}`, import.meta.url)),
    });
  }
  return await context.newPage();
}

function listen(page: Page): string[] {
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.stack ?? error.message));
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(`${message.text()} (${message.location().url})`);
  });
  return errors;
}

/** Says what the page showed when a test failed. */
async function tell(error: unknown, page: Page): Promise<never> {
  const shown = await page.locator("body").innerText().catch(() => "nothing");
  const why = error instanceof Error ? error.message : String(error);
  throw new Error(`${why}\n--- The page showed:\n${shown}`, { cause: error });
}
