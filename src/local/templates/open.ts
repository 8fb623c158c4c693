// Everything that serves templates, over one folder of the server's run folder.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../../host/clock.ts";
import type { Random } from "../../host/random.ts";
import type { CellSource, IsolationBackend } from "../isolation/backend.ts";
import { readHostBase } from "./base-image.ts";
import { createBuilder, type Builder } from "./builder.ts";
import { createFileCache, type FileCache } from "./file-cache.ts";
import { createImageShelf, type ImageShelf } from "./image-shelf.ts";
import { createLayerCache } from "./layers.ts";
import type { Built } from "./model.ts";
import { createTemplateStore, type TemplateStore } from "./store.ts";

export interface Templates {
  readonly store: TemplateStore;
  readonly files: FileCache;
  readonly builder: Builder;
  readonly images: ImageShelf;
  /** What a cell of this template starts from. */
  sourceOf(built: Built): CellSource;
}

export interface TemplatesOptions {
  readonly backend: IsolationBackend;
  /** Exists; templates make their own folder below it. */
  readonly folder: string;
  readonly clock: Clock;
  readonly random: Random;
}

export function openTemplates({ backend, folder, clock, random }: TemplatesOptions): Templates {
  const home = join(folder, "t");
  mkdirSync(home, { mode: 0o700 });
  const images = createImageShelf(join(home, "images"));
  const store = createTemplateStore({ clock, random });
  const files = createFileCache(join(home, "files"), { clock, random });
  const host = readHostBase(process.version.slice(1));
  const builder = createBuilder({ backend, clock, store, files, images, layers: createLayerCache(images), host });
  const sourceOf = ({ image }: Built): CellSource => (image === null ? {} : { image: images.path(image) });
  return { store, files, builder, images, sourceOf };
}
