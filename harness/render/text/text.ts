// A sentence as marked pieces, so that HTML, Markdown and plain text are three printings of one thing. Authored words are
// bare strings and hold no figures; each figure is a mark that says where it comes from.
import type { Claim } from "../../claims/types.ts";

export type ClaimField =
  | "value"
  | "threshold"
  | "n"
  | "over"
  | "censored"
  | "dropped"
  | "excluded"
  | "clusters"
  | "attempt"
  | "confPpm"
  | "need"
  | "more";

export type Mark =
  | {
      readonly kind: "claim";
      readonly claim: Claim;
      readonly field: ClaimField;
      readonly raw: number;
      readonly text: string;
    }
  | { readonly kind: "fact"; readonly fact: string; readonly raw: string | number; readonly text: string }
  /** Recorded text, printed as it was recorded: notes, reasons, expected and observed values. */
  | { readonly kind: "quoted"; readonly text: string }
  /** Ids, digests, versions, paths and commands. */
  | { readonly kind: "id"; readonly text: string }
  | { readonly kind: "time"; readonly iso: string }
  | { readonly kind: "strong"; readonly text: string };

export type Piece = string | Mark;
export type Text = readonly Piece[];

export function fact(name: string, raw: string | number, text: string): Mark {
  return { kind: "fact", fact: name, raw, text };
}

export function quoted(text: string): Mark {
  return { kind: "quoted", text };
}

/** Words of the plan or the benchmark, which hold no figure as a rule; one that does is printed as recorded text. */
export function worded(text: string): Piece {
  return /\p{Nd}/u.test(text) ? quoted(text) : text;
}

export function id(text: string): Mark {
  return { kind: "id", text };
}

export function time(iso: string): Mark {
  return { kind: "time", iso };
}

export function strong(text: string): Mark {
  return { kind: "strong", text };
}

/** "2026-11-22 00:41:07 UTC": the seconds of an ISO stamp, no locale. */
export function formatTime(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;
}

export function plainText(text: Text): string {
  return text.map((piece) => plainPiece(piece)).join("");
}

function plainPiece(piece: Piece): string {
  if (typeof piece === "string") return piece;
  return piece.kind === "time" ? formatTime(piece.iso) : piece.text;
}
