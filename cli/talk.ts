/**
 * Talks to a bot from a WAV file or from typed lines, without a server.
 *
 * It reads and writes the files it is given, and needs what the bot needs.
 *
 * @example In a terminal
 * ```sh
 * deno run -A jsr:@parley/sdk/cli/talk --bot bot.ts question.wav reply.wav
 * ```
 *
 * @module
 */
import { decodeWav, encodeWav, resample } from "../audio/mod.ts";
import { briefLogger } from "../runner/_brief_logger.ts";
import type { Bot } from "../runner/mod.ts";
import type { FileAudio } from "../transports/local/mod.ts";
import { lineOf } from "./_conversation_log.ts";
import { converse, type ConverseOptions } from "./_converse.ts";
import { readTalkFlags, TalkError, type TalkFlags, USAGE } from "./_talk_flags.ts";
import { linesOf } from "./_typed_caller.ts";

/** The bot that is talked to when none is named. */
const EXAMPLE = new URL("../examples/assistant.ts", import.meta.url).href;

/**
 * Runs the command, and gives its exit code: 0 when all went well.
 *
 * @example
 * ```ts
 * import { talk } from "@parley/sdk/cli/talk";
 * import { assertEquals } from "@std/assert";
 * assertEquals(await talk(["--help"]), 0);
 * ```
 */
export async function talk(args: readonly string[]): Promise<number> {
  try {
    const flags = readTalkFlags(args);
    if (!flags) console.log(USAGE);
    return flags ? await run(flags) : 0;
  } catch (error) {
    if (!(error instanceof TalkError)) throw error;
    console.error(error.message);
    return 1;
  }
}

async function run(flags: TalkFlags): Promise<number> {
  const says = flags.question === undefined
    ? linesOf(Deno.stdin.readable)
    : await readQuestion(flags.question);
  const bot = await loadBot(flags.bot ?? EXAMPLE);
  await checkReply(flags);
  const log = briefLogger(flags.verbose);
  let errors = 0;
  const { log: said, reply } = await hold(bot, {
    says,
    virtual: flags.fast,
    maxMs: flags.maxSeconds * 1000,
    flags: { embedded: flags.embedded },
    log: {
      ...log,
      error: (message, ...details) => {
        errors++;
        log.error(message, ...details);
      },
    },
    said: (entry) => console.log(lineOf(entry)),
    described: (services) => console.log(`${services}\n`),
  });
  await Deno.writeFile(flags.reply, encodeWav(reply, { sampleRate: 24_000, numChannels: 1 }));
  console.log(`\n${said.table({ virtual: flags.fast })}\n\nThe reply is in ${flags.reply}`);
  return errors === 0 ? 0 : 1;
}

async function readQuestion(path: string): Promise<FileAudio> {
  let bytes: Uint8Array;
  try {
    bytes = await Deno.readFile(path);
  } catch (cause) {
    throw new TalkError(`Cannot read "${path}": ${reasonOf(cause)}`, { cause });
  }
  try {
    const { samples, sampleRate, numChannels, warnings } = decodeWav(bytes);
    for (const warning of warnings) console.warn(`"${path}": ${warning}`);
    // A rate that cannot be converted is found now and not in the midst of the conversation.
    resample(new Int16Array(0), { fromRate: sampleRate, toRate: 16_000 });
    return { samples, sampleRate, numChannels };
  } catch (cause) {
    const why = reasonOf(cause).replace(/^Cannot read WAV: /, "");
    throw new TalkError(`Cannot use "${path}" as a WAV file: ${why}`, { cause });
  }
}

async function loadBot(path: string): Promise<Bot> {
  const url = URL.canParse(path) ? path : new URL(path, `file://${Deno.cwd()}/`).href;
  let loaded: unknown;
  try {
    loaded = await import(url);
  } catch (cause) {
    throw new TalkError(`Cannot load the bot "${path}": ${reasonOf(cause)}`, { cause });
  }
  if (hasBot(loaded)) return loaded.bot;
  throw new TalkError(`Cannot use "${path}" as a bot: it exports no function "bot"`);
}

function hasBot(value: unknown): value is { bot: Bot } {
  return typeof value === "object" && value !== null && "bot" in value &&
    typeof value.bot === "function";
}

/** Sees to it, before anything is said, that the reply can be written. */
async function checkReply({ question, reply }: TalkFlags): Promise<void> {
  let same: boolean;
  try {
    (await Deno.open(reply, { write: true, create: true })).close();
    same = question !== undefined && await Deno.realPath(question) === await Deno.realPath(reply);
  } catch (cause) {
    throw new TalkError(`Cannot write "${reply}": ${reasonOf(cause)}`, { cause });
  }
  if (same) throw new TalkError(`Cannot write "${reply}": it is the question`);
}

async function hold(bot: Bot, options: ConverseOptions) {
  try {
    return await converse(bot, options);
  } catch (cause) {
    options.log.debug("The bot failed", cause);
    throw new TalkError(`Cannot talk to the bot: ${reasonOf(cause)}`, { cause });
  }
}

/** What the system says without its numbers, or what a message says. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/ \(os error \d+\).*$/s, "");
}

// A read of the terminal that is still open would keep the program from ending.
if (import.meta.main) Deno.exit(await talk(Deno.args));
