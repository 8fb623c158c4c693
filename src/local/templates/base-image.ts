// Which image names may stand for this machine's own /usr, and which may not. No image is ever pulled: a name maps only
// where the host really offers what the name promises, the sentence says so loudly, and every other name fails the build.
import { readFileSync, realpathSync } from "node:fs";
import { basename } from "node:path";

export type MappedImage =
  | { readonly kind: "mapped"; readonly sentence: string; readonly cacheKey: string }
  | { readonly kind: "refused"; readonly sentence: string };

/** What this machine has, looked up once. */
export interface HostBase {
  /** As os-release calls it, for people. */
  readonly system: string;
  readonly debianLike: boolean;
  readonly nodeVersion: string;
  /** Null without /usr/bin/python3. */
  readonly pythonVersion: string | null;
}

export function readHostBase(nodeVersion: string): HostBase {
  const release = readOsRelease();
  const family = `${release.get("ID") ?? ""} ${release.get("ID_LIKE") ?? ""}`.split(" ");
  return {
    system: release.get("PRETTY_NAME") ?? "an unnamed Linux",
    debianLike: family.includes("debian") || family.includes("ubuntu"),
    nodeVersion,
    pythonVersion: findPython(),
  };
}

/** E2B's own base promises bash, python, node, git and curl, and no distribution. */
const ownBases = new Set(["e2bdev/base", "base"]);

export function mapImage(asked: string, host: HostBase): MappedImage {
  const { repository, tag } = splitImage(asked);
  if (ownBases.has(repository)) return mapped(asked, host, null);
  switch (repository) {
    case "debian":
    case "ubuntu":
      if (host.debianLike) return mapped(asked, host, null);
      return refused(asked, `this machine runs ${host.system}, which is no relative of ${repository}`);
    case "node":
      return byVersion(asked, host, { program: "node", tag, found: host.nodeVersion });
    case "python":
      if (host.pythonVersion === null) return refused(asked, "this machine has no /usr/bin/python3");
      return byVersion(asked, host, { program: "python3", tag, found: host.pythonVersion });
    default:
      return refused(asked, "it promises something that this machine's own /usr cannot be");
  }
}

/** `docker.io/library/` is what a bare name means; any other registry keeps its place in the name and is not known. */
function splitImage(asked: string): { readonly repository: string; readonly tag: string } {
  const bare = asked.toLowerCase().replace(/^(?:index\.)?docker\.io\//, "").replace(/^library\//, "");
  const match = /^([^:@]+)(?::([^:@/]+))?$/.exec(bare);
  return { repository: match?.[1] ?? bare, tag: match?.[2] ?? "latest" };
}

interface Versioned {
  readonly program: string;
  readonly tag: string;
  readonly found: string;
}

/** `node:20-slim` asks for 20, `python:3.11` for 3.11, `node:lts` for no number at all. */
function byVersion(asked: string, host: HostBase, { program, tag, found }: Versioned): MappedImage {
  const wanted = /^(\d+(?:\.\d+)*)/.exec(tag)?.[1];
  if (wanted === undefined || found === wanted || found.startsWith(`${wanted}.`))
    return mapped(asked, host, `${program} ${found}`);
  return refused(asked, `this machine has ${program} ${found}`);
}

function mapped(asked: string, host: HostBase, found: string | null): MappedImage {
  const has = found === null ? "" : `, with ${found}`;
  const sentence = `Stands on this machine's own /usr (${host.system}${has}), not on image ${asked}: no image is pulled`;
  return { kind: "mapped", sentence, cacheKey: `host:${host.system}:${host.nodeVersion}:${host.pythonVersion ?? ""}` };
}

function refused(asked: string, because: string): MappedImage {
  const known = "e2bdev/base, debian, ubuntu, node, python";
  const sentence = `[local.image] Cannot build from image '${asked}': the local target pulls no images, and ${because}. Names that can stand for this machine: ${known}`;
  return { kind: "refused", sentence };
}

function readOsRelease(): ReadonlyMap<string, string> {
  try {
    const lines = readFileSync("/etc/os-release", "utf8").split("\n");
    return new Map(
      lines.flatMap((line) => {
        const match = /^([A-Z_]+)="?([^"]*)"?$/.exec(line.trim());
        return match?.[1] === undefined ? [] : [[match[1], match[2] ?? ""] satisfies [string, string]];
      }),
    );
  } catch {
    return new Map();
  }
}

/** Without running anything: `/usr/bin/python3` is a link to the minor version it stands for. */
function findPython(): string | null {
  try {
    const name = basename(realpathSync("/usr/bin/python3"));
    return /^python(3(?:\.\d+)*)$/.exec(name)?.[1] ?? null;
  } catch {
    return null;
  }
}
