import { ControlFrame } from "./frame.ts";

/**
 * Tells the filter of the input's audio something. Make your own for a filter of your own.
 *
 * @example
 * ```ts
 * import { FilterControlFrame } from "@parley/sdk/frames";
 * class RelearnNoiseFrame extends FilterControlFrame {}
 * console.log(new RelearnNoiseFrame().kind); // "control"
 * ```
 */
export abstract class FilterControlFrame extends ControlFrame {}

/**
 * Changes settings of the filter of the input's audio.
 *
 * @example
 * ```ts
 * import { FilterUpdateSettingsFrame } from "@parley/sdk/frames";
 * console.log(new FilterUpdateSettingsFrame({ level: 80 }).settings);
 * ```
 */
export class FilterUpdateSettingsFrame extends FilterControlFrame {
  /** The settings to change; the others stay. */
  readonly settings: Readonly<Record<string, unknown>>;

  /** Makes the frame. */
  constructor(settings: Readonly<Record<string, unknown>>) {
    super();
    this.settings = settings;
  }
}

/**
 * Turns the filter of the input's audio on or off.
 *
 * @example
 * ```ts
 * import { FilterEnableFrame } from "@parley/sdk/frames";
 * console.log(new FilterEnableFrame(false).enable);
 * ```
 */
export class FilterEnableFrame extends FilterControlFrame {
  /** Whether audio is filtered. */
  readonly enable: boolean;

  /** Makes the frame. */
  constructor(enable: boolean) {
    super();
    this.enable = enable;
  }
}

/**
 * Tells the mixer of the output's audio something. Make your own for a mixer of your own.
 *
 * @example
 * ```ts
 * import { MixerControlFrame } from "@parley/sdk/frames";
 * class NextSongFrame extends MixerControlFrame {}
 * console.log(new NextSongFrame().kind); // "control"
 * ```
 */
export abstract class MixerControlFrame extends ControlFrame {}

/**
 * Changes settings of the mixer of the output's audio.
 *
 * @example
 * ```ts
 * import { MixerUpdateSettingsFrame } from "@parley/sdk/frames";
 * console.log(new MixerUpdateSettingsFrame({ volume: 0.5 }).settings);
 * ```
 */
export class MixerUpdateSettingsFrame extends MixerControlFrame {
  /** The settings to change; the others stay. */
  readonly settings: Readonly<Record<string, unknown>>;

  /** Makes the frame. */
  constructor(settings: Readonly<Record<string, unknown>>) {
    super();
    this.settings = settings;
  }
}

/**
 * Turns the mixer of the output's audio on or off.
 *
 * @example
 * ```ts
 * import { MixerEnableFrame } from "@parley/sdk/frames";
 * console.log(new MixerEnableFrame(false).enable);
 * ```
 */
export class MixerEnableFrame extends MixerControlFrame {
  /** Whether anything is mixed in. */
  readonly enable: boolean;

  /** Makes the frame. */
  constructor(enable: boolean) {
    super();
    this.enable = enable;
  }
}
