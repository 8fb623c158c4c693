// Credentials printed in clear, in prose and in code. A credential is never quoted, not even in part: a finding holds its
// place and its length.
import type { ReadReport } from "../extract/read-report.ts";
import { mostStatements } from "../limits.ts";
import type { Finding } from "../model.ts";

export const secretLint = "secret-scan";

const credentials: readonly RegExp[] = [
  /\b(?:sk|pk|rk)[-_](?:live|test|ant|proj)?[-_]?[A-Za-z0-9_-]{16,}\b/,
  /\be2b_[0-9a-f]{16,}\b/i,
  /\b(?:ghp|gho|ghs|ghu|github_pat)_[A-Za-z0-9_]{20,}\b/,
  /\bAKIA[0-9A-Z]{16}\b/,
  /\bxox[abp]-[A-Za-z0-9-]{10,}\b/,
  /\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{5,}/,
  /-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----/,
  /\b(?:api[_ -]?key|secret|token|password|passwd|access[_ -]?key)\b["'`\s]*[:=|]["'`\s|\uE000]*(?=[A-Za-z+/_-]*\d)(?=[\d+/_-]*[A-Za-z])(?![a-z]+(?:-[a-z0-9]+)*\b(?![A-Z0-9+/_]))[A-Za-z0-9+/_-]{20,}/i,
];
const masked = /[*•x…]{4,}|\.{3}|redacted|masked|<[^<>]+>|\$\{|your[_-]|example|placeholder|process\.env/i;

/** A credential in clear. It is never quoted: the finding holds its place and its length. */
export function secretFindings(report: ReadReport): readonly Finding[] {
  const lines = [
    ...report.sentences.map(({ text, line }) => ({ text, line })),
    ...report.codes.flatMap((code) =>
      code.lines.map((text, at) => ({ text: text.slice(0, 2000), line: code.line + at })),
    ),
  ];
  return lines
    .flatMap(({ text, line }) => {
      const found = credentials.map((pattern) => pattern.exec(text)?.[0]).find((value) => value !== undefined);
      if (found === undefined || masked.test(found)) return [];
      return [
        {
          outcome: "contradicted" as const,
          quantity: null,
          line,
          text: `[${found.length} characters]`,
          sentence: "[a line with a credential, not quoted]",
          because: "a credential stands here in clear; evidence with a secret in it is refused",
          operands: [],
        },
      ];
    })
    .slice(0, mostStatements);
}

/** The text with whatever is shaped like a credential taken out. */
export function redacted(text: string): string {
  return credentials.reduce(
    (left, pattern) => left.replaceAll(new RegExp(pattern.source, `${pattern.flags}g`), "[redacted]"),
    text,
  );
}
