import { briefLogger } from "./_brief_logger.ts";
import { parseServerFlags, SERVER_USAGE, type ServerFlags } from "./flags.ts";
import { BotServer } from "./server.ts";
import type { Bot } from "./session.ts";

/** What {@linkcode runMain} can be given. */
export interface RunMainOptions {
  /** The command line. @default {Deno.args} */
  readonly args?: readonly string[] | undefined;
  /** What the program says about itself once it listens, line by line. */
  readonly about?: ((flags: ServerFlags["rest"]) => string | Promise<string>) | undefined;
}

/**
 * Serves a bot until Ctrl-C: what a bot file ends with. The first signal lets
 * sessions come to their end, a second one ends them.
 *
 * @example
 * ```ts ignore
 * import { runMain } from "@parley/sdk/runner";
 * import { bot } from "./assistant.ts";
 * if (import.meta.main) await runMain(bot);
 * ```
 */
export async function runMain(bot: Bot, options: RunMainOptions = {}): Promise<void> {
  let flags: ServerFlags;
  try {
    flags = parseServerFlags(options.args ?? Deno.args);
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
  if (flags.help) return console.log(SERVER_USAGE);
  const about = await options.about?.(flags.rest);
  if (about) console.log(about);
  const server = listen(bot, flags);
  if (!server) return;
  const over = ended(server);
  const page = `${server.url}/client`;
  console.log(`\nOpen ${page} and talk. Ctrl-C ends.`);
  if (flags.open) openInBrowser(page);
  await over;
  // A socket whose peer never answers the close cannot be freed, and would keep the process alive.
  Deno.exit(Deno.exitCode);
}

function listen(bot: Bot, flags: ServerFlags): BotServer | undefined {
  const { host: hostname, port, allowOrigins, maxSessions, rest, verbose } = flags;
  const log = briefLogger(verbose);
  try {
    return new BotServer(bot, { hostname, port, allowOrigins, maxSessions, flags: rest, log });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const other = port < 65_535 ? port + 1 : port - 1;
    fail(
      error instanceof Deno.errors.AddrInUse
        ? `Cannot listen on port ${port}: it is in use. Choose another with --port ${other}`
        : `Cannot listen on "${hostname}", port ${port}: ${why}. Choose with --host and --port`,
    );
    return undefined;
  }
}

function fail(message: string): void {
  console.error(message);
  Deno.exitCode = 1;
}

/** Waits for the server to end, by signals. */
async function ended(server: BotServer): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let signals = 0;
  const listener = () => {
    if (signals++ > 0) return server.close().then(resolve, reject);
    if (server.sessions > 0) console.log("\nEnding sessions; Ctrl-C again ends them now.");
    return server.stopWhenDone().then(resolve, reject);
  };
  const names: Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM"];
  for (const name of names) Deno.addSignalListener(name, listener);
  try {
    await promise;
  } finally {
    for (const name of names) Deno.removeSignalListener(name, listener);
  }
}

function openInBrowser(url: string): void {
  const command = { darwin: "open", windows: "explorer" }[Deno.build.os as string] ?? "xdg-open";
  try {
    new Deno.Command(command, { args: [url], stdout: "null", stderr: "null" }).spawn().unref();
  } catch {
    console.warn(`Cannot open a browser: "${command}" is not there`);
  }
}
