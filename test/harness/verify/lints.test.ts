// Each lint with a planted violation, and an honest file beside it that stays unblamed.
import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { openNotebook, type Fields } from "../../../harness/verify/facts.ts";
import { lintRecords } from "../../../harness/verify/lints.ts";
import type { RecordFile } from "../../../harness/verify/record-files.ts";

const file = (kind: RecordFile["kind"], path: string, rows: readonly Fields[]): RecordFile => ({
  kind,
  path,
  rows,
  sha256: "",
  records: rows.length + 1,
  metric: "bench.create",
});
const problemsOf = (...files: readonly RecordFile[]) => {
  const notes = openNotebook();
  lintRecords(files, notes);
  return notes.problems.map(({ file: where, place, problem }) => [where, place, problem]);
};

const server = { k: "srv", target: "local", port: 1, t: 1_000 };
const echo = (nonce: string, id: string): string => createHash("sha256").update(`${nonce}:${id}`).digest("hex");
const witness = (more: Fields): Fields => ({
  k: "wit",
  kind: "exchange",
  target: "local",
  provenance: "measured",
  t: 2_000,
  nonce: null,
  nonceEcho: null,
  sandboxId: null,
  ...more,
});
const series = (durations: readonly number[]): readonly Fields[] =>
  durations.map((dur, i) => ({ k: "s", out: "ok", wit: null, sch: 3_000 + i, st: 3_000 + i, dur, target: "local" }));
const honest = Array.from({ length: 20 }, (_, i) => 100_000_001 + i * 1_234_567);

test("honest records are not blamed", () => {
  const answered = witness({ id: "w-main-0", nonce: "n1", sandboxId: "s1", nonceEcho: echo("n1", "s1") });
  const unanswered = witness({ id: "w-main-1", nonce: "n2", sandboxId: "s1", provenance: "simulated", t: 2_500 });
  expect(
    problemsOf(
      file("events", "events/main.ndjson", [server, answered, unanswered]),
      file("samples", "samples/a.ndjson", series(honest)),
      file("samples", "samples/b.ndjson", series(honest.map((ns) => ns + 1))),
    ),
  ).toEqual([]);
});

test("an echo that is not the answer of that sandbox", () => {
  const rows = [
    server,
    witness({ id: "w-main-0", nonce: "n1", sandboxId: "s1", nonceEcho: echo("n1", "s2") }),
    witness({ id: "w-main-1", nonce: "n1", sandboxId: "s1", nonceEcho: echo("n2", "s1") }),
    witness({ id: "w-main-2", nonce: "n1", sandboxId: null, nonceEcho: echo("n1", "s1") }),
    witness({ id: "w-main-3", nonce: "n1", sandboxId: "s1" }),
  ];
  const where = "evidence/events/main.ndjson";
  expect(problemsOf(file("events", "events/main.ndjson", rows))).toEqual([
    [where, "line 3", "the echo is not the answer of that sandbox to that nonce"],
    [where, "line 4", "the echo is not the answer of that sandbox to that nonce"],
    [where, "line 5", "it holds an echo without the nonce or the sandbox that answered"],
    [where, "line 6", "its nonce was never answered and it still says measured"],
  ]);
});

test("durations on a grid of ten milliseconds", () => {
  const grid = honest.map((_, i) => (i + 3) * 10_000_000);
  expect(problemsOf(file("samples", "samples/a.ndjson", series(grid)))).toEqual([
    [
      "evidence/samples/a.ndjson",
      "dur",
      "every duration is a whole number of milliseconds, which no measurement gives",
    ],
  ]);
});

test("one series under two names", () => {
  expect(
    problemsOf(
      file("samples", "samples/a.ndjson", series(honest)),
      file("samples", "samples/b.ndjson", series(honest)),
    ),
  ).toEqual([["evidence/samples/b.ndjson", "dur", "its samples are those of evidence/samples/a.ndjson"]]);
});

test("records from before the run or before the server", () => {
  const early = { k: "s", sch: 10, st: 10, dur: 1_234_567, target: "local" };
  const unborn = { k: "s", sch: -5, st: -5, dur: 1_234_567, target: "local" };
  const backwards = { k: "note", what: "end", data: {}, t: 1_500 };
  expect(
    problemsOf(
      file("events", "events/main.ndjson", [server, witness({ id: "w-main-0" }), backwards]),
      file("events", "events/check.ndjson", [witness({ id: "w-check-0", t: 900 })]),
      file("samples", "samples/a.ndjson", [early, unborn]),
    ),
  ).toEqual([
    ["evidence/events/main.ndjson", "line 4", "it is older than the record before it"],
    ["evidence/events/check.ndjson", "line 2", "it speaks with the local server before that was announced"],
    ["evidence/samples/a.ndjson", "line 2", "it speaks with the local server before that was announced"],
    ["evidence/samples/a.ndjson", "line 3", "its time lies before the run began"],
  ]);
});
