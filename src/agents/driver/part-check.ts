// A decided part from inside a sandbox is hostile as every frame is: it must be the part that was asked for, no bar more or
// less, rest on the bars that were shown, be in order, and be signed.
import { createHash, verify, type KeyObject } from "node:crypto";
import { canonicalJson } from "../../contracts/json.ts";
import type { Bars, Decided, Decisions, Part } from "../../contracts/part-frames.ts";
import { partInputsText, tapeText } from "../../contracts/part-inputs.ts";
import { badFrame } from "./frame-check.ts";

/** A part that was asked for, and the digest of what it must rest on. */
export interface AskedPart {
  readonly part: Part;
  readonly inputsSha256: string;
}

export interface ShownTapes {
  /** Keeps the digest of what was shown. */
  show(bars: Bars): void;
  ask(part: Part): AskedPart;
}

export function openShownTapes(): ShownTapes {
  const digests = new Map<number, string>();
  return {
    show(bars) {
      digests.set(bars.tape, sha256(tapeText(bars.from === 0 ? "" : (digests.get(bars.tape) ?? ""), bars)));
    },
    ask(part) {
      const shown = Array.from({ length: part.tapes }, (_, tape) => digests.get(tape) ?? "");
      return { part, inputsSha256: sha256(partInputsText(part, shown)) };
    },
  };
}

/** Throws `agent.frame`. */
export function checkDecisions(
  answer: Decisions,
  { part, inputsSha256 }: AskedPart,
  agentId: string,
  key: KeyObject,
): void {
  const told = answer.part;
  const { taskId, strategy, from, to } = part;
  for (const [field, value] of Object.entries({ agentId, taskId, strategy, from, to })) {
    if (Reflect.get(told, field) !== value) throw badFrame(`decides a part with another ${field} than ${value}`);
  }
  if (told.inputsSha256 !== inputsSha256) throw badFrame("decides on other bars than it was shown");
  if (!inOrder(told.decided, part)) throw badFrame("decides bars twice, out of order or outside of its part");
  const { ordered } = told;
  if (ordered !== null && !isInside(ordered.bar, part)) throw badFrame("orders on a bar outside of its part");
  if (ordered?.changes.some(({ symbol }) => symbol >= part.tapes))
    throw badFrame("orders a symbol that it was not shown");
  if (part.holding === undefined ? ordered !== null : told.decided.length > 0) {
    throw badFrame("decides in another way than it was asked");
  }
  const text = Buffer.from(canonicalJson(told));
  if (!verify(null, text, key, Buffer.from(answer.signature, "base64"))) throw badFrame("is not signed by the agent");
}

function inOrder(decided: readonly Decided[], part: Part): boolean {
  return decided.every((one, place) => {
    const before = decided[place - 1];
    if (!isInside(one.bar, part)) return false;
    return before === undefined || before.bar < one.bar || (before.bar === one.bar && before.side < one.side);
  });
}

function isInside(bar: number, { from, to }: Part): boolean {
  return bar >= from && bar < to;
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
