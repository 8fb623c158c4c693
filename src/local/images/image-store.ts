// Trees of files that sandboxes start from: snapshots, forks, file-only pauses and template builds. Each lives as a folder
// below the run folder, counted by who still needs it; the last who lets go deletes it, and the server's end deletes all.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { invariant } from "../../contracts/invariant.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import { removeFolder } from "../isolation/remove-folder.ts";
import { limits } from "../limits.ts";

export interface ImageStore {
  /** Makes an image out of what `fill` puts at the path it is given; the caller holds it. Nothing stays when it throws. */
  make(fill: (to: string) => Promise<void>): Promise<string>;
  /** One more holder. */
  retain(image: string): void;
  /** One holder less. Resolves at once; the folder of an image without holders is deleted meanwhile. */
  release(image: string): void;
  /** Calls with the image's folder, as `CellSource.image` takes it, and holds the image until the call ends. */
  use<T>(image: string, call: (path: string) => Promise<T>): Promise<T>;
  /** Images held by somebody. */
  count(): number;
  /** Resolves when everything released so far is deleted. */
  settled(): Promise<void>;
}

/** `folder` is created for the server alone: what tenants left in it, nobody else may walk into. */
export function createImageStore(folder: string): ImageStore {
  mkdirSync(folder, { mode: 0o700 });
  const holders = new Map<string, number>();
  const removing = new Set<Promise<unknown>>();
  let made = 0;
  let making = 0;
  const holdersOf = (image: string): number => {
    const count = holders.get(image);
    invariant(count !== undefined, "an image is only used while somebody holds it");
    return count;
  };
  const retain = (image: string): void => void holders.set(image, holdersOf(image) + 1);
  const release = (image: string): void => {
    const left = holdersOf(image) - 1;
    holders.set(image, left);
    if (left > 0) return;
    holders.delete(image);
    const gone = removeFolder(join(folder, image)).finally(() => removing.delete(gone));
    removing.add(gone);
  };
  return {
    async make(fill) {
      if (holders.size + making >= limits.images) throw tooMany();
      const image = String(made++);
      making++;
      try {
        await fill(join(folder, image));
        holders.set(image, 1);
        return image;
      } catch (cause) {
        await removeFolder(join(folder, image));
        throw cause;
      } finally {
        making--;
      }
    },
    retain,
    release,
    async use(image, call) {
      retain(image);
      try {
        return await call(join(folder, image));
      } finally {
        release(image);
      }
    },
    count: () => holders.size,
    settled: async () => void (await Promise.all(removing)),
  };
}

function tooMany(): SwarmError {
  return new SwarmError("sandbox.create-failed", `Cannot keep another image: ${limits.images} are kept already`, {
    hint: "Delete snapshots or templates that nobody needs",
  });
}
