// One vitest run in the workspace; gives every case as { file, title, status, message } in the order of the file.
import { spawn } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { noInternet } from "./test-internet.mjs";

/** Nothing of the caller's E2B or proxy settings reaches the tests. */
function cleanEnv(extra) {
  const { PATH, HOME, TMPDIR, LANG } = process.env;
  return { PATH, HOME, ...(TMPDIR ? { TMPDIR } : {}), ...(LANG ? { LANG } : {}), NO_COLOR: "1", ...extra };
}

export async function runVitest(workspace, { files, workers, title, env, internet = noInternet }) {
  const report = join(workspace.run, "report.json");
  rmSync(report, { force: true });
  const args = [
    join(workspace.home, "node_modules/vitest/vitest.mjs"),
    "run",
    "--config",
    join(workspace.run, "vitest.config.mjs"),
    "--reporter=dot",
    "--reporter=json",
    `--outputFile.json=${report}`,
    "--silent",
    `--maxWorkers=${workers}`,
    ...(title === undefined ? [] : ["--testNamePattern", title]),
    ...files,
  ];
  const [command, wrapped] = internet.wrap(process.execPath, args, workspace.run);
  const child = spawn(command, wrapped, {
    cwd: workspace.run,
    env: cleanEnv(env),
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      said = (said + String(chunk)).slice(-20_000);
      if (process.stderr.isTTY) process.stderr.write(chunk);
    });
  }
  await new Promise((done) => child.once("close", done));
  if (!existsSync(report)) throw new Error(`vitest wrote no report:\n${said}`);
  const { testResults } = JSON.parse(readFileSync(report, "utf8"));
  return testResults.flatMap((result) => casesOf(relative(workspace.run, result.name), result));
}

function casesOf(file, result) {
  if (result.assertionResults.length === 0) return [{ file, title: null, status: "failed", message: result.message }];
  return result.assertionResults.map((one) => ({
    file,
    title: [...one.ancestorTitles, one.title].join(" > "),
    status: one.status,
    ms: Math.round(one.duration ?? 0),
    message: one.failureMessages?.join("\n") ?? "",
  }));
}
