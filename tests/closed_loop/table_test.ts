import { assert, assertEquals } from "@std/assert";
import { decodeWav } from "../../audio/mod.ts";
import { PhraseBook } from "../../services/local/grammar.ts";
import { BOOK, hear, type Row, rowsOf } from "./_hearing.ts";
import type { HearingTask } from "./_hearing_worker.ts";
import { between, CALL_RATE, type Caller, hiss, say } from "./callers.ts";
import { INSIDE, OUTSIDE } from "./sentences.ts";

const fellowAmericans = new PhraseBook([
  "and so my fellow americans",
  "ask not",
  "what your country can do for you",
  "ask what you can do for your country",
]);

for (const caller of ["flite rms", "flite slt", "espeak en-us+f2"] as const) {
  Deno.test(`the bot's phrases are heard from ${caller}, and others refused`, async () => {
    const [inside, outside] = await Promise.all([
      rowsOf(INSIDE, caller),
      rowsElsewhere({ sentences: OUTSIDE, caller }),
    ]);
    const heard = inside.filter(isRight).length / INSIDE.length;
    const refused = outside.filter(({ recognition }) => recognition.refused).length /
      OUTSIDE.length;
    console.log(table(caller, [...inside, ...outside]));
    console.log(`${caller}: ${percent(heard)} heard, ${percent(refused)} refused\n`);
    assert(heard >= (caller.startsWith("flite") ? 0.9 : 0.8), `only ${percent(heard)} were heard`);
    assert(refused >= 0.85, `only ${percent(refused)} were refused`);
  });
}

Deno.test("the phrases are heard however much silence a VAD leaves around them", async () => {
  const missed: string[] = [];
  for (const sentence of ["stop", "roll two dice", "what is seven plus five"]) {
    const speech = trimmed(await say(sentence, "flite slt"));
    for (
      const [leadMs, trailMs] of [[200, 200], [230, 800], [350, 350], [500, 200], [
        500,
        800,
      ]] as const
    ) {
      const { text } = await hear(between(leadMs, speech, { trailMs }));
      if (text !== sentence) missed.push(`${sentence} (${leadMs}, ${trailMs}): "${text}"`);
    }
  }
  assertEquals(missed, []);
});

Deno.test("a human who says something else is refused", async () => {
  for (const [from, to] of [[0, 11], [0, 3.2], [3.2, 4.6], [5.2, 7.8], [8, 11]] as const) {
    const { refused, text } = await hear(await human(from, to));
    assert(refused, `from ${from} to ${to} s "${text}" was heard`);
  }
});

Deno.test("a human who says a phrase is heard", async () => {
  const heard = await Promise.all(
    ([[0, 3.2], [3.2, 4.6], [5.2, 7.8], [8, 11]] as const).map(async ([from, to]) =>
      (await hear(await human(from, to), fellowAmericans)).text
    ),
  );
  assertEquals(heard, [...fellowAmericans.phrases]);
});

Deno.test("silence, noise and tones are nothing heard", async () => {
  const silence = new Int16Array(2 * CALL_RATE);
  const sounds = {
    silence,
    hiss: hiss(silence, 8),
    noise: hiss(silence, 800),
    "loud noise": hiss(silence, 8000),
    hum: silence.map((_, k) => 600 * Math.sin(k * 2 * Math.PI * 50 / CALL_RATE)),
    tone: silence.map((_, k) => 3000 * Math.sin(k * 2 * Math.PI * 440 / CALL_RATE)),
    clicks: hiss(silence, 4).map((sample, k) => k % 5000 < 40 ? 9000 - 220 * (k % 5000) : sample),
  };
  for (const [name, audio] of Object.entries(sounds)) {
    const { text, refused } = await hear(audio);
    assertEquals([name, text, refused], [name, "", false]);
  }
});

/** The same as `rowsOf`, on a thread of its own: hearing all of them takes a processor half a minute. */
async function rowsElsewhere(task: HearingTask): Promise<Row[]> {
  const { promise, resolve, reject } = Promise.withResolvers<Row[]>();
  const worker = new Worker(import.meta.resolve("./_hearing_worker.ts"), { type: "module" });
  worker.onmessage = ({ data }: MessageEvent<Row[]>) => resolve(data);
  worker.onerror = (event) => {
    event.preventDefault();
    reject(new Error(`Cannot hear on another thread: ${event.message}`));
  };
  worker.postMessage(task);
  try {
    return await promise;
  } finally {
    worker.terminate();
  }
}

async function human(fromSecs: number, toSecs: number): Promise<Int16Array> {
  const file = new URL("../testdata/jfk_16k_mono.wav", import.meta.url);
  const { samples } = decodeWav(await Deno.readFile(file));
  return samples.subarray(fromSecs * CALL_RATE, toSecs * CALL_RATE);
}

/** Speech without the silence that the voice itself puts around it. */
function trimmed(audio: Int16Array): Int16Array {
  const isLoud = (sample: number) => Math.abs(sample) > 200;
  return audio.subarray(audio.findIndex(isLoud), audio.findLastIndex(isLoud) + 1);
}

/** Whether what was heard means what was said: "what's" is "what is". */
function isRight({ sentence, recognition: { text } }: Row): boolean {
  const [said, heard] = [BOOK.match(sentence), BOOK.match(text)];
  return JSON.stringify(said) === JSON.stringify(heard);
}

function table(caller: Caller, rows: readonly Row[]): string {
  const lines = rows.map(({ sentence, recognition: { text, refused, confidence } }) =>
    `| ${sentence.padEnd(44)} | ${(text || (refused ? "(refused)" : "(nothing)")).padEnd(44)} | ` +
    `${confidence.toFixed(2)} |`
  );
  return [`| ${`said by ${caller}`.padEnd(44)} | ${"heard".padEnd(44)} | fit  |`, ...lines].join(
    "\n",
  );
}

function percent(part: number): string {
  return `${Math.round(part * 100)} %`;
}
