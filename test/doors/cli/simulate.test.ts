import { expect, test } from "vitest";
import { SwarmError } from "../../../src/contracts/swarm-error.ts";
import { recordingBackend } from "../recording-backend.ts";
import { document, drive } from "./drive.ts";

test("simulate passes its numbers on; what depends on the machine goes to stderr", async () => {
  const words = ["simulate", "--agents", "100000", "--hours", "6.5", "--seed", "7", "--faults", "heavy", "--no-growth"];
  const { code, stdout, stderr, backend } = await drive(words);
  expect(backend.calls).toEqual([
    {
      name: "simulate",
      input: {
        agents: 100_000,
        hours: 6.5,
        seed: 7,
        faults: "heavy",
        growth: false,
      },
    },
  ]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^provenance +simulated$/m);
  expect(stdout).not.toContain("agents/s");
  expect(stderr).toContain("wall time of 3 agents: 0.5 s, 6 agents/s, 18 events/s (this machine, not reproducible)");
});

test("under --json the report and the wall time stand apart", async () => {
  const { data } = document(await drive(["simulate", "--json"]));
  expect(Object.keys(data)).toEqual(["report", "wall"]);
  expect(data.wall).toEqual({
    reproducible: false,
    sizes: [{ agents: 3, seconds: 0.5, agents_per_second: 6, events_per_second: 18 }],
  });
});

test("a broken law fails the command and prints what replays it", async () => {
  const backend = recordingBackend({
    simulate: () => {
      throw new SwarmError("simulation.violated", "Seed 7 breaks the law that fences rise: one fell", {
        hint: "Replay it with: e2b-swarm simulate --seed 7 --no-growth",
      });
    },
  });
  const { code, stderr } = await drive(["simulate", "--seed", "7"], { backend });
  expect(code).toBe(1);
  expect(stderr).toBe(
    "error [simulation.violated] Seed 7 breaks the law that fences rise: one fell\n" +
      "hint  Replay it with: e2b-swarm simulate --seed 7 --no-growth\n",
  );
});

test.each([
  ["--agents", "2"],
  ["--hours", "0"],
  ["--faults", "some"],
])("simulate %s %s is refused by name", async (flag, value) => {
  const { code, stderr } = await drive(["simulate", flag, value]);
  expect(code).toBe(2);
  expect(stderr).toContain(`Cannot accept ${flag}`);
});
