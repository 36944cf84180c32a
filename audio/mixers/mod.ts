/**
 * Mixers of the audio that goes out. What they have in common is `BaseAudioMixer` of `@parley/sdk/audio`.
 *
 * @example The sounds of an office behind the bot's voice
 * ```ts
 * import { SoundfileMixer } from "@parley/sdk/audio/mixers";
 *
 * const mixer = new SoundfileMixer({ soundFiles: { office: "office.mp3" }, defaultSound: "office" });
 * console.log({ audioOutEnabled: true, audioOutMixer: mixer });
 * ```
 *
 * @module
 */
export {
  SoundfileMixer,
  type SoundfileMixerOptions,
  type SoundfileMixerSettings,
  type SoundSource,
} from "./soundfile.ts";
