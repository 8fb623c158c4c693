// `node dist/harness/verify/main.js <folder> [--json] [--integrity-only] [--trust keys.json] [--challenge nonce]`: verification
// in a process of its own, for people and for pipelines. Exits with the code of the re-derived verdict, 7 with the place of the
// first contradiction, 5 without a bundle, 2 for wrong usage. `--integrity-only` exits 0 or 7; `--challenge` alone gives a nonce.
// A file instead of a folder is a quorum certificate or a proof of equivocation: 0 when it holds, 7 when not.
import { randomBytes } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { verifyAgreementFile, type AgreementCheck } from "./quorum-certificate.ts";
import { keysOf } from "./signatures.ts";
import { verifyFolder, type Verification, type VerifyOptions } from "./verify.ts";

function sentence(result: Verification | AgreementCheck, isFile: boolean): readonly string[] {
  const lines = [
    ...result.checked.map((line) => `checked   ${line}`),
    ...result.remarks.map((line) => `note      ${line}`),
    ...result.problems.map(({ file, place, claim, problem }) => {
      const at = [file, place ?? "", claim === null ? "" : `(${claim})`].filter((part) => part !== "").join(" ");
      return `problem   ${at}: ${problem}`;
    }),
  ];
  if (result.verdict === null && !isFile) return [...lines, "No evidence bundle here."];
  const end = result.verified ? `VERIFIED  ${result.verdict ?? ""}`.trimEnd() : "DOES NOT VERIFY";
  return [...lines, end];
}

interface Command {
  readonly folder: string | null;
  readonly json: boolean;
  readonly integrity: boolean;
  readonly options: VerifyOptions;
  /** `--challenge` without a folder: give out a nonce. */
  readonly ask: boolean;
}

const usage =
  "Usage: verify <folder or certificate> [--json] [--integrity-only] [--offline] [--trust keys.json] [--challenge nonce]\n" +
  "       verify --challenge";

/** Throws an Error that says what is wrong with the words. `--offline` is accepted: no step here opens a connection. */
function readCommand(args: readonly string[]): Command {
  const flags = new Set<string>();
  const folders: string[] = [];
  let options: VerifyOptions = {};
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at] ?? "";
    const next = args[at + 1];
    if (word === "--trust" && next !== undefined) {
      options = { ...options, trusted: trustedIn(next) };
      at += 1;
    } else if (word === "--challenge" && next !== undefined && !next.startsWith("-")) {
      options = { ...options, challenge: next };
      at += 1;
    } else if (["--json", "--integrity-only", "--offline", "--challenge"].includes(word)) flags.add(word);
    else if (word.startsWith("-")) throw new Error(usage);
    else folders.push(word);
  }
  const ask = flags.has("--challenge") && folders.length === 0;
  if (!ask && (folders.length !== 1 || flags.has("--challenge"))) throw new Error(usage);
  const folder = folders[0] ?? null;
  return { folder, json: flags.has("--json"), integrity: flags.has("--integrity-only"), options, ask };
}

/** Key ids of a keys/1 file that the reader keeps: `{"keys":{"SHA256:…":"<base64 SPKI>"},"schema":"keys/1"}`. */
function trustedIn(path: string): ReadonlySet<string> {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, "utf8"));
  } catch {
    // Neither what the file holds nor why it cannot be read: a client of a server may name any path.
    throw new Error(`Cannot trust the keys in ${path}: it is no file of JSON that can be read`);
  }
  const problems: string[] = [];
  const keys = new Set(keysOf(value, (problem) => problems.push(problem)).keys());
  if (problems.length > 0 || keys.size === 0) {
    throw new Error(`Cannot trust the keys in ${path}: ${problems[0] ?? "it holds none"}`);
  }
  return keys;
}

function main(args: readonly string[]): number {
  let command: Command;
  try {
    command = readCommand(args);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 2;
  }
  const { folder, options } = command;
  if (folder === null) {
    process.stdout.write(`${randomBytes(16).toString("hex")}\n`);
    return 0;
  }
  const isFile = statSync(folder, { throwIfNoEntry: false })?.isFile() === true;
  const result = isFile ? verifyAgreementFile(folder) : verifyFolder(folder, options);
  const integrity = command.integrity && result.exitCode !== 5;
  const exitCode = integrity ? (result.verified ? 0 : 7) : result.exitCode;
  const text = command.json ? JSON.stringify({ ...result, exitCode }) : sentence(result, isFile).join("\n");
  process.stdout.write(`${text}\n`);
  return exitCode;
}

process.exitCode = main(process.argv.slice(2));
