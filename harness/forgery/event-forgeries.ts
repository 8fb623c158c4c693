// Lies about the world around the samples: witnesses, the announced server, meter readings, whole shards.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { NotApplicable, type Row } from "./copy.ts";
import { blamed, forgery, type Forgery, type Hands } from "./forgery.ts";
import { rowsIn } from "./marks.ts";

const isExchange = (row: Row): boolean => row["k"] === "wit" && row["kind"] === "exchange";

/** The witness of a sample in the middle of the longest series. */
function witnessOf({ bundle, marks }: Hands): unknown {
  const samples = rowsIn(bundle, marks.samples);
  return samples[Math.floor(samples.length / 2)]?.["wit"];
}

const named = (row: Row, id: unknown): boolean => row["k"] === "wit" && row["id"] === id;

function oneWitness(change: (row: Row) => Row): (hands: Hands) => void {
  return (hands) => {
    const id = witnessOf(hands);
    hands.bundle.rows(hands.marks.events, (rows) => rows.map((row) => (named(row, id) ? change(row) : row)));
  };
}

function everyWitness(change: (row: Row) => Row): (hands: Hands) => void {
  return ({ bundle, marks }) =>
    bundle.rows(marks.events, (rows) => rows.map((row) => (isExchange(row) ? change(row) : row)));
}

const endpoint = (row: Row): Row => ({ ...Object(row["endpoint"]) });

function undercount({ bundle }: Hands): void {
  const path = bundle
    .paths()
    .find((one) => one.startsWith("evidence/events/") && bundle.read(one).includes('"k":"meter"'));
  if (path === undefined) throw new NotApplicable("nothing is metered");
  bundle.rows(path, (rows) => rows.map((row) => (row["k"] === "meter" ? { ...row, ns: 1 } : row)));
}

function meterFile({ bundle }: Hands): string {
  const path = bundle
    .paths()
    .find((one) => one.startsWith("evidence/events/") && bundle.read(one).includes('"k":"meter"'));
  if (path === undefined) throw new NotApplicable("nothing is metered");
  return path;
}

function lateServer({ bundle }: Hands): void {
  bundle.edit("evidence/events/main.ndjson", /("k":"srv".*?"t":)(\d+)/, "$1999999999999999");
}

function removeWitness(hands: Hands): void {
  const id = witnessOf(hands);
  hands.bundle.rows(hands.marks.events, (rows) => rows.filter((row) => !named(row, id)));
}

export const eventForgeries: readonly Forgery[] = [
  forgery("witness.removed", "judged", blamed("samples", "is in no events file"), removeWitness),
  forgery(
    "witness.of-another-port",
    "judged",
    blamed("samples", "not the announced local server"),
    everyWitness((row) => ({ ...row, endpoint: { ...endpoint(row), port: 9 } })),
  ),
  forgery(
    "witness.of-a-private-host",
    "judged",
    blamed("samples", "not the announced local server"),
    oneWitness((row) => ({ ...row, endpoint: { ...endpoint(row), class: "private" } })),
  ),
  forgery("witness.cloud-without-certificate", "judged", blamed("samples", "is not the cloud"), (hands) => {
    everyWitness((row) => ({ ...row, target: "cloud" }))(hands);
    const { bundle, marks } = hands;
    bundle.rows(marks.samples, (rows) => rows.map((row) => ({ ...row, target: "cloud" })));
  }),
  forgery(
    "witness.names-a-mock",
    "judged",
    blamed("samples", "names a problem"),
    oneWitness((row) => ({ ...row, problems: ["the global fetch was replaced"] })),
  ),
  forgery(
    "witness.saw-nothing",
    "judged",
    blamed("samples", "saw no exchange"),
    oneWitness((row) => ({ ...row, exchanges: 0 })),
  ),
  forgery(
    "witness.sandbox-not-listed",
    "judged",
    blamed("samples", "did not list the sandbox"),
    oneWitness((row) => ({ ...row, listed: false })),
  ),
  forgery("witness.twice", "judged", blamed("events", "stands"), ({ bundle, marks }) =>
    bundle.rows(marks.events, (rows) =>
      rows.flatMap((row, i) => (isExchange(row) && i === rows.findIndex(isExchange) ? [row, row] : [row])),
    ),
  ),
  forgery("witness.renumbered", "judged", blamed("events", "is due"), (hands) => {
    const { bundle, marks } = hands;
    const last = rowsIn(bundle, marks.events).findLast(isExchange)?.["id"];
    bundle.edit(marks.events, `"id":"${String(last)}"`, `"id":"${String(last)}9"`);
    for (const path of bundle.paths().filter((one) => one.startsWith("evidence/samples/"))) {
      bundle.write(path, bundle.read(path).replaceAll(`"wit":"${String(last)}"`, `"wit":"${String(last)}9"`));
    }
  }),
  forgery(
    "witness.echo-invented",
    "judged",
    blamed("events", "is not the answer"),
    oneWitness((row) => ({ ...row, nonce: "n_1", nonceEcho: "0".repeat(64), sandboxId: row["sandboxId"] ?? "sbx" })),
  ),
  forgery(
    "witness.nonce-unanswered",
    "judged",
    blamed("events", "never answered"),
    oneWitness((row) => ({ ...row, nonce: "n_1", nonceEcho: null })),
  ),
  forgery(
    "witness.from-the-future",
    "judged",
    blamed("events", "older than the record before"),
    oneWitness((row) => ({ ...row, t: Number(row["t"]) + 3_600_000_000_000 })),
  ),
  forgery(
    "witness.unknown-kind",
    "judged",
    blamed("events", "no known kind"),
    oneWitness((row) => ({ ...row, kind: "oath" })),
  ),
  forgery("server.announced-late", "judged", blamed("anywhere", "before that was announced"), lateServer),
  forgery("server.of-another-port", "judged", blamed("anywhere", "not the announced local server"), ({ bundle }) =>
    bundle.edit("evidence/events/main.ndjson", /("k":"srv".*?"port":)\d+/, "$19"),
  ),
  forgery("meter.undercounted", "judged", (marks) => ({ file: marks.events, says: "is metered for" }), undercount),
  forgery("meter.removed", "owner", blamed("results.json", "cost"), (hands) => {
    const path = meterFile(hands);
    if (!hands.bundle.read("results.json").includes("totalMicroUsd")) throw new NotApplicable("no cost is printed");
    hands.bundle.rows(path, (rows) => rows.filter((row) => row["k"] !== "meter"));
  }),
  forgery(
    "meter.sandbox-without-size",
    "judged",
    (marks) => ({ file: marks.events, says: "no whole number" }),
    (hands) => {
      hands.bundle.rows(meterFile(hands), (rows) =>
        rows.map((row) => (row["k"] === "meter" ? { ...row, vcpu: null } : row)),
      );
    },
  ),
  forgery(
    "shard.deleted",
    "owner",
    blamed("evidence/claims.json", "not those of the evidence"),
    ({ bundle, marks }) => {
      if (marks.quietShard === "") throw new NotApplicable("it has no shard without samples");
      rmSync(join(bundle.folder, marks.quietShard));
    },
  ),
  forgery(
    "shard.end-removed",
    "owner",
    blamed("evidence/claims.json", "not those of the evidence"),
    ({ bundle, marks }) => bundle.rows(marks.events, (rows) => rows.filter((row) => row["what"] !== "end")),
  ),
  forgery("events.abort-hidden", "owner", blamed("evidence/claims.json", "not those of the evidence"), ({ bundle }) =>
    bundle.rows("evidence/events/main.ndjson", (rows) => [...rows, { ...rows.at(-1), what: "abort" }]),
  ),
  forgery("events.orphan-hidden", "owner", blamed("evidence/claims.json", "not those of the evidence"), ({ bundle }) =>
    bundle.rows("evidence/events/main.ndjson", (rows) => [...rows, { ...rows.at(-1), what: "orphan" }]),
  ),
  forgery(
    "events.fault-called-healed",
    "none",
    (marks) => ({ file: marks.events, says: "differ" }),
    ({ bundle, marks }) =>
      bundle.rows(marks.events, (rows) =>
        rows.map((row) => (row["k"] === "note" ? { ...row, data: { state: "healed" } } : row)),
      ),
  ),
  forgery("events.note-of-no-kind", "judged", blamed("evidence/events/main.ndjson", "no known kind"), ({ bundle }) =>
    bundle.rows("evidence/events/main.ndjson", (rows) =>
      rows.map((row) => (row["what"] === "end" ? { ...row, what: "certified" } : row)),
    ),
  ),
];
