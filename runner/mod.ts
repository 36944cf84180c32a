/**
 * The development runner: serves a bot, and a page to talk to it.
 *
 * @module
 */
export { type AccessOptions, isLoopback, refusalOf } from "./access.ts";
export { parseServerFlags, SERVER_USAGE, type ServerFlags } from "./flags.ts";
export { runMain, type RunMainOptions } from "./main.ts";
export { BotServer, type BotServerOptions } from "./server.ts";
export {
  type Bot,
  type BotDescription,
  BotSession,
  type BotSessionOptions,
  type BotTransport,
  type RunnerFlags,
} from "./session.ts";
export { VERSION } from "./version.ts";
