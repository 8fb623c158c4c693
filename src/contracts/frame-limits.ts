// The frame constants without a schema library, so that the program inside a sandbox can import them and stay small.

export const protocolVersion = 1;
/** Longest line either side accepts, bytes without the newline. */
export const maxFrameBytes = 1_048_576;
/** An agent says that it lives this often, ms. */
export const beatEveryMs = 200;
/** Most bars that one frame shows or asks for: an answer with every term on each side of each, 285 bytes, fits in a frame. */
export const maxPartBars = 1_000;
/** Most bars of one tape that an agent keeps. */
export const maxTapeBars = 100_000;
/** Most characters of a user's strategy, as a file and compiled. */
export const maxStrategyChars = 262_144;
/** Most tapes of one part. */
export const maxPartTapes = 50;
