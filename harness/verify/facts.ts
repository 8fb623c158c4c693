// What the verifier hands from room to room: problems with their place, and small readers for values it does not trust.
export interface Problem {
  /** Path below the verified folder. */
  readonly file: string;
  /** 1-based line or a field name; null when the whole file is meant. */
  readonly place: string | null;
  readonly claim: string | null;
  readonly problem: string;
}

export type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {};
}

export function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** A whole number of at least 0, or null. */
export function wholeOf(value: unknown): number | null {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : null;
}

export interface Notebook {
  readonly problems: Problem[];
  readonly checked: string[];
  readonly blame: (file: string, problem: string, at?: { readonly place?: string; readonly claim?: string }) => void;
  readonly tick: (sentence: string) => void;
}

/** Most problems that are kept: a bundle that is all wrong needs no longer list. */
export const mostProblems = 200;
const mostPerFile = 20;

export function openNotebook(): Notebook {
  const problems: Problem[] = [];
  const checked: string[] = [];
  return {
    problems,
    checked,
    blame: (file, problem, at = {}) => {
      const inFile = problems.filter((one) => one.file === file).length;
      if (problems.length >= mostProblems || inFile >= mostPerFile) return;
      problems.push({ file, place: at.place ?? null, claim: at.claim ?? null, problem });
    },
    tick: (sentence) => checked.push(sentence),
  };
}
