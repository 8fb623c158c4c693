// Whole pages: the dashboard, readable before and without its script, and the page that asks for a token.
import type { Board } from "../../backend/live/board.ts";
import { text } from "./html.ts";
import { sectionsOf, sectionTitles, swarmsTable } from "./sections.ts";

export interface DashboardView {
  readonly boards: readonly Board[];
  /** The one in full; null when there is none. */
  readonly shown: Board | null;
  /** True where a session can be ended. */
  readonly hasSession: boolean;
}

export function dashboard({ boards, shown, hasSession }: DashboardView): string {
  const id = shown?.status.swarmId ?? null;
  const sections = shown === null ? null : sectionsOf(shown);
  const body =
    sections === null
      ? `<p class="none">This record knows no swarm. Start one: <code>e2b-swarm swarm init --topology star</code></p>`
      : `<h2 id="shown">${text(id ?? "")}</h2><div class="grid">${sectionTitles
          .map(
            ([name, title]) =>
              `<section aria-labelledby="title-${name}"><h3 id="title-${name}">${title}</h3><div id="${name}"${name === "status" ? ' aria-live="polite"' : ""}>${sections[name]}</div></section>`,
          )
          .join("")}</div>`;
  const leave = hasSession ? `<form method="post" action="/logout"><button>Log out</button></form>` : "";
  return document(
    "Swarms",
    `<header><h1>e2b-swarm</h1><p id="link" role="status" aria-live="polite">Shown as it was when the page came</p>${leave}</header><main${id === null ? "" : ` data-swarm="${text(id)}"`}><section aria-labelledby="title-swarms"><h2 id="title-swarms">Swarms</h2><div id="swarms">${swarmsTable(boards, id)}</div></section>${body}</main>`,
    `<script type="module" src="/app.js"></script>`,
  );
}

export function loginPage(problem: string | null): string {
  const said = problem === null ? "" : `<p role="alert">${text(problem)}</p>`;
  return document(
    "Log in",
    `<main class="login"><h1>e2b-swarm</h1>${said}<form method="post" action="/login"><label for="token">Access token</label><input id="token" name="token" type="password" required autocomplete="current-password"><button>Log in</button></form></main>`,
    "",
  );
}

function document(title: string, body: string, end: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><title>${text(title)} – e2b-swarm</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/app.css"></head><body>${body}${end}</body></html>
`;
}
