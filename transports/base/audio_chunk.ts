/** How a chunk of audio that goes out is to be read, and where it stands. */
export interface AudioChunk {
  /** Samples of one channel in a second, in Hz. */
  readonly sampleRate: number;
  /** How many channels are interleaved. */
  readonly numChannels: number;
  /** When it begins to be heard, in milliseconds of the clock. */
  readonly atMs: number;
  /** How much audio of the destination has been heard once it is over, in milliseconds, filled-in silence apart. */
  readonly endPositionMs: number;
  /** Whether any of it is speech of the bot. */
  readonly speech: boolean;
  /** The destination it is for; `undefined` is the usual one. */
  readonly destination: string | undefined;
}
