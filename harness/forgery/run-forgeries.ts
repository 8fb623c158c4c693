// Every forgery on a copy of one bundle, each held against a verifier. Law: the unforged copy verifies, each forgery is caught by
// the file and the words it names, and a forgery that this bundle gives no room for says so instead of counting as caught.
import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSigner, type Signer } from "../evidence/sign.ts";
import { verifyFolder } from "../verify/verify.ts";
import { NotApplicable, openCopy } from "./copy.ts";
import { documentForgeries } from "./document-forgeries.ts";
import { eventForgeries } from "./event-forgeries.ts";
import type { Forgery } from "./forgery.ts";
import { marksOf, type Marks } from "./marks.ts";
import { recordForgeries } from "./record-forgeries.ts";
import { exchangeForgeries } from "./exchange-forgeries.ts";
import { reportForgeries } from "./report-forgeries.ts";
import { reseal } from "./reseal.ts";
import { signatureForgeries } from "./signature-forgeries.ts";

export const forgeries: readonly Forgery[] = [
  ...recordForgeries,
  ...eventForgeries,
  ...documentForgeries,
  ...signatureForgeries,
  ...reportForgeries,
  ...exchangeForgeries,
];

export interface Verdict {
  readonly exitCode: number;
  readonly problems: readonly { readonly file: string; readonly problem: string }[];
}

/** Verifies many folders, trusting the keys of one keys.json. */
export type Verifier = (folders: readonly string[], trustedKeys: string) => readonly Verdict[];

export interface Caught {
  readonly id: string;
  /** Null: the bundle holds nothing that this forgery could change. */
  readonly caught: boolean | null;
  /** The blame that it names, or what happened instead. */
  readonly by: string;
}

export interface ForgeryRun {
  readonly results: readonly Caught[];
  /** Why the unforged copy does not verify; empty when it does. */
  readonly control: string;
}

const typescriptVerifier: Verifier = (folders, trustedKeys) => {
  const { keys } = JSON.parse(openCopy(trustedKeys).read("keys.json"));
  return folders.map((folder) => verifyFolder(folder, { trusted: new Set(Object.keys(keys)) }));
};

/** `chosen`: ids, default all. The folder is copied, never changed. */
export function runForgeries(
  bundleFolder: string,
  options: { readonly verifier?: Verifier; readonly chosen?: readonly string[] } = {},
): ForgeryRun {
  const { verifier = typescriptVerifier, chosen = forgeries.map(({ id }) => id) } = options;
  const scratch = mkdtempSync(join(tmpdir(), "forgeries-"));
  try {
    const signers = {
      owner: openSigner(join(scratch, "owner.pem")),
      stranger: openSigner(join(scratch, "stranger.pem")),
    };
    const base = join(scratch, "base", "report");
    cpSync(bundleFolder, base, { recursive: true });
    // The machine's own key does not travel with a bundle, so the honest copy gets one that we hold.
    reseal(openCopy(base), { signer: signers.owner, judge: false });
    const marks = marksOf(openCopy(base));
    const [control] = verifier([base], join(base, "evidence"));
    if (control === undefined || control.exitCode === 7) {
      return {
        results: [],
        control: control?.problems.map(({ file, problem }) => `${file}: ${problem}`).join("; ") ?? "",
      };
    }
    const wanted = forgeries.filter(({ id }) => chosen.includes(id));
    const results = wanted.map((forgery) => tryOne(forgery, { scratch, base, marks, signers, verifier }));
    return { results, control: "" };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

interface Bench {
  readonly scratch: string;
  readonly base: string;
  readonly marks: Marks;
  readonly signers: { readonly owner: Signer; readonly stranger: Signer };
  readonly verifier: Verifier;
}

function tryOne(forgery: Forgery, { scratch, base, marks, signers, verifier }: Bench): Caught {
  const { id } = forgery;
  const place = join(scratch, id);
  const folder = join(place, "report");
  mkdirSync(place);
  cpSync(base, folder, { recursive: true });
  const bundle = openCopy(folder);
  try {
    forgery.forge({ bundle, marks, ...signers });
    if (forgery.seal !== "none") {
      const signer = forgery.seal === "stranger" ? signers.stranger : signers.owner;
      const judge = forgery.seal !== "owner";
      reseal(bundle, { signer, judge, ...(forgery.keep === undefined ? {} : { keep: forgery.keep }) });
    }
    return judged(id, forgery.by(marks), verifier([folder], join(base, "evidence"))[0]);
  } catch (error) {
    if (error instanceof NotApplicable) return { id, caught: null, by: error.message };
    throw error;
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

function judged(id: string, by: ReturnType<Forgery["by"]>, verdict: Verdict | undefined): Caught {
  if (verdict === undefined || verdict.exitCode !== 7) {
    return { id, caught: false, by: `it verified with exit code ${verdict?.exitCode ?? "none"}` };
  }
  const blame = verdict.problems.find(
    ({ file, problem }) => (by.file === "anywhere" || file === by.file) && problem.includes(by.says),
  );
  if (blame !== undefined) return { id, caught: true, by: `${blame.file}: ${blame.problem}` };
  const others = verdict.problems.slice(0, 3).map(({ file, problem }) => `${file}: ${problem}`);
  return { id, caught: false, by: `wanted ${by.file} "${by.says}", got ${others.join("; ")}` };
}
