// The fingerprint of where a run happened. Law: measurement §8: integers and strings only, no host name, no absolute path.
import { readFileSync } from "node:fs";
import { arch, availableParallelism, cpus, freemem, loadavg, release, totalmem } from "node:os";
import { join } from "node:path";
import { isRecord } from "../../src/contracts/json.ts";
import { sha256 } from "./chain.ts";

export interface Fingerprint {
  readonly cpuModel: string;
  readonly cpuCores: number;
  readonly cpusAllowed: number;
  readonly memoryMiB: number;
  readonly freeMemoryMiB: number;
  readonly loadPpm: number;
  readonly platform: string;
  readonly arch: string;
  readonly kernel: string;
  readonly node: string;
  readonly package: string;
  readonly e2bSdk: string;
  readonly lockfileSha256: string | null;
  readonly commit: string | null;
  /** Null outside a repository. */
  readonly dirty: boolean | null;
}

/** What version control says; the caller asks git, because only it may start processes. */
export interface CommitState {
  readonly commit: string | null;
  readonly dirty: boolean | null;
}

/** Reads the machine and the package at `packageRoot`. What cannot be read is "unknown" or null, never guessed. */
export function readFingerprint(packageRoot: string, state: CommitState): Fingerprint {
  const processors = cpus();
  const lock = readText(join(packageRoot, "package-lock.json"));
  return {
    cpuModel: processors[0]?.model.trim() ?? "unknown",
    cpuCores: processors.length,
    cpusAllowed: availableParallelism(),
    memoryMiB: Math.floor(totalmem() / 1_048_576),
    freeMemoryMiB: Math.floor(freemem() / 1_048_576),
    loadPpm: Math.round((loadavg()[0] ?? 0) * 1e6),
    platform: process.platform,
    arch: arch(),
    kernel: release(),
    node: process.versions.node,
    package: versionIn(join(packageRoot, "package.json")),
    e2bSdk: versionIn(join(packageRoot, "node_modules/e2b/package.json")),
    lockfileSha256: lock === null ? null : sha256(lock).toString("hex"),
    commit: state.commit,
    dirty: state.dirty,
  };
}

function versionIn(path: string): string {
  const text = readText(path);
  const parsed: unknown = text === null ? null : JSON.parse(text);
  return isRecord(parsed) && typeof parsed["version"] === "string" ? parsed["version"] : "unknown";
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}
