/**
 * Finds its way through the menus of a telephone system, and tells it from a person.
 *
 * @module
 */
export {
  IVRNavigator,
  type IVRNavigatorEvents,
  type IVRNavigatorOptions,
} from "./ivr_navigator.ts";
export { isIVRStatus, IVRStatus } from "./ivr_status.ts";
