import { assert, assertEquals, assertRejects } from "@std/assert";
import { systemClock } from "../../async/mod.ts";
import { ScriptedHttpServer } from "../../testing/scripted_http_server.ts";
import { VirtualClock } from "../../testing/virtual_clock.ts";
import { type HttpRequest, ProviderError, requestStream, requestText } from "./mod.ts";

/** A server that answers as it is told. */
function serve(answer: (request: Request) => Response | Promise<Response>) {
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, answer);
  const { port } = server.addr;
  return {
    url: `http://127.0.0.1:${port}/speak?key=secret`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

function ask(request: HttpRequest, options: { signal?: AbortSignal; timeoutMs?: number } = {}) {
  const { signal = new AbortController().signal, timeoutMs } = options;
  return requestStream(request, {
    provider: "Acme",
    doing: "speak",
    keyEnv: "ACME_API_KEY",
    clock: systemClock,
    signal,
    timeoutMs,
  });
}

Deno.test("requestStream sends JSON and gives the answer as it comes", async () => {
  const seen: unknown[] = [];
  await using server = serve(async (request) => {
    seen.push(request.method, request.headers.get("content-type"), await request.json());
    return new Response(ReadableStream.from([new Uint8Array([1, 2]), new Uint8Array([3])]), {
      headers: { "X-Request-Id": "7" },
    });
  });
  const { headers, body } = await ask({ url: server.url, json: { text: "Hi" } });
  const bytes = (await Array.fromAsync(body)).flatMap((chunk) => [...chunk]);
  assertEquals(bytes, [1, 2, 3]);
  assertEquals(headers.get("x-request-id"), "7");
  assertEquals(seen, ["POST", "application/json", { text: "Hi" }]);
});

Deno.test("requestStream says what a refusal means, and when to come again", async () => {
  await using server = serve(() =>
    Response.json({ error: { code: "slow_down", message: "secret" } }, {
      status: 429,
      headers: { "Retry-After": "7" },
    })
  );
  const error = await assertRejects(() => ask({ url: server.url, json: {} }), ProviderError);
  assertEquals(
    error.message,
    "Cannot speak with Acme: too many requests (429, slow_down); try again later",
  );
  assertEquals([error.retryable, error.retryAfterMs], [true, 7_000]);
  assert(!Deno.inspect(error).includes("secret"), Deno.inspect(error));
});

Deno.test("requestStream reads no more of a refusal than it needs", async () => {
  let sent = 0;
  await using server = serve(() => {
    const body = new ReadableStream({
      pull: (controller) => {
        sent++;
        controller.enqueue(new Uint8Array(16_384).fill(65));
      },
    });
    return new Response(body, { status: 500 });
  });
  const error = await assertRejects(() => ask({ url: server.url }), ProviderError);
  assertEquals(error.category, "server_error");
  // What is in buffers on the way counts as sent.
  assert(sent < 1_000, `${sent} pieces were read`);
});

Deno.test("requestStream gives up an answer that does not begin in time", async () => {
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  await using server = serve(async () => {
    await held;
    return new Response("late");
  });
  const error = await assertRejects(
    () => ask({ url: server.url }, { timeoutMs: 50 }),
    ProviderError,
  );
  assertEquals(error.message, "Cannot speak with Acme: it took too long");
  assertEquals([error.category, error.retryable], ["timeout", true]);
  release();
});

Deno.test("requestStream says that a connection broke, and not by which address", async () => {
  await using server = serve(() => {
    const body = new ReadableStream({
      start: (controller) => controller.enqueue(new Uint8Array(8)),
      pull: (controller) => controller.error(new Error("gone")),
    }, { highWaterMark: 1 });
    return new Response(body);
  });
  const { body } = await ask({ url: server.url });
  const error = await assertRejects(() => Array.fromAsync(body), ProviderError);
  assertEquals(error.message, "Cannot speak with Acme: the connection broke");
  assert(!Deno.inspect(error).includes("key=secret"), Deno.inspect(error));
});

Deno.test("requestStream closes a request that is aborted, before and within its answer", async () => {
  for (const when of ["before", "within"]) {
    const closed = Promise.withResolvers<void>();
    const arrived = Promise.withResolvers<void>();
    await using server = serve(() => {
      arrived.resolve();
      const body = new ReadableStream({
        start: (controller) => when === "within" && controller.enqueue(new Uint8Array(8)),
        cancel: () => closed.resolve(),
      });
      return new Response(body);
    });
    const controller = new AbortController();
    const asking = ask({ url: server.url }, { signal: controller.signal });
    if (when === "before") {
      await arrived.promise;
      controller.abort(new Error("enough"));
      await assertRejects(() => asking.then(({ body }) => Array.fromAsync(body)), Error, "enough");
    } else {
      const { body } = await asking;
      await assertRejects(
        async () => {
          for await (const _chunk of body) controller.abort(new Error("enough"));
        },
        Error,
        "enough",
      );
    }
    await closed.promise;
  }
});

Deno.test("requestStream closes a request whose answer is left", async () => {
  const closed = Promise.withResolvers<void>();
  await using server = serve(() => {
    const body = new ReadableStream({
      start: (controller) => controller.enqueue(new Uint8Array(8)),
      cancel: () => closed.resolve(),
    });
    return new Response(body);
  });
  const { body } = await ask({ url: server.url });
  for await (const _chunk of body) break;
  await closed.promise;
});

const common = {
  provider: "Acme",
  doing: "hear",
  keyEnv: "ACME_API_KEY",
  signal: new AbortController().signal,
};

Deno.test("requestText sends again what failed in passing, as often as it may", async () => {
  await using server = new ScriptedHttpServer();
  server.script({ status: 500 }, { body: "half", trouble: "drop" }, { body: ["who", "le"] });
  const clock = new VirtualClock();
  const asking = requestText({ url: server.url, json: 7 }, { ...common, clock, maxRetries: 2 });
  assertEquals(await clock.runUntil(asking), "whole");
  assertEquals(server.requests.map(({ body }) => body), [7, 7, 7]);
  // Half of a wait is left to chance: the first is of 500 ms, and so is the second.
  assert(clock.now() >= 500 && clock.now() <= 1_000, `${clock.now()}`);
});

Deno.test("requestText waits as long as it is asked to", async () => {
  await using server = new ScriptedHttpServer();
  server.script({ status: 429, headers: { "Retry-After": "7" } }, { body: "Hi" });
  const clock = new VirtualClock();
  const asking = requestText({ url: server.url }, { ...common, clock, maxRetries: 1 });
  assertEquals(await clock.runUntil(asking), "Hi");
  assert(clock.now() >= 7_000, `${clock.now()}`);
});

Deno.test("requestText sends nothing again that was refused for good, or often enough", async () => {
  for (const [status, requests] of [[400, 1], [500, 3]]) {
    await using server = new ScriptedHttpServer(() => ({ status }));
    const clock = new VirtualClock();
    const asking = requestText({ url: server.url }, { ...common, clock, maxRetries: 2 });
    const error = await assertRejects(() => clock.runUntil(asking), ProviderError);
    assertEquals([error.status, server.requests.length], [status, requests]);
  }
});

Deno.test("requestText gives up an answer that does not end in time", async () => {
  await using server = new ScriptedHttpServer();
  server.script({ body: "half", trouble: "stall" });
  const options = { ...common, clock: systemClock, timeoutMs: 50 };
  const error = await assertRejects(() => requestText({ url: server.url }, options), ProviderError);
  assertEquals([error.message, error.category], [
    "Cannot hear with Acme: it took too long",
    "timeout",
  ]);
  await server.settled();
  assertEquals(server.requests.map(({ outcome }) => outcome), ["closed"]);
});

Deno.test("requestText reads no answer that is too large", async () => {
  await using server = new ScriptedHttpServer();
  const megabyte = new Uint8Array(1024 * 1024).fill(65);
  server.script({ more: Array.from({ length: 40 }, () => megabyte) });
  const options = { ...common, clock: systemClock, maxRetries: 2 };
  const error = await assertRejects(() => requestText({ url: server.url }, options), ProviderError);
  assertEquals([error.message, error.retryable], [
    "Cannot hear with Acme: its answer is too large",
    false,
  ]);
  await server.settled();
  assertEquals(server.requests.map(({ outcome }) => outcome), ["closed"]);
});
