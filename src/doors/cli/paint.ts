// Colour only where a person looks: never off-TTY unless FORCE_COLOR asks, never with NO_COLOR, TERM=dumb or --no-color.
import pc from "picocolors";
import type { Env } from "../../host/env.ts";
import type { Page } from "./world.ts";

export type Paint = ReturnType<typeof pc.createColors>;

export function paint(page: Page, env: Env, wanted: boolean): Paint {
  const refused = !wanted || (env.NO_COLOR ?? "") !== "" || env.TERM === "dumb";
  const forced = env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== "0";
  return pc.createColors(!refused && (page.isTTY || forced));
}
