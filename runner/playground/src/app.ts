/**
 * The playground page: puts its parts together.
 *
 * @module
 */
import { setLogLevel } from "./quiet.ts";
import { App } from "./playground.ts";
import { installTheme } from "./theme.ts";
import { installViews } from "./views.ts";
import { find } from "./dom.ts";

setLogLevel();
installTheme(find("theme", HTMLButtonElement));
installViews();
new App().start();
