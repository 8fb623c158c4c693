// Lies about what happened: samples and observations. Most are sealed again by the machine's own key after the court judged the
// forged records, so that only what the records say about each other can show them.
import { NotApplicable, type Row } from "./copy.ts";
import { blamed, forgery, type Forgery, type Hands } from "./forgery.ts";

const measured = (row: Row): boolean => row["ph"] === "measure" && row["out"] === "ok";
const slowness = (row: Row): number => Number(row["dur"]);

function eachSample(change: (row: Row, index: number) => Row): (hands: Hands) => void {
  return ({ bundle, marks }) => bundle.rows(marks.samples, (rows) => rows.map(change));
}

/** Changes one measured sample from the middle of the series. */
function oneSample(change: (row: Row, before: Row) => Row, numbering?: "keep"): (hands: Hands) => void {
  return ({ bundle, marks }) =>
    bundle.rows(
      marks.samples,
      (rows) => {
        const at = rows.findIndex((row, index) => index >= rows.length / 2 && measured(row));
        return rows.map((row, index) => (index === at ? change(row, rows[at - 1] ?? row) : row));
      },
      numbering,
    );
}

function dropSlowest({ bundle, marks }: Hands): void {
  bundle.rows(marks.samples, (rows) => {
    const slow = new Set(
      rows
        .filter(measured)
        .sort((a, b) => slowness(b) - slowness(a))
        .slice(0, 5),
    );
    return rows.filter((row) => !slow.has(row));
  });
}

function swapNeighbours(rows: Row[]): Row[] {
  const at = Math.floor(rows.length / 2);
  return rows.map((row, index) => rows[index === at ? at + 1 : index === at + 1 ? at : index] ?? row);
}

function copySeries({ bundle, marks }: Hands): void {
  const path = marks.samples.replace(/\.ndjson$/, "-again.ndjson");
  bundle.write(path, bundle.read(marks.samples).replaceAll(`"${marks.metric}"`, `"${marks.metric}-again"`));
}

export const recordForgeries: readonly Forgery[] = [
  forgery("samples.slow-dropped", "judged", blamed("events", "a sample is missing"), dropSlowest),
  forgery(
    "samples.slow-dropped-by-a-stranger",
    "stranger",
    blamed("evidence/plan.dsse.json", "not trusted"),
    dropSlowest,
  ),
  forgery("samples.slow-dropped-unsealed", "none", blamed("samples", "differ"), dropSlowest),
  forgery("samples.reordered", "none", blamed("samples", "has number"), ({ bundle, marks }) =>
    bundle.rows(marks.samples, swapNeighbours, "keep"),
  ),
  forgery("samples.reordered-and-numbered-again", "judged", blamed("samples", "another order"), ({ bundle, marks }) =>
    bundle.rows(marks.samples, swapNeighbours),
  ),
  forgery(
    "samples.duration-edited",
    "none",
    blamed("samples", "differ"),
    oneSample((row) => ({ ...row, dur: slowness(row) - 1 })),
  ),
  forgery(
    "samples.cut-to-a-constant",
    "judged",
    blamed("samples", "to the nanosecond"),
    eachSample((row) => ({ ...row, dur: Math.min(slowness(row), 1_234_567) })),
  ),
  forgery(
    "samples.rounded-to-milliseconds",
    "judged",
    blamed("samples", "whole number of milliseconds"),
    eachSample((row) => ({ ...row, dur: 1_000_000 * Math.max(1, Math.floor(slowness(row) / 1_000_000)) })),
  ),
  forgery(
    "samples.lengthened",
    "judged",
    blamed("samples", "before it ended"),
    oneSample((row) => ({ ...row, dur: slowness(row) + 5_000_000_000 })),
  ),
  forgery(
    "samples.impossibly-fast",
    "judged",
    blamed("samples", "faster than any exchange"),
    eachSample((row, index) => ({ ...row, dur: 900 + index })),
  ),
  forgery("samples.duplicated", "judged", blamed("samples", "once more"), ({ bundle, marks }) =>
    bundle.rows(marks.samples, (rows) => {
      const last = rows.findLast(measured);
      return last === undefined ? rows : [...rows, last, last, last];
    }),
  ),
  forgery("samples.series-told-twice", "judged", blamed("samples", "its samples are those of"), copySeries),
  forgery("samples.of-another-run", "judged", blamed("samples", "another run"), ({ bundle, marks }) =>
    bundle.edit(marks.samples, /"run":"[^"]*"/, '"run":"run_another"'),
  ),
  forgery("samples.of-another-plan", "judged", blamed("samples", "another plan"), ({ bundle, marks }) =>
    bundle.edit(marks.samples, /"planSha256":"[^"]*"/, `"planSha256":"${"0".repeat(64)}"`),
  ),
  forgery(
    "samples.target-relabelled",
    "judged",
    blamed("samples", "its target is not"),
    eachSample((row) => ({ ...row, target: "cloud" })),
  ),
  forgery(
    "samples.provenance-lowered",
    "judged",
    blamed("samples", "its provenance is not"),
    oneSample((row) => ({ ...row, provenance: "simulated" })),
  ),
  forgery(
    "samples.without-witness",
    "judged",
    blamed("samples", "names no witness"),
    oneSample((row) => ({ ...row, wit: null })),
  ),
  forgery(
    "samples.witness-invented",
    "judged",
    blamed("samples", "is in no events file"),
    oneSample((row) => ({ ...row, wit: "w-nobody-1" })),
  ),
  forgery(
    "samples.failure-called-ok",
    "judged",
    blamed("samples", "before it ended"),
    oneSample((row, before) => ({ ...row, wit: before["wit"] ?? null })),
  ),
  forgery(
    "samples.timeout-uncensored",
    "judged",
    blamed("samples", "cens is for timeouts"),
    oneSample((row) => ({ ...row, out: "timeout" })),
  ),
  forgery(
    "samples.outcome-invented",
    "judged",
    blamed("samples", "the outcome is unknown"),
    oneSample((row) => ({ ...row, out: "fine" })),
  ),
  forgery(
    "samples.field-added",
    "judged",
    blamed("samples", "the fields of its kind"),
    oneSample((row) => ({ ...row, simulated: true })),
  ),
  forgery(
    "samples.field-removed",
    "judged",
    blamed("samples", "the fields of its kind"),
    oneSample(({ cl: _cl, ...row }) => row),
  ),
  forgery(
    "samples.started-before-due",
    "judged",
    blamed("samples", "before its schedule"),
    oneSample((row) => ({ ...row, sch: Number(row["st"]) + 1 })),
  ),
  forgery(
    "samples.negative-time",
    "judged",
    blamed("samples", "no whole number"),
    oneSample((row) => ({ ...row, dur: -5 })),
  ),
  forgery(
    "samples.before-the-plan",
    "judged",
    blamed("samples", "before the plan was signed"),
    oneSample((row) => ({ ...row, sch: 1, st: 1 })),
  ),
  forgery("samples.numbering-with-a-gap", "judged", blamed("samples", "has number"), ({ bundle, marks }) =>
    bundle.rows(marks.samples, (rows) => rows.map((row, i) => ({ ...row, i: i < 3 ? i : i + 1 })), "keep"),
  ),
  forgery(
    "samples.warmup-called-measure",
    "owner",
    blamed("evidence/claims.json", "recomputed"),
    ({ bundle, marks }) => {
      bundle.rows(marks.samples, (rows) => rows.map((row) => ({ ...row, ph: "measure" })));
    },
  ),
  forgery(
    "samples.measure-called-warmup",
    "owner",
    blamed("evidence/claims.json", "recomputed"),
    ({ bundle, marks }) => {
      bundle.rows(marks.samples, (rows) =>
        rows.map((row, i) => (i > rows.length - 5 ? { ...row, ph: "warmup" } : row)),
      );
    },
  ),
  forgery(
    "observations.unequal-called-ok",
    "judged",
    blamed("observations", "called ok although"),
    ({ bundle, marks }) =>
      bundle.rows(marks.observations, (rows) =>
        rows.map((row, i) => (i === 0 ? { ...row, observed: '"other"', out: "ok" } : row)),
      ),
  ),
  forgery(
    "observations.witness-of-nobody",
    "judged",
    blamed("observations", "is in no events file"),
    ({ bundle, marks }) =>
      bundle.rows(marks.observations, (rows) => rows.map((row) => ({ ...row, wit: "w-nobody-1" }))),
  ),
  forgery("observations.removed", "owner", blamed("evidence/claims.json", "recomputed"), ({ bundle, marks }) =>
    bundle.rows(marks.observations, (rows) => rows.slice(1)),
  ),
  forgery(
    "observations.time-backwards",
    "judged",
    blamed("observations", "older than the record before"),
    ({ bundle, marks }) =>
      bundle.rows(marks.observations, (rows) => {
        if (rows.length < 2) throw new NotApplicable("one observation has no order");
        return rows.map((row, i) => (i === 0 ? { ...row, t: Number(row["t"]) + 3_600_000_000_000 } : row));
      }),
  ),
];
