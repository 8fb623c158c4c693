// Every group of the law's test vectors, table driven: a group without a row here fails the last test.
import { createHash, createPrivateKey, createPublicKey, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { binomialAtMost } from "../../../harness/certify/statistics/binomial.ts";
import { changePoint } from "../../../harness/certify/statistics/change-point.ts";
import {
  autocorrelation,
  designEffect,
  intraClassCorrelation,
} from "../../../harness/certify/statistics/dependence.ts";
import * as planning from "../../../harness/certify/statistics/planning.ts";
import {
  clopperPearson,
  gateSuccessRate,
  lowerBoundPpm,
  maxNoneExceeded,
  wilson,
} from "../../../harness/certify/statistics/proportion-gate.ts";
import { combine, strongestUse } from "../../../harness/certify/statistics/provenance.ts";
import { censoredLast, gateBelow } from "../../../harness/certify/statistics/quantile-gate.ts";
import { hodgesLehmann, holm, mannWhitney, median, smallestP } from "../../../harness/certify/statistics/rank-tests.ts";
import * as ranks from "../../../harness/certify/statistics/ranks.ts";
import { sampleTimes } from "../../../harness/certify/statistics/sample-times.ts";
import { bootstrapMedian, mulberry32 } from "../../../harness/certify/statistics/seeded.ts";
import { canonicalLine } from "../../../harness/evidence/canonical.ts";
import { auditPath, chainNext, emptyChainHead, merkleRoot, sha256 } from "../../../harness/evidence/chain.ts";
import { openEnvelope, pae, seal, signerOf } from "../../../harness/evidence/sign.ts";

/* oxlint-disable typescript/no-explicit-any -- the shape differs by group and is asserted by the comparison */
interface Case {
  readonly in: any;
  readonly out: any;
}
const file = JSON.parse(readFileSync("fixtures/statistics-vectors.json", "utf8")) as {
  groups: Record<string, { cases: Case[] }>;
};

/** Run-length samples [count, value, "ok" | "cens"]. */
const readings = (runs: [number, number, string][]) =>
  runs.flatMap(([count, value, out]) => Array.from({ length: count }, () => ({ value, censored: out === "cens" })));
const range = (last: number) => Array.from({ length: last }, (_, i) => i + 1);
const sorted = (values: readonly number[]) => [...values].sort((a, b) => a - b);
const pick = (values: readonly number[], qPpm: number) => values[ranks.nearestRank(values.length, qPpm) - 1];
const keyOf = (seed: string) =>
  createPrivateKey({
    key: Buffer.from(`302e020100300506032b657004220420${seed}`, "hex"),
    format: "der",
    type: "pkcs8",
  });
const spkiOf = (raw: string) => Buffer.from(`302a300506032b6570032100${raw}`, "hex");

const rawOf = (seed: string) =>
  createPublicKey(keyOf(seed)).export({ type: "spki", format: "der" }).subarray(-32).toString("hex");

function dataset(seed: number, n: number) {
  const draw = mulberry32(seed);
  const x = Array.from({ length: n }, () => Math.floor((100 - 50 * Math.log(1 - draw())) * 1000));
  const s = sorted(x);
  const alpha = ranks.alphaOf(950_000);
  const quantiles = [500_000, 950_000, 990_000].map((qPpm) => {
    const lowerRank = ranks.lowerRank(n, qPpm, alpha)!;
    const upperRank = ranks.upperRank(n, qPpm, alpha)!;
    return { qPpm, nearestRank: pick(s, qPpm), lowerRank, lower: s[lowerRank - 1], upperRank, upper: s[upperRank - 1] };
  });
  return { first3: x.slice(0, 3), min: s[0], max: s[n - 1], sum: x.reduce((a, b) => a + b, 0), quantiles };
}

const rows: Record<string, (input: any) => unknown> = {
  min_n_zero_exceedances: (c) => ({ n: ranks.requiredN(c.qPpm, ranks.alphaOf(c.confPpm), 0) }),
  required_n: (c) => ({ n: ranks.requiredN(c.qPpm, ranks.alphaOf(c.confPpm), c.exceedances) }),
  ranks_one_sided: (c) => ({
    lower: ranks.lowerRank(c.n, c.qPpm, ranks.alphaOf(c.confPpm)),
    upper: ranks.upperRank(c.n, c.qPpm, ranks.alphaOf(c.confPpm)),
  }),
  ranks_two_sided: (c) => ({
    lower: ranks.lowerRank(c.n, c.qPpm, ranks.alphaOf(c.confPpm, 2)),
    upper: ranks.upperRank(c.n, c.qPpm, ranks.alphaOf(c.confPpm, 2)),
  }),
  min_n_two_sided: (c) => ({ n: ranks.requiredN(c.qPpm, ranks.alphaOf(c.confPpm, 2), 0) }),
  coverage_of_max: (c) => ({ probability: 1 - binomialAtMost(0, c.n, 1e6 - c.qPpm) }),
  success_rate: (c) => {
    const alpha = ranks.alphaOf(c.confPpm);
    return {
      lowerOneSided: clopperPearson(c.successes, c.trials, alpha)[0],
      lowerPpm: lowerBoundPpm(c.successes, c.trials, alpha),
      twoSided: clopperPearson(c.successes, c.trials, alpha / 2),
      wilson: wilson(c.successes, c.trials),
    };
  },
  max_none_exceeded: (c) => ({ fraction: maxNoneExceeded(c.n, c.confPpm) }),
  quantile_display: (c) => ({
    nearestRank: pick(range(c.last), c.qPpm),
    type7: planning.type7(range(c.last), c.qPpm),
  }),
  prng_mulberry32: (c) => {
    const draw = mulberry32(c.seed);
    return { values: range(c.count).map(() => draw()) };
  },
  seeded_dataset: (c) => dataset(c.seed, c.n),
  bootstrap_median: (c) => bootstrapMedian(c.x, c.resamples, c.seed),
  mann_whitney_exact: (c) => ({ ...whitney(c) }),
  mann_whitney_ties: (c) => {
    const { pExact, ...rest } = whitney(c);
    expect(pExact).toBeNull();
    return rest;
  },
  mann_whitney_min_p: (c) => ({ p: smallestP(c.m, c.n) }),
  hodges_lehmann_interval: (c) => {
    const result = hodgesLehmann(c.a, c.b, ranks.alphaOf(c.confPpm, c.side === "two" ? 2 : 1));
    if (c.side === "two") return result;
    return { k: result.k, shift: result.shift, [c.side]: c.side === "upper" ? result.upper : result.lower };
  },
  autocorrelation: (c) => autocorrelation(c.x),
  design_effect: (c) => designEffect(c.perCluster, c.clusters, c.iccPpm / 1e6),
  icc: (c) => ({ icc: intraClassCorrelation(c.clusters) }),
  retry_inflation: (c) => ({ probability: planning.retryInflation(c.passPpm, c.attempts) }),
  repeated_looks: (c) => ({ probability: planning.repeatedLooks(c.qPpm, c.confPpm, c.looks) }),
  planned_looks: (c) => ({ n: planning.plannedLooks(c.qPpm, c.confPpm, c.looks) }),
  power: (c) => ({ probability: planning.power(c.n, c.maxExceedances, c.exceedPpm) }),
  max_exceedances: (c) => ({ k: ranks.maxExceedances(c.n, c.qPpm, ranks.alphaOf(c.confPpm)) }),
  burn_rate: (c) => planning.burnRate(c),
  margin_n: (c) => ({ n: planning.marginN(c.qPpm, c.marginPpm) }),
  arm_size: (c) => ({ n: planning.armSize(c.cvPpm, c.diffPpm, c.side) }),
  coordinated_omission: (c) => {
    const closed = sorted([...Array.from({ length: c.normalCount }, () => c.serviceMs), c.stallMs]);
    const late = range(c.stallMs / c.periodMs).map((i) => i * c.periodMs);
    const intended = sorted([...Array.from({ length: c.normalCount }, () => c.serviceMs), ...late]);
    return { closedLoop: summary(closed), intendedStart: summary(intended) };
  },
  censoring: (c) => {
    const all = censoredLast(readings(c.samples));
    const at = all[ranks.nearestRank(all.length, c.qPpm) - 1]!;
    const kept = all.filter((reading) => !reading.censored).map((reading) => reading.value);
    return { value: at.value, atLeast: at.censored, droppedQuantile: pick(kept, c.qPpm) };
  },
  change_point: (c) => {
    const { tau, q, welchT, welchP } = changePoint(c.series)!;
    return { tau, Q: q, welchT, welchP };
  },
  holm: (c) => ({ adjusted: holm(c.p) }),
  granularity: (c) => ({ probability: planning.granularityChance(c.n) }),
  littles_law: (c) => ({ inSystem: planning.littlesLaw(c.ratePerSecond, c.residenceSeconds) }),
  sample_arithmetic: (c) => sampleTimes(c),
  provenance: (c) => {
    const origin = combine(c.inputs)!;
    return { ...origin, gate: strongestUse(origin) };
  },
  gate: (c) => {
    const result = gateBelow(readings(c.samples), {
      qPpm: c.qPpm,
      alpha: ranks.alphaOf(c.confPpm),
      limit: c.limit,
    });
    if (result.verdict === "NOT_RUN") return { verdict: "NOT_RUN" };
    const base = { verdict: result.verdict, kWorst: result.over };
    if (result.verdict === "PASS") return { ...base, rank: result.rank, upper: result.value };
    if (result.verdict === "FAIL") return { ...base, rank: result.rank, lower: result.value };
    return { ...base, need: result.need };
  },
  rate_gate: (c) => {
    const { verdict, need } = gateSuccessRate(c, c.ratePpm, ranks.alphaOf(c.confPpm));
    return need === null ? { verdict } : { verdict, need };
  },
  jcs: (c) => {
    if (c.numberLiteral !== undefined) {
      try {
        canonicalLine(Number(c.numberLiteral));
        return { throws: false };
      } catch {
        return { throws: true };
      }
    }
    const canonical = canonicalLine(c.value);
    return { canonical, sha256: sha256(canonical).toString("hex") };
  },
  hash_chain: (c) => {
    let head: Buffer = emptyChainHead;
    const heads = c.lines.map((line: string) => (head = chainNext(head, line)).toString("hex"));
    return { heads, fileSha256: sha256(c.lines.map((line: string) => `${line}\n`).join("")).toString("hex") };
  },
  merkle: (c) => {
    const root = merkleRoot(c.lines).toString("hex");
    if (c.leafIndex === undefined) return { root };
    const leaf = sha256(Uint8Array.of(0), c.lines[c.leafIndex]).toString("hex");
    return { leaf, auditPath: auditPath(c.lines, c.leafIndex).map((hash) => hash.toString("hex")), root };
  },
  dsse: (c) => {
    if (c.body !== undefined) return { pae: pae(c.payloadType, Buffer.from(c.body)).toString() };
    if (c.seed !== undefined) {
      const signer = signerOf(keyOf(c.seed));
      const text = canonicalLine(c.statement);
      return {
        statementSha256: createHash("sha256").update(text).digest("hex"),
        keyid: signer.keyid,
        envelope: seal(signer, c.payloadType, text),
        verifies: openEnvelope(seal(signer, c.payloadType, text), spkiOf(rawOf(c.seed))) !== null,
      };
    }
    return { verifies: openEnvelope(c.envelope, spkiOf(c.publicKey)) !== null };
  },
  ed25519: (c) => {
    const key = keyOf(c.seed);
    const spki = createPublicKey(key).export({ type: "spki", format: "der" });
    return {
      publicKey: spki.subarray(-32).toString("hex"),
      signature: sign(null, Buffer.from(c.messageHex, "hex"), key).toString("hex"),
    };
  },
};

function whitney(c: { a: number[]; b: number[] }) {
  const { ua, ub, pExact, pAsymptotic, a12 } = mannWhitney(c.a, c.b);
  const differences = c.a.flatMap((x) => c.b.map((y) => y - x));
  return { Ua: ua, Ub: ub, pExact, pAsymptotic, A12: a12, hodgesLehmann: median(differences) };
}

function summary(values: readonly number[]) {
  const quantiles = [500_000, 750_000, 900_000, 990_000, 999_000].map((qPpm) => [qPpm, pick(values, qPpm)]);
  return { n: values.length, mean: values.reduce((a, b) => a + b, 0) / values.length, quantiles };
}

/** Integers and strings must be equal; other numbers agree to 1e-9 relative. */
function expectClose(actual: unknown, wanted: unknown, place: string): void {
  if (typeof wanted === "number" && !Number.isInteger(wanted)) {
    const scale = Math.max(Math.abs(wanted), 1e-300);
    expect(Math.abs((actual as number) - wanted) / scale, place).toBeLessThan(1e-9);
  } else if (typeof wanted === "object" && wanted !== null) {
    expect(Object.keys(actual as object).sort(), place).toEqual(Object.keys(wanted).sort());
    for (const [key, value] of Object.entries(wanted)) {
      expectClose((actual as Record<string, unknown>)[key], value, `${place}.${key}`);
    }
  } else if (typeof wanted === "number" && typeof actual === "number" && !Number.isInteger(actual)) {
    // A real-valued result whose true value is whole: the law's absolute tolerance.
    expect(Math.abs(actual - wanted), place).toBeLessThan(1e-12);
  } else expect(actual, place).toEqual(wanted);
}

describe("statistics vectors", () => {
  for (const [name, group] of Object.entries(file.groups)) {
    test(`${name}: ${group.cases.length} cases`, () => {
      const row = rows[name];
      expect(row, `no row for ${name}`).toBeDefined();
      for (const [index, one] of group.cases.entries()) expectClose(row!(one.in), one.out, `${name}[${index}]`);
    });
  }
  test("every group has a row and every row a group", () => {
    expect(Object.keys(rows).sort()).toEqual(Object.keys(file.groups).sort());
    expect(Object.keys(rows).length).toBeGreaterThan(40);
  });
});
