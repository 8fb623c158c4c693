// Everything that serves templates, over one folder of the server's run folder.
import { join } from "node:path";
import type { Clock } from "../../host/clock.ts";
import type { Random } from "../../host/random.ts";
import type { ImageStore } from "../images/image-store.ts";
import type { IsolationBackend } from "../isolation/backend.ts";
import { readHostBase } from "./base-image.ts";
import { createBuilder, type Builder } from "./builder.ts";
import { createFileCache, type FileCache } from "./file-cache.ts";
import { createLayerCache } from "./layers.ts";
import { createTemplateStore, type TemplateStore } from "./store.ts";

export interface Templates {
  readonly store: TemplateStore;
  readonly files: FileCache;
  readonly builder: Builder;
}

export interface TemplatesOptions {
  readonly backend: IsolationBackend;
  readonly images: ImageStore;
  /** Exists; uploads get their own folder below it. */
  readonly folder: string;
  readonly clock: Clock;
  readonly random: Random;
}

export function openTemplates({ backend, images, folder, clock, random }: TemplatesOptions): Templates {
  const store = createTemplateStore({ clock, random });
  const files = createFileCache(join(folder, "uploads"), { clock, random });
  const host = readHostBase(process.version.slice(1));
  const builder = createBuilder({ backend, clock, store, files, images, layers: createLayerCache(images), host });
  return { store, files, builder };
}
