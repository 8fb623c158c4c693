// The pages after the first, as data: their first screen and their sections.
import type { Section } from "../blocks/block.ts";
import type { PageFile } from "../pages.ts";
import type { RunDocument } from "../run-document.ts";
import { certificationSections } from "../sections/certification.ts";
import { performanceSections } from "../sections/performance.ts";
import { swarmSections } from "../sections/swarm.ts";
import { limits } from "./closing-view.ts";
import { firstScreen, type FirstScreen } from "./first-screen.ts";

export type SectionPage = Exclude<PageFile, "report">;

interface PageView {
  readonly first: FirstScreen;
  readonly sections: readonly Section[];
  readonly limits: readonly string[];
}

const sectionsOf: Readonly<Record<SectionPage, (doc: RunDocument) => readonly Section[]>> = {
  certification: certificationSections,
  performance: performanceSections,
  swarm: swarmSections,
};

export function pageView(doc: RunDocument, page: SectionPage): PageView {
  return { first: firstScreen(doc, page), sections: sectionsOf[page](doc), limits };
}
