import { deadline, systemClock } from "../../async/mod.ts";

const ROOT = new URL("../../", import.meta.url);
const STARTS_WITHIN_MS = 30_000;
const ENDS_WITHIN_MS = 10_000;

/** A process, and all that it wrote once it has ended. */
interface Running {
  readonly child: Deno.ChildProcess;
  readonly said: Promise<string>;
  readonly complaints: Promise<string>;
}

/** The default bot in a process of its own, as `deno task start` runs it. */
export class BotProcess implements AsyncDisposable {
  /** Where it can be reached: `http://127.0.0.1:40123`. */
  readonly url: string;
  readonly #child: Deno.ChildProcess;
  readonly #said: Promise<string>;
  readonly #complaints: Promise<string>;
  #over = false;

  /** Takes a process that listens at an address. */
  constructor(url: string, process: Running) {
    this.url = url;
    this.#child = process.child;
    this.#said = process.said;
    this.#complaints = process.complaints;
  }

  /** Starts it with the embedded set, on a port that is free unless one is given. */
  static async start(port = 0): Promise<BotProcess> {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "examples/assistant.ts", "--embedded", `--port=${port}`],
      cwd: ROOT,
      env: { NO_COLOR: "1" },
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    // On a machine that is new to it, Deno says what it downloads.
    const complaints = new Response(child.stderr).text()
      .then((text) => text.replaceAll(/^Download .*\n/gm, ""));
    const { promise: listens, resolve: found } = Promise.withResolvers<string | undefined>();
    const said = readLines(child.stdout, (line) => {
      const url = line.match(/(http:\S+)\/client/)?.[1];
      if (url) found(url);
    }).finally(() => found(undefined));
    const url = await deadline(listens, {
      clock: systemClock,
      timeoutMs: STARTS_WITHIN_MS,
      doing: "start the default bot",
    }).catch(() => undefined);
    if (url) return new BotProcess(url, { child, said, complaints });
    signal(child, "SIGKILL");
    await child.status;
    throw new Error(`Cannot start the default bot: ${await said}${await complaints}`);
  }

  /** The port it listens on. */
  get port(): number {
    return Number(new URL(this.url).port);
  }

  /** Waits until it has no session any more. */
  async sessionsEnd(): Promise<void> {
    const signal = AbortSignal.timeout(ENDS_WITHIN_MS);
    while (await this.#sessions(signal) > 0) await systemClock.sleep(50, { signal });
  }

  /** Ends it without warning. */
  async kill(): Promise<void> {
    this.#over = true;
    signal(this.#child, "SIGKILL");
    await this.#child.status;
    await Promise.all([this.#said, this.#complaints]);
  }

  /**
   * Ends it as Ctrl-C does.
   *
   * @throws {Error} If it does not end, or warned of something while it ran.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#over) return;
    this.#over = true;
    signal(this.#child, "SIGTERM");
    const status = await deadline(this.#child.status, {
      clock: systemClock,
      timeoutMs: ENDS_WITHIN_MS,
      doing: "end the default bot",
    }).catch(() => undefined);
    if (!status) {
      signal(this.#child, "SIGKILL");
      await this.#child.status;
    }
    const [, complaints] = await Promise.all([this.#said, this.#complaints]);
    if (complaints) throw new Error(`Cannot accept what the default bot wrote: ${complaints}`);
    if (!status) throw new Error(`Cannot end the default bot: it runs after ${ENDS_WITHIN_MS} ms`);
  }

  async #sessions(signal: AbortSignal): Promise<number> {
    const response = await fetch(`${this.url}/status`, { signal });
    const { sessions }: { sessions: number } = await response.json();
    return sessions;
  }
}

function signal(child: Deno.ChildProcess, name: Deno.Signal): void {
  try {
    child.kill(name);
  } catch (error) {
    // It has ended by itself.
    if (!(error instanceof TypeError)) throw error;
  }
}

/** Reads a stream to its end, and gives all of it. */
async function readLines(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  onLine: (line: string) => void,
): Promise<string> {
  let text = "";
  let rest = "";
  for await (const chunk of stream.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    lines.forEach(onLine);
  }
  return text;
}
