import { ControlFrame, DataFrame, SystemFrame } from "./frame.ts";

/**
 * A message that came in from the client.
 *
 * @example
 * ```ts
 * import { InputTransportMessageFrame } from "@parley/sdk/frames";
 * const frame = new InputTransportMessageFrame({});
 * console.log(frame.name); // "InputTransportMessageFrame#1"
 * ```
 */
export class InputTransportMessageFrame extends SystemFrame {
  /** The message, parsed. */
  readonly message: unknown;

  /** Makes the frame. */
  constructor(message: unknown) {
    super();
    this.message = message;
  }
}

/**
 * A message for the client, in order with the audio.
 *
 * @example
 * ```ts
 * import { OutputTransportMessageFrame } from "@parley/sdk/frames";
 * const frame = new OutputTransportMessageFrame({});
 * console.log(frame.name); // "OutputTransportMessageFrame#1"
 * ```
 */
export class OutputTransportMessageFrame extends DataFrame {
  /** The message; it is sent as JSON. */
  readonly message: unknown;

  /** Makes the frame. */
  constructor(message: unknown) {
    super();
    this.message = message;
  }
}

/**
 * A message for the client, sent at once.
 *
 * @example
 * ```ts
 * import { OutputTransportMessageUrgentFrame } from "@parley/sdk/frames";
 * const frame = new OutputTransportMessageUrgentFrame({});
 * console.log(frame.name); // "OutputTransportMessageUrgentFrame#1"
 * ```
 */
export class OutputTransportMessageUrgentFrame extends SystemFrame {
  /** The message; it is sent as JSON. */
  readonly message: unknown;

  /** Makes the frame. */
  constructor(message: unknown) {
    super();
    this.message = message;
  }
}

/**
 * The output transport can be written to.
 *
 * @example
 * ```ts
 * import { OutputTransportReadyFrame } from "@parley/sdk/frames";
 * const frame = new OutputTransportReadyFrame();
 * console.log(frame.name); // "OutputTransportReadyFrame#1"
 * ```
 */
export class OutputTransportReadyFrame extends ControlFrame {
}
