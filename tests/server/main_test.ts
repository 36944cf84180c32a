import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { Client, GREETING_MS, until } from "./_rig.ts";

const BOT_FILE = new URL("./_bot_file.ts", import.meta.url).pathname;

/** A bot that runs as a program of its own. */
class Program implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #reading: Promise<void>[];
  output = "";
  errors = "";

  constructor(...args: string[]) {
    this.#process = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", BOT_FILE, ...args],
      env: { NO_COLOR: "1" },
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#reading = [
      this.#read(this.#process.stdout, (text) => this.output += text),
      this.#read(this.#process.stderr, (text) => this.errors += text),
    ];
  }

  /** Where it listens, once it does. */
  async url(): Promise<string> {
    await until(() => this.output.includes("/client and talk"), "start a bot");
    return /http:\/\/[^/]+/.exec(this.output)?.[0] ?? "";
  }

  async connect(): Promise<Client> {
    const client = new Client(`${(await this.url()).replace("http", "ws")}/ws-client`);
    await client.ready();
    return client;
  }

  interrupt(): void {
    this.#process.kill("SIGINT");
  }

  /** How it ended. */
  async ended(): Promise<number> {
    const { code } = await this.#process.status;
    await Promise.all(this.#reading);
    return code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#process.kill("SIGKILL");
    } catch {
      // It has ended by itself.
    }
    await this.ended();
  }

  async #read(stream: ReadableStream<Uint8Array>, take: (text: string) => void): Promise<void> {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) take(text);
  }
}

Deno.test("runMain says what it runs and where, and the first Ctrl-C lets the bot finish", async () => {
  await using program = new Program("--port", "0");
  const client = await program.connect();
  assert(program.output.startsWith("A talking bot.\n\nOpen http://127.0.0.1:"), program.output);
  await client.hears(100);
  program.interrupt();
  const { code } = await client.closed;
  assertEquals(code, 1001);
  assert(client.audioMs >= GREETING_MS, `${client.audioMs} ms`);
  assertEquals([await program.ended(), program.errors], [0, ""]);
  assertStringIncludes(program.output, "\nEnding sessions; Ctrl-C again ends them now.\n");
});

Deno.test("a second Ctrl-C ends sessions at once", async () => {
  await using program = new Program("--port", "0", "--slow");
  const client = await program.connect();
  assert(program.output.startsWith("A talking bot, slow.\n"), program.output);
  await client.hears(100);
  program.interrupt();
  await until(() => program.output.includes("Ctrl-C again"), "end sessions");
  program.interrupt();
  const { code } = await client.closed;
  assertEquals(code, 1001);
  assert(client.audioMs < GREETING_MS * 5, `${client.audioMs} ms`);
  assertEquals([await program.ended(), program.errors], [0, ""]);
});

Deno.test("Ctrl-C without sessions ends the program", async () => {
  await using program = new Program("--port", "0");
  await program.url();
  program.interrupt();
  assertEquals([await program.ended(), program.errors], [0, ""]);
});

Deno.test("a port in use names --port", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  await using program = new Program("--port", String(port));
  assertEquals(await program.ended(), 1);
  assertEquals(
    program.errors,
    `Cannot listen on port ${port}: it is in use. Choose another with --port ${
      port === 65_535 ? port - 1 : port + 1
    }\n`,
  );
});

Deno.test("an address that is not this machine's names --host", async () => {
  await using program = new Program("--host", "192.0.2.1", "--port", "0");
  assertEquals(await program.ended(), 1);
  assertStringIncludes(program.errors, 'Cannot listen on "192.0.2.1", port 0: ');
  assertStringIncludes(program.errors, "Choose with --host and --port\n");
});

Deno.test.each<[string[], number, string]>([
  [["--help"], 0, "--allow-origin ORIGIN"],
  [["--port", "high"], 1, 'Cannot read --port "high"'],
])("the options %s are answered without a server", async (args, code, text) => {
  await using program = new Program(...args);
  assertEquals(await program.ended(), code);
  assertStringIncludes(program.output + program.errors, text);
  assert(!program.errors.includes("    at "), program.errors);
});
