// The verifier in Python beside the one in TypeScript: on many kinds of bundle the same verdict, exit code and problems, and every
// recomputed claim equal to the court's; and the rules' own vectors.
import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import type { PlannedClaim } from "../../../harness/claims/types.ts";
import { verifyFolder } from "../../../harness/verify/verify.ts";
import { buildGolden, goldenClaims, type GoldenOptions } from "../golden-bundle.ts";

const python = (...args: string[]) => spawnSync("python3", args, { encoding: "utf8", maxBuffer: 64 << 20 });
const none = python("--version").status !== 0;

const [p95, , success, echo] = goldenClaims;
const claim = (base: PlannedClaim | undefined, more: Partial<PlannedClaim>): PlannedClaim => ({ ...base!, ...more });
const odd: readonly PlannedClaim[] = [
  claim(p95, { id: "c-local.create.p99", qPpm: 990_000 }),
  claim(p95, { id: "c-local.create.p999", qPpm: 999_000, need: "optional" }),
  claim(p95, {
    id: "c-local.create.above",
    estimator: "quantile.lower",
    threshold: { op: ">", value: 50_000_000 },
    qPpm: 100_000,
  }),
  claim(success, {
    id: "c-local.create.failures",
    estimator: "proportion.upper",
    threshold: { op: "<=", value: 100_000 },
  }),
  claim(success, { id: "c-local.create.rate", estimator: "rate", threshold: null, need: "info" }),
  claim(p95, { id: "c-local.create.max", estimator: "max.observed", threshold: null, need: "info" }),
  claim(echo, { id: "c-local.backend.more", plannedN: 999 }),
  claim(p95, { id: "c-local.create.shift", estimator: "shift.upper" }),
];
const strict = { lateness: { toleranceNs: 1, maxSharePpm: 0 }, exclusions: ["error:refused"] };

const kinds: Readonly<Record<string, GoldenOptions>> = {
  plain: {},
  "slow, undecided": { slow: true },
  "refuted observation": { observedEcho: "else" },
  unsigned: { signed: false },
  killed: { killed: true },
  "no isolation": { plan: { isolation: "none", claims: [claim(echo, { id: "c-local.isolation.echo" })] } },
  "every estimator, too few, not run": { plan: { claims: [...odd, ...goldenClaims] } },
  "exclusions and a schedule not kept": { plan: strict },
  clusters: { shape: "clustered", plan: { claims: [...odd, ...goldenClaims] } },
  timeouts: { shape: "timeouts", plan: { claims: [...odd, ...goldenClaims] } },
  "a harness that left no note of its health": {
    slow: true,
    drawn: true,
    plan: { health: { limits: { loopP99Ns: 1 } }, claims: [...odd, ...goldenClaims] },
  },
  "one metric that was sent late": { slow: true, plan: { lateness: { toleranceNs: 100, maxSharePpm: 10_000 } } },
  "the reports of a real run": { drawn: true },
  correlated: { shape: "correlated", plan: { claims: [...odd, ...goldenClaims] } },
};

describe.skipIf(none)("verify.py (skipped only on machines without python3)", () => {
  for (const [kind, options] of Object.entries(kinds)) {
    test(`agrees with verify and with the court: ${kind}`, async () => {
      const golden = await buildGolden({ creations: 110, ...options });
      const ours = verifyFolder(golden.folder);
      const { stdout, stderr } = python("deploy/verify/verify.py", golden.folder, "--json");
      const theirs = JSON.parse(stdout === "" ? JSON.stringify({ stderr }) : stdout);
      const { exitCode, verdict, problems } = theirs;
      expect({ exitCode, verdict, problems }).toEqual({ exitCode: ours.exitCode, verdict: ours.verdict, problems: [] });
      for (const { id, ...court } of golden.claims) expect(court).toMatchObject(theirs.claims[id]);
      golden.remove();
    });
  }

  test("agrees on the committed example", () => {
    const { exitCode, verdict, problems } = JSON.parse(
      python("deploy/verify/verify.py", "reports/example", "--json").stdout,
    );
    expect([exitCode, verdict, problems]).toEqual([3, "CONDITIONAL", []]);
  });

  test("keeps the vectors of the law", () => {
    const { status, stdout, stderr } = python("test/harness/verify/python-vectors.py");
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(/^[0-9]{2,} cases of 13 groups\n$/);
  });
});
