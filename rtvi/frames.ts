import { SystemFrame } from "../frames/mod.ts";

/** What a {@linkcode RTVIClientMessageFrame} is given. */
export interface RTVIClientMessageFrameOptions {
  /** Names the request in its answer. */
  readonly msgId: string;
  /** What came along. */
  readonly data?: unknown;
}

/**
 * A message that an application's client sent to its bot.
 *
 * @example
 * ```ts
 * import { RTVIClientMessageFrame } from "@parley/sdk/rtvi";
 * console.log(new RTVIClientMessageFrame("ping", { msgId: "1", data: { x: 1 } }).type);
 * ```
 */
export class RTVIClientMessageFrame extends SystemFrame {
  /** The application's word for what it wants. */
  readonly type: string;
  /** Names the request in its answer. */
  readonly msgId: string;
  /** What came along. */
  readonly data: unknown;

  /** Makes the frame. */
  constructor(type: string, options: RTVIClientMessageFrameOptions) {
    super();
    this.type = type;
    this.msgId = options.msgId;
    this.data = options.data;
  }
}

/**
 * A message of the bot for its client; any processor may push one.
 *
 * @example
 * ```ts
 * import { RTVIServerMessageFrame } from "@parley/sdk/rtvi";
 * console.log(new RTVIServerMessageFrame({ type: "progress", value: 3 }).data);
 * ```
 */
export class RTVIServerMessageFrame extends SystemFrame {
  /** Makes the frame. */
  constructor(
    /** What to say: any JSON value. */
    readonly data: unknown,
  ) {
    super();
  }
}

/**
 * The answer to a client's message.
 *
 * @example
 * ```ts
 * import { RTVIClientMessageFrame, RTVIServerResponseFrame } from "@parley/sdk/rtvi";
 * const asked = new RTVIClientMessageFrame("ping", { msgId: "1" });
 * console.log(new RTVIServerResponseFrame(asked, { data: "pong" }).data);
 * ```
 */
export class RTVIServerResponseFrame extends SystemFrame {
  /** What the answer is. */
  readonly data: unknown;
  /** Why there is none. */
  readonly error: string | undefined;

  /** Makes the frame. */
  constructor(
    /** The message it answers. */
    readonly clientMsg: RTVIClientMessageFrame,
    options: { readonly data?: unknown; readonly error?: string } = {},
  ) {
    super();
    this.data = options.data;
    this.error = options.error;
  }
}
