// Signed checkpoints during the run: each fixes how long every record file was and what it hashed to, so truncation,
// reordering and late edits stay visible. Law: measurement §9; one at the start, one at the end, more when asked.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../../src/host/clock.ts";
import type { Checkpoint } from "../claims/bundle.ts";
import { canonicalLine } from "./canonical.ts";
import { openLineFile } from "./line-file.ts";
import { bundlePaths } from "./manifest.ts";
import { manifestEntry, wholeLines } from "./chain.ts";
import { runTime, type RunContext } from "./recorder.ts";
import { checkpointType, type Signer } from "./sign.ts";

export interface Checkpoints {
  /** Reads the record files as they are now and appends one signed line. */
  readonly take: () => void;
  readonly close: () => void;
}

export function openCheckpoints(context: RunContext, clock: Clock, signer: Signer | null): Checkpoints {
  const file = openLineFile(join(context.folder, "checkpoints.ndjson"), "checkpoints.ndjson", {
    k: "hdr",
    schema: "evidence/events/1",
    run: context.run,
    metric: "checkpoints",
    unit: "count",
    clock: "hrtime",
    planSha256: context.planSha256,
  });
  let seq = 0;
  return {
    take: () => {
      const checkpoint: Checkpoint = { seq, t: runTime(context, clock), files: recordFiles(context.folder) };
      const body = Buffer.from(canonicalLine(checkpoint));
      const sig = signer === null ? null : { keyid: signer.keyid, sig: signer.sign(checkpointType, body) };
      file.append({ ...checkpoint, sig });
      seq += 1;
    },
    close: file.close,
  };
}

function recordFiles(folder: string): Checkpoint["files"] {
  const files: Record<string, Checkpoint["files"][string]> = {};
  for (const path of bundlePaths(folder)) {
    const full = join(folder, path);
    if (!path.endsWith(".ndjson") || path === "checkpoints.ndjson" || !existsSync(full)) continue;
    const lines = wholeLines(readFileSync(full, "utf8"));
    const { records, chainHead, merkleRoot } = manifestEntry(lines.map((line) => `${line}\n`).join(""));
    files[path] = { records, chainHead, merkleRoot };
  }
  return files;
}
