import { DataFrame, SystemFrame } from "./frame.ts";

/** The keys of a telephone. */
export const KeypadEntry = {
  /** The key 1. */
  ONE: "1",
  /** The key 2. */
  TWO: "2",
  /** The key 3. */
  THREE: "3",
  /** The key 4. */
  FOUR: "4",
  /** The key 5. */
  FIVE: "5",
  /** The key 6. */
  SIX: "6",
  /** The key 7. */
  SEVEN: "7",
  /** The key 8. */
  EIGHT: "8",
  /** The key 9. */
  NINE: "9",
  /** The key 0. */
  ZERO: "0",
  /** The key #. */
  POUND: "#",
  /** The key *. */
  STAR: "*",
} as const;

/** A key of a telephone; one of the values of the constant of the same name. */
export type KeypadEntry = (typeof KeypadEntry)[keyof typeof KeypadEntry];

const KEYS: ReadonlySet<unknown> = new Set(Object.values(KeypadEntry));

/**
 * Says whether something from outside is a key of a telephone.
 *
 * @example
 * ```ts
 * import { isKeypadEntry } from "@parley/sdk/frames";
 * console.log([..."12x#"].filter(isKeypadEntry)); // ["1", "2", "#"]
 * ```
 *
 * @param value What came in.
 * @returns Whether it is one of the values of {@linkcode KeypadEntry}.
 */
export function isKeypadEntry(value: unknown): value is KeypadEntry {
  return KEYS.has(value);
}

/** What frames of key presses have in common. */
export interface DTMFFrame {
  /** The key; nothing where several are pressed one after another. */
  readonly button: KeypadEntry | undefined;
}

/**
 * The user pressed a key.
 *
 * @example
 * ```ts
 * import { InputDTMFFrame, KeypadEntry } from "@parley/sdk/frames";
 * console.log(new InputDTMFFrame(KeypadEntry.FIVE).button); // "5"
 * ```
 */
export class InputDTMFFrame extends SystemFrame implements DTMFFrame {
  /** The key. */
  readonly button: KeypadEntry;

  /** Makes the frame. */
  constructor(button: KeypadEntry) {
    super();
    this.button = button;
  }
}

/**
 * Has the output press keys, in order with the audio.
 *
 * @example
 * ```ts
 * import { KeypadEntry, OutputDTMFFrame } from "@parley/sdk/frames";
 * console.log(new OutputDTMFFrame(KeypadEntry.ONE).button); // "1"
 * console.log(new OutputDTMFFrame(["4", "2", "#"]).buttons.length); // 3
 * ```
 */
export class OutputDTMFFrame extends DataFrame implements DTMFFrame {
  /** The key, if it is only one. */
  readonly button: KeypadEntry | undefined;
  /** All keys, in order, also where it is only one. */
  readonly buttons: readonly KeypadEntry[];

  /** Makes the frame for one key or several. */
  constructor(keys: KeypadEntry | readonly KeypadEntry[]) {
    super();
    this.buttons = typeof keys === "string" ? [keys] : [...keys];
    this.button = onlyOne(this.buttons);
  }
}

/**
 * Has the output press keys at once.
 *
 * @example
 * ```ts
 * import { KeypadEntry, OutputDTMFUrgentFrame } from "@parley/sdk/frames";
 * console.log(new OutputDTMFUrgentFrame(KeypadEntry.STAR).kind); // "system"
 * ```
 */
export class OutputDTMFUrgentFrame extends SystemFrame implements DTMFFrame {
  /** The key, if it is only one. */
  readonly button: KeypadEntry | undefined;
  /** All keys, in order, also where it is only one. */
  readonly buttons: readonly KeypadEntry[];

  /** Makes the frame for one key or several. */
  constructor(keys: KeypadEntry | readonly KeypadEntry[]) {
    super();
    this.buttons = typeof keys === "string" ? [keys] : [...keys];
    this.button = onlyOne(this.buttons);
  }
}

function onlyOne(keys: readonly KeypadEntry[]): KeypadEntry | undefined {
  return keys.length === 1 ? keys[0] : undefined;
}
