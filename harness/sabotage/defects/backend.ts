// Defects of the sandbox manager and of the library in front of it.
import { defect, edit, type Defect } from "../defect.ts";

const execute = "src/sandboxes/execute.js";
const create = "src/sandboxes/create.js";
const place = "src/sandboxes/sdk-command.js";

export const backendDefects: readonly Defect[] = [
  defect(
    "execute-ignores-exit-code",
    "A command reports success whatever its exit code was",
    ["backend.execute"],
    edit(execute, "const exitCode = timedOut ? -1 : ending.exitCode;", "const exitCode = 0;"),
  ),
  defect(
    "canned-output",
    "Every command is said to have printed the same",
    ["backend.execute"],
    edit(execute, "stdout: stdout.text(),", 'stdout: "ok\\n",'),
  ),
  defect(
    "stderr-lost",
    "What a command says on its error stream is thrown away",
    ["backend.execute"],
    edit(execute, "onStderr: (chunk) => keep(stderr, chunk),", "onStderr: () => undefined,"),
  ),
  defect(
    "streams-mixed",
    "Both streams of a command arrive as one",
    ["backend.execute"],
    edit(execute, "onStderr: (chunk) => keep(stderr, chunk),", "onStderr: (chunk) => keep(stdout, chunk),"),
  ),
  defect(
    "time-limit-ignored",
    "A command runs for twenty seconds although less was allowed",
    ["backend.execute"],
    edit(execute, "const timeoutMs = limitMs(request);", "const timeoutMs = 20_000;"),
  ),
  defect(
    "kill-leaves-process",
    "A late command is called killed and runs on",
    ["backend.execute"],
    edit(execute, "        timeoutMs,\n        requestTimeoutMs,", "        timeoutMs: 0,\n        requestTimeoutMs,"),
    edit(execute, "await handle.kill().catch(() => false);", ""),
  ),
  defect(
    "command-environment-dropped",
    "The environment of a command does not reach it",
    ["backend.execute"],
    edit(place, "{ envs: { ...envVars } }", "{}"),
  ),
  defect(
    "sandbox-environment-dropped",
    "The environment of a sandbox does not reach it",
    ["backend.execute"],
    edit(create, "{ envs: { ...wanted.envVars } }", "{}"),
  ),
  defect(
    "working-folder-ignored",
    "A command starts in another folder than asked for",
    ["backend.execute"],
    edit(place, "(cwd === undefined ? {} : { cwd })", "{}"),
  ),
  defect(
    "arguments-reach-a-shell",
    "Arguments are expanded by a shell",
    ["backend.execute"],
    edit("src/sandboxes/quote.js", "return `'${word.replaceAll(\"'\", `'\\\\''`)}'`;", 'return `"${word}"`;'),
  ),
  defect(
    "create-ignores-template",
    "Whatever template is asked for, the sandbox is made from another one",
    ["backend.create"],
    edit(
      create,
      "Sandbox.create(wanted.targetTemplate, {",
      'Sandbox.create(wanted.targetTemplate === "node" ? "base" : wanted.targetTemplate, {',
    ),
  ),
  defect(
    "life-ignored",
    "A sandbox lives as long as it likes",
    ["backend.create"],
    edit(create, "timeoutMs: (wanted.timeoutSeconds ?? lifeSeconds) * 1_000,", "timeoutMs: lifeSeconds * 1_000,"),
  ),
  defect(
    "create-makes-one-more",
    "A creation makes a sandbox that nobody is told of",
    ["backend.create"],
    edit(
      create,
      "reach.remember(sandbox);",
      "reach.remember(sandbox); await Sandbox.create(wanted.targetTemplate, { timeoutMs: 60_000 });",
    ),
  ),
  defect(
    "count-capped",
    "However many sandboxes are asked for, two are made",
    ["backend.concurrent"],
    edit(
      "src/sandboxes/open-sandboxes.js",
      "Array.from({ length: count }, (_, index)",
      "Array.from({ length: Math.min(count, 2) }, (_, index)",
    ),
  ),
  defect(
    "commands-take-turns",
    "Commands of different sandboxes wait for each other",
    ["backend.concurrent"],
    edit(
      "src/backend/operations/execute.js",
      "const result = await manager.execute(sandboxId, { command, ...defined(rest) });",
      "const result = await (globalThis.turn = (globalThis.turn ?? Promise.resolve()).then(() => manager.execute(sandboxId, { command, ...defined(rest) })));",
    ),
  ),
  defect(
    "list-forgets-the-newest",
    "A list leaves out the sandbox that was made last",
    ["backend.create"],
    edit(
      "src/backend/operations/list.js",
      "return { sandboxes, total: sandboxes.length };",
      "return { sandboxes: sandboxes.slice(0, -1), total: sandboxes.length };",
    ),
  ),
  defect(
    "list-invents",
    "A list shows a sandbox that does not exist",
    ["backend.create"],
    edit(
      "src/backend/operations/list.js",
      "return { sandboxes, total: sandboxes.length };",
      'return { sandboxes: [...sandboxes, ...sandboxes.slice(0, 1).map((one) => ({ ...one, sandboxId: "iinvented00000000001" }))], total: sandboxes.length };',
    ),
  ),
  defect(
    "status-always-running",
    "Any id is said to be a running sandbox",
    ["backend.create"],
    edit(
      "src/backend/operations/status.js",
      "const status = await manager.status(sandboxId);",
      'const now = new Date(); const status = await manager.status(sandboxId).catch(() => ({ sandboxId, name: "x", template: "base", status: "running", createdAt: now.toISOString(), endAt: now.toISOString(), resources: { cpuCount: 1, memoryMb: 512 }, url: "http://127.0.0.1", uptimeSeconds: 1, metrics: null, processesRunning: 1 }));',
    ),
  ),
  defect(
    "terminate-does-nothing",
    "An ended sandbox runs on",
    ["backend.create", "run.orphans"],
    edit("src/sandboxes/release.js", "const existed = await kill(reach, sandboxId);", "const existed = true;"),
    edit("src/sandboxes/release.js", "await witnessGone(reach, sandboxId);", ""),
  ),
  defect(
    "type-only-export",
    "A declared function is not exported",
    ["backend.exports", "backend.types"],
    edit("src/index.js", 'export const simulate = operation("simulate");', 'const simulate = operation("simulate");'),
  ),
  defect(
    "alias-differs",
    "An alias is a function of its own",
    ["backend.exports"],
    edit(
      "src/index.js",
      "export const createE2BSandbox = createE2bSandbox;",
      "export const createE2BSandbox = (input, context) => createE2bSandbox(input, context);",
    ),
  ),
  defect(
    "version-invented",
    "The library names another version than its package",
    ["backend.exports"],
    edit("src/backend/operations/get-version.js", "version: packageVersion(),", 'version: "9.9.9",'),
  ),
  defect(
    "text-becomes-boolean",
    "A boolean written as text is taken for one",
    ["backend.types"],
    edit(
      "src/contracts/parse.js",
      "const copy = structuredClone(value);",
      'const copy = structuredClone(value); if (copy?.useGpu === "true") copy.useGpu = true;',
    ),
  ),
  defect(
    "unknown-field-dropped",
    "A field nobody knows is dropped without a word",
    ["backend.types"],
    edit(
      "src/contracts/parse.js",
      "const copy = structuredClone(value);",
      "const copy = structuredClone(value); delete copy?.use_gpu;",
    ),
  ),
];
