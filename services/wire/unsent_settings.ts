import type { Logger } from "../../async/mod.ts";
import type { ServiceSettings } from "./ai_service.ts";

/** What is known of a provider's settings that are not sent. */
export interface UnsentSettingsOptions<S extends ServiceSettings> {
  /** The protocol: who is not told of them, and of which. */
  readonly protocol: {
    readonly provider: string;
    unsent?(settings: S): readonly (keyof S & string)[];
  };
  readonly log: () => Logger;
}

/** Warns of settings that a provider would refuse and is not told of, once for each and its model. */
export class UnsentSettings<S extends ServiceSettings> {
  readonly #options: UnsentSettingsOptions<S>;
  readonly #told: Set<string> = new Set();
  #checked: S | undefined;

  constructor(options: UnsentSettingsOptions<S>) {
    this.#options = options;
  }

  /** Looks at the settings in force. */
  check(settings: S): void {
    if (settings === this.#checked) return;
    this.#checked = settings;
    const { protocol, log } = this.#options;
    const model = settings.model ? `its model "${settings.model}"` : "it";
    for (const name of protocol.unsent?.(settings) ?? []) {
      const text = `Cannot tell ${protocol.provider} all of "${name}": ${model} would refuse it`;
      if (this.#told.has(text)) continue;
      this.#told.add(text);
      log().warn(`${text}; change the setting, or leave it out`);
    }
  }
}
