// Reports drawn again from a closed bundle: the same document as at the end of the run, files put back, sign-offs only by a
// signature over the very digest, and the two new readers of the verifier.
import { generateKeyPairSync } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { seal, signerOf } from "../../../harness/evidence/sign.ts";
import { drawAgain } from "../../../harness/report/draw-again.ts";
import { readBundle } from "../../../harness/report/read-bundle.ts";
import { runDocumentOf } from "../../../harness/report/run-document-of.ts";
import { renderReports } from "../../../harness/render/render-reports.ts";
import { verifyFolder } from "../../../harness/verify/verify.ts";
import { buildGolden, type Golden } from "../golden-bundle.ts";

let golden: Golden;
beforeAll(async () => {
  golden = await buildGolden({ drawn: true });
});
afterAll(() => golden.remove());

const soon = Date.parse("2026-01-01T12:00:00Z");
const draw = (nowMs = soon, out: string | null = null) => drawAgain({ folder: golden.folder, out, formats: [] }, nowMs);

it("comes out byte for byte as the run wrote it, and verifies", () => {
  const drawn = draw();
  expect(drawn.files.map(({ name, state, written }) => [name, state, written])).toEqual(
    Object.keys(renderReports(runDocumentOf(readBundle(golden.folder), ""))).map((name) => [name, "identical", false]),
  );
  expect(verifyFolder(golden.folder).problems).toEqual([]);
});

it("puts back a file that was lost or changed", () => {
  const path = join(golden.folder, "swarm.html");
  const before = readFileSync(path, "utf8");
  rmSync(path);
  expect(
    draw()
      .files.filter(({ written }) => written)
      .map(({ name }) => name),
  ).toEqual(["swarm.html"]);
  writeFileSync(path, "changed");
  draw();
  expect(readFileSync(path, "utf8")).toBe(before);
});

it("a badge that has expired differs and is written elsewhere only", () => {
  const late = Date.parse("2027-01-01T00:00:00Z");
  expect(draw(late)).toMatchObject({ expired: true });
  const differing = draw(late).files.filter(({ state }) => state === "differs");
  expect(differing.map(({ name, written }) => [name, written])).toEqual([
    ["badge.json", false],
    ["badge.svg", false],
  ]);
  const out = join(golden.folder, "../drawn");
  drawAgain({ folder: golden.folder, out, formats: ["badge"] }, late);
  expect(JSON.parse(readFileSync(join(out, "badge.json"), "utf8"))).toMatchObject({ color: "#6b7280" });
  expect(existsSync(join(out, "report.html"))).toBe(false);
});

it.each([
  [
    "ctrf.json",
    (text: string) => text.replace('"value":0', '"value":1'),
    "threshold of c-local.backend.echo differs from claims.json",
  ],
  ["ctrf.json", (text: string) => text.replace('"status":"passed"', '"status":"skipped"'), "is printed as skipped"],
  ["ctrf.json", (text: string) => text.replace(/"passed":(\d+)/, '"passed":99'), "passed is 99"],
  [
    "results.sarif",
    (text: string) => text.replace('"level":"warning"', '"level":"none"').replace('"kind":"fail"', '"kind":"pass"'),
    "results[0].kind",
  ],
  ["results.sarif", (text: string) => text.replace(/"n":(\d{3}),/, '"n":7,'), "n of c-local."],
  ["results.sarif", (text: string) => text.replace('"verdict":"CONDITIONAL"}', '"verdict":"CERTIFIED"}'), "verdict is"],
  ["summary.md", (text: string) => text.replace(/\| 240 \|/, "| 2,400 |"), 'n of c-local.vote.p95 reads "2,400"'],
  [
    "summary.md",
    (text: string) => text.replace("CONDITIONAL (local)", "CERTIFIED (local)"),
    "its headline says CERTIFIED",
  ],
] as const)("the verifier names what is wrong in %s", (name, change, problem) => {
  const path = join(golden.folder, name);
  const before = readFileSync(path, "utf8");
  const after = change(before);
  expect(after).not.toBe(before);
  writeFileSync(path, after);
  const { problems, exitCode } = verifyFolder(golden.folder);
  writeFileSync(path, before);
  expect(exitCode).toBe(7);
  expect(
    problems
      .filter((one) => one.file === name)
      .map((one) => one.problem)
      .join("\n"),
  ).toContain(problem);
});

it("shows a sign-off only for a signature over this evidence with an expiry", () => {
  const { manifestSha256 } = readBundle(golden.folder);
  const { privateKey } = generateKeyPairSync("ed25519");
  const signer = signerOf(privateKey);
  const payload = {
    schema: "signoff/1",
    evidence: manifestSha256,
    role: "quality",
    signedAt: "2026-01-01T10:00:00Z",
    expiresAt: "2026-01-08T10:00:00Z",
    publicKey: signer.publicKey,
  };
  const folder = join(golden.folder, "signoffs");
  mkdirSync(folder);
  const write = (name: string, content: object): void =>
    writeFileSync(
      join(folder, `${name}.dsse.json`),
      JSON.stringify(seal(signer, "application/vnd.e2b-swarm.signoff+json", JSON.stringify(content))),
    );
  write("good", payload);
  write("other", { ...payload, evidence: "0".repeat(64) });
  write("forever", { ...payload, expiresAt: null });
  const changed = seal(signer, "application/vnd.e2b-swarm.signoff+json", JSON.stringify(payload));
  const forged = {
    ...changed,
    payload: Buffer.from(JSON.stringify({ ...payload, role: "security" })).toString("base64"),
  };
  writeFileSync(join(folder, "z-forged.dsse.json"), JSON.stringify(forged));
  const out = join(golden.folder, "../signed");
  const drawn = drawAgain({ folder: golden.folder, out, formats: ["html"] }, soon);
  expect(drawn.remarks).toEqual([
    "signoffs/forever.dsse.json: it has no date or no expiry",
    "signoffs/other.dsse.json: it speaks about other evidence",
    "signoffs/z-forged.dsse.json: its signature does not hold",
  ]);
  const html = readFileSync(join(out, "certification.html"), "utf8");
  expect(html).toContain(`<span class="quoted">quality</span></th><td><code>${signer.keyid}</code>`);
  expect(html).not.toContain("security</span>");
  rmSync(folder, { recursive: true });
});

it("refuses what is no bundle, and one that was never closed", async () => {
  expect(() => readBundle(join(golden.folder, "nowhere"))).toThrow("it holds no evidence folder");
  const killed = await buildGolden({ killed: true });
  expect(() => readBundle(killed.folder)).toThrow("its bundle is still open");
  killed.remove();
});
