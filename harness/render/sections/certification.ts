// The sections of the certification summary: deliverables, results, status, certification, readiness, issues, next steps.
import { head, list, note, table, text, type Section } from "../blocks/block.ts";
import { pages } from "../pages.ts";
import type { RunDocument } from "../run-document.ts";
import { formatMicroUsd } from "../text/format.ts";
import { fact, id, quoted, time, type Text } from "../text/text.ts";
import { assuranceWords } from "../words.ts";
import { claimsWhere, claimTable } from "./claim-table.ts";
import { errorBudgetsSection } from "./error-budgets.ts";
import { issuesSection, stepsSection } from "./findings.ts";
import { readinessSection, scoresSection } from "./readiness.ts";

export function certificationSections(doc: RunDocument): readonly Section[] {
  return [
    deliverables(),
    {
      id: "results",
      title: "Results",
      blocks: [
        claimTable(
          "Service levels",
          claimsWhere(doc, (claim) => claim.kind === "latency"),
          doc,
        ),
        note(
          "Spent on sandboxes in this run: ",
          doc.spending.length === 0
            ? "not measured"
            : fact("cost.totalMicroUsd", doc.cost.totalMicroUsd, formatMicroUsd(doc.cost.totalMicroUsd)),
          ", by the list ",
          id(doc.cost.priceList.id),
          " of ",
          id(doc.cost.priceList.date),
          ".",
        ),
      ],
    },
    scoresSection(doc),
    status(doc),
    readinessSection(doc),
    errorBudgetsSection(doc),
    issuesSection(doc),
    stepsSection(doc),
    running(),
    signOffSection(doc),
  ];
}

function deliverables(): Section {
  const rows = pages.map(({ file, title, about }) => [
    head(title),
    text(id(`${file}.html`), ", ", id(`${file}.md`)),
    text(about),
  ]);
  const machine = [
    ["Results", "results.json", "every claim and check, whole"],
    ["JUnit", "junit.xml", "one case per claim of a gate"],
    ["CTRF", "ctrf.json", "the same in the common test report format"],
    ["SARIF", "results.sarif", "the same for code scanning"],
    ["Evidence", "evidence/", "the raw records that every figure is computed from"],
  ].map(([title = "", file = "", about = ""]) => [head(title), text(id(file)), text(about)]);
  return {
    id: "deliverables",
    title: "Deliverables",
    blocks: [table("Deliverables", ["What", "Files", "Holds"], [...rows, ...machine], "None.")],
  };
}

function status({ run, conditions }: RunDocument): Section {
  const terms: readonly Text[] =
    conditions.length === 0 ? [["None."]] : conditions.map((condition): Text => [quoted(condition)]);
  const expiry: Text = run.expiresAt === null ? ["no expiry"] : [time(run.expiresAt)];
  return {
    id: "status",
    title: "Standing",
    blocks: [
      table(
        "Standing",
        ["What", "Value"],
        [
          [head("Assurance"), text(`${run.assurance}: ${assuranceWords[run.assurance]}`)],
          [head("Next review, at the latest"), text(...expiry)],
          [head("Source"), text(id(run.commit))],
          [head("Plan"), text(id(run.planSha256))],
          [head("Evidence"), text(id(run.manifestSha256))],
        ],
        "None.",
      ),
      note("Conditions:"),
      list(terms),
    ],
  };
}

function running(): Section {
  return {
    id: "running",
    title: "Running it again",
    blocks: [
      table(
        "Commands",
        ["What", "Command"],
        [
          [head("Everything"), text(id("e2b-swarm validate"))],
          [head("One layer; the run is then incomplete"), text(id("e2b-swarm validate --layers backend --no-bench"))],
          [head("Recompute this run"), text(id("e2b-swarm verify <folder>"))],
          [head("Draw the reports again"), text(id("e2b-swarm report <folder>"))],
          [head("Compare two runs"), text(id("e2b-swarm diff <folder> <folder>"))],
        ],
        "None.",
      ),
    ],
  };
}

/** A sign-off is a signature over the exact digest of the evidence, never a typed name. */
export function signOffSection({ run, signOffs }: RunDocument): Section {
  const rows = signOffs.map((one) => [
    head(quoted(one.role)),
    text(id(one.keyid)),
    text(time(one.signedAt)),
    text(time(one.expiresAt)),
    text(one.expired ? "expired" : "valid"),
  ]);
  return {
    id: "sign-off",
    title: "Sign-off",
    blocks: [
      note("A sign-off is a signature over the digest of the evidence, ", id(run.manifestSha256), ", with an expiry."),
      table(
        "Sign-off",
        ["Role", "Key", "Signed", "Valid until", "State"],
        rows,
        "Empty: no signature over this digest was found.",
      ),
    ],
  };
}
