// The volumes of this server: folders that outlive the sandboxes they are mounted into, each with a token of its own. They
// lie in a folder that only the server, and bubblewrap on its way to a mount, can walk into.
import { chmodSync, chownSync, mkdirSync } from "node:fs";
import { chmod, chown, mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Random } from "../../host/random.ts";
import { shiftedRange } from "../isolation/ids.ts";
import { removeFolder } from "../isolation/remove-folder.ts";
import { makeUuid } from "../templates/store.ts";

export interface Volume {
  readonly id: string;
  readonly name: string;
  readonly token: string;
  /** Host folder; only ever opened by `withPlace` or mounted. */
  readonly folder: string;
}

export interface VolumeStore {
  all(): readonly Volume[];
  get(id: string): Volume | undefined;
  byName(name: string): Volume | undefined;
  create(name: string): Promise<Volume>;
  /** Only when no sandbox has it mounted: nothing may be changing it meanwhile. */
  remove(volume: Volume): Promise<void>;
  readonly ids: VolumeIds;
}

/** How ids inside a sandbox read on the host. `first` null: one id plays all. */
export interface VolumeIds {
  readonly first: number | null;
  readonly count: number;
}

/** Everybody inside may write, as in E2B. */
const openToSandboxes = 0o777;

export function createVolumeStore(
  folder: string,
  tools: { readonly random: Random; readonly ids: "multi" | "single" },
): VolumeStore {
  const { random } = tools;
  const range = tools.ids === "multi" ? shiftedRange() : null;
  mkdirSync(folder, { mode: 0o700 });
  chmodSync(folder, 0o700);
  if (range !== null) chownSync(folder, range.first, range.first);
  const volumes = new Map<string, Volume>();
  return {
    ids: { first: range?.first ?? null, count: range?.count ?? 0 },
    all: () => [...volumes.values()],
    get: (id) => volumes.get(id),
    byName: (name) => [...volumes.values()].find((volume) => volume.name === name),
    async create(name) {
      const id = makeUuid(random);
      const volume = { id, name, token: `vol_${random.bytes(32).toString("hex")}`, folder: join(folder, id) };
      // On the list first: of two requests for one name only one may make it.
      volumes.set(id, volume);
      try {
        await mkdir(volume.folder);
        await chmod(volume.folder, openToSandboxes);
        if (range !== null) await chown(volume.folder, range.first, range.first);
        return volume;
      } catch (cause) {
        volumes.delete(id);
        throw cause;
      }
    },
    async remove(volume) {
      volumes.delete(volume.id);
      await removeFolder(volume.folder);
    },
  };
}
