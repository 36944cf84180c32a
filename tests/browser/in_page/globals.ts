// What the scripts in this folder put into a page, for what is written in TypeScript and runs there.
declare global {
  /** The peak of what goes to the loudspeakers right now, from 0 to 1 (ear.js). */
  var loudestSound: () => number;
  /** The peak of the bot's own voice in the microphone right now, from 0 to 1 (echo.js). */
  var loudestEcho: () => number;
  /** Widths in pixels, and how bright the page is, from 0 to 255 (looks.js). */
  var looks: () => { contentWidth: number; screenWidth: number; brightness: number };
}

export {};
