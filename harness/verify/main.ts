// `node dist/harness/verify/main.js <folder> [--json] [--integrity-only]`: verification in a process of its own, for people
// and for pipelines. Exits with the code of the re-derived verdict, 7 with the place of the first contradiction, 5 without
// a bundle, 2 for wrong usage. `--integrity-only` exits 0 or 7.
// A file instead of a folder is a quorum certificate or a proof of equivocation: 0 when it holds, 7 when not.
import { statSync } from "node:fs";
import { verifyAgreementFile, type AgreementCheck } from "./quorum-certificate.ts";
import { verifyFolder, type Verification } from "./verify.ts";

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

function main(args: readonly string[]): number {
  const [folder, ...more] = args.filter((arg) => !arg.startsWith("--"));
  const options = args.filter((arg) => arg.startsWith("--"));
  const unknown = options.find((option) => option !== "--json" && option !== "--integrity-only");
  if (folder === undefined || more.length > 0 || unknown !== undefined) {
    process.stderr.write("Usage: verify <folder or certificate> [--json] [--integrity-only]\n");
    return 2;
  }
  const isFile = statSync(folder, { throwIfNoEntry: false })?.isFile() === true;
  const result = isFile ? verifyAgreementFile(folder) : verifyFolder(folder);
  const integrity = options.includes("--integrity-only") && result.exitCode !== 5;
  const exitCode = integrity ? (result.verified ? 0 : 7) : result.exitCode;
  const text = options.includes("--json")
    ? JSON.stringify({ ...result, exitCode })
    : sentence(result, isFile).join("\n");
  process.stdout.write(`${text}\n`);
  return exitCode;
}

process.exitCode = main(process.argv.slice(2));
