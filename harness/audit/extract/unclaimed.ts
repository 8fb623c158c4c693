// Figures that state nothing about what was seen: limits, settings and names. They are listed with their reason and never
// graded; a limit that is ticked as met is judged by its own lint.
import type { Quantity, Sentence, Table } from "../model.ts";

const naming =
  /\b(?:version|node|node\.js|python|ubuntu|debian|kernel|port|rfc|http|issue|pr|line|lines|section|chapter|step|phase|table|figure|fig\.?|appendix|page|part|item|seed|pid|week|month|quarter|day|year|sprint|level|revision|release|build|layer|suite|test|check|claim|adr|sla|slo|agent|worker|shard|run|attempt|trial|round|scenario|option|priority|tier|grade|exit(?: code)?|code|status|release|copyright|©|no\.|nr\.|id|january|february|march|april|may|june|july|august|september|october|november|december) $/i;
const limitHead =
  /\b(?:limit|target|sla|slo|threshold|goal|budget|timeout|expected|planned|allowed|required|needs?|confidence)\b/i;
const settingBefore =
  /\b(?:limit|target|threshold|goal|budget|timeout|deadline|quota|cap|sla|slo|confidence|ttl)(?: (?:of|is|was|at|set to))?:? ?[<>≤≥=]* ?[$€£]?$/i;
const settingAfter = /^ ?(?:limit|target|threshold|goal|budget|timeout|deadline|quota|cap|sla|slo|confidence|ttl)\b/i;

export function unclaimedReason(
  quantity: Quantity,
  { sentence, table }: { readonly sentence: Sentence; readonly table: Table | undefined },
): string | null {
  const before = sentence.text.slice(Math.max(0, quantity.at - 40), quantity.at);
  const after = sentence.text.slice(quantity.end, quantity.end + 40);
  const bare = quantity.base === "plain" && quantity.unit === "";
  if (sentence.kind === "heading" && quantity.at === 0 && bare) return "the number of a heading";
  if (quantity.cell !== null && table !== undefined) {
    const head = table.head[quantity.cell.column] ?? "";
    if (limitHead.test(head) && !/\b(?:within|met|vs|actual|measured)\b/i.test(head)) return "a limit or a plan";
    if (/^(?:#|no\.?|nr\.?|id|step|index|seed|port|version|line|week|year|phase)$/i.test(head.trim()))
      return "names a thing";
  }
  if (quantity.bound !== null && quantity.cell === null && sentence.tick === null && /[<>≤≥=] ?[$€£]?$/.test(before))
    return "a limit or a plan";
  if (settingBefore.test(before) || settingAfter.test(after)) return "a limit or a plan";
  if (bare && naming.test(before) && !/^ ?(?:of|\/|out of) ?\d/.test(after)) return "names a thing";
  if (bare && quantity.cell === null && /^(?:19|20)\d{2}$/.test(quantity.digits)) return "a year";
  return null;
}
