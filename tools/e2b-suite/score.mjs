// Scores a run against the list of live cases. A title that occurs twice in a file counts twice, each occurrence by its
// own outcome; a case that did not run at all is a miss.

export function score(live, files, outcome, { title, left = [], reason = "" }) {
  const cases = files
    .flatMap((file) => scoreFile(file, live.cases[file], outcome))
    .map((one) => (left.includes(one.title) ? { ...one, passed: false, message: reason } : one))
    .filter((one) => title?.test(one.title.replaceAll(" > ", " ")) ?? true);
  const passed = cases.filter((one) => one.passed).length;
  return { total: cases.length, passed, missed: cases.length - passed, cases };
}

function scoreFile(file, titles, outcome) {
  const ran = outcome.filter((one) => one.file === file);
  const broken = ran.find((one) => one.title === null);
  const seen = new Map();
  return titles.map((title) => {
    const occurrence = seen.get(title) ?? 0;
    seen.set(title, occurrence + 1);
    const found = ran.filter((one) => one.title === title)[occurrence];
    const message = found?.message ?? broken?.message ?? "the case did not run";
    const passed = found?.status === "passed";
    return {
      file,
      title,
      occurrence,
      passed,
      ms: found?.ms ?? 0,
      ...(passed ? {} : { message: message.slice(0, 4000) }),
    };
  });
}

export function printTable(scored, { mode, internet, label, commit, details }) {
  const files = [...new Set(scored.cases.map((one) => one.file))];
  const lines = files.map((file) => {
    const own = scored.cases.filter((one) => one.file === file);
    const passed = own.filter((one) => one.passed).length;
    return `${passed === own.length ? "ok  " : "MISS"} ${String(passed).padStart(3)} / ${String(own.length).padEnd(3)} ${file}`;
  });
  const misses = scored.cases.filter((one) => !one.passed).map((one) => missLines(one, details));
  const head = `e2b 2.51.0, suite ${commit.slice(0, 9)}, ${mode}, ${internet}, ${label}`;
  process.stdout.write(`${[head, "", ...lines, "", ...misses].join("\n")}\n`);
  process.stdout.write(`${scored.passed} of ${scored.total} live cases passed, ${scored.missed} missed\n`);
}

function missLines(one, details) {
  const text = details ? one.message.replaceAll("\n", "\n        ") : (one.message.split("\n")[0] ?? "").slice(0, 200);
  return `MISS ${one.file}: ${one.title}${one.occurrence > 0 ? ` (occurrence ${one.occurrence + 1})` : ""}\n        ${text}`;
}
