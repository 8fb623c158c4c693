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

/** Changes of a namespace that a watch can resume over; older ones are kept only while they are the present value. */
export const keptChanges = 10_000;
/** Changes trimmed at a time. */
export const trimEvery = 64;
/** Most changes read at a time. */
export const maxChangesRead = 500;
/** How long a watch waits for news before it looks by itself, ms. */
export const watchPollMs = 250;

/** Shortest and longest lease, of a leader or of a task, ms. */
export const minLeaseMs = 10;
export const maxLeaseMs = 86_400_000;

/** Most open tasks of a queue, and most claims of one task, unless the queue says otherwise. */
export const defaultQueueLimit = 10_000;
export const defaultMaxAttempts = 5;
export const maxQueueLimit = 1_000_000;
export const maxTaskAttempts = 1_000;
/** Most tasks of one push, one claim, one look at the dead letters. */
export const maxTasksAtOnce = 1_000;
/** Bytes of all payloads of one push. */
export const maxPushBytes = 8 * 1_048_576;
/** A task that is done is remembered for this long, so that pushing or acknowledging it again changes nothing. */
export const doneTaskMs = 86_400_000;

/** Rows of one page of an export, rows and bytes of one step of an import, bytes of a whole import. */
export const exportPage = 500;
export const importRows = 200;
export const importStepBytes = 4 * 1_048_576;
export const maxImportBytes = 512 * 1_048_576;

/** Largest frame between a client and the process that owns the file: a full push with its wrapping. */
export const maxFrameBytes = 4 * maxPushBytes;
/** Most clients of one owner. */
export const maxClients = 256;
/** Bytes an owner lets wait for a client that does not read. */
export const maxUnreadBytes = 64 * 1_048_576;
/** An owner that does not answer for this long is not waited for, ms. */
export const ownerSilentMs = 2_000;
/** How long a write looks for an owner before it writes by itself, and between two looks, ms. */
export const findOwnerMs = 1_000;
export const findOwnerEveryMs = 5;
/** How long a process writes by itself before it looks for an owner again, ms. */
export const byItselfMs = 5_000;

/** How long a write looks for the database server, and between two looks, ms. */
export const reconnectMs = 10_000;
export const reconnectEveryMs = 50;
/** How often a transaction that the server broke off before its commit is tried again. */
export const maxTransactionTries = 400;
/** A statement, a wait for a lock, and a transaction that its client has forgotten, ms. */
export const statementMs = 10_000;
/** An answer of the server, ms: later than its own limits, so only a cut network is given up. */
export const answerMs = 12_000;
export const idleTransactionMs = 400;
/** Reading connections of one store. */
export const maxReaders = 4;
/** How often a store on a server clears what nobody can see any more, ms. */
export const sweepEveryMs = 60_000;
/** How long an export may rest between two pages, ms. */
export const snapshotIdleMs = 60_000;
