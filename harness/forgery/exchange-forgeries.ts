// Lies in the reports that other tools read, and in the pages after the first: signed again by the machine's own key, so that
// only what they say is wrong.
import { NotApplicable } from "./copy.ts";
import { blamed, forgery, type Forgery } from "./forgery.ts";

function told(id: string, file: string, says: string, [from, to]: readonly [RegExp, string]): Forgery {
  return forgery(`exchange.${id}`, "owner", blamed(file, says), ({ bundle }) => {
    if (!bundle.paths().includes(file)) throw new NotApplicable(`there is no ${file}`);
    bundle.edit(file, from, to);
  });
}

export const exchangeForgeries: readonly Forgery[] = [
  told("ctrf-status", "ctrf.json", "its verdict asks for", [/"status":\s*"(?:failed|other)"/, '"status":"passed"']),
  told("ctrf-count", "ctrf.json", "the evidence says", [/"failed":\s*\d+/, '"failed":77']),
  told("ctrf-verdict", "ctrf.json", "the evidence says", [
    /"verdict":\s*"(?:INCOMPLETE|REFUSED|CONDITIONAL)"/,
    '"verdict":"CERTIFIED"',
  ]),
  told("sarif-verdict", "results.sarif", "the evidence says", [
    /"verdict":\s*"(?:INCOMPLETE|REFUSED|CONDITIONAL)"/,
    '"verdict":"CERTIFIED"',
  ]),
  told("sarif-figure", "results.sarif", "differs from claims.json", [/"n":\s*\d+/, '"n":98765']),
  told("summary-case", "summary.md", "not the gating claims", [/\n\| [^\n]*`c-[^\n]*/, ""]),
  told("page-prose", "performance.md", "which the page does not print", [/\n\n## /, "\n\nIt took 98,765 s.\n\n## "]),
];
