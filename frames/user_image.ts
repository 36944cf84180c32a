import { SystemFrame } from "./frame.ts";
import type { FunctionCallResultProperties } from "./function_call.ts";
import type { ImageRawFrame, ImageRawFrameOptions, ImageSize } from "./image.ts";

/** What a {@linkcode UserImageRequestFrame} can be given. */
export interface UserImageRequestFrameOptions {
  /** What is asked about the image. */
  readonly text?: string | undefined;
  /** Whether the context is to hold the image; the aggregator decides by default. */
  readonly appendToContext?: boolean | undefined;
  /** Which of the user's videos, such as `"camera"` or `"screenVideo"`. */
  readonly videoSource?: string | undefined;
  /** The function that asks, if one does. */
  readonly functionName?: string | undefined;
  /** The call that asks, if one does. */
  readonly toolCallId?: string | undefined;
  /** Called with what came of it: the `resultCallback` of the function that asks. */
  readonly resultCallback?:
    | ((result: unknown, properties?: FunctionCallResultProperties) => void | Promise<void>)
    | undefined;
}

/**
 * Asks the transport for an image of a user's video.
 *
 * @example
 * ```ts
 * import { UserImageRequestFrame } from "@parley/sdk/frames";
 * const frame = new UserImageRequestFrame("ada", { text: "What is on the desk?" });
 * console.log(frame.userId);
 * ```
 */
export class UserImageRequestFrame extends SystemFrame {
  /** Whose video. */
  readonly userId: string;
  /** What is asked about the image. */
  readonly text: string | undefined;
  /** Whether the context is to hold the image; the aggregator decides by default. */
  readonly appendToContext: boolean | undefined;
  /** Which of the user's videos. */
  readonly videoSource: string | undefined;
  /** The function that asks, if one does. */
  readonly functionName: string | undefined;
  /** The call that asks, if one does. */
  readonly toolCallId: string | undefined;
  /** Called with what came of it. */
  readonly resultCallback: UserImageRequestFrameOptions["resultCallback"];

  /** Makes the frame. */
  constructor(userId: string, options: UserImageRequestFrameOptions = {}) {
    super();
    this.userId = userId;
    this.text = options.text;
    this.appendToContext = options.appendToContext;
    this.videoSource = options.videoSource;
    this.functionName = options.functionName;
    this.toolCallId = options.toolCallId;
    this.resultCallback = options.resultCallback;
  }
}

/**
 * An image that came in from the user.
 *
 * @example
 * ```ts
 * import { InputImageRawFrame } from "@parley/sdk/frames";
 * const frame = new InputImageRawFrame(new Uint8Array(12), { size: [2, 2], format: "RGB" });
 * console.log(frame.live); // true
 * ```
 */
export class InputImageRawFrame extends SystemFrame implements ImageRawFrame {
  /** The image: pixels, or the bytes of a file, as its format says. */
  readonly image: Uint8Array;
  /** Width and height, in pixels. */
  readonly size: ImageSize;
  /** What the bytes are: `"RGB"`, `"RGBA"`, or a media type such as `"image/jpeg"`. */
  readonly format: string | undefined;

  /** Makes the frame; the bytes are not copied. */
  constructor(image: Uint8Array, options: ImageRawFrameOptions) {
    super();
    this.image = image;
    this.size = options.size;
    this.format = options.format;
  }

  /** Whether it is one of a stream, of which a full queue drops the oldest. */
  override get live(): boolean {
    return true;
  }
}

/** How a {@linkcode UserImageRawFrame} is to be read, and whose it is. */
export interface UserImageRawFrameOptions extends ImageRawFrameOptions {
  /** Whose image it is. @default {""} */
  readonly userId?: string | undefined;
  /** What is asked about the image. */
  readonly text?: string | undefined;
  /** Whether the context is to hold it; the aggregator decides by default. */
  readonly appendToContext?: boolean | undefined;
  /** What asked for it, if anything did. */
  readonly request?: UserImageRequestFrame | undefined;
}

/**
 * An image that came in from one of several users, or that was asked for.
 *
 * @example
 * ```ts
 * import { UserImageRawFrame, UserImageRequestFrame } from "@parley/sdk/frames";
 * const request = new UserImageRequestFrame("ada", { text: "What is on the desk?" });
 * const frame = new UserImageRawFrame(new Uint8Array(12), {
 *   size: [2, 2],
 *   format: "RGB",
 *   userId: request.userId,
 *   text: request.text,
 *   request,
 * });
 * console.log(frame.live); // false
 * ```
 */
export class UserImageRawFrame extends InputImageRawFrame {
  /** Whose image it is. */
  readonly userId: string;
  /** What is asked about the image. */
  readonly text: string | undefined;
  /** Whether the context is to hold it; the aggregator decides by default. */
  readonly appendToContext: boolean | undefined;
  /** What asked for it, if anything did. */
  readonly request: UserImageRequestFrame | undefined;

  /** Makes the frame; the bytes are not copied. */
  constructor(image: Uint8Array, options: UserImageRawFrameOptions) {
    super(image, options);
    this.userId = options.userId ?? "";
    this.text = options.text;
    this.appendToContext = options.appendToContext;
    this.request = options.request;
  }

  /** False for an image that was asked for: somebody waits for just this one. */
  override get live(): boolean {
    return this.request === undefined;
  }
}
