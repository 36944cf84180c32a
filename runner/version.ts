import config from "../deno.json" with { type: "json" };

/** Version of the SDK. */
export const VERSION: string = config.version;
