// The built programs that other processes run.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { SwarmError } from "../contracts/swarm-error.ts";
import { packageFolder } from "../host/package-folder.ts";

const programs = {
  agent: "dist/programs/agent.mjs",
  coordinator: "dist/src/backend/coordinator-main.js",
  harness: "dist/harness/run/main.js",
  verify: "dist/harness/verify/main.js",
  audit: "dist/harness/audit/main.js",
  report: "dist/harness/report/main.js",
  compare: "dist/harness/compare/main.js",
  "backtest-page": "dist/harness/backtest-page/main.js",
} as const;

/** Absolute path of a built program. Throws `internal` with the fix when the build is missing. */
export function programPath(name: keyof typeof programs): string {
  const path = join(packageFolder(), programs[name]);
  if (existsSync(path)) return path;
  throw new SwarmError("internal", `Cannot find ${programs[name]}: the package is not built`, {
    hint: "Run npm run build",
  });
}
