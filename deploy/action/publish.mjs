// Second step: the job summary, and annotations from results.sarif, worst first. GitHub shows ten per kind and step, so the
// tenth says how many more there are. Nothing here decides anything.
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const { REPORT_PATH = "", VERDICT = "", MESSAGE = "" } = process.env;
const mostPerKind = 10;
/** A summary above 1,024 KiB is dropped whole. */
const longestSummary = 1_000 * 1_024;

const summary = join(REPORT_PATH, "summary.md");
const text =
  REPORT_PATH !== "" && existsSync(summary)
    ? readFileSync(summary, "utf8")
    : `# ${VERDICT || "ERROR"}\n\nThe validation left no report. ${MESSAGE}\n`;
if (Buffer.byteLength(text) <= longestSummary) appendFileSync(process.env.GITHUB_STEP_SUMMARY, text);

for (const [kind, findings] of Object.entries(findingsOf(REPORT_PATH))) {
  const shown = findings.length > mostPerKind ? findings.slice(0, mostPerKind - 1) : findings;
  for (const { title, message } of shown) say(kind, title, message);
  const more = findings.length - shown.length;
  if (more > 0) say(kind, `and ${more} more`, `${more} more of this kind are in results.sarif and report.html`);
}

function findingsOf(folder) {
  const found = { error: [], warning: [], notice: [] };
  const path = join(folder, "results.sarif");
  if (folder === "" || !existsSync(path)) {
    found.error.push({ title: VERDICT || "ERROR", message: MESSAGE || "The validation left no report" });
    return found;
  }
  const { runs } = JSON.parse(readFileSync(path, "utf8"));
  for (const { ruleId, kind, level, message } of runs[0].results) {
    const place = level === "error" || level === "warning" ? level : kind === "open" ? "notice" : null;
    if (place !== null) found[place].push({ title: ruleId, message: message.text });
  }
  return found;
}

function say(kind, title, message) {
  process.stdout.write(`::${kind} title=${escapeProperty(title)}::${escapeData(message)}\n`);
}

function escapeData(value) {
  return value.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(value) {
  return escapeData(value).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
