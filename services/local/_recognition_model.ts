// How audio becomes scored words: npm `soundswallower`, its English model and two kinds of decoder.
import type {
  Config,
  Decoder as PackageDecoder,
  Segment,
  SoundSwallowerModule,
} from "soundswallower";
import type { PhraseBook } from "./grammar.ts";
import { ARPABET } from "./grammar.ts";
import { DECOYS } from "./_decoys_table.ts";

/** A stretch of audio that a decoder took for a word, a sound or a noise. */
export interface ScoredSegment {
  /** The word; noises are in brackets. */
  readonly word: string;
  /** Where it begins, in seconds. */
  readonly start: number;
  /** Where it ends, in seconds. */
  readonly end: number;
  /** Natural logarithm of how well the audio fits it, relative to what fits best. */
  readonly score: number;
}

/** The package, and where its model is. */
interface Engine {
  readonly package: SoundSwallowerModule;
  /** Path of the folder of the English model, without a slash at its end. */
  readonly model: string;
}

/** Beams, weights and first guesses that the tests of the closed loop were run with. */
const SHARED = {
  loglevel: "FATAL",
  // Words of a phrase are all equally likely, and so are pauses.
  lw: 1,
  silprob: 1,
  // Average speech, measured on six voices: an utterance is heard the same whatever came before it.
  cmninit: "41,-0.5,2.2,-0.3,-0.5,-0.4,-0.5",
};
const PHRASE_SEARCH = { beam: 1e-80, pbeam: 1e-80, wbeam: 1e-60, wip: 1, fillprob: 1e-10 };
const SOUND_SEARCH = {
  // Sounds without their neighbours: half the work, and none of the phrases' own knowledge.
  cionly: true,
  beam: 1e-15,
  pbeam: 1e-15,
  wbeam: 1e-15,
  wip: 0.06,
  fillprob: 1,
};

/** How likely a decoy is against a phrase: whoever mumbles "stop" did not say "stock". */
const DECOY_WEIGHT = "1e-15";

/** How a decoy's word begins, and that of a sound. */
const DECOY = "decoy_";

let engine: Promise<Engine> | undefined;

/** Loads the package once for the process. A failure is not kept: the next call tries again. */
function loadEngine(): Promise<Engine> {
  engine ??= loadPackage().catch((error: unknown) => {
    engine = undefined;
    throw error;
  });
  return engine;
}

async function loadPackage(): Promise<Engine> {
  const { default: createModule } = await import("soundswallower");
  const url = new URL("model/en-us", import.meta.resolve("soundswallower"));
  if (url.protocol !== "file:") {
    throw new Error('Cannot find the package "soundswallower": install it with "deno install"');
  }
  const path = decodeURIComponent(url.pathname).replace(/^\/(?=[A-Za-z]:)/, "");
  return { package: await createModule(), model: path };
}

/** One decoder at work on one utterance at a time. */
export class Decoder {
  readonly #decoder: PackageDecoder;

  constructor(decoder: PackageDecoder) {
    this.#decoder = decoder;
  }

  /** Begins an utterance. */
  start(): void {
    this.#decoder.start();
  }

  /** Takes the next samples, at most 40 ms of them so that nobody waits long. */
  feed(samples: Float32Array): void {
    this.#decoder.process_audio(samples);
  }

  /** Ends an utterance; what it was can be read until {@linkcode Decoder.reset}. */
  stop(): void {
    this.#decoder.stop();
  }

  /** What the audio is so far, or was. Nothing when nothing fits. */
  segments(): ScoredSegment[] {
    return this.#decoder.get_text() === "" ? [] : readAlignment(this.#decoder.get_alignment());
  }

  /** Makes it ready for the next utterance, whoever speaks it. */
  reset(): Promise<void> {
    return this.#decoder.reinitialize_audio();
  }
}

/** Makes a decoder that hears the phrases of a book, and decoys. */
export async function createPhraseDecoder(
  book: PhraseBook,
  options: { readonly sampleRate: number; readonly decoys?: readonly string[] | undefined },
): Promise<Decoder> {
  const { model } = await loadEngine();
  const decoys = options.decoys ?? DECOYS;
  const sounds = await findSounds(`${model}/dict.txt`, new Set([...book.words, ...decoys]));
  for (const [word, ways] of book.pronunciations) sounds.set(word, ways);
  for (const word of book.words) if (!sounds.has(word)) throw unknownWord(word, book);
  const used = usableDecoys(decoys, book, sounds);
  const decoder = await createDecoder({ ...PHRASE_SEARCH, samprate: options.sampleRate });
  addWords(decoder, [...book.words].map((word) => [word, sounds.get(word) ?? []]));
  addWords(decoder, used.map((word) => [DECOY + word, sounds.get(word) ?? []]));
  const decoy = used.map((word) => DECOY + word).join(" | ");
  setGrammar(decoder, {
    rules: [book.rules, ...decoy ? [`<decoy> = ${decoy};`] : []],
    // The last is what silence fits.
    heard: ["/1/ <phrase>", ...decoy ? [`/${DECOY_WEIGHT}/ <decoy>`] : [], "/1/ <NULL>"],
  });
  return new Decoder(decoder);
}

/** Makes a decoder that hears any sounds in any order: what every phrase is measured against. */
export async function createSoundDecoder(sampleRate: number): Promise<Decoder> {
  const decoder = await createDecoder({ ...SOUND_SEARCH, samprate: sampleRate });
  const words = ARPABET.map((sound) => `sound_${sound.toLowerCase()}`);
  addWords(decoder, words.map((word, k) => [word, [ARPABET[k] ?? ""]]));
  setGrammar(decoder, {
    rules: [`<sound> = ${words.join(" | ")};`, "<sounds> = <sound>+;"],
    heard: ["<sounds>", "<NULL>"],
  });
  return new Decoder(decoder);
}

/** Whether a segment is a word or a sound, and no noise or pause. */
export function isSpoken({ word }: ScoredSegment): boolean {
  return !/^[<[(+]/.test(word);
}

/** Whether a segment is a word that is listened for only to refuse it. */
export function isDecoy({ word }: ScoredSegment): boolean {
  return word.startsWith(DECOY);
}

async function createDecoder(config: Config): Promise<PackageDecoder> {
  const { package: { Decoder: NewDecoder }, model } = await loadEngine();
  // Without a dictionary a decoder is ready in 25 instead of 190 ms and takes 10 MB less. A file
  // that is not there is how to say so.
  const decoder = new NewDecoder({
    ...SHARED,
    ...config,
    hmm: model,
    dict: `${model}/no-dictionary`,
  });
  await decoder.initialize();
  return decoder;
}

function addWords(
  decoder: PackageDecoder,
  words: readonly (readonly [word: string, ways: readonly string[]])[],
): void {
  const entries = words.flatMap(([word, ways]) =>
    ways.map((way, k): [string, string] => [k === 0 ? word : `${word}(${k + 1})`, way])
  );
  decoder.add_words(...entries);
}

function setGrammar(
  decoder: PackageDecoder,
  grammar: { readonly rules: readonly string[]; readonly heard: readonly string[] },
): void {
  const top = `public <heard> = ${grammar.heard.join(" | ")};`;
  decoder.set_grammar(["#JSGF V1.0;", "grammar heard;", ...grammar.rules, top, ""].join("\n"));
}

/** Finds words in the dictionary; its lines are `word SOUNDS` and, for other ways, `word(2) SOUNDS`. */
async function findSounds(
  path: string,
  words: ReadonlySet<string>,
): Promise<Map<string, readonly string[]>> {
  const text = await Deno.readTextFile(path);
  const found = new Map<string, string[]>();
  for (let start = 0; start < text.length;) {
    const newline = text.indexOf("\n", start);
    const end = newline < 0 ? text.length : newline;
    const space = text.indexOf(" ", start);
    const entry = text.slice(start, Math.min(space, end));
    const word = entry.endsWith(")") ? entry.slice(0, entry.lastIndexOf("(")) : entry;
    if (words.has(word)) {
      const ways = found.get(word) ?? [];
      found.set(word, [...ways, text.slice(space + 1, end).trim()]);
    }
    start = end + 1;
  }
  return new Map(found);
}

/** Decoys that are in the dictionary and sound like no phrase of a single word. */
function usableDecoys(
  decoys: readonly string[],
  book: PhraseBook,
  sounds: ReadonlyMap<string, readonly string[]>,
): string[] {
  const commands = [...book.words].filter((word) => book.match(word));
  const taken = new Set(commands.flatMap((word) => sounds.get(word) ?? []));
  return [...new Set(decoys)].filter((word) => {
    const ways = sounds.get(word);
    return ways && !commands.includes(word) && !ways.some((way) => taken.has(way));
  });
}

function unknownWord(word: string, book: PhraseBook): Error {
  const [phrase] = book.phrasesWith(word);
  return new RangeError(
    `Cannot recognize "${word}" of the phrase "${phrase}": it is not in the pronunciation ` +
      `dictionary; give its sounds in "pronunciations", as in { parley: "P AA R L IY" }`,
  );
}

/** Reads what the package says of an utterance. Its times are seconds, its fits rounded to 0.001. */
function readAlignment({ w: found = [] }: Segment): ScoredSegment[] {
  const segments: ScoredSegment[] = [];
  for (const { t, b, d, p } of found) {
    const score = Math.log(Math.max(p, MIN_FIT)) * SCORE_SCALE;
    const last = segments.at(-1);
    // An empty transition takes no time, and what it costs belongs to what it follows.
    if (t !== "(NULL)") {
      segments.push({ word: t.replace(/\(\d+\)$/, ""), start: b, end: b + d, score });
    } else if (last) segments[segments.length - 1] = { ...last, score: last.score + score };
  }
  return segments;
}

/** The smallest fit that the package writes as more than zero, halved. */
const MIN_FIT = 0.0005;

/** The package raises 1.0001 to a score of steps of 1024: this turns one back into the other. */
const SCORE_SCALE = 1024;
