// The table of forgeries against both verifiers, on a bundle made here. Each is caught by the file and the words that it names.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { forgeries, runForgeries, type Verdict, type Verifier } from "../../../harness/forgery/run-forgeries.ts";
import { buildGolden, type Golden } from "../golden-bundle.ts";

let golden: Golden;
beforeAll(async () => {
  golden = await buildGolden({ creations: 110 });
});
afterAll(() => golden.remove());

const missed = (options: { readonly verifier?: Verifier; readonly chosen?: readonly string[] } = {}) => {
  const run = runForgeries(golden.folder, options);
  const tried = run.results.filter(({ caught }) => caught !== null);
  return { control: run.control, tried: tried.length, missed: tried.filter(({ caught }) => caught !== true) };
};

test("the table is long and every id stands once", () => {
  expect(new Set(forgeries.map(({ id }) => id)).size).toBe(forgeries.length);
  expect(forgeries.length).toBeGreaterThan(100);
});

describe("every forgery is caught", () => {
  test("by verify", () => {
    expect(missed()).toEqual({ control: "", tried: expect.any(Number), missed: [] });
  }, 120_000);

  test.skipIf(spawnSync("python3", ["--version"]).status !== 0)(
    "by verify.py (skipped only on machines without python3)",
    () => {
      // Starting an interpreter for each of them takes minutes; `npm run forgeries` does all.
      const chosen = forgeries.map(({ id }) => id).filter((_, index) => index % 8 === 0);
      expect(missed({ verifier: openPython(), chosen })).toEqual({
        control: "",
        tried: expect.any(Number),
        missed: [],
      });
    },
    120_000,
  );

  test("in the reports of a real run, by both", async () => {
    const drawn = await buildGolden({ creations: 110, drawn: true, observedEcho: "else" });
    const chosen = forgeries.map(({ id }) => id).filter((id) => id.startsWith("exchange."));
    for (const options of [{}, { verifier: openPython() }]) {
      const { control, results } = runForgeries(drawn.folder, { ...options, chosen });
      expect({ control, missed: results.filter(({ caught }) => caught !== true) }).toEqual({ control: "", missed: [] });
    }
    drawn.remove();
  }, 60_000);

  test("a verifier that only looks at digests and signatures lets the careful ones through", () => {
    const lax: Verifier = (folders) => folders.map(() => ({ exitCode: 3, problems: [] }));
    const { results } = runForgeries(golden.folder, { verifier: lax, chosen: ["samples.slow-dropped"] });
    expect(results).toEqual([{ id: "samples.slow-dropped", caught: false, by: "it verified with exit code 3" }]);
  });
});

/** One interpreter per call is most of the time a call takes: the module is loaded from its byte code. */
function openPython(): Verifier {
  const program = [
    "import json, sys",
    "sys.dont_write_bytecode = True",
    "sys.path.insert(0, 'deploy/verify')",
    "import verify",
    "print(json.dumps(verify.verify_folder(sys.argv[1], verify.read_trusted(sys.argv[2]))))",
  ].join("\n");
  return (folders, trustedKeys) =>
    folders.map((folder) => {
      const { stdout, stderr } = spawnSync("python3", ["-c", program, folder, join(trustedKeys, "keys.json")], {
        encoding: "utf8",
      });
      if (stdout === "") return { exitCode: 1, problems: [{ file: "verify.py", problem: stderr }] };
      const answer: Verdict = JSON.parse(stdout);
      return answer;
    });
}
