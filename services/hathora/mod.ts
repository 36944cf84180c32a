/**
 * Speech to text with the models that Hathora hosts.
 *
 * @module
 */
export {
  type HathoraConfigOption,
  type HathoraSTTParams,
  HathoraSTTService,
  type HathoraSTTServiceOptions,
  type HathoraSTTSettings,
} from "./stt.ts";
