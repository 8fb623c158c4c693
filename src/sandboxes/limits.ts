// Every bound of the manager in one place.

/** Sandboxes one manager leases at a time unless told otherwise. */
export const maxSandboxesDefault = 100;
/** How long one request to the target may take, ms. Creating may wait for a cold template. */
export const requestTimeoutMs = 30_000;
export const createTimeoutMs = 60_000;
/** How long building a template's variant may take, ms. */
export const buildTimeoutMs = 300_000;
/**
 * How long everything asked for in one breath may take, ms, by our own clock: on Node 20 the SDK's own deadlines can be lost
 * to the garbage collector (docs/discoveries/local-target.md).
 */
export const askMs = 120_000;
/** Added to a command's own limit before the client gives up on the server's clock, ms. */
export const commandGraceMs = 5_000;
/** Default limit of a command, ms. */
export const commandTimeoutMs = 60_000;
/** Most bytes kept of each of a command's streams; the rest is dropped and the stream says so. */
export const maxOutputBytes = 8 * 1_048_576;
/** Most that is joined into one write to a program's stdin, characters; a longer text still goes as one. */
export const maxWriteLength = 262_144;
/** Longest shell line, bytes; the kernel's limit for one argument is 128 KiB. */
export const maxLineBytes = 120_000;
/** Largest file read into memory, bytes. */
export const maxFileBytes = 64 * 1_048_576;
/** How long a terminated sandbox may stay known to the target, ms, and the pause between two looks. */
export const goneWithinMs = 15_000;
export const lookEveryMs = 20;
/** How long a lease waits for a sandbox that is being emptied before it takes a fresh one, ms. */
export const waitForCleaningMs = 1_000;
/** A pooled sandbox is ended at this age, seconds: plans bound a session's whole length, and nothing should grow old unseen. */
export const retireAfterSeconds = 2_700;
/** How often leashes are renewed and idle sandboxes looked for, ms, at the longest. */
export const tendEveryMs = 30_000;
/** How long emptying and counting one sandbox may take, ms. */
export const resetTimeoutMs = 20_000;
/** How long a sandbox whose create was not answered is looked for, ms. */
export const lookForLostMs = 500;
/** Most creates of one manager whose answer was lost and that are looked for once more when it closes. */
export const maxDoubts = 1_000;
/** Most pages of a listing (100 sandboxes each). */
export const maxPages = 100;
/** Most sandbox handles kept open. */
export const maxHandles = 1_000;
/** Default life of a sandbox, seconds. */
export const lifeSeconds = 300;
