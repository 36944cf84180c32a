/**
 * Draws the lines of the conversation.
 *
 * @module
 */
import { heardText, stateOfWord, type Word, wordsOf } from "./bot_text.ts";
import { h, icon, setAttributes, setText } from "./dom.ts";
import type { BotItem, Change, Item, NoteItem, Segment, ToolItem, UserItem } from "./items.ts";
import { compact } from "./narrow.ts";
import { TurnRow } from "./turn_row.ts";

/** A line on the page. */
interface Line {
  readonly element: HTMLLIElement;
  /** Draws what has changed. */
  readonly draw: () => void;
}

/** Draws a conversation into a list and keeps its end in view. */
export class ConversationView {
  readonly #list: HTMLOListElement;
  readonly #scroller: HTMLElement;
  readonly #say: (text: string) => void;
  readonly #lines = new Map<Item, Line>();
  #follows = true;

  /** Draws into `list`, which stands in `scroller`; `say` tells screen readers. */
  constructor(
    list: HTMLOListElement,
    scroller: HTMLElement,
    options: { readonly say: (text: string) => void },
  ) {
    this.#list = list;
    this.#scroller = scroller;
    this.#say = options.say;
    scroller.addEventListener("scroll", () => {
      const below = scroller.scrollHeight - scroller.scrollTop -
        scroller.clientHeight;
      this.#follows = below < 80;
    }, { passive: true });
    new ResizeObserver(() => this.#keepEnd()).observe(scroller);
  }

  /** Draws one change. */
  apply(change: Change): void {
    switch (change.kind) {
      case "added":
        this.#add(change.item, change.before);
        break;
      case "changed":
        this.#lines.get(change.item)?.draw();
        break;
      case "removed":
        this.#lines.get(change.item)?.element.remove();
        this.#lines.delete(change.item);
        break;
      default:
        change satisfies never;
    }
    if (change.kind !== "removed") this.#tell(change.item);
    this.#keepEnd();
  }

  /** Shows the newest line again. */
  toEnd(): void {
    this.#follows = true;
    this.#keepEnd();
  }

  #add(item: Item, before: Item | undefined): void {
    const line = makeLine(item);
    this.#lines.set(item, line);
    line.draw();
    const next = before && this.#lines.get(before)?.element;
    this.#list.insertBefore(line.element, next ?? null);
  }

  #keepEnd(): void {
    if (this.#follows) this.#scroller.scrollTop = this.#scroller.scrollHeight;
  }

  readonly #told = new WeakMap<Item, string>();

  #tell(item: Item): void {
    const text = spokenForm(item);
    if (text === undefined || this.#told.get(item) === text) return;
    this.#told.set(item, text);
    this.#say(text);
  }
}

/** What stands where the bot was cut. */
const CUT_WORDS = { cut: "interrupted", lost: "cut off" } as const;

/** What a screen reader says of a line once nothing of it changes any more. */
function spokenForm(item: Item): string | undefined {
  switch (item.kind) {
    case "user":
      return item.open || item.text === "" ? undefined : `You: ${item.text}`;
    case "bot":
      if (item.outcome === "open") return undefined;
      return item.outcome === "whole"
        ? `Bot: ${item.segments.map((part) => part.text).join(" ")}`
        : `Bot, ${CUT_WORDS[item.outcome]}: ${heardText(item)}`;
    case "tool":
      return item.state === "running" ? undefined : `Tool ${item.name}`;
    case "note":
      return item.text;
    case "turn":
      return undefined;
    default:
      return item satisfies never;
  }
}

function makeLine(item: Item): Line {
  switch (item.kind) {
    case "user":
      return userLine(item);
    case "bot":
      return botLine(item);
    case "tool":
      return toolLine(item);
    case "turn":
      return turnLine(item);
    case "note":
      return noteLine(item);
    default:
      return item satisfies never;
  }
}

function userLine(item: UserItem): Line {
  const certain = h("span", { "data-testid": "transcript-user" });
  const interim = h("span", {
    class: "interim",
    "data-testid": "transcript-interim",
  });
  const dots = h("span", { class: "dots", "aria-label": "listening" });
  const bubble = h("p", { class: "bubble", dir: "auto" }, certain, interim, dots);
  const who = item.source === "text" ? "You typed" : "You";
  const element = h("li", { class: "line user" }, label(who), bubble);
  const draw = () => {
    setText(certain, item.text);
    const gap = item.text !== "" && item.interim !== "" ? " " : "";
    setText(interim, gap + item.interim);
    dots.hidden = !item.open || item.text !== "" || item.interim !== "";
    setAttributes(element, { "data-open": item.open });
  };
  return { element, draw };
}

function botLine(item: BotItem): Line {
  const speech = h("p", {
    class: "speech",
    dir: "auto",
    "data-testid": "transcript-bot",
  });
  const element = h("li", { class: "line bot" }, label("Bot"), speech);
  const drawn: DrawnSegment[] = [];
  const mark = h("span", { class: "cut-mark" });
  const draw = () => {
    for (const segment of item.segments.slice(drawn.length)) {
      const made = drawSegment(segment);
      drawn.push(made);
      speech.append(made.element, " ");
    }
    for (const segment of drawn) updateSegment(item, segment);
    placeMark(item, { drawn, mark, speech });
    setAttributes(element, { "data-outcome": item.outcome });
  };
  return { element, draw };
}

interface DrawnSegment {
  readonly segment: Segment;
  readonly element: HTMLSpanElement;
  readonly words: readonly { readonly word: Word; readonly span: HTMLElement }[];
}

function drawSegment(segment: Segment): DrawnSegment {
  const words = wordsOf(segment.text).map((word) => ({
    word,
    span: h("span", { class: "word" }, word.text),
  }));
  const element = h(
    "span",
    { class: "segment" },
    ...words.flatMap(({ span }, i) => i === 0 ? [span] : [" ", span]),
  );
  return { segment, element, words };
}

function updateSegment(item: BotItem, drawn: DrawnSegment): void {
  for (const { word, span } of drawn.words) {
    const state = stateOfWord(item, drawn.segment, word);
    if (span.dataset.state === state) continue;
    span.dataset.state = state;
    const isCurrent = state === "current";
    setAttributes(span, { "data-testid": isCurrent && "word-current" });
  }
}

function placeMark(
  item: BotItem,
  parts: {
    readonly drawn: readonly DrawnSegment[];
    readonly mark: HTMLElement;
    readonly speech: HTMLElement;
  },
): void {
  const { outcome } = item;
  if (outcome !== "cut" && outcome !== "lost") return parts.mark.remove();
  setText(parts.mark, CUT_WORDS[outcome]);
  parts.mark.prepend(icon("cut"));
  setAttributes(parts.mark, {
    "data-testid": outcome === "cut" && "interrupted-mark",
  });
  const firstUnheard = parts.speech.querySelector('[data-state="unheard"]');
  if (firstUnheard === null) parts.speech.append(parts.mark);
  else firstUnheard.before(parts.mark);
}

function toolLine(item: ToolItem): Line {
  const name = h("code", { class: "tool-name" });
  const args = h("code", { class: "tool-args" });
  const result = h("code", { class: "tool-result" });
  const state = h("span", { class: "tool-state" });
  const element = h(
    "li",
    { class: "line tool", "data-testid": "tool-call" },
    icon("tool"),
    h("span", { class: "tool-call" }, name, args),
    state,
    result,
  );
  const draw = () => {
    setText(name, item.name);
    setText(args, item.args === undefined ? "()" : `(${compact(item.args)})`);
    setText(result, item.result === undefined ? "" : compact(item.result));
    result.hidden = item.result === undefined;
    setText(state, item.state === "running" ? "running" : outcomeOf(item));
    setAttributes(element, { "data-state": item.state });
  };
  return { element, draw };
}

function outcomeOf(item: ToolItem): string {
  if (item.state === "cancelled") return "cancelled";
  return item.result === undefined ? "done" : "→";
}

function turnLine(item: Extract<Item, { kind: "turn" }>): Line {
  const row = new TurnRow({ testId: "turn-latency" });
  const element = h("li", { class: "line turn" }, row.element);
  return { element, draw: () => row.draw(item.turn) };
}

function noteLine(item: NoteItem): Line {
  const element = h("li", { class: "line note" }, h("span", {}, item.text));
  return { element, draw: () => {} };
}

function label(who: string): HTMLElement {
  return h("span", { class: "who" }, who);
}
