// The four reports of a run: file, name, and what it is for. One place, so that links, deliverables and files agree.

export const pages = [
  { file: "report", title: "Validation report", about: "every claim, check and curve of the run" },
  { file: "certification", title: "Certification summary", about: "verdict, readiness, scores, conditions, sign-off" },
  { file: "performance", title: "Performance report", about: "service levels, curves, error budgets, cost" },
  { file: "swarm", title: "Swarm coordination report", about: "agents, votes, faults and recovery, cleanup" },
] as const;

export type PageFile = (typeof pages)[number]["file"];

export function pageTitle(file: PageFile): string {
  return pages.find((page) => page.file === file)?.title ?? file;
}
