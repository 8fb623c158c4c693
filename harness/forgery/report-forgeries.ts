// Lies in what people read: every one signed again by the machine's own key, so that the digest of the report is right and only
// what it says is wrong.
import { rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { NotApplicable, rowOf, rowsOf, type Row } from "./copy.ts";
import { blamed, forgery, type Forgery, type Hands } from "./forgery.ts";

const html = "report.html";

/** The text of a numeral in other digits. */
function inDigits(zero: number): (text: string) => string {
  return (text) => text.replace(/[0-9]/g, (digit) => String.fromCodePoint(zero + Number(digit)));
}

function figure(change: (value: string, shown: string) => readonly [string, string]): (hands: Hands) => void {
  return ({ bundle, marks }) => {
    const pattern = new RegExp(`value="([^"]*)"( data-claim="${marks.claim}" data-field="n"[^>]*>)([^<]*)<`);
    const [, value = "", , shown = ""] = pattern.exec(bundle.read(html)) ?? [];
    const [printed, visible] = change(value, shown);
    bundle.edit(html, pattern, `value="${printed}"$2${visible}<`);
  };
}

function inBody(markup: string): (hands: Hands) => void {
  return ({ bundle }) => bundle.edit(html, /<h1\b/, `${markup}<h1`);
}

function results(change: (report: Row) => void): (hands: Hands) => void {
  return ({ bundle }) => bundle.json("results.json", change);
}

const onPage = (id: string, says: string, forge: (hands: Hands) => void): Forgery =>
  forgery(`page.${id}`, "owner", blamed(html, says), forge);

const aboutPage: readonly Forgery[] = [
  onPage(
    "figure-changed",
    "is printed as",
    figure(() => ["9", "9"]),
  ),
  onPage(
    "text-changed",
    "reads",
    figure((value) => [value, "12,345"]),
  ),
  onPage(
    "digits-of-another-script",
    "numeral",
    figure((value, shown) => [value, inDigits(0xff10)(shown)]),
  ),
  onPage(
    "digits-that-look-alike",
    "numeral",
    figure((value, shown) => [value, inDigits(0x1d7ce)(shown)]),
  ),
  onPage(
    "zero-width-between-digits",
    "does not see",
    figure((value, shown) => [value, `${shown.slice(0, 1)}\u200b${shown.slice(1)}9`]),
  ),
  onPage(
    "claim-of-nobody",
    "which claims.json does not hold",
    inBody('<data class="claim" value="1" data-claim="c-local.perfect" data-field="n">1</data>'),
  ),
  onPage("field-of-nobody", "which no claim has", (hands) =>
    inBody(`<data class="claim" value="1" data-claim="${hands.marks.claim}" data-field="beauty">1</data>`)(hands),
  ),
  onPage("figure-outside-a-claim", "outside every claim", inBody("<p>Every request took less than 3 ms.</p>")),
  onPage("figure-in-a-label", "a label holds a figure", inBody('<p title="3 ms">fast</p>')),
  onPage("figure-quoted", "which no record holds", inBody('<span class="quoted">took 31415926 ms</span>')),
  onPage("figure-as-an-entity", "outside every claim", inBody("<p>&#51; ms</p>")),
  onPage("element-hidden", "has style", inBody('<p style="display:none">in truth it failed</p>')),
  onPage("attribute-hidden", "has hidden", inBody("<p hidden>in truth it failed</p>")),
  onPage("style-prints", "prints figures", ({ bundle }) =>
    bundle.edit(html, /<title>/, '<style>.n::after{content:"3 ms"}</style><title>'),
  ),
  onPage("style-hides", "hides figures", ({ bundle }) =>
    bundle.edit(html, /<title>/, "<style>data{display:none}</style><title>"),
  ),
  onPage("script", "it holds <script>", inBody("<script>document.title='CERTIFIED'</script>")),
  onPage("frame", "it holds <iframe>", inBody('<iframe src="https://example.com"></iframe>')),
  onPage(
    "picture-from-elsewhere",
    "loads something",
    inBody('<img alt="certified" src="https://example.com/badge.svg">'),
  ),
  onPage("comment", "it holds a comment", inBody("<!-- CERTIFIED -->")),
  onPage("handler", "has onclick", inBody('<p onclick="alert()">more</p>')),
  onPage(
    "attribute-twice",
    "names an attribute twice",
    figure((value) => [`${value}" value="7`, "7"]),
  ),
  onPage("headline", "its headline says", ({ bundle }) =>
    bundle.edit(html, /(<h1\b[^]*?)(?:CONDITIONAL|INCOMPLETE|REFUSED|CERTIFIED)/, "$1CERTIFIED OR BETTER, REFUSED"),
  ),
  onPage("fact-changed", "the evidence says", ({ bundle }) =>
    bundle.edit(html, /value="\d+" data-fact="claims.PASS">\d+</, 'value="999" data-fact="claims.PASS">999<'),
  ),
  onPage("display-quantile-changed", "the evidence says", ({ bundle }) =>
    bundle.edit(html, /value="\d+" data-fact="(bench\.[a-z.-]+\.P95)">[^<]*</, 'value="1000000" data-fact="$1">1 ms<'),
  ),
  onPage("duration-changed", "run.durationMs is printed as", ({ bundle }) =>
    bundle.edit(html, /(data-fact="run.durationMs">)[^<]*</, "$11 min 01 s<"),
  ),
  onPage("provenance-mark-changed", "provenance of", ({ bundle }) =>
    bundle.edit(html, 'data-provenance="measured"', 'data-provenance="declared"'),
  ),
];

const aboutTables: readonly Forgery[] = [
  forgery("markdown.table", "owner", blamed("report.md", "is printed as"), ({ bundle, marks }) =>
    bundle.edit("report.md", new RegExp(`(\\| \`?${marks.claim}\`? \\|[^\\n]*?\\| )(\\d+)( \\|)`), "$19$2$3"),
  ),
  forgery("markdown.row-removed", "owner", blamed("report.md", "does not hold the claim"), ({ bundle, marks }) =>
    bundle.edit("report.md", new RegExp(`\\n\\| \`?${marks.claim}\`? \\|[^\\n]*(?=\\n|$)`), ""),
  ),
  forgery("markdown.prose", "owner", blamed("report.md", "which the page does not print"), ({ bundle }) =>
    bundle.edit("report.md", /\n## /, "\n\nEvery bound is below 0.314159 ms.\n\n## "),
  ),
  forgery("markdown.headline", "owner", blamed("report.md", "its headline says"), ({ bundle }) =>
    bundle.edit("report.md", /^(# .*?)(?:CONDITIONAL|INCOMPLETE|REFUSED)/m, "$1CERTIFIED"),
  ),
  forgery("junit.case-flipped", "owner", blamed("junit.xml", "its verdict asks for"), ({ bundle, marks }) =>
    bundle.edit("junit.xml", new RegExp(`(\\[${marks.claim}\\]"[^>]*?)/>`), '$1><skipped message="later"/></testcase>'),
  ),
  forgery("junit.case-removed", "owner", blamed("junit.xml", "not the gating claims"), ({ bundle, marks }) =>
    bundle.edit("junit.xml", new RegExp(`<testcase name="[^"]*\\[${marks.claim}\\]"[^>]*?/>`), ""),
  ),
  forgery("junit.count", "owner", blamed("junit.xml", "is printed as"), ({ bundle }) =>
    bundle.edit("junit.xml", /failures="\d+"/, 'failures="99"'),
  ),
  forgery("junit.comment", "owner", blamed("junit.xml", "a comment"), ({ bundle }) =>
    bundle.edit("junit.xml", /<testsuite /, "<!-- 3 --><testsuite "),
  ),
  forgery(
    "results.claim",
    "owner",
    blamed("results.json", "differs from claims.json"),
    results((report) => {
      report["claims"] = rowsOf(report["claims"]).map((claim, i) => (i === 0 ? { ...claim, n: 4_242 } : claim));
    }),
  ),
  forgery(
    "results.claim-removed",
    "owner",
    blamed("results.json", "does not hold every claim"),
    results((report) => {
      report["claims"] = rowsOf(report["claims"]).slice(1);
    }),
  ),
  forgery(
    "results.verdict",
    "owner",
    blamed("results.json", "the verdict is printed as"),
    results((report) => {
      report["verdict"] = "CERTIFIED";
    }),
  ),
  forgery(
    "results.exit-code",
    "owner",
    blamed("results.json", "exitCode is printed as"),
    results((report) => {
      if (!("exitCode" in report)) throw new NotApplicable("no exit code is printed");
      report["exitCode"] = 0;
    }),
  ),
  forgery(
    "results.counts",
    "owner",
    blamed("results.json", "counts.FAIL is"),
    results((report) => {
      if (!("counts" in report)) throw new NotApplicable("no counts are printed");
      report["counts"] = { ...rowOf(report["counts"]), FAIL: 77 };
    }),
  ),
  forgery(
    "results.conditions-hidden",
    "owner",
    blamed("results.json", "its conditions"),
    results((report) => {
      if (!("conditions" in report)) throw new NotApplicable("no conditions are printed");
      report["conditions"] = [];
    }),
  ),
  forgery(
    "results.commit",
    "owner",
    blamed("results.json", "commit is printed as"),
    results((report) => {
      if (!("commit" in rowOf(report["run"]))) throw new NotApplicable("no commit is printed");
      report["run"] = { ...rowOf(report["run"]), commit: "f".repeat(40) };
    }),
  ),
  forgery(
    "results.cost",
    "owner",
    blamed("results.json", "the cost is printed as"),
    results((report) => {
      if (!("cost" in report)) throw new NotApplicable("no cost is printed");
      report["cost"] = { ...rowOf(report["cost"]), totalMicroUsd: 1 };
    }),
  ),
  forgery("reports.missing", "none", blamed("report.md", "it is missing"), ({ bundle }) =>
    rmSync(join(bundle.folder, "report.md")),
  ),
  forgery("reports.link", "none", blamed("junit.xml", "no regular file"), ({ bundle }) => {
    rmSync(join(bundle.folder, "junit.xml"));
    symlinkSync("results.json", join(bundle.folder, "junit.xml"));
  }),
  forgery("reports.edited", "none", blamed("report.md", "sha256 differs"), ({ bundle }) =>
    bundle.write("report.md", `${bundle.read("report.md")}\n`),
  ),
];

export const reportForgeries: readonly Forgery[] = [...aboutPage, ...aboutTables];
