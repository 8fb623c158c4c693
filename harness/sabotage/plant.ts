// A copy of the built package with a defect in it. Law: a defect whose text is not found exactly once is not planted, and
// that is an error: it would prove nothing.
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SwarmError } from "../../src/contracts/swarm-error.ts";
import { packageFolder } from "../../src/host/package-folder.ts";
import type { Edit } from "./defect.ts";

/** Everything a published package holds; sources and tools stay behind, so that the copy is not built anew. */
const parts = ["bin", "dist", "templates", "fixtures", "package.json"] as const;

/** A folder of its own with the copy in `package`, and a home for its server. */
export interface Copy {
  readonly folder: string;
  readonly package: string;
  readonly home: string;
  readonly remove: () => void;
}

/** Throws `usage.invalid` for an edit that cannot be planted; nothing is left then. */
export function openCopy(edits: readonly Edit[]): Copy {
  const folder = mkdtempSync(join(tmpdir(), "e2b-swarm-sabotage-"));
  const copy: Copy = {
    folder,
    package: join(folder, "package"),
    home: join(folder, "home"),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
  try {
    mkdirSync(copy.home);
    copyPackage(copy.package);
    for (const one of edits) plant(join(copy.package, "dist"), one);
    return copy;
  } catch (thrown) {
    copy.remove();
    throw thrown;
  }
}

function copyPackage(folder: string): void {
  mkdirSync(folder);
  for (const part of parts) cpSync(packageFolder(part), join(folder, part), { recursive: true });
  symlinkSync(realpathSync(packageFolder("node_modules")), join(folder, "node_modules"));
  // The command line is a bundle of dist/src: the copy's loads the files that defects are planted into.
  rmSync(join(folder, "dist/cli"), { recursive: true });
  mkdirSync(join(folder, "dist/cli"));
  writeFileSync(join(folder, "dist/cli/main.js"), 'import "../src/doors/cli/main.js";\n');
}

/** How often the text of an edit stands in a `dist` folder. */
export function timesThere(dist: string, { file, find }: Edit): number {
  const path = join(dist, file);
  return existsSync(path) ? readFileSync(path, "utf8").split(find).length - 1 : 0;
}

/** Applies one edit below `dist`. Throws `usage.invalid` unless its text stands there exactly once. */
export function plant(dist: string, change: Edit): void {
  const { file, find, replace } = change;
  const times = timesThere(dist, change);
  if (times !== 1) {
    throw new SwarmError(
      "usage.invalid",
      `Cannot plant a defect in ${file}: its text stands there ${times} times, wanted once`,
      {
        hint: "Bring harness/sabotage/defects up to date with the compiled code",
        details: { file },
      },
    );
  }
  const path = join(dist, file);
  writeFileSync(
    path,
    readFileSync(path, "utf8").replace(find, () => replace),
  );
}
