// What the janitor's shell becomes when its server died: one sweep of that server's run folder. Its only argument is the
// folder; a folder whose owner still lives is left alone.
import { invariant } from "../../contracts/invariant.ts";
import { realClock } from "../../host/clock.ts";
import { sweepRun } from "./sweep.ts";

const folder = process.argv[2];
invariant(folder !== undefined, "the janitor was told which folder to sweep");
await sweepRun(folder, realClock);
