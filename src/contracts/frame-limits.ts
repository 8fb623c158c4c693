// The frame constants without a schema library, so that the program inside a sandbox can import them and stay small.

export const protocolVersion = 1;
/** Longest line either side accepts, bytes without the newline. */
export const maxFrameBytes = 1_048_576;
/** An agent says that it lives this often, ms. */
export const beatEveryMs = 200;
/** Most bars that one frame shows or asks for. */
export const maxPartBars = 2_000;
/** Most tapes of one part. */
export const maxPartTapes = 50;
