// Reads a reference result and refuses it when its digest is not the manifest's.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { packageFolder } from "../../src/host/package-folder.ts";

interface Manifest {
  readonly files: readonly { readonly file: string; readonly sha256: string }[];
}

export function reference(file: string): unknown {
  const text = readFileSync(packageFolder("fixtures", "reference", file), "utf8");
  const manifest = JSON.parse(
    readFileSync(packageFolder("fixtures", "reference", "MANIFEST.json"), "utf8"),
  ) as Manifest;
  const wanted = manifest.files.find((row) => row.file === file)?.sha256;
  const found = createHash("sha256").update(text).digest("hex");
  if (found !== wanted) throw new Error(`${file} has sha256 ${found}, the manifest says ${wanted}`);
  return JSON.parse(text);
}
