// What went wrong at the predecessor's command line (system.md §12), each by its number. The MCP server's are in
// test/doors/mcp/lessons.test.ts.
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { openState } from "../../../src/backend/state.ts";
import { SwarmError } from "../../../src/contracts/swarm-error.ts";
import { commandSpecs } from "../../../src/doors/cli/commands/command-specs.ts";
import { realClock } from "../../../src/host/clock.ts";
import { templateName } from "../../../src/sandboxes/records.ts";
import { recordingBackend } from "../recording-backend.ts";
import { document, drive } from "./drive.ts";

const scratch = mkdtempSync(join(tmpdir(), "swarm-lessons-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const swarmId = `swarm_${"4h6k".repeat(4)}`;
const places: Readonly<Record<string, string>> = {
  "<swarm>": swarmId,
  "<deployment>": `deployment_${"4h6k".repeat(4)}`,
  "<id>": "sbx1",
};

/** Words of an example as a shell would split them; null for one that needs more of a shell than that. */
function wordsOf(example: string): string[] | null {
  if (
    !example.startsWith("e2b-swarm ") ||
    /[|<>$;&](?!(swarm|deployment|id)>)/.test(example.replaceAll(/<\w+>/g, ""))
  ) {
    return null;
  }
  const words = [...example.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    (match) => match[1] ?? match[2] ?? match[3] ?? "",
  );
  return words.slice(1).map((word) => places[word] ?? word);
}

describe("lessons of the predecessor", () => {
  const examples = commandSpecs.flatMap(({ name, examples: lines }) => lines.map((line) => [name, line] as const));
  const runnable = examples.flatMap(([name, line]) => {
    const words = wordsOf(line);
    return words === null ? [] : [[line, name, words] as const];
  });

  test("3: node and nodejs are one template", () => {
    expect([templateName("node"), templateName("nodejs")]).toEqual(["node", "node"]);
  });

  test("3: most examples of the help can be run as they stand", () => {
    expect(runnable.length).toBeGreaterThan(examples.length * 0.75);
  });

  test.each(runnable)("3: %s is accepted", async (_line, name, words) => {
    const stop = new AbortController();
    // What goes on until it is interrupted is interrupted.
    if (name === "monitor") stop.abort();
    const { code, stderr } = await drive([...words, "--yes"], { signal: stop.signal });
    expect([code === 2, stderr.includes("usage.invalid")]).toEqual([false, false]);
  });

  test("4: a command is one call with named fields, never positions", async () => {
    const { backend } = await drive(["deploy", "-a", "momentum", "-s", "AAPL", "--use-gpu", "--param", "lookback=20"]);
    const input = { agentType: "momentum", symbols: ["AAPL"], useGpu: true, strategyParams: { lookback: 20 } };
    expect(backend.calls).toEqual([{ name: "runE2bAgent", input }]);
  });

  test("20: health that is not healthy is no success, whatever it prints", async () => {
    const backend = recordingBackend({
      monitorE2bHealth: () => ({
        status: "degraded",
        target: "local",
        isolation: "bwrap",
        sandboxes: { total: 1, running: 0, lost: 1 },
        agents: { total: 0, active: 0 },
        checks: [],
        issues: ["sandbox s is recorded here but the target does not know it"],
      }),
    });
    expect(await drive(["health"], { backend })).toMatchObject({ code: 1 });
  });

  test("21: every command that fails ends with a code, a sentence and one document", async () => {
    for (const { name } of commandSpecs.filter(({ schema }) => schema !== undefined)) {
      const { code, stdout, stderr } = await drive([...name.split(" "), "--nonsense", "--json"]);
      expect([name, code, stdout.split("\n").length, stderr === ""]).toEqual([name, 2, 2, false]);
    }
  });

  test("22: two who write at once lose nothing", async () => {
    const folder = join(scratch, "two");
    const row = (id: string) => ({ id, name: id, template: "base", created_at: "", end_at: "", target: "local" });
    const ids = Array.from({ length: 12 }, (_, i) => `s${i}`);
    const [one, other] = [openState(folder, realClock), openState(folder, realClock)];
    await Promise.all(
      ids.map((id, i) =>
        (i % 2 === 0 ? one : other).update((state) => ({ ...state, sandboxes: [...state.sandboxes, row(id)] })),
      ),
    );
    const kept = openState(folder, realClock).read();
    expect(kept.sandboxes.map(({ id }) => id).sort()).toEqual(ids.toSorted());
  });

  test.each(["{ not json", '{"version":1,"sandboxes":"none","agents":[]}', '{"version":99}'])(
    "22: a state that cannot be read (%s) is named and kept, never replaced",
    async (text) => {
      const folder = mkdtempSync(join(scratch, "corrupt-"));
      mkdirSync(join(folder, ".swarm"));
      const path = join(folder, ".swarm/cli-state.json");
      writeFileSync(path, text);
      const state = openState(folder, realClock);
      const thrown = await state.update((present) => present).catch((error: unknown) => SwarmError.from(error));
      expect(thrown).toMatchObject({ message: expect.stringContaining(path), row: { exitCode: 1 } });
      expect(readFileSync(path, "utf8")).toBe(text);
    },
  );

  test("22: a folder nobody may write to is said before anything is lost", async ({ skip }) => {
    if (process.getuid?.() === 0) skip("root may write everywhere");
    const folder = mkdtempSync(join(scratch, "sealed-"));
    chmodSync(folder, 0o500);
    await expect(openState(folder, realClock).update((present) => present)).rejects.toMatchObject({
      code: "state.unwritable",
    });
    chmodSync(folder, 0o700);
  });

  test("24: destroy asks, and where nobody can answer it refuses and does nothing", async () => {
    const { code, backend } = await drive(["destroy", "sbx1"]);
    expect([code, backend.calls]).toEqual([2, []]);
  });

  test.each([
    ["create", "-c", "0"],
    ["create", "-c", "1000"],
    ["create", "-c", "two"],
    ["scale", "-c", "-1", "--swarm", swarmId],
    ["backtest", "-s", "momentum", "--start", "2016-13-45x"],
  ])("24: %s %s %s is refused before anything is opened", async (...words) => {
    const { code, backend } = await drive(words);
    expect([code, backend.opened]).toEqual([2, []]);
  });

  test("34: a missing key is a failure with its own code", async () => {
    const openBackend = async () => {
      throw new SwarmError("auth.missing", "Cannot use the cloud target: E2B_API_KEY is not set");
    };
    const driven = await drive(["list", "--json"], { openBackend });
    expect([driven.code, document(driven).ok]).toEqual([4, false]);
  });

  test("39: a key that stands in an error is not printed", async () => {
    const secret = `e2b_${"0123456789abcdef".repeat(2)}`;
    const backend = recordingBackend({
      listE2bSandboxes: () => {
        throw new SwarmError("target.failed", `Cannot list: header ${secret}`, { hint: `Replace ${secret}` });
      },
    });
    const { stdout, stderr } = await drive(["list", "--json"], { backend });
    expect(stdout + stderr).not.toContain(secret);
  });
});
