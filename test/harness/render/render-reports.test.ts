// The reports as a whole: one document, four files, the same bytes every time.
import { expect, it } from "vitest";
import { renderReports } from "../../../harness/render/render-reports.ts";
import { conditionalDocument } from "./sample-document.ts";

it("prints the same bytes from equal documents", () => {
  const first = renderReports(conditionalDocument);
  const second = renderReports(structuredClone(conditionalDocument));
  expect(second).toEqual(first);
  expect(Object.keys(first)).toEqual(["report.html", "report.md", "junit.xml", "results.json"]);
});
