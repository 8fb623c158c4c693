// The process behind `report`: one JSON request in, one JSON document on stdout.
import { parse } from "../../src/contracts/parse.ts";
import { SwarmError } from "../../src/contracts/swarm-error.ts";
import { realClock } from "../../src/host/clock.ts";
import { drawAgain } from "./draw-again.ts";

try {
  const { folder, out = null, formats = [] } = parse("report.input", JSON.parse(process.argv[2] ?? "{}"));
  process.stdout.write(`${JSON.stringify(drawAgain({ folder, out, formats }, realClock.nowMs()))}\n`);
} catch (thrown) {
  const { code, message, hint } = SwarmError.from(thrown);
  process.stdout.write(`${JSON.stringify({ error: { code, message, hint } })}\n`);
  process.exitCode = SwarmError.from(thrown).row.exitCode;
}
