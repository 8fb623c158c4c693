// Text as markup: everything that is put into a page passes `text`.

export function text(value: string | number): string {
  return String(value)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

export interface Column {
  readonly title: string;
  readonly numeric?: boolean;
}

/** Cells are markup. The first column heads its row. */
export function table(caption: string, columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return `<p class="none">None.</p>`;
  const heads = columns.map(
    ({ title, numeric }) => `<th scope="col"${numeric === true ? ' class="n"' : ""}>${text(title)}</th>`,
  );
  const body = rows.map((cells) => `<tr>${cells.map((cell, at) => cellOf(cell, at, columns[at])).join("")}</tr>`);
  return `<div class="scroll" tabindex="0" role="region" aria-label="${text(caption)}"><table><caption>${text(caption)}</caption><thead><tr>${heads.join("")}</tr></thead><tbody>${body.join("")}</tbody></table></div>`;
}

function cellOf(cell: string, at: number, column: Column | undefined): string {
  if (at === 0) return `<th scope="row">${cell}</th>`;
  return `<td${column?.numeric === true ? ' class="n"' : ""}>${cell}</td>`;
}

const signs: Readonly<Record<string, string>> = {
  active: "●",
  ready: "●",
  healthy: "●",
  busy: "◐",
  initializing: "◌",
  draining: "◌",
  degraded: "▲",
  error: "✕",
  offline: "✕",
  critical: "✕",
  stopped: "■",
};

/** A state as a word with a sign; never by colour alone. */
export function state(word: string): string {
  return `<span class="state ${text(word)}"><span aria-hidden="true">${signs[word] ?? "·"}</span> ${text(word)}</span>`;
}

export function dollars(microUsd: number): string {
  return `${microUsd < 0 ? "−" : ""}$${(Math.abs(microUsd) / 1e6).toFixed(4)}`;
}

export function milliseconds(ms: number | null): string {
  if (ms === null) return "–";
  return ms < 10_000 ? `${ms.toFixed(ms < 100 ? 1 : 0)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}

export function span(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  return seconds < 7_200 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3_600).toFixed(1)} h`;
}

/** In UTC, to the second. */
export function moment(ms: number): string {
  const iso = new Date(ms).toISOString();
  return `<time datetime="${iso}">${iso.slice(11, 19)}</time>`;
}
