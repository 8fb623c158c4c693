// Builds of a template are remembered in a bounded number; those that a tag leads to, and those still under way, always.
import type { ImageStore } from "../images/image-store.ts";
import { limits } from "../limits.ts";
import type { Template } from "./model.ts";
import { imageOf } from "./store.ts";

export function forgetOldBuilds(images: ImageStore, template: Template): void {
  const tagged = new Set([...template.tags.values()].map(({ buildId }) => buildId));
  const old = [...template.builds.values()].filter(
    (build) => !tagged.has(build.id) && build.state.kind !== "building",
  );
  for (const build of old.slice(0, Math.max(0, template.builds.size - limits.buildsKept))) {
    template.builds.delete(build.id);
    const image = imageOf(build);
    if (image !== null) images.release(image);
  }
}
