// The doors as processes of their own, started from dist/ as users start them.
import { spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, describe, expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");
const cli = join(root, "dist/cli/main.js");
const mcp = join(root, "dist/src/doors/mcp/main.js");
const scratch = mkdtempSync(join(tmpdir(), "e2b-swarm-doors-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(args: readonly string[], feed: (child: ReturnType<typeof spawn>) => void = (c) => c.stdin?.end()) {
  const child = spawn(process.execPath, args, { cwd: scratch, stdio: "pipe", env: { PATH: process.env.PATH } });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString("utf8")));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString("utf8")));
  feed(child);
  return new Promise<Ended>((resolve) => child.on("close", (code) => resolve({ code, stdout, stderr })));
}

/** Prints every module a process loads on stderr as `loads <url>`. */
function watchImports(): string[] {
  const hook = `import { writeSync } from "node:fs";
    export async function resolve(specifier, context, next) {
      const found = await next(specifier, context);
      writeSync(2, "loads " + found.url + "\\n");
      return found;
    }`;
  const preload = join(scratch, "preload.mjs");
  writeFileSync(
    preload,
    `import { createRequire, register } from "node:module";
    register("data:text/javascript,${encodeURIComponent(hook)}");
    const { cache } = createRequire(import.meta.url);
    process.on("exit", () => { for (const path of Object.keys(cache)) console.error("loads " + path); });`,
  );
  return ["--import", pathToFileURL(preload).href];
}

describe("the command as a process", () => {
  test("prints its version and help without the heavy packages", async () => {
    for (const flag of ["--version", "--help"]) {
      const { code, stderr, stdout } = await run([...watchImports(), cli, flag]);
      const loaded = stderr.split("\n").filter((line) => line.startsWith("loads "));
      expect([code, stdout === ""]).toEqual([0, false]);
      // A few files, commander and painter among them; a module each would be ninety.
      const ours = loaded.filter((line) => line.includes("/dist/"));
      expect([ours.some((line) => line.endsWith("/dist/cli/main.js")), ours.length < 40]).toEqual([true, true]);
      const heavy =
        /\/(e2b|typebox|ajv|ajv-formats|@modelcontextprotocol|libsql|vitest)\/|\/validators\/|\/compose-\w+\.js/;
      expect(loaded.filter((line) => heavy.test(line))).toEqual([]);
    }
  });

  test("lists without the SDK, a schema library, a store or a server when no server runs", async () => {
    const { code, stderr } = await run([...watchImports(), cli, "list", "--json", "--target", "local"]);
    const loaded = stderr.split("\n").filter((line) => line.startsWith("loads "));
    const heavy =
      /\/node_modules\/(e2b|typebox|@modelcontextprotocol|libsql|vitest|vite)\/|ajv\/dist\/(?!runtime)\w*\.js/;
    expect([code, loaded.length > 10, loaded.filter((line) => heavy.test(line))]).toEqual([0, true, []]);
  });

  test("stops quietly when its reader goes away", async () => {
    const ended = await run([cli, "--help"], (child) => {
      child.stdin?.end();
      child.stdout?.destroy();
    });
    expect([ended.code, ended.stderr]).toEqual([0, ""]);
  });

  test("prints one document for wrong usage and nothing else on stdout", async () => {
    const { code, stdout } = await run([cli, "lst", "--json"]);
    expect([code, JSON.parse(stdout).error.code]).toEqual([2, "usage.invalid"]);
  });
});

describe("the MCP server as a process", () => {
  const initialize = `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2024-11-05","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}\n`;
  const untilAnswer = (child: ReturnType<typeof spawn>, then: () => void): void => {
    child.stdin?.write(initialize);
    child.stdout?.once("data", then);
  };

  test.each([
    ["main.js", [mcp]],
    ["e2b-swarm mcp", [cli, "mcp"]],
  ])("%s speaks only JSON on stdout and exits 0 when stdin closes", async (_name, args) => {
    const { code, stdout, stderr } = await run(args, (child) =>
      untilAnswer(child, () => {
        child.stdin?.write("{bad\n");
        child.stdout?.once("data", () => child.stdin?.end());
      }),
    );
    const lines = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines).toMatchObject([
      { id: 1, result: { protocolVersion: "2024-11-05", serverInfo: { name: "e2b-swarm" } } },
      { id: null, error: { code: -32700 } },
    ]);
    expect([code, stderr]).toEqual([0, ""]);
  });

  test.each([
    ["SIGTERM", 143],
    ["SIGINT", 130],
  ] as const)("%s ends it with %d", async (signal, code) => {
    const ended = await run([mcp], (child) => untilAnswer(child, () => child.kill(signal)));
    expect([ended.code, ended.stderr]).toEqual([code, ""]);
  });
});

describe("bin/e2b-swarm.mjs", () => {
  /** A folder laid out as a clone, with a set-up program of its own. */
  function clone(name: string, setup: string | null): string {
    const folder = join(scratch, name);
    mkdirSync(join(folder, "bin"), { recursive: true });
    cpSync(join(root, "bin/e2b-swarm.mjs"), join(folder, "bin/e2b-swarm.mjs"));
    if (setup !== null) {
      for (const part of ["tools", "src", "node_modules"]) mkdirSync(join(folder, part), { recursive: true });
      writeFileSync(join(folder, "src/a.ts"), "");
      writeFileSync(join(folder, "tools/setup.mjs"), setup);
    }
    return join(folder, "bin/e2b-swarm.mjs");
  }
  const builds = `import { mkdirSync, writeFileSync } from "node:fs";
    console.log("setting up");
    mkdirSync("dist/cli", { recursive: true });
    writeFileSync("dist/cli/main.js", "process.stdout.write('ran ' + process.argv[2])");
    writeFileSync("dist/.built", "");`;

  test("sets a clone up once, on stderr, then runs what was built", async () => {
    const bin = clone("fresh", builds);
    expect(await run([bin, "list"])).toEqual({ code: 0, stdout: "ran list", stderr: "setting up\n" });
    expect(await run([bin, "list"])).toEqual({ code: 0, stdout: "ran list", stderr: "" });
  });

  test("says so when set-up fails, and when an installed package is not built", async () => {
    const failing = await run([clone("failing", "process.exit(3)"), "list"]);
    expect(failing).toMatchObject({ code: 1, stdout: "" });
    expect(failing.stderr).toContain("tools/setup.mjs failed");
    const unbuilt = await run([clone("unbuilt", null), "list"]);
    expect(unbuilt).toMatchObject({ code: 1, stdout: "" });
    expect(unbuilt.stderr).toContain("is not built");
  });

  test.each(["18.20.4", "20.18.0", "21.7.3"])("refuses Node %s in one sentence", async (version) => {
    const preload = join(scratch, `node-${version}.mjs`);
    writeFileSync(
      preload,
      `Object.defineProperty(process, "versions", { value: { ...process.versions, node: "${version}" } });`,
    );
    const ended = await run(["--import", pathToFileURL(preload).href, clone(`old-${version}`, builds), "list"]);
    expect(ended).toEqual({
      code: 1,
      stdout: "",
      stderr: `e2b-swarm needs Node 20.18.1 or later in line 20, or 22 and later, but this is ${version}\n`,
    });
  });
});
