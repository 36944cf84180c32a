import { NUMBER_RULES, NUMBER_WORDS } from "./_numbers.ts";
import { fullWords } from "./_phrase_words.ts";
import type { PatternNode } from "./_pattern.ts";

/** What people say for two words in a row, and the grammar hears too. */
const SPOKEN_SHORT = [
  "can't",
  "didn't",
  "doesn't",
  "don't",
  "how's",
  "i'll",
  "i'm",
  "isn't",
  "it's",
  "that's",
  "there's",
  "what's",
  "where's",
  "who's",
];

const SHORT_OF: ReadonlyMap<string, string> = new Map(
  SPOKEN_SHORT.map((short) => [fullWords(short).join(" "), short]),
);

/** Rules of a grammar whose `<phrase>` is any of the phrases, in JSGF. */
export function phraseRules(patterns: readonly PatternNode[]): string {
  return `${NUMBER_RULES}\n<phrase> = ${patterns.map(expand).join("\n  | ")};`;
}

/** Every word that a pattern can be spoken with. */
export function spokenWords(node: PatternNode): string[] {
  switch (node.kind) {
    case "word":
      return [node.word];
    case "number":
      return [...NUMBER_WORDS];
    case "slot":
      return spokenWords(node.node);
    case "choice":
      return node.nodes.flatMap(spokenWords);
    case "sequence":
      return node.nodes.flatMap((part, k) => {
        const short = shortOf(part, node.nodes[k + 1]);
        return short ? [short, ...spokenWords(part)] : spokenWords(part);
      });
  }
}

function expand(node: PatternNode): string {
  switch (node.kind) {
    case "word":
      return node.word;
    case "number":
      return "<number>";
    case "slot":
      return expand(node.node);
    case "choice":
      return expandChoice(node.nodes);
    case "sequence":
      return expandSequence(node.nodes);
  }
}

function expandChoice(nodes: readonly PatternNode[]): string {
  const options = nodes.map(expand).filter((option) => option !== "");
  const choice = options.join(" | ");
  return options.length < nodes.length ? `[${choice}]` : `(${choice})`;
}

function expandSequence(nodes: readonly PatternNode[]): string {
  const parts: string[] = [];
  for (let k = 0; k < nodes.length; k++) {
    const [node, next] = [nodes[k], nodes[k + 1]];
    if (!node) continue;
    const short = shortOf(node, next);
    if (short && next) {
      parts.push(`(${expand(node)} ${expand(next)} | ${short})`);
      k++;
    } else parts.push(expand(node));
  }
  return parts.join(" ");
}

function shortOf(node: PatternNode, next: PatternNode | undefined): string | undefined {
  if (node.kind !== "word" || next?.kind !== "word") return undefined;
  return SHORT_OF.get(`${node.word} ${next.word}`);
}
