// The volumes a create asks for, by name and place. A place must not hide what makes the sandbox a sandbox.
import { posix } from "node:path";
import { isRecord } from "../../contracts/json.ts";
import { problem, type Answer } from "../answer.ts";
import type { ControlPlane } from "../control-plane/context.ts";
import type { CellBind } from "../isolation/backend.ts";
import { limits } from "../limits.ts";

export interface VolumeMount {
  readonly name: string;
  readonly path: string;
}

export interface Mounts {
  readonly volumeMounts: readonly VolumeMount[];
  readonly binds: readonly CellBind[];
}

const reserved = "/bin /boot /dev /etc /lib /lib32 /lib64 /libx32 /opt/e2b /proc /run /sbin /sys /usr".split(" ");

export function parseMounts(plane: ControlPlane, asked: unknown): Mounts | Answer {
  if (asked === undefined || asked === null) return { volumeMounts: [], binds: [] };
  if (!Array.isArray(asked)) return problem(400, "volumeMounts must be a list");
  if (asked.length > limits.mountsPerSandbox)
    return problem(
      400,
      `volumeMounts: ${asked.length} are given but at most ${limits.mountsPerSandbox} can be mounted`,
    );
  if (asked.length > 0 && plane.label.isolation === "none")
    return problem(400, `The local target does not support volumeMounts with isolation ${plane.label.isolation}`);
  const volumeMounts: VolumeMount[] = [];
  const binds: CellBind[] = [];
  const wrong: string[] = [];
  for (const [index, item] of asked.entries()) {
    const mount = toMount(item);
    const volume = mount === null ? undefined : plane.volumes.byName(mount.name);
    const reason = mount === null ? "name and path must be texts" : wrongPath(mount.path, volumeMounts);
    if (mount !== null && volume !== undefined && reason === null) {
      volumeMounts.push(mount);
      binds.push({ hostPath: volume.folder, path: mount.path });
    } else wrong.push(`\t- volume mount #${index}: ${reason ?? `volume '${mount?.name}' not found`}`);
  }
  if (wrong.length > 0) return problem(400, `invalid volume mounts:\n${wrong.join("\n")}`);
  return { volumeMounts, binds };
}

function toMount(item: unknown): VolumeMount | null {
  if (!isRecord(item)) return null;
  const { name, path } = item;
  return typeof name === "string" && typeof path === "string" ? { name, path } : null;
}

function wrongPath(path: string, before: readonly VolumeMount[]): string | null {
  if (!path.startsWith("/") || path.includes("\0")) return `path '${path}' must be absolute`;
  if (path === "/" || posix.normalize(path) !== path || path.endsWith("/"))
    return `path '${path}' must be in its shortest form and not the root`;
  if (reserved.some((place) => path === place || path.startsWith(`${place}/`)))
    return `path '${path}' belongs to the system`;
  const taken = before.find((mount) => mount.path === path || isBelow(path, mount.path) || isBelow(mount.path, path));
  return taken === undefined ? null : `path '${path}' is already used`;
}

function isBelow(path: string, above: string): boolean {
  return path.startsWith(`${above}/`);
}
