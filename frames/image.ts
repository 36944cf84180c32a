import { DataFrame } from "./frame.ts";

/** Width and height of an image, in pixels. */
export type ImageSize = readonly [width: number, height: number];

/** What frames of images have in common. */
export interface ImageRawFrame {
  /** The image: pixels, or the bytes of a file, as its format says. */
  readonly image: Uint8Array;
  /** Width and height, in pixels. */
  readonly size: ImageSize;
  /** What the bytes are: `"RGB"`, `"RGBA"`, or a media type such as `"image/jpeg"`. */
  readonly format: string | undefined;
}

/** How the bytes of a frame of an image are to be read. */
export interface ImageRawFrameOptions {
  /** Width and height, in pixels. */
  readonly size: ImageSize;
  /** What the bytes are: `"RGB"`, `"RGBA"`, or a media type such as `"image/jpeg"`. */
  readonly format?: string | undefined;
}

/** What an {@linkcode OutputImageRawFrame} can be given. */
export interface OutputImageRawFrameOptions extends ImageRawFrameOptions {
  /** Whether it is shown once the audio before it was played, or else at once. @default {false} */
  readonly syncWithAudio?: boolean | undefined;
}

/**
 * An image for the output.
 *
 * @example
 * ```ts
 * import { OutputImageRawFrame } from "@parley/sdk/frames";
 * const black = new Uint8Array(2 * 2 * 3);
 * const frame = new OutputImageRawFrame(black, { size: [2, 2], format: "RGB" });
 * console.log(frame.syncWithAudio); // false
 * ```
 */
export class OutputImageRawFrame extends DataFrame implements ImageRawFrame {
  /** The image: pixels, or the bytes of a file, as its format says. */
  readonly image: Uint8Array;
  /** Width and height, in pixels. */
  readonly size: ImageSize;
  /** What the bytes are: `"RGB"`, `"RGBA"`, or a media type such as `"image/jpeg"`. */
  readonly format: string | undefined;
  /** Whether it is shown once the audio before it was played, or else at once. */
  readonly syncWithAudio: boolean;

  /** Makes the frame; the bytes are not copied. */
  constructor(image: Uint8Array, options: OutputImageRawFrameOptions) {
    super();
    this.image = image;
    this.size = options.size;
    this.format = options.format;
    this.syncWithAudio = options.syncWithAudio ?? false;
  }
}

/** What a {@linkcode URLImageRawFrame} can be given. */
export interface URLImageRawFrameOptions extends OutputImageRawFrameOptions {
  /** Where the image can be loaded from. */
  readonly url?: string | undefined;
}

/**
 * An image for the output that can be loaded from the web too, such as one that
 * an image service made.
 *
 * @example
 * ```ts
 * import { URLImageRawFrame } from "@parley/sdk/frames";
 * const frame = new URLImageRawFrame(new Uint8Array(12), {
 *   size: [2, 2],
 *   format: "RGB",
 *   url: "https://example.com/cat.png",
 * });
 * console.log(frame.url);
 * ```
 */
export class URLImageRawFrame extends OutputImageRawFrame {
  /** Where the image can be loaded from. */
  readonly url: string | undefined;

  /** Makes the frame; the bytes are not copied. */
  constructor(image: Uint8Array, options: URLImageRawFrameOptions) {
    super(image, options);
    this.url = options.url;
  }
}

/** What an {@linkcode AssistantImageRawFrame} can be given. */
export interface AssistantImageRawFrameOptions extends OutputImageRawFrameOptions {
  /** The image as it was made, for the context. */
  readonly originalData?: Uint8Array | undefined;
  /** Media type of the image as it was made, such as `"image/png"`. */
  readonly originalMimeType?: string | undefined;
}

/**
 * An image that the bot made: pixels to show, and the file for the context.
 *
 * @example
 * ```ts
 * import { AssistantImageRawFrame } from "@parley/sdk/frames";
 * const frame = new AssistantImageRawFrame(new Uint8Array(12), {
 *   size: [2, 2],
 *   format: "RGB",
 *   originalData: new Uint8Array([0x89, 0x50, 0x4e, 0x47]),
 *   originalMimeType: "image/png",
 * });
 * console.log(frame.originalMimeType);
 * ```
 */
export class AssistantImageRawFrame extends OutputImageRawFrame {
  /** The image as it was made, for the context. */
  readonly originalData: Uint8Array | undefined;
  /** Media type of the image as it was made, such as `"image/png"`. */
  readonly originalMimeType: string | undefined;

  /** Makes the frame; the bytes are not copied. */
  constructor(image: Uint8Array, options: AssistantImageRawFrameOptions) {
    super(image, options);
    this.originalData = options.originalData;
    this.originalMimeType = options.originalMimeType;
  }
}

/**
 * Images that the output shows one after another, at its own frame rate.
 *
 * @example
 * ```ts
 * import { OutputImageRawFrame, SpriteFrame } from "@parley/sdk/frames";
 * const still = new OutputImageRawFrame(new Uint8Array(12), { size: [2, 2], format: "RGB" });
 * console.log(new SpriteFrame([still, still]).images.length); // 2
 * ```
 */
export class SpriteFrame extends DataFrame {
  /** The images, in order. */
  readonly images: readonly OutputImageRawFrame[];

  /** Makes the frame. */
  constructor(images: readonly OutputImageRawFrame[]) {
    super();
    this.images = images;
  }
}
