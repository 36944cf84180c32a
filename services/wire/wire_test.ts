import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { nextTurn, TimeoutError } from "../../async/mod.ts";
import { ServiceUpdateSettingsFrame, STTUpdateSettingsFrame } from "../../frames/mod.ts";
import { TestPipeline, VirtualClock } from "../../testing/mod.ts";
import { makeEnvironment } from "../../processors/mod.ts";
import {
  AIService,
  holdEach,
  httpError,
  MissingKeyError,
  ProviderError,
  resolveKey,
  ServiceMetrics,
  StallGuard,
} from "./mod.ts";

const ENV = "PARLEY_TEST_ACME_KEY";
const ACME = { provider: "Acme", env: ENV };

Deno.test("resolveKey takes the key that was given, else the environment's", () => {
  Deno.env.set(ENV, " from env\n");
  try {
    assertEquals(resolveKey({ ...ACME, given: "given" }), "given");
    assertEquals(resolveKey({ ...ACME, given: "" }), "from env");
    assertEquals(resolveKey(ACME), "from env");
    // A provider without a key still takes one.
    assertEquals(resolveKey({ provider: "Acme", env: undefined }), "");
    assertEquals(resolveKey({ provider: "Acme", env: undefined, given: "given" }), "given");
  } finally {
    Deno.env.delete(ENV);
  }
});

Deno.test("resolveKey names the key that is missing", () => {
  assertThrows(
    () => resolveKey(ACME),
    MissingKeyError,
    `Cannot use Acme without an API key: pass "apiKey" or set ${ENV}`,
  );
});

Deno.test({
  name: "resolveKey says which permission the key needs",
  permissions: { env: [] },
  fn: () => {
    assertThrows(() => resolveKey(ACME), MissingKeyError, `--allow-env=${ENV}`);
  },
});

Deno.test.each(
  [
    [401, undefined, "auth", false, "the key was refused (401); check ACME_KEY"],
    [
      403,
      undefined,
      "auth",
      false,
      "the key may not do that (403); check what ACME_KEY gives access to",
    ],
    [
      404,
      "model_not_found",
      "invalid_request",
      false,
      "there is no such model or address (404, model_not_found)",
    ],
    [
      400,
      "a sentence of the provider",
      "invalid_request",
      false,
      "the request was not accepted (400)",
    ],
    [413, undefined, "invalid_request", false, "the request is too large (413)"],
    [408, undefined, "timeout", true, "it took too long (408)"],
    [
      429,
      "rate_limit_exceeded",
      "rate_limit",
      true,
      "too many requests (429, rate_limit_exceeded)",
    ],
    [429, "insufficient_quota", "rate_limit", false, "no credit is left (429, insufficient_quota)"],
    [503, undefined, "server_error", true, "its server failed (503); try again later"],
  ] as const,
)("httpError says what %i with %s means", (status, code, category, retryable, state) => {
  const error = httpError({ provider: "Acme", doing: "speak", keyEnv: "ACME_KEY", status, code });
  assertStringIncludes(error.message, `Cannot speak with Acme: ${state}`);
  assertEquals([error.category, error.retryable, error.status], [category, retryable, status]);
});

Deno.test("ProviderError keeps what the provider answered, and does not print it", () => {
  const body = { message: "Incorrect key: sk-secret" };
  const error = new ProviderError("Cannot speak with Acme: no", { provider: "Acme", body });
  assertEquals(error.body, body);
  assert(!Deno.inspect(error).includes("sk-secret"));
});

async function* ticks(clock: VirtualClock, gaps: readonly number[]): AsyncIterable<number> {
  for (const [i, ms] of gaps.entries()) {
    await clock.sleep(ms);
    yield i;
  }
}

Deno.test("StallGuard gives what comes in time, and leaves no timer", async () => {
  const clock = new VirtualClock();
  using guard = new StallGuard(clock, { timeoutMs: 100, signal: new AbortController().signal });
  const seen = await clock.runUntil(Array.fromAsync(guard.watch(ticks(clock, [90, 90, 90]))));
  assertEquals(seen, [0, 1, 2]);
  assertEquals(clock.timers, 0);
  assert(guard.signal.aborted, "whoever made them is done");
});

Deno.test("StallGuard gives up what comes too late, and tells the source", async () => {
  const clock = new VirtualClock();
  using guard = new StallGuard(clock, { timeoutMs: 100, signal: new AbortController().signal });
  const seen = Array.fromAsync(guard.watch(ticks(clock, [90, 110])));
  await assertRejects(() => clock.runUntil(seen), TimeoutError, "nothing came for 100 ms");
  assert(guard.signal.reason instanceof TimeoutError);
});

Deno.test("StallGuard ends with its signal, whether or not the source heeds it", async () => {
  const clock = new VirtualClock();
  const controller = new AbortController();
  using guard = new StallGuard(clock, { timeoutMs: 100, signal: controller.signal });
  async function* deaf(): AsyncIterable<number> {
    yield await new Promise<number>(() => {});
  }
  const seen = Array.fromAsync(guard.watch(deaf()));
  controller.abort(new Error("enough"));
  await assertRejects(() => seen, Error, "enough");
  assertEquals(clock.timers, 0);
});

Deno.test("StallGuard asks an aborted source for nothing", async () => {
  using guard = new StallGuard(new VirtualClock(), {
    timeoutMs: 100,
    signal: AbortSignal.abort(new Error("too late")),
  });
  let asked = false;
  async function* source(): AsyncIterable<number> {
    asked = true;
    yield 1;
  }
  await assertRejects(() => Array.fromAsync(guard.watch(source())), Error, "too late");
  assertEquals(asked, false);
});

Deno.test("holdEach stops a virtual clock while something is on its way", async () => {
  const clock = new VirtualClock();
  const outside = Promise.withResolvers<void>();
  async function* source(): AsyncIterable<string> {
    await outside.promise;
    yield "here";
  }
  const seen = Array.fromAsync(holdEach(clock, source()));
  let stepped = false;
  const step = clock.advance(1_000).then(() => stepped = true);
  await nextTurn();
  await nextTurn();
  assertEquals(stepped, false);
  outside.resolve();
  assertEquals(await seen, ["here"]);
  await step;
});

Deno.test("holdEach ends its source when nobody wants more", async () => {
  let ended = false;
  async function* source(): AsyncIterable<number> {
    try {
      yield* [1, 2, 3];
    } finally {
      ended = true;
    }
  }
  for await (const item of holdEach(new VirtualClock(), source())) {
    assertEquals(item, 1);
    break;
  }
  assert(ended);
});

Deno.test("ServiceMetrics reports nothing that is not wanted", () => {
  const clock = new VirtualClock();
  const seen: unknown[] = [];
  const make = (params: object) =>
    new ServiceMetrics({
      processor: "x",
      clock: () => clock,
      params: () => makeEnvironment({ params }).params,
      model: () => undefined,
      push: (frame) => seen.push(...frame.data.map(({ type }) => type)),
    });
  const measure = (metrics: ServiceMetrics) => {
    metrics.startTtfb();
    metrics.startProcessing();
    metrics.stopTtfb();
    metrics.stopTtfb();
    metrics.stopProcessing();
    metrics.characters(1);
    metrics.audioSecs(1);
  };
  measure(make({}));
  assertEquals(seen.splice(0), []);
  measure(make({ enableMetrics: true }));
  assertEquals(seen.splice(0), ["ttfb", "processing"]);
  measure(make({ enableUsageMetrics: true }));
  assertEquals(seen.splice(0), ["tts_usage", "stt_usage"]);
  const first = make({ enableMetrics: true, reportOnlyInitialTtfb: true });
  measure(first);
  measure(first);
  assertEquals(seen.splice(0), ["ttfb", "processing", "processing"]);
});

interface Settings {
  readonly model?: string | undefined;
  readonly size?: number | undefined;
  readonly extra?: Readonly<Record<string, unknown>> | undefined;
}

class Service extends AIService<Settings> {
  readonly changes: (readonly string[])[] = [];

  constructor(settings: Settings = {}) {
    super({ name: "Service", settings }, { model: "small", size: 1 });
    this.handle(ServiceUpdateSettingsFrame, (frame, context) => {
      if (!this.updateSettings(frame)) return context.forward();
    });
  }

  protected override onSettingsChanged(changed: readonly string[]): void {
    this.changes.push(changed);
  }

  fail(error: unknown): void {
    this.reportFailure("serve", error);
  }
}

Deno.test("AIService takes settings that have a value, and defaults for the others", () => {
  assertEquals(new Service({ model: undefined, size: 2 }).settings, { model: "small", size: 2 });
});

Deno.test("AIService takes for a change what is another value, lists and objects by what they hold", async () => {
  const extra = { tags: ["a", { b: [1, null] }] };
  const service = new Service({ extra });
  await using pipeline = new TestPipeline([service]);
  const deltas: Settings[] = [
    { extra: structuredClone(extra), size: 1 },
    { extra: { tags: ["a", { b: [1, 0] }] } },
    { extra: { tags: ["a", { b: [1] }] } },
    { extra: { tags: { 0: "a", 1: { b: [1] } } } },
    { extra: {}, model: "large" },
    { extra: {}, model: "large" },
  ];
  for (const delta of deltas) pipeline.push(new STTUpdateSettingsFrame({ delta }));
  await pipeline.until(STTUpdateSettingsFrame, { count: deltas.length });
  assertEquals(service.changes, [["extra"], ["extra"], ["extra"], ["extra", "model"]]);
});

Deno.test("AIService reports failures by name, and a provider's in its own words", async () => {
  const service = new Service();
  await using pipeline = new TestPipeline([service]);
  service.fail(new Error("no luck"));
  service.fail(new TimeoutError("Cannot go on: nothing came"));
  service.fail("just so");
  service.fail(httpError({ provider: "Acme", doing: "serve", status: 500, keyEnv: "K" }));
  await pipeline.settle();
  assertEquals(pipeline.errors.map(({ error, category }) => [error, category]), [
    ['Cannot serve in "Service": no luck', undefined],
    ['Cannot serve in "Service": nothing came', undefined],
    ['Cannot serve in "Service": just so', undefined],
    ["Cannot serve with Acme: its server failed (500); try again later", "server_error"],
  ]);
});
