import { BaseTextFilter } from "./base_text_filter.ts";
import { MappedText, type TextEdit } from "./mapped_text.ts";
import { MarkdownBlocks } from "./_markdown_blocks.ts";

/** What a {@linkcode MarkdownTextFilter} does. */
export interface MarkdownTextFilterParams {
  /** Whether it filters at all; otherwise text passes as it is. @default {true} */
  readonly enableTextFilter?: boolean;
  /** Whether code blocks are left out; otherwise their fences are. @default {false} */
  readonly filterCode?: boolean;
  /** Whether tables are left out; otherwise their cells are separated by commas. @default {false} */
  readonly filterTables?: boolean;
  /**
   * Whether five or more of the same mark become one: "!!!!!" is "!". Letters and digits stay as
   * they are, since "$1000000" is not "$1".
   *
   * @default {true}
   */
  readonly filterRepeatedSequences?: boolean;
}

/**
 * Makes Markdown plain, so that a TTS service does not read out its marks.
 *
 * Emphasis, headings, bullets, quotes, links, images, tags and entities go; numbered lists, line
 * breaks and spaces stay. Text may come in pieces: a code block or table goes on in the next one.
 *
 * @example
 * ```ts
 * import { MarkdownTextFilter } from "@parley/sdk/text";
 * const filter = new MarkdownTextFilter();
 * console.log(filter.filter("## Prices\n- **Tea** is `$2`")); // "Prices\nTea is $2"
 * ```
 */
export class MarkdownTextFilter extends BaseTextFilter {
  #params: MarkdownTextFilterParams;
  #blocks = new MarkdownBlocks();

  /** Makes a filter. */
  constructor(params: MarkdownTextFilterParams = {}) {
    super();
    this.#params = params;
  }

  /** The text without Markdown. */
  filter(text: string): string {
    return this.apply(new MappedText(text)).text;
  }

  /** Same as {@linkcode MarkdownTextFilter.filter}, keeping the edits. */
  override apply(text: MappedText): MappedText {
    const { enableTextFilter = true, filterRepeatedSequences = true } = this.#params;
    if (!enableTextFilter) return text;
    const { filterCode = false, filterTables = false } = this.#params;
    const plain = text.edit(this.#blocks.edits(text.text, { filterCode, filterTables }));
    return filterRepeatedSequences ? plain.edit(repetitionEdits(plain.text)) : plain;
  }

  /** The text without its tables; all else stays as it is. */
  removeTables(text: string): string {
    return new MappedText(text, new MarkdownBlocks().tableEdits(text)).text;
  }

  /** Changes what it does; what is not named stays. */
  override updateSettings(settings: MarkdownTextFilterParams): void {
    this.#params = { ...this.#params, ...settings };
  }

  /** Forgets an open code block or table: its end will not come. */
  override handleInterruption(): void {
    this.#blocks.reset();
  }
}

function repetitionEdits(text: string): TextEdit[] {
  return Array.from(text.matchAll(/([^\p{L}\p{M}\p{N}\s])\1{4,}/gu), (match) => ({
    start: match.index + (match[1]?.length ?? 0),
    end: match.index + match[0].length,
    sticksTo: "before",
  }));
}
