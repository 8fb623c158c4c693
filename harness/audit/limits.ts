// The bounds of one audit. A report above them is refused by name, never read in part.
export const mostReportBytes = 4 * 1024 * 1024;
export const mostNumbers = 50_000;
/** A sentence is cut here, so that work inside one sentence is bounded. */
export const mostSentenceLength = 2000;
/** Cells of one row that are read. */
export const mostCells = 200;
/** Statements of one kind (ticks, admissions, events) that are compared with each other. */
export const mostStatements = 400;
/** Text of a claim that is quoted. */
export const mostQuoted = 240;
