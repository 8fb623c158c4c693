// Completes package-lock.json with the platform packages a partial registry left out. `npm ci` refuses a lock that misses
// an optional dependency of another platform; the entries carry name, version and platform, so that no machine here
// fetches them and a machine of that platform does. Run after any `npm install` that changed the lock.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const path = join(import.meta.dirname, "../package-lock.json");
const lock = JSON.parse(readFileSync(path, "utf8"));
const systems = ["aix", "android", "darwin", "freebsd", "linux", "netbsd", "openbsd", "openharmony", "sunos", "win32"];
const processors = ["arm64", "arm", "x64", "ia32", "loong64", "mips64el", "ppc64", "riscv64", "s390x", "wasm32"];

/** The nearest entry that Node would find from the owner has this very version. */
function resolves(owner, name, version) {
  const folders = owner.split("node_modules/").filter((part) => part !== "");
  for (let depth = folders.length; depth >= 0; depth -= 1) {
    const prefix = folders
      .slice(0, depth)
      .map((part) => `node_modules/${part}`)
      .join("");
    const found = lock.packages[`${prefix}${prefix === "" || prefix.endsWith("/") ? "" : "/"}node_modules/${name}`];
    if (found !== undefined) return found.version === version || !/^\d/.test(version);
  }
  return false;
}

let added = 0;
for (const [owner, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    if (resolves(owner, name, version)) continue;
    const words = name.split(/[/-]/);
    const os = systems.find((system) => words.includes(system) || words.includes(`linuxmusl`));
    const cpu = processors.find((processor) => words.includes(processor));
    if (!/^\d/.test(version) && os === undefined && name !== "fsevents") continue;
    const at = Object.keys(lock.packages).some((key) => key === `node_modules/${name}`)
      ? `${owner}/node_modules/${name}`
      : `node_modules/${name}`;
    lock.packages[at] = {
      version: version.replace(/^[~^]/, ""),
      ...(cpu === undefined ? {} : { cpu: [cpu] }),
      ...(entry.dev === true ? { dev: true } : {}),
      ...(words.includes("musl") ? { libc: ["musl"] } : {}),
      license: entry.license,
      optional: true,
      os: [os ?? "darwin"],
    };
    added += 1;
  }
}
const sorted = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(path, `${JSON.stringify({ ...lock, packages: sorted }, null, 2)}\n`);
process.stdout.write(`${added} entries added\n`);
