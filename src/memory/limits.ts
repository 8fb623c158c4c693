// Every bound of the record in one place.

/** Largest value, bytes of its canonical JSON. */
export const maxValueBytes = 1_048_576;
/** Longest namespace or key, UTF-8 bytes. */
export const maxNameBytes = 512;
/** Default life of an entry, seconds. */
export const defaultTtlSeconds = 3_600;
/** Most entries one `list` returns; more is an error, never a silent cut. */
export const maxListed = 10_000;
/** Most writes in one transaction. */
export const maxBatch = 1_000;
/** Most writes waiting for their transaction. */
export const maxWaiting = 20_000;
/** Most expired entries, and most tombstones, cleared by one sweep. */
export const maxSwept = 500;
/** Writes between two sweeps. */
export const writesPerSweep = 1_000;
/** A deleted key remembers its version for this long; then the namespace's floor remembers it. */
export const tombstoneMs = 86_400_000;
/** Largest database file, bytes. */
export const maxFileBytes = 4 * 1_073_741_824;
/** How long one attempt waits for another process's transaction, and how often it is tried, before `memory.unavailable`. */
export const busyTimeoutMs = 250;
export const maxBusyAttempts = 40;
