// Tests that start programs start them from dist/, so it is brought up to date once. Types are the gate's business.
import { spawnSync } from "node:child_process";
import { join } from "node:path";

export default function setup(): void {
  const root = join(import.meta.dirname, "..");
  const built = spawnSync(process.execPath, ["tools/build.mjs", "--if-stale", "--emit-only"], {
    cwd: root,
    stdio: "inherit",
  });
  if (built.status !== 0) throw new Error("tools/build.mjs failed");
}
