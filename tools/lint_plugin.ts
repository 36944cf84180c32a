/**
 * The house rules that a linter can see, for `deno lint`. The rest stands in `tools/architecture.ts`.
 *
 * @module
 */

import { clockOnly, noPromiseRace, noTee } from "./lint/concurrency.ts";
import { errorMessage } from "./lint/errors.ts";
import { modReexports, noExportAll, noImportEffects } from "./lint/modules.ts";
import {
  functionDeclaration,
  functionLength,
  hashPrivate,
  optionsLast,
  typeName,
} from "./lint/shape.ts";

const plugin: Deno.lint.Plugin = {
  name: "house",
  rules: {
    "clock-only": clockOnly,
    "error-message": errorMessage,
    "function-declaration": functionDeclaration,
    "function-length": functionLength,
    "hash-private": hashPrivate,
    "mod-reexports": modReexports,
    "no-export-all": noExportAll,
    "no-import-effects": noImportEffects,
    "no-promise-race": noPromiseRace,
    "no-tee": noTee,
    "options-last": optionsLast,
    "type-name": typeName,
  },
};

export default plugin;
