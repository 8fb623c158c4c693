// The three scripts in the shells they are for, in a terminal where the shell needs one: words are typed with Tab, and what the shell
// made of them is what the command would have been given.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { afterAll, describe, expect, test } from "vitest";
import { commandSpecs } from "../../../src/doors/cli/commands/command-specs.ts";
import { commandTree } from "../../../src/doors/cli/completion/command-tree.ts";
import { document, drive } from "./drive.ts";

const scratch = mkdtempSync(join(tmpdir(), "e2b-swarm-completion-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
writeFileSync(join(scratch, "evidence.json"), "{}");

const has = (program: string): boolean => spawnSync(program, ["--version"]).error === undefined;
const typed = has("script");
const without = (name: string): string => (has(name) ? "" : ` (left out: ${name} is not installed)`);

async function scriptOf(shell: string): Promise<string> {
  const path = join(scratch, `completion.${shell}`);
  writeFileSync(path, (await drive(["completion", shell])).stdout);
  return path;
}

/** What is typed, with a Tab in it, and the words the command gets. */
const lines: readonly (readonly [string, string])[] = [
  ["e2b-swarm crea\t", "<create>"],
  ["e2b-swarm swarm dep\t", "<swarm><deploy>"],
  ["e2b-swarm --target loc\t lis\t", "<--target><local><list>"],
  ["e2b-swarm list --target=clo\t", "<list><--target=cloud>"],
  ["e2b-swarm list --stat\trunn\t", "<list><--status><running>"],
  ["e2b-swarm local --port 3 star\t", "<local><--port><3><start>"],
  [`e2b-swarm create -n "it's a \\"name" --templ\tx`, `<create><-n><it's a "name><--template><x>`],
  ["e2b-swarm exec 'a b' -- evid\t", "<exec><a b><--><evidence.json>"],
  ["e2b-swarm verify evid\t", "<verify><evidence.json>"],
  [
    "e2b-swarm backtest --walk-forward 504:126 --param a=1 --syn\t7",
    "<backtest><--walk-forward><504:126><--param><a=1><--synthetic><7>",
  ],
  ["e2b-swarm completion zs\t", "<completion><zsh>"],
  ["e2b-swarm help verif\t", "<help><verify>"],
];

function type(shell: string, start: string): { received: string[]; screen: string } {
  const receive = `e2b-swarm() { printf 'got:'; printf '<%s>' "$@"; echo; }`;
  const keys = [`cd ${scratch}; ${receive}; ${start}`, ...lines.map(([line]) => line), "exit", ""].join("\n");
  const { stdout } = spawnSync("script", ["-qec", shell, "/dev/null"], {
    encoding: "utf8",
    input: keys,
    timeout: 30_000,
    env: { PATH: process.env.PATH, TERM: "xterm", HOME: scratch },
  });
  // Only lines that begin with the mark: the terminal also echoes what is typed.
  const printed = stripVTControlCharacters(stdout).split(/[\r\n]+/);
  const received = printed.filter((line) => line.startsWith("got:")).map((line) => line.slice("got:".length));
  return { received, screen: stdout };
}

const complaints = /syntax error|parse error|bad |unmatched|not found|unexpected/i;

describe("completion", () => {
  test.skipIf(!typed)(`bash in a terminal completes what is typed${without("script")}`, async () => {
    const { received, screen } = type("bash --norc --noprofile -i", `source ${await scriptOf("bash")}`);
    expect(received).toEqual(lines.map(([, words]) => words));
    expect(screen).not.toMatch(complaints);
  });

  test.skipIf(!typed || !has("zsh"))(`zsh in a terminal completes what is typed${without("zsh")}`, async () => {
    const start = `autoload -Uz compinit; compinit -u -D; source ${await scriptOf("zsh")}`;
    const { received, screen } = type("zsh -f -i", start);
    expect(received).toEqual(lines.map(([, words]) => words));
    expect(screen).not.toMatch(complaints);
  });

  test.skipIf(!has("fish"))(`fish completes the same words${without("fish")}`, async () => {
    const path = await scriptOf("fish");
    const complete = (line: string): string[] => {
      const words = ["--no-config", "-c", `source ${path}; complete -C "$argv"`, line];
      const { stdout, stderr } = spawnSync("fish", words, {
        encoding: "utf8",
        cwd: scratch,
        env: { PATH: process.env.PATH, HOME: scratch },
      });
      expect(stderr).toBe("");
      return stdout
        .split("\n")
        .filter((one) => one !== "")
        .map((one) => one.split("\t")[0] ?? "");
    };
    expect(complete("e2b-swarm crea")).toEqual(["create"]);
    expect(complete("e2b-swarm swarm s")).toEqual(["scale", "shutdown", "status", "stop"]);
    expect(complete("e2b-swarm --target loc")).toEqual(["local"]);
    expect(complete("e2b-swarm list --target=clo")).toEqual(["--target=cloud"]);
    expect(complete("e2b-swarm list --status r")).toEqual(["running"]);
    expect(complete(`e2b-swarm create -n "it's a \\"name" --templ`)).toEqual(["--template"]);
    expect(complete("e2b-swarm exec 'a b' -- evid")).toEqual(["evidence.json"]);
    expect(complete("e2b-swarm verify evid")).toEqual(["evidence.json"]);
    expect(complete("e2b-swarm list evid")).toEqual([]);
    expect(complete("e2b-swarm list 'un")).toEqual([]);
    expect(complete("e2b-swarm help verif")).toEqual(["verify"]);
  });

  test("every command, option and choice of the specs is in every script", async () => {
    const tree = commandTree(commandSpecs);
    expect(tree.map(({ path }) => path)).toEqual(
      expect.arrayContaining(["", "swarm", ...commandSpecs.map(({ name }) => name)]),
    );
    const words = tree.flatMap(({ commands, options }) => [
      ...commands.map(({ name }) => name),
      ...options.flatMap(({ names, items }) => [...names.map((name) => name.replace(/^-+/, "")), ...items]),
    ]);
    expect(words.length).toBeGreaterThan(200);
    for (const shell of ["bash", "zsh", "fish"]) {
      const known = new Set(
        (await drive(["completion", shell])).stdout.match(/[\w-]+/g)?.map((word) => word.replace(/^-+/, "")),
      );
      expect(
        words.filter((word) => !known.has(word) && !word.split(/[^\w-]/).every((part) => known.has(part))),
      ).toEqual([]);
    }
  });

  test("a shell nobody wrote a script for is refused, and --json is one document", async () => {
    const wrong = await drive(["completion", "tcsh"]);
    expect([wrong.code, wrong.stdout]).toEqual([2, ""]);
    expect(wrong.stderr).toContain("Allowed choices are bash, zsh, fish");
    const json = await drive(["completion", "bash", "--json"]);
    expect(document(json)).toMatchObject({
      ok: true,
      data: { shell: "bash", script: expect.stringContaining("complete -F") },
    });
    expect(json.backend.opened).toEqual([]);
  });
});
