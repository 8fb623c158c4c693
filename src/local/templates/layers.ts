// The layer cache: what a step made of what was before it, by a hash over both. A step is taken from here only while every
// step before it was; the oldest unused layers go first.
import { createHash } from "node:crypto";
import { limits } from "../limits.ts";
import type { ImageStore } from "../images/image-store.ts";
import type { StepContext } from "./model.ts";
import type { BuildStep } from "./parse-build.ts";

export interface Layer {
  /** Name in the image store. Null: still the shared skeleton. */
  readonly image: string | null;
  readonly context: StepContext;
}

export interface LayerCache {
  find(key: string): Layer | null;
  /** Replaces what was there. */
  keep(key: string, layer: Layer): void;
}

export function layerKey(before: string, step: BuildStep): string {
  const parts = [before, step.type, ...step.args, step.filesHash ?? ""];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

export function createLayerCache(images: ImageStore): LayerCache {
  /** Least recently used first. */
  const layers = new Map<string, Layer>();
  const drop = (key: string): void => {
    const layer = layers.get(key);
    layers.delete(key);
    if (layer !== undefined && layer.image !== null) images.release(layer.image);
  };
  return {
    find(key) {
      const layer = layers.get(key);
      if (layer === undefined) return null;
      layers.delete(key);
      layers.set(key, layer);
      return layer;
    },
    keep(key, layer) {
      if (layer.image !== null) images.retain(layer.image);
      drop(key);
      layers.set(key, layer);
      for (const oldest of [...layers.keys()].slice(0, Math.max(0, layers.size - limits.cachedLayers)))
        drop(oldest);
    },
  };
}
