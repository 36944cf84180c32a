import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { decodeWav, encodeWav } from "../audio/mod.ts";
import { FakeOpenAI } from "../testing/mod.ts";

const TALK = new URL("./talk.ts", import.meta.url).pathname;

/** A folder of a test, with a question in which nobody speaks. */
class Folder implements AsyncDisposable {
  readonly path = Deno.makeTempDirSync();

  constructor() {
    const silence = new Int16Array(16_000);
    this.write("question.wav", encodeWav(silence, { sampleRate: 16_000 }));
  }

  file(name: string): string {
    return `${this.path}/${name}`;
  }

  write(name: string, bytes: Uint8Array): void {
    Deno.writeFileSync(this.file(name), bytes);
  }

  /** Runs the command; names of files are those of the folder. */
  async talk(args: string, options: TalkOptions = {}): Promise<Ran> {
    const named = args.split(" ").filter(Boolean).map((arg) =>
      /\.[a-z]+$|^\.$/.test(arg) ? this.file(arg) : arg
    );
    const process = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", TALK, ...named],
      env: { NO_COLOR: "1", OPENAI_API_KEY: "", ...options.env },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const writer = process.stdin.getWriter();
    await writer.write(new TextEncoder().encode(options.lines ?? ""));
    await writer.close();
    const { code, stdout, stderr } = await process.output();
    const decoder = new TextDecoder();
    // Where nothing was loaded before, Deno says what it loads.
    const errors = decoder.decode(stderr).replaceAll(/^Download .*\n/gm, "");
    return { code, output: decoder.decode(stdout), errors };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path, { recursive: true });
  }
}

interface TalkOptions {
  readonly lines?: string;
  readonly env?: Record<string, string>;
}

interface Ran {
  readonly code: number;
  readonly output: string;
  readonly errors: string;
}

Deno.test.each<[string, string]>([
  ["", "Cannot talk with no file: give it QUESTION.wav REPLY.wav, or see --help"],
  ["--text", "Cannot talk with no file: give it REPLY.wav, or see --help"],
  ["--nonsense a.wav b.wav", "Cannot read the options: Unknown option '--nonsense', see --help"],
  ["--max-seconds soon question.wav b.wav", 'Cannot use --max-seconds "soon": it is no number'],
  ["--max-seconds 0 question.wav b.wav", 'Cannot use --max-seconds "0": it is no number above 0'],
  ["missing.wav reply.wav", 'Cannot read "FOLDER/missing.wav": No such file or directory'],
  [". reply.wav", 'Cannot read "FOLDER/.": Is a directory'],
  [
    "text.wav reply.wav",
    'Cannot use "FOLDER/text.wav" as a WAV file: the file starts with "Hello," instead of "RIFF"',
  ],
  ["slow.wav reply.wav", 'Cannot use "FOLDER/slow.wav" as a WAV file: Cannot resample from 1 Hz'],
  ["question.wav question.wav", 'Cannot write "FOLDER/question.wav": it is the question'],
  ["question.wav .", 'Cannot write "FOLDER/.": Is a directory'],
  [
    "--bot gone.ts question.wav reply.wav",
    'Cannot load the bot "FOLDER/gone.ts": Module not found',
  ],
  [
    "--bot empty.ts question.wav reply.wav",
    'Cannot use "FOLDER/empty.ts" as a bot: it exports no function "bot"',
  ],
  [
    "--bot failing.ts question.wav reply.wav",
    "Cannot talk to the bot: Cannot use Acme without an API key",
  ],
  [
    "--fast --bot failing.ts question.wav reply.wav",
    "Cannot talk to the bot: Cannot use Acme without an API key",
  ],
])('talk "%s" says in one line what is wrong', async (args, error) => {
  await using folder = new Folder();
  const encoder = new TextEncoder();
  folder.write("text.wav", encoder.encode("Hello, this is no sound.\n"));
  folder.write("slow.wav", encodeWav(new Int16Array(3), { sampleRate: 1 }));
  folder.write("empty.ts", encoder.encode("export {};\n"));
  folder.write(
    "failing.ts",
    encoder.encode(
      'export const bot = () => Promise.reject(new Error("Cannot use Acme without an API key"));\n',
    ),
  );
  const { code, output, errors } = await folder.talk(args);
  assertEquals([code, output], [1, ""]);
  assertStringIncludes(errors.replaceAll(folder.path, "FOLDER"), error);
  assertMatch(errors, /^Cannot [^\n]+\n$/);
});

Deno.test("talk writes the reply and shows transcript and latencies", async () => {
  await using folder = new Folder();
  const lines = "what is 12 times 7\n\n  roll two dice  \nstop\ngoodbye\nnobody hears this";
  const { code, output, errors } = await folder.talk("--fast --text reply.wav", { lines });
  assertEquals([code, errors], [0, ""]);
  const [about, talked = "", table, note, end] = output.split("\n\n");
  assertMatch(about ?? "", /^Embedded set\. .*OPENAI_API_KEY$/);
  assertEquals(
    talked.replace(/\[\d,\d\]/, "[N,N]").replace(/\d and \d/, "N and N").split("\n").map(
      withoutTime,
    ),
    [
      "bot     Hello! I am Parley. Ask me the time, a sum, or for a story.",
      "user    what is 12 times 7",
      'call    calculate {"a":12,"operator":"times","b":7}',
      'result  {"value":84}',
      "bot     That is 84.",
      "user    roll two dice",
      'call    roll_dice {"count":2}',
      'result  {"rolls":[N,N]}',
      "bot     You rolled N and N.",
      "user    stop",
      "user    goodbye",
      "call    say_goodbye {}",
      'result  "said"',
      "bot     Goodbye! It was nice talking to you.",
    ],
  );
  const times = talked.split("\n").map((line) => Number(line.slice(0, 7)));
  assertEquals(times, times.toSorted((a, b) => a - b));
  assertMatch(
    table ?? "",
    /^turn {2}of +transcript +end of turn +first token +tools +first audio\n1 +bot/,
  );
  assertEquals(table?.split("\n").length, 6);
  assertStringIncludes(note ?? "", "Virtual time: computing counts as zero.");
  assertEquals(end, `The reply is in ${folder.file("reply.wav")}\n`);
  const { samples, sampleRate, numChannels } = decodeWav(
    await Deno.readFile(folder.file("reply.wav")),
  );
  assertEquals([sampleRate, numChannels], [24_000, 1]);
  // From the beginning to the end of the goodbye.
  const last = times.at(-1) ?? 0;
  const seconds = samples.length / 24_000;
  assert(seconds > last + 1 && seconds < last + 6, `${seconds} s`);
});

Deno.test("talk ends two seconds after the question, and after --max-seconds", async () => {
  await using folder = new Folder();
  const secondsOf = async (args: string, reply: string) => {
    const { code } = await folder.talk(`--fast ${args} question.wav ${reply}`);
    assertEquals(code, 0);
    return decodeWav(await Deno.readFile(folder.file(reply))).samples.length / 24_000;
  };
  const [whole, limited] = await Promise.all([
    secondsOf("", "whole.wav"),
    secondsOf("--max-seconds 1.5", "limited.wav"),
  ]);
  // The question has a second of silence, and the greeting takes some four.
  assert(whole > 5.5 && whole < 8, `${whole} s`);
  assertEquals(limited, 1.5);
});

Deno.test("talk replaces the whole of a longer reply", async () => {
  await using folder = new Folder();
  folder.write("reply.wav", new Uint8Array(2_000_000).fill(7));
  await folder.talk("--fast --max-seconds 1 question.wav reply.wav");
  const { size } = await Deno.stat(folder.file("reply.wav"));
  assertEquals(size, 44 + 48_000);
});

Deno.test("talk with a wrong key says so, and fails", async () => {
  await using folder = new Folder();
  await using openai = new FakeOpenAI();
  const env = { OPENAI_API_KEY: "wrong", OPENAI_BASE_URL: openai.url };
  const { code, output, errors } = await folder.talk("question.wav reply.wav", { env });
  assertEquals(code, 1);
  assertEquals(
    errors,
    "Cannot get an answer with OpenAI: the key was refused (401, invalid_api_key); " +
      "check OPENAI_API_KEY\n",
  );
  assertMatch(output, /^OpenAI\. Without a key: start it with --embedded\n/);
});

Deno.test("talk --help says what it can do", async () => {
  await using folder = new Folder();
  const { code, output, errors } = await folder.talk("--help");
  assertEquals([code, errors], [0, ""]);
  for (const option of ["--text", "--fast", "--embedded", "--max-seconds", "--bot", "--verbose"]) {
    assertStringIncludes(output, option);
  }
});

/** A line of the transcript without its time. */
function withoutTime(line: string): string {
  return line.slice(9);
}
