import { parseArgs } from "node:util";

/** What `--help` shows. */
export const USAGE = `deno task talk [options] QUESTION.wav REPLY.wav
deno task talk [options] --text REPLY.wav < LINES.txt

A conversation with a bot without a server: what the user says comes from a WAV file (any rate,
mono or stereo) or from typed lines, and what the bot says goes to a WAV file on the same time line.
It ends when the bot has been silent for 2 s after the last of it.

Options:
  --text           read what the user says as lines from standard input
  --fast           run on the virtual clock, with the embedded set
  --embedded       use the embedded set although there is a key
  --max-seconds N  end after so many seconds (120)
  --bot FILE       the bot: a module that exports "bot" (examples/assistant.ts)
  --verbose        say more
  --help           show this`;

/** What the command line says. */
export interface TalkFlags {
  /** The WAV file that holds what the user says; typed lines if there is none. */
  readonly question: string | undefined;
  /** Where the WAV file of what the bot says is to be. */
  readonly reply: string;
  /** Whether to run on the virtual clock. */
  readonly fast: boolean;
  /** Whether to use the embedded set in any case. */
  readonly embedded: boolean;
  /** When to end at the latest. */
  readonly maxSeconds: number;
  /** The bot's module; that of the example by default. */
  readonly bot: string | undefined;
  /** Whether to say more. */
  readonly verbose: boolean;
}

/** What went wrong and can be said in one sentence. */
export class TalkError extends Error {
  override readonly name = "TalkError";
}

/**
 * Reads the command line; nothing for `--help`.
 *
 * @throws {TalkError} If it cannot be understood.
 */
export function readTalkFlags(args: readonly string[]): TalkFlags | undefined {
  const { values, positionals } = parse(args);
  if (values.help) return undefined;
  const { text, fast, verbose, bot } = values;
  const maxSeconds = Number(values["max-seconds"]);
  if (!(maxSeconds > 0)) {
    const given = values["max-seconds"];
    throw new TalkError(`Cannot use --max-seconds "${given}": it is no number above 0`);
  }
  const [question, reply] = text ? [undefined, ...positionals] : positionals;
  const wanted = text ? "REPLY.wav" : "QUESTION.wav REPLY.wav";
  if (reply === undefined || positionals.length > (text ? 1 : 2)) {
    const given = positionals.length === 0 ? "no file" : `"${positionals.join(" ")}"`;
    throw new TalkError(`Cannot talk with ${given}: give it ${wanted}, or see --help`);
  }
  const embedded = values.embedded || fast;
  return { question, reply, fast, embedded, maxSeconds, bot, verbose };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        "text": { type: "boolean", default: false },
        "fast": { type: "boolean", default: false },
        "embedded": { type: "boolean", default: false },
        "max-seconds": { type: "string", default: "120" },
        "bot": { type: "string" },
        "verbose": { type: "boolean", default: false },
        "help": { type: "boolean", default: false },
      },
    });
  } catch (cause) {
    // The first sentence says what is wrong; what follows is about something else.
    const [why = ""] = (cause instanceof Error ? cause.message : String(cause)).split(". ");
    throw new TalkError(`Cannot read the options: ${why}, see --help`, { cause });
  }
}
