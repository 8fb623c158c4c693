// Every bound of a conversation with an agent in one place.

/** Default time for an agent to start and introduce itself, ms. Includes the start of node inside the sandbox. */
export const readyWithinMs = 20_000;
/** Default time for one answer, ms. */
export const answerWithinMs = 10_000;
/** Tasks one agent may be working on. */
export const maxOpenTasks = 64;
/** Everything one agent may ever say, bytes. A day of beats is 15 MB. */
export const maxSaidBytes = 256 * 1_048_576;
/** What is kept of an agent's stderr for the error that reports its end, characters. */
export const stderrTail = 2_000;
/** How long a stop may take before the program is killed, ms; then how long its end may take to be reported. */
export const stopWithinMs = 2_000;
export const killWithinMs = 5_000;
/** How long a failed write waits for the report of the end that explains it, ms. */
export const endReportedWithinMs = 1_000;
/** An agent is silent after this long without a frame, ms: four beats missed, and one beat of tolerance. */
export const silentAfterMs = 1_000;
