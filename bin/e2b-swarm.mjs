#!/usr/bin/env node
// The command `e2b-swarm`. Checks Node, brings dist/ up to date inside a clone of the repository, then hands over to
// src/doors/cli. Node built-ins only, and syntax that old versions of Node can read, so that the sentence below is printed.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const entry = join(root, "dist/cli/main.js");
const stamp = join(root, "dist/.built");
// What tools/build.mjs builds from; the two lists say the same.
const inputs = ["src", "harness", "suites", "bench", "tools", "package.json", "tsconfig.json", "tsconfig.build.json"];

if (!supportsNode(process.versions.node)) {
  process.stderr.write(
    `e2b-swarm needs Node 20.18.1 or later in line 20, or 22 and later, but this is ${process.versions.node}\n`,
  );
  process.exit(1);
}
if (isClone() && isStale()) setUp();
if (!existsSync(entry)) {
  process.stderr.write(
    `e2b-swarm is not built: ${entry} is missing\nRun \`npm run build\`, or install the package again\n`,
  );
  process.exit(1);
}
await import(pathToFileURL(entry).href);

function supportsNode(version) {
  const [major = 0, minor = 0, patch = 0] = version.split(".").map(Number);
  if (major >= 22) return true;
  return major === 20 && (minor > 18 || (minor === 18 && patch >= 1));
}

/** The published package ships dist/ and no sources; only a clone has something to build from. */
function isClone() {
  return existsSync(join(root, "tools/setup.mjs")) && existsSync(join(root, "src"));
}

function isStale() {
  if (!existsSync(stamp) || !existsSync(entry) || !existsSync(join(root, "node_modules"))) return true;
  const there = inputs.map((name) => join(root, name)).filter((path) => existsSync(path));
  // Where there is a `find`, it looks through a thousand files four times as fast.
  const words = [...there, "-name", "generated", "-prune", "-o", "-type", "f", "-newer", stamp, "-print", "-quit"];
  const found = spawnSync("find", words, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  if (found.status === 0) return found.stdout !== "";
  const built = statSync(stamp).mtimeMs;
  return inputs.some((name) => existsSync(join(root, name)) && isNewer(join(root, name), built));
}

function isNewer(path, built) {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs > built;
  // A folder's own time also moves when the build rewrites src/contracts/generated, so only its files and subfolders count.
  return readdirSync(path).some((name) => name !== "generated" && isNewer(join(path, name), built));
}

/** Standard output belongs to the command's data, so whatever the set-up prints goes to standard error. */
function setUp() {
  const done = spawnSync(process.execPath, [join(root, "tools/setup.mjs")], { cwd: root, stdio: ["ignore", 2, 2] });
  if (done.status === 0) return;
  process.stderr.write("e2b-swarm could not be set up: tools/setup.mjs failed, see the lines above\n");
  process.exit(1);
}
