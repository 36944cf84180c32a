import { assertEquals } from "@std/assert";
import {
  AggregatedTextFrame,
  BotStartedSpeakingFrame,
  BotStoppedSpeakingFrame,
  HeardTextFrame,
  InterruptionFrame,
  LLMFullResponseEndFrame,
  LLMFullResponseStartFrame,
  LLMTextFrame,
  TTSStartedFrame,
  TTSStoppedFrame,
  TTSTextFrame,
} from "../frames/mod.ts";
import type { RTVIObserverParams } from "./mod.ts";
import { Place, Session } from "./testdata/session.ts";

const TEXT = "Hello there friend.";

/** One sentence of the bot, spoken word by word. */
class Sentence {
  readonly id: number;
  readonly contextId: string;
  /** As the model wrote it. */
  readonly raw: string;

  constructor(raw = TEXT, options: { readonly id?: number; readonly contextId?: string } = {}) {
    this.raw = raw;
    this.id = options.id ?? 1;
    this.contextId = options.contextId ?? "ctx";
  }

  announced(aggregatedBy = "sentence"): AggregatedTextFrame {
    const { contextId, id: segmentId } = this;
    return new AggregatedTextFrame(this.raw.trim(), {
      contextId,
      segmentId,
      aggregatedBy,
      willBeSpoken: true,
    });
  }

  /** That a piece of it was heard, from one place to another. */
  heard(start: number, end: number): HeardTextFrame {
    const { contextId, id, raw: text } = this;
    const span = { id, text, start, end };
    return HeardTextFrame.of(new TTSTextFrame(text.slice(start, end), { contextId, span }));
  }
}

function output(text: string, more: object, id = 1): unknown {
  return ["bot-output", { text, aggregated_by: "sentence", segment_id: id, ...more }];
}

function announced(text: string, id = 1): unknown {
  return output(text, {
    spoken: false,
    will_be_spoken: true,
    spoken_status: "new",
    spoken_progress: { accumulated_text: "", remaining_text: text },
  }, id);
}

function progress(accumulated_text: string, remaining_text: string, id = 1): unknown {
  return output(accumulated_text + remaining_text, {
    will_be_spoken: true,
    spoken_status: remaining_text === "" ? "completed" : "in-progress",
    spoken_progress: { accumulated_text, remaining_text },
  }, id);
}

function word(text: string): unknown {
  return ["bot-tts-text", { text }];
}

/** A session in which the bot speaks. */
async function speaking(observerParams: RTVIObserverParams = {}): Promise<Session> {
  const session = new Session({ observerParams });
  session.output.broadcast(() => new BotStartedSpeakingFrame());
  await session.take();
  return session;
}

Deno.test("The bot's output: a sentence, word by word as it is heard", async () => {
  await using session = new Session();
  const sentence = new Sentence();
  session.probe.push(sentence.announced());
  assertEquals(await session.told(), []);
  session.output.broadcast(() => new BotStartedSpeakingFrame());
  assertEquals(await session.told(), ["bot-started-speaking", announced(TEXT)]);
  for (const [start, end] of [[0, 5], [5, 11], [11, 19]] as const) {
    session.output.push(sentence.heard(start, end));
  }
  session.output.broadcast(() => new BotStoppedSpeakingFrame());
  assertEquals(await session.told(), [
    word("Hello"),
    progress("Hello", " there friend."),
    word("there"),
    progress("Hello there", " friend."),
    word("friend."),
    progress(TEXT, ""),
    "bot-stopped-speaking",
  ]);
});

Deno.test("The bot's output: what the model wrote around the words is neither a word nor progress", async () => {
  await using session = await speaking();
  const sentence = new Sentence(" \n**Hello** there. \n");
  session.probe.push(sentence.announced());
  for (const [start, end] of [[0, 4], [4, 11], [11, 18], [18, 20]] as const) {
    session.output.push(sentence.heard(start, end));
  }
  assertEquals(await session.told(), [
    announced("**Hello** there."),
    word("**"),
    progress("**", "Hello** there."),
    word("Hello**"),
    progress("**Hello**", " there."),
    word("there."),
    progress("**Hello** there.", ""),
  ]);
});

Deno.test("The bot's output: voices that number alike are told apart", async () => {
  await using session = await speaking();
  const [one, two] = ["a", "b"].map((contextId) => new Sentence("Hi.", { contextId, id: 1 }));
  for (const sentence of [one, two]) if (sentence) session.probe.push(sentence.announced());
  for (const sentence of [two, one]) if (sentence) session.output.push(sentence.heard(0, 3));
  assertEquals(await session.told(), [
    announced("Hi.", 1),
    announced("Hi.", 2),
    word("Hi."),
    progress("Hi.", "", 2),
    word("Hi."),
    progress("Hi.", "", 1),
  ]);
});

Deno.test("The bot's output: text that is not spoken keeps its place behind text that is", async () => {
  await using session = new Session();
  const code = () => new AggregatedTextFrame("code", { aggregatedBy: "code" });
  const told = (segment_id: number) => [
    "bot-output",
    { text: "code", aggregated_by: "code", segment_id, spoken: false, will_be_spoken: false },
  ];
  session.probe.push(code());
  assertEquals(await session.told(), [told(1)]);
  session.probe.push(new Sentence("First.").announced());
  session.probe.push(code());
  assertEquals(await session.told(), []);
  session.output.broadcast(() => new BotStartedSpeakingFrame());
  assertEquals(await session.told(), ["bot-started-speaking", announced("First.", 2), told(3)]);
});

Deno.test("The bot's output: what nobody heard is forgotten at an interruption", async () => {
  await using session = new Session();
  session.probe.push(new LLMFullResponseStartFrame());
  session.probe.push(new Sentence("Never heard.").announced());
  session.probe.push(new InterruptionFrame());
  session.output.broadcast(() => new BotStartedSpeakingFrame());
  assertEquals(await session.told(), [
    "bot-llm-started",
    "bot-llm-stopped",
    "bot-interrupted",
    "bot-started-speaking",
  ]);
});

Deno.test("The bot's output: words that were heard come before the interruption that cut them", async () => {
  await using session = await speaking();
  const sentence = new Sentence();
  session.probe.push(sentence.announced());
  session.output.push(sentence.heard(0, 5));
  session.probe.push(new InterruptionFrame());
  session.output.broadcast(() => new BotStoppedSpeakingFrame());
  assertEquals(await session.told(), [
    announced(TEXT),
    word("Hello"),
    progress("Hello", " there friend."),
    "bot-interrupted",
    "bot-stopped-speaking",
  ]);
});

Deno.test("The bot's output: a sentence without any audio is told when its turn is over", async () => {
  await using session = new Session({ observerParams: { botTtsEnabled: false } });
  session.probe.push(new TTSStartedFrame());
  session.probe.push(new Sentence("🙂").announced());
  assertEquals(await session.told(), []);
  session.probe.push(new TTSStoppedFrame());
  assertEquals(await session.told(), [announced("🙂")]);
});

Deno.test("The bot's output: what leaves by two outputs side by side is told once", async () => {
  await using session = await speaking({ botTtsEnabled: false });
  const frame = new Sentence("Hi.").announced();
  session.probe.push(frame);
  assertEquals(await session.told(), [announced("Hi.")]);
  const [source, destination] = [new Place("output"), session.probe];
  session.rtvi.observer.onPushFrame({
    source,
    destination,
    frame,
    direction: "downstream",
    timestamp: 0,
  });
  assertEquals(await session.told(), []);
});

Deno.test("The bot's output: an empty sentence is nothing", async () => {
  await using session = await speaking();
  session.probe.push(new Sentence(" \n").announced());
  session.output.push(new Sentence(" \n").heard(0, 2));
  session.probe.push(new AggregatedTextFrame(" "));
  assertEquals(await session.told(), []);
});

Deno.test("The bot's output: a text that is heard as a whole, and was never announced", async () => {
  await using session = await speaking();
  session.output.push(
    HeardTextFrame.of(new TTSTextFrame("All at once.", { aggregatedBy: "sentence" })),
  );
  session.output.push(new Sentence("Later.", { id: 7 }).heard(0, 6));
  assertEquals(await session.told(), [
    announced("All at once."),
    word("All at once."),
    progress("All at once.", ""),
    announced("Later.", 2),
    word("Later."),
    progress("Later.", "", 2),
  ]);
});

Deno.test("The bot's output: an answer that no voice takes is told by sentence", async () => {
  await using session = new Session({ observerParams: { botLlmEnabled: false } });
  const unspoken = (text: string, id: number) =>
    output(text, { spoken: false, will_be_spoken: false }, id);
  session.probe.push(new LLMFullResponseStartFrame());
  for (const text of ["Hello", " there. How", " are"]) session.probe.push(new LLMTextFrame(text));
  assertEquals(await session.told(), [unspoken("Hello there.", 1)]);
  session.probe.push(new LLMTextFrame(" you"));
  session.probe.push(new LLMFullResponseEndFrame());
  assertEquals(await session.told(), [unspoken("How are you", 2)]);
  session.probe.push(new LLMFullResponseStartFrame());
  session.probe.push(new LLMTextFrame("Never fin"));
  session.probe.push(new InterruptionFrame());
  session.probe.push(new LLMFullResponseStartFrame());
  session.probe.push(new LLMFullResponseEndFrame());
  assertEquals(await session.told(), ["bot-interrupted"]);
});

/** What is told of a sentence of which the first word is heard. */
const PARAMS: Record<string, { params: RTVIObserverParams; told: unknown[]; kind?: string }> = {
  "without spoken words": {
    params: { botTtsEnabled: false },
    told: [announced(TEXT), progress("Hello", " there friend.")],
  },
  "without progress": { params: { botOutputEnabled: false }, told: [word("Hello")] },
  "without either": { params: { botOutputEnabled: false, botTtsEnabled: false }, told: [] },
  "without who speaks": {
    params: { botSpeakingEnabled: false },
    told: [announced(TEXT), word("Hello"), progress("Hello", " there friend.")],
  },
  "with words left out": {
    params: { skipAggregatorTypes: ["word"] },
    told: [announced(TEXT), progress("Hello", " there friend.")],
  },
  "with sentences left out, and the words of them": {
    params: { skipAggregatorTypes: ["sentence"] },
    told: [],
  },
  "in upper case": {
    params: { botOutputTransforms: [["*", (text) => text.toUpperCase()]] },
    told: [
      announced(TEXT.toUpperCase()),
      word("HELLO"),
      progress("HELLO", " THERE FRIEND."),
    ],
  },
  "with sentences changed": {
    params: {
      botOutputTransforms: [
        ["sentence", (text, kind) => kind === "sentence" ? text.replaceAll("e", "3") : "wrong"],
        ["code", () => "wrong"],
      ],
    },
    told: [announced("H3llo th3r3 fri3nd."), word("Hello"), progress("H3llo", " th3r3 fri3nd.")],
  },
  "with another text, of which a share has been heard": {
    params: { botOutputTransforms: [["sentence", () => "[secret words here]"]] },
    told: [
      announced("[secret words here]"),
      word("Hello"),
      // Five of nineteen letters, and no word cut in two: nothing yet.
    ],
  },
};

for (const [name, { params, told }] of Object.entries(PARAMS)) {
  Deno.test(`The bot's output: ${name}`, async () => {
    await using session = await speaking(params);
    const sentence = new Sentence();
    session.probe.push(sentence.announced());
    session.output.push(sentence.heard(0, 5));
    assertEquals(await session.told(), told);
  });
}
