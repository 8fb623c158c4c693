// What a decided part rests on. Both ends digest it, so that an answer is bound to the very bars, in their order, and to the
// very question.
import { canonicalJson } from "./json.ts";
import type { Bars, Part } from "./part-frames.ts";

/** The text behind a tape's digest once these bars are on it; `before` is its digest until then, "" for a new tape. */
export function tapeText(before: string, { from, t, open, high, low, close, volume }: Bars): string {
  return canonicalJson({ before, from, t, open, high, low, close, volume });
}

/** The text behind `inputsSha256`; `digests` are those of the part's tapes, in order. */
export function partInputsText({ strategy, params, from, to, holding }: Part, digests: readonly string[]): string {
  return canonicalJson({ digests, strategy, params, from, to, holding });
}
