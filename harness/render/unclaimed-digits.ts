// The digits lint: a figure on the page that no claim, no recorded fact and no recorded text stands behind. Reads the
// finished HTML, so that it also sees what a template or a later hand put there.

/** Names that hold a figure and say nothing about a measurement. */
const names =
  /\bE2B(?:'s)?\b|\be2b(?:-swarm)?\b|\bSHA-256\b|\bEd25519\b|\bRFC 8785\b|\bP(?:50|75|90|95|99)(?:\.9)?\b|\bA[0-4]\b/g;
/** Elements whose figures are accounted for: claims, facts, recorded text, ids and dates. */
const accounted = [
  /<data class="(?:claim|fact)" value="[^"]*" data-[^>]*>[^<]*<\/data>/g,
  /<span class="quoted">[^<]*<\/span>/g,
  /<code>[^<]*<\/code>/g,
  /<time datetime="[^"]*">[^<]*<\/time>/g,
  /<svg class="chart [^"]*"[^>]*>[^]*?<\/svg>/g,
  /<style>[^]*?<\/style>/g,
];
const readAloud = /\s(?:aria-label|title|alt|placeholder)="([^"]*)"/g;

/** The text around each digit that nothing stands behind; empty for a clean page. */
export function unclaimedDigits(html: string): readonly string[] {
  const rest = accounted.reduce((text, pattern) => text.replace(pattern, " "), html);
  const labels = [...rest.matchAll(readAloud)].map((match) => match[1] ?? "");
  const visible = rest.replace(/<[^>]*>/g, "\n").split("\n");
  return [...visible, ...labels]
    .map((line) => line.replace(names, " ").trim())
    .filter((line) => /\p{Nd}/u.test(line) || /&#/.test(line));
}
