/**
 * Stands in for `@daily-co/daily-js` in the bundle: the published transport
 * imports it for a media manager that the page does not use.
 *
 * @module
 */

/** Nothing: whoever calls a member of it gets a `TypeError`. */
const Daily: Readonly<Record<string, never>> = {};

export default Daily;
