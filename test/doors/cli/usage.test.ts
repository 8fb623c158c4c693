import { describe, expect, test } from "vitest";
import { document, drive } from "./drive.ts";

const wrong: readonly (readonly [string[], RegExp])[] = [
  [[], /no command was given/],
  [["lst"], /Unknown command 'lst'.*Did you mean list\?/s],
  [["create", "--cout", "3"], /Unknown option '--cout'.*Did you mean --count\?/s],
  [["create", "-c", "0"], /--count: it is 0 but must be >= 1/],
  [["create", "-c", "10000"], /--count: it is 10000 but must be <= 100/],
  [["create", "-c", "three"], /--count: it is "three" but must be integer/],
  [["create", "--timeout", "soon"], /--timeout: it is "soon" but must be integer/],
  [["create", "--env", "SECRETVALUE"], /KEY=VALUE/],
  [["create", "extra"], /too many arguments/i],
  [["list", "-s", "gone"], /--status: it is "gone" but must be one of running, paused, stopped, all/],
  [["status"], /missing required argument 'id'/i],
  [["exec", "sbx1"], /missing required argument 'command'/i],
  [["deploy"], /required option '-a, --agent <type>'/i],
  [["deploy", "-a", "momentum", "--param", "n=x"], /--param\.n: it is "x" but must be number/],
  [["backtest", "-s", "momentum", "--start", "yesterday"], /--start: it is "yesterday"/],
  [["execute", "sbx1"], /no command follows the id/],
  [["execute", "sbx1", "-s", "reference", "--", "ls"], /belong to the swarm/],
  [["execute", "--cwd", "/"], /belong to a command/],
  [["execute", "-s", "other"], /--strategy: it is "other" but must be one of reference/],
  [["destroy"], /neither ids nor --all/],
  [["destroy", "--all", "sbx1", "--yes"], /both --all and ids/],
  [["destroy", "sbx1"], /without a confirmation.*--yes/s],
  [["validate", "--layers", "all"], /--layers\.0: it is "all" but must be one of backend/],
  [["local", "begin"], /Allowed choices are start, stop, status, env, logs/],
  [["local", "start", "--dotenv"], /only env prints variables/],
  [["list", "--target", "moon"], /Allowed choices are local, cloud/],
];

describe("wrong usage", () => {
  test.each(wrong)("%j is refused with exit 2 before anything is opened", async (words, sentence) => {
    const driven = await drive([...words]);
    expect(driven.code).toBe(2);
    expect(driven.stdout).toBe("");
    expect(driven.stderr).toMatch(sentence);
    expect(driven.stderr).not.toContain("SECRETVALUE");
    expect(driven.backend.opened).toEqual([]);
  });

  test.each(wrong)("%j is one document under --json", async (words) => {
    const driven = await drive(
      [...words, "--json"].toSorted((a, b) => Number(b === "--json") - Number(a === "--json")),
    );
    expect(driven.code).toBe(2);
    expect(document(driven)).toMatchObject({ ok: false, error: { code: expect.stringMatching(/^usage\./) } });
  });
});
