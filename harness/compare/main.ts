// The process behind `diff`: one JSON request in, one JSON document on stdout.
import { parse } from "../../src/contracts/parse.ts";
import { SwarmError } from "../../src/contracts/swarm-error.ts";
import { readBundle } from "../report/read-bundle.ts";
import { compareRuns, defaultMarginPpm, type Comparison } from "./compare-runs.ts";

const oneSidedConfPpm = 950_000;
const ppm = (share: number): number => Math.round(share * 1e6);

try {
  const {
    before,
    after,
    control,
    marginPpm = defaultMarginPpm,
  } = parse("diff.input", JSON.parse(process.argv[2] ?? "{}"));
  const runs = {
    before: readBundle(before),
    after: readBundle(after),
    control: control === undefined ? null : readBundle(control),
  };
  const comparison = compareRuns(runs, marginPpm);
  const names = { before: runs.before.plan.run, after: runs.after.plan.run, control: runs.control?.plan.run ?? null };
  const answer = { ...names, marginPpm, confPpm: oneSidedConfPpm, ...wholeNumbers(comparison) };
  process.stdout.write(`${JSON.stringify(answer)}\n`);
} catch (thrown) {
  const { code, message, hint } = SwarmError.from(thrown);
  process.stdout.write(`${JSON.stringify({ error: { code, message, hint } })}\n`);
  process.exitCode = SwarmError.from(thrown).row.exitCode;
}

/** Chances as parts per million, as every figure of the court. */
function wholeNumbers({ metrics, ...rest }: Comparison): object {
  return {
    ...rest,
    metrics: metrics.map(({ p, pHolm, smallestP, a12, ...metric }) => ({
      ...metric,
      pPpm: ppm(p),
      pHolmPpm: ppm(pHolm),
      smallestPPpm: ppm(smallestP),
      a12Ppm: ppm(a12),
    })),
  };
}
