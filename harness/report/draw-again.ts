// The reports of a closed run, drawn again from its evidence. What the run wrote itself comes out byte for byte; a badge that
// has expired since, or a sign-off that was added, differs and is said to.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { unwritable } from "../../src/host/durable-file.ts";
import { sha256 } from "../evidence/chain.ts";
import { refuseSecrets } from "../evidence/secrets.ts";
import { renderReports } from "../render/render-reports.ts";
import { readBundle } from "./read-bundle.ts";
import { runDocumentOf } from "./run-document-of.ts";
import { readSignOffs } from "./sign-offs.ts";

/** Endings of the files, by what people call them. */
const formats = {
  html: [".html"],
  markdown: ["report.md", "certification.md", "performance.md", "swarm.md"],
  junit: ["junit.xml"],
  ctrf: ["ctrf.json"],
  sarif: [".sarif"],
  summary: ["summary.md"],
  json: ["results.json"],
  badge: ["badge.json", "badge.svg"],
} as const;
export type ReportFormat = keyof typeof formats;

export interface DrawnFile {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
  /** Against the manifest: the bytes the run wrote, other bytes, or a file that the run did not write. */
  readonly state: "identical" | "differs" | "added";
  readonly written: boolean;
}

export interface DrawnReports {
  readonly runId: string;
  readonly verdict: string;
  readonly expired: boolean;
  readonly folder: string;
  readonly files: readonly DrawnFile[];
  readonly remarks: readonly string[];
}

export interface DrawRequest {
  /** Folder of the run. */
  readonly folder: string;
  /** Where to write; null writes only what the run folder had and lost, so that its manifest stays true. */
  readonly out: string | null;
  /** None: every format. */
  readonly formats: readonly ReportFormat[];
}

/** Throws `evidence.missing`, `evidence.invalid`, `state.unwritable`. */
export function drawAgain({ folder, out, formats: wanted }: DrawRequest, nowMs: number): DrawnReports {
  const bundle = readBundle(folder);
  const { signOffs, refused } = readSignOffs(folder, bundle.manifestSha256, nowMs);
  const document = { ...runDocumentOf(bundle, bundle.manifestSha256), signOffs };
  const { run, verdict } = document;
  const files = Object.entries(renderReports(document, nowMs))
    .filter(
      ([name]) => wanted.length === 0 || wanted.some((format) => formats[format].some((end) => name.endsWith(end))),
    )
    .map(([name, text]): DrawnFile => {
      refuseSecrets(text, name);
      const digest = sha256(text).toString("hex");
      const listed = bundle.manifest.reports[name]?.sha256;
      const state = listed === undefined ? "added" : listed === digest ? "identical" : "differs";
      const written = write(text, { folder, out, name, isTrue: state === "identical" });
      return { name, bytes: Buffer.byteLength(text), sha256: digest, state, written };
    });
  const expired = run.expiresAt !== null && nowMs >= Date.parse(run.expiresAt);
  return { runId: run.id, verdict, expired, folder: out ?? folder, files, remarks: refused };
}

interface Place {
  readonly folder: string;
  readonly out: string | null;
  readonly name: string;
  readonly isTrue: boolean;
}

function write(text: string, { folder, out, name, isTrue }: Place): boolean {
  const path = join(out ?? folder, name);
  if (out === null && (!isTrue || holds(path, text))) return false;
  try {
    mkdirSync(out ?? folder, { recursive: true });
    writeFileSync(path, text, { mode: 0o600 });
    return true;
  } catch (cause) {
    throw unwritable(path, cause);
  }
}

function holds(path: string, text: string): boolean {
  try {
    return readFileSync(path, "utf8") === text;
  } catch {
    return false;
  }
}
