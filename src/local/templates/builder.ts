// Builds in their turn: a bounded number at once, a bounded number waiting, and of two builds for the same tag only the later.
import { createGate } from "../gate.ts";
import { limits } from "../limits.ts";
import { runBuild, type BuildTools } from "./build.ts";
import type { BuildState, TemplateBuild } from "./model.ts";
import type { BuildPlan } from "./parse-build.ts";

export interface Builder {
  /** False when too many builds wait already. The build is `building` when this returns. */
  submit(build: TemplateBuild, plan: BuildPlan): boolean;
  /** Stops every build; resolves when none of their cells is left. */
  stop(): Promise<void>;
}

export function createBuilder(tools: BuildTools): Builder {
  const gate = createGate(limits.buildsAtOnce);
  const under = new Map<TemplateBuild, Promise<void>>();
  let stopping = false;
  const take = async (build: TemplateBuild, plan: BuildPlan): Promise<void> => {
    await gate.run(async () => {
      // Cancelled while it waited.
      if (isBuilding(build.state)) await runBuild(tools, build, plan);
    });
    under.delete(build);
  };
  return {
    submit(build, plan) {
      if (stopping || under.size >= limits.buildsAtOnce + limits.buildsWaiting) return false;
      for (const other of under.keys()) if (collides(other, build)) cancel(other, "build was cancelled by a later one");
      const reject = (message: string): void => tools.store.fail(build, { message });
      build.state = { kind: "building", cancel: reject };
      under.set(build, take(build, plan));
      return true;
    },
    async stop() {
      stopping = true;
      for (const build of under.keys()) cancel(build, "the local server is stopping");
      await Promise.all(under.values());
    },
  };
}

export function cancel(build: TemplateBuild, reason: string): void {
  if (build.state.kind === "building") build.state.cancel(reason);
}

function isBuilding(state: BuildState): boolean {
  return state.kind === "building";
}

function collides(a: TemplateBuild, b: TemplateBuild): boolean {
  return a !== b && a.templateId === b.templateId && a.tags.some((tag) => b.tags.includes(tag));
}
