// The pictures of a swarm as SVG: its topology from the list of edges, and minutes as a line. No figure is in a picture alone.
import type { Board } from "../../backend/live/board.ts";
import { state, text } from "./html.ts";

const [width, height, dot] = [360, 260, 9];

/** Members on a circle; whoever is joined with everybody, or first, is in the middle of a star. */
export function topologyPicture({ edges, status }: Board): string {
  const states = new Map((status.agents ?? []).map(({ agentId, status: word }) => [agentId, word]));
  const members = ["coordinator", ...states.keys()];
  const at = placesOf(members, status.topology);
  const lines = edges.flatMap(([a, b]) => {
    const [from, to] = [at.get(a), at.get(b)];
    return from === undefined || to === undefined
      ? []
      : [`<line x1="${from.x}" y1="${from.y}" x2="${to.x}" y2="${to.y}"/>`];
  });
  const dots = members.flatMap((member) => {
    const place = at.get(member);
    if (place === undefined) return [];
    const word = states.get(member) ?? (status.leader === null ? "offline" : "ready");
    const name = `<title>${text(member)}: ${text(word)}</title>`;
    const label =
      members.length > 24
        ? ""
        : `<text x="${Math.min(Math.max(place.x, 36), width - 36)}" y="${place.y + dot + 12}">${text(shortName(member))}</text>`;
    return [`<g class="dot ${text(word)}">${name}<circle cx="${place.x}" cy="${place.y}" r="${dot}"/>${label}</g>`];
  });
  const title = `${status.topology}: ${members.length} members, ${edges.length} edges`;
  const list = edges.map(([a, b]) => `<li>${text(a)} – ${text(b)}</li>`).join("");
  return `<figure><svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${text(title)}"><g class="edges">${lines.join("")}</g>${dots.join("")}</svg><figcaption>${text(title)}; coordinator ${state(status.leader === null ? "offline" : "ready")}</figcaption></figure>${edges.length === 0 ? "" : `<details id="edge-list"><summary>Edges in words</summary><ul>${list}</ul></details>`}`;
}

type Place = { readonly x: number; readonly y: number };

function placesOf(members: readonly string[], topology: string): ReadonlyMap<string, Place> {
  const [cx, cy] = [width / 2, height / 2 - 6];
  const [hub = "", ...others] = members;
  if (topology === "hierarchical") return treeOf(members);
  const around = topology === "star" ? others : members;
  const places = around.map((member, at): [string, Place] => {
    const angle = (2 * Math.PI * at) / Math.max(around.length, 1) - Math.PI / 2;
    return [member, { x: round(cx + 140 * Math.cos(angle)), y: round(cy + 95 * Math.sin(angle)) }];
  });
  return new Map(topology === "star" ? [[hub, { x: cx, y: cy }], ...places] : places);
}

/** Level by level, as the edges of two children each are built. */
function treeOf(members: readonly string[]): ReadonlyMap<string, Place> {
  const depth = Math.max(1, Math.floor(Math.log2(Math.max(members.length, 1))));
  return new Map(
    members.map((member, at): [string, Place] => {
      const level = Math.floor(Math.log2(at + 1));
      const first = 2 ** level - 1;
      const x = (width * (at - first + 0.5)) / 2 ** level;
      return [member, { x: round(x), y: round(24 + (level * (height - 60)) / depth) }];
    }),
  );
}

function shortName(member: string): string {
  return member.length > 14 ? `…${member.slice(-12)}` : member;
}

/** One value per minute, the oldest first; empty of fewer than two. */
export function sparkline(title: string, values: readonly number[]): string {
  if (values.length < 2) return "";
  const most = Math.max(...values, Number.MIN_VALUE);
  const step = 240 / (values.length - 1);
  const points = values.map((value, at) => `${round(at * step)},${round(44 - (40 * value) / most)}`);
  return `<figure class="spark"><svg viewBox="-3 -3 246 52" role="img" aria-label="${text(title)}"><polyline points="${points.join(" ")}"/></svg><figcaption>${text(title)}</figcaption></figure>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
