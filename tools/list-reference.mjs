// Writes fixtures/reference/MANIFEST.json: the reference results of other engines that the tests compare with, and their digests.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const folder = join(import.meta.dirname, "../fixtures/reference");
const files = ["backtests", "indicators", "pairs", "portfolio"].flatMap((room) =>
  readdirSync(join(folder, room))
    .sort()
    .map((name) => {
      const bytes = readFileSync(join(folder, room, name));
      const { id, computedBy, data } = JSON.parse(bytes.toString("utf8"));
      const sha256 = createHash("sha256").update(bytes).digest("hex");
      return {
        file: `${room}/${name}`,
        id: id ?? data?.set ?? name.replace(".json", ""),
        computedBy: computedBy ?? "numpy and scipy",
        dataSha256: data?.sha256 ?? data?.A?.sha256 ?? null,
        sha256,
      };
    }),
);
const note =
  "Results of other engines, run but not copied: no line of their code and no price data of theirs is here. Conventions: docs/decisions/0040-trading.md";
const licence = "MIT, as this package; the numbers were produced for it";
writeFileSync(join(folder, "MANIFEST.json"), `${JSON.stringify({ note, licence, files }, null, 2)}\n`);
