/**
 * Services of Smallest AI.
 *
 * @module
 */
export {
  SmallestSTTService,
  type SmallestSTTServiceOptions,
  type SmallestSTTSettings,
} from "./stt.ts";
