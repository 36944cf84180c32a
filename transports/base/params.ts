import type { BaseAudioFilter, BaseAudioMixer } from "../../audio/mod.ts";
import type { VADAnalyzer } from "../../audio/vad/mod.ts";

/** What every transport can be told. Its own params extend these. */
export interface TransportParams {
  /** Whether audio goes out. @default {false} */
  readonly audioOutEnabled?: boolean | undefined;
  /**
   * Sample rate of the audio that goes out, in Hz; audio of another rate is resampled to it. By default what the
   * transport needs, else that of the pipeline.
   */
  readonly audioOutSampleRate?: number | undefined;
  /** How many channels go out. @default {1} */
  readonly audioOutChannels?: number | undefined;
  /** Bits per second of the audio that goes out, where it is compressed. @default {96_000} */
  readonly audioOutBitrate?: number | undefined;
  /** How long a chunk that goes out is, in tens of milliseconds. @default {4} */
  readonly audioOut10msChunks?: number | undefined;
  /**
   * What is mixed into the audio that goes out: one mixer, or one for each destination. It knows one channel: of
   * several it gets the average, and what it adds is added to each.
   */
  readonly audioOutMixer?:
    | BaseAudioMixer
    | ReadonlyMap<string | undefined, BaseAudioMixer>
    | undefined;
  /** Names of the destinations that audio can go to besides the usual one. @default {[]} */
  readonly audioOutDestinations?: readonly string[] | undefined;
  /** Seconds of silence that go out at the end, after the last word. @default {2} */
  readonly audioOutEndSilenceSecs?: number | undefined;
  /** Whether silence goes out while the bot says nothing, where the wire carries audio all the time. @default {true} */
  readonly audioOutAutoSilence?: boolean | undefined;
  /**
   * How much audio may be sent before it is heard, in milliseconds: what bridges a late network, and what cannot
   * always be taken back. @default {80}
   */
  readonly sendAheadMs?: number | undefined;
  /** Whether audio comes in. @default {false} */
  readonly audioInEnabled?: boolean | undefined;
  /** Sample rate of the audio that the pipeline gets, in Hz. By default that of the pipeline. */
  readonly audioInSampleRate?: number | undefined;
  /** How many channels the pipeline gets. @default {1} */
  readonly audioInChannels?: number | undefined;
  /** Cleans the audio that comes in. It hears one channel: of several the average, and what it gives is in each. */
  readonly audioInFilter?: BaseAudioFilter | undefined;
  /** Whether audio is taken in from the start, or once the input is told to. @default {true} */
  readonly audioInStreamOnStart?: boolean | undefined;
  /** Whether the audio that comes in goes down the pipeline. @default {true} */
  readonly audioInPassthrough?: boolean | undefined;
  /**
   * Finds speech in the audio that comes in, right at the input. Elsewhere in the pipeline a `VADProcessor` does, or
   * the user aggregator.
   */
  readonly vadAnalyzer?: VADAnalyzer | undefined;
  /** Whether video comes in. @default {false} */
  readonly videoInEnabled?: boolean | undefined;
  /** Whether video goes out. @default {false} */
  readonly videoOutEnabled?: boolean | undefined;
  /** Whether images go out as they come, instead of at the frame rate. @default {false} */
  readonly videoOutIsLive?: boolean | undefined;
  /** Width of the video that goes out, in pixels. @default {1024} */
  readonly videoOutWidth?: number | undefined;
  /** Height of the video that goes out, in pixels. @default {768} */
  readonly videoOutHeight?: number | undefined;
  /** Frames per second of the video that goes out. @default {30} */
  readonly videoOutFramerate?: number | undefined;
  /** Format of the images that go out. @default {"RGB"} */
  readonly videoOutColorFormat?: string | undefined;
  /** Codec of the video that goes out, such as `"VP8"`. By default what the transport likes best. */
  readonly videoOutCodec?: string | undefined;
  /** Names of the destinations that video can go to besides the usual one. @default {[]} */
  readonly videoOutDestinations?: readonly string[] | undefined;
}

/** What a number among the params may be. */
interface Range {
  readonly from: number;
  readonly to: number;
  readonly whole: boolean;
}

const RANGES: Partial<Record<keyof TransportParams, Range>> = {
  audioOutSampleRate: { from: 1_000, to: 768_000, whole: true },
  audioOutChannels: { from: 1, to: 8, whole: true },
  audioOut10msChunks: { from: 1, to: 100, whole: true },
  audioOutEndSilenceSecs: { from: 0, to: 60, whole: false },
  sendAheadMs: { from: 0, to: 10_000, whole: false },
  audioInSampleRate: { from: 1_000, to: 768_000, whole: true },
  audioInChannels: { from: 1, to: 8, whole: true },
};

/**
 * Refuses params that no transport could work with.
 *
 * @example
 * ```ts
 * import { checkTransportParams } from "@parley/sdk/transports/base";
 * import { assertThrows } from "@std/assert";
 *
 * checkTransportParams({ audioOut10msChunks: 2 });
 * assertThrows(() => checkTransportParams({ audioOut10msChunks: 0 }), RangeError);
 * ```
 *
 * @throws {RangeError} If a number is out of its range.
 */
export function checkTransportParams(params: TransportParams): void {
  for (const [name, range] of Object.entries(RANGES)) {
    const value = params[name as keyof TransportParams];
    if (value === undefined) continue;
    const { from, to, whole } = range;
    const fits = typeof value === "number" && value >= from && value <= to &&
      (!whole || Number.isInteger(value));
    if (fits) continue;
    const kind = whole ? "whole number" : "number";
    throw new RangeError(
      `Cannot make a transport with "${name}" of ${
        String(value)
      }: pass a ${kind} from ${from} to ${to}`,
    );
  }
}
