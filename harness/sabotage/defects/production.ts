// Defects of isolation, deployment, cost, the shared record and speed.
import { defect, edit, type Defect } from "../defect.ts";

const bwrap = "src/local/isolation/bwrap-args.js";
const root = '["--bind", plan.root, "/", ...hostBinds()],';

const isolationDefects: readonly Defect[] = [
  defect(
    "host-name-leaks",
    "A sandbox carries another host name than its own",
    ["production.isolation"],
    edit(bwrap, '["--hostname", hostName,', '["--hostname", "leak",'),
  ),
  defect(
    "network-on",
    "A sandbox shares the host's network",
    ["production.isolation"],
    edit(bwrap, '["user", "pid", "ipc", "uts", "net"]', '["user", "pid", "ipc", "uts"]'),
  ),
  defect(
    "shared-temporary-folder",
    "Sandboxes share the host's temporary folder",
    ["production.isolation", "backend.concurrent"],
    edit(bwrap, root, '["--bind", plan.root, "/", ...hostBinds(), "--bind", "/tmp", "/tmp"],'),
  ),
  defect(
    "host-files-visible",
    "A sandbox can read the host's temporary files",
    ["production.isolation"],
    edit(bwrap, root, '["--bind", plan.root, "/", ...hostBinds(), "--ro-bind", "/tmp", "/tmp"],'),
  ),
  defect(
    "host-processes-visible",
    "A sandbox sees the processes of the host and of its neighbours",
    ["production.isolation"],
    edit(bwrap, '["--proc", "/proc", "--dev", "/dev",', '["--ro-bind", "/proc", "/proc", "--dev", "/dev",'),
  ),
];

const deploymentDefects: readonly Defect[] = [
  defect(
    "failed-deployment-left-over",
    "A deployment that cannot be whole keeps what it had started",
    ["production.deploy-five"],
    edit(
      "src/sandboxes/open-sandboxes.js",
      "await Promise.allSettled(made.map(({ sandboxId }) => terminate(reach, sandboxId)));",
      "",
    ),
  ),
  defect(
    "limit-ignored",
    "More sandboxes are made than are allowed",
    ["production.deploy-five"],
    edit("src/sandboxes/lease-book.js", "if (running >= maxOpen) {", "if (false) {"),
  ),
  defect(
    "one-template-for-all",
    "Every role gets the same template",
    ["production.deploy-five"],
    edit(
      "src/backend/agents.js",
      'return referenceSwarm.find((row) => row.role === role)?.template ?? "node";',
      'return "node";',
    ),
  ),
  defect(
    "one-role-for-all",
    "Every agent plays the same role",
    ["production.deploy-five"],
    edit(
      "src/backend/agents.js",
      "return startAgent(options, { sandboxId: request.sandboxId, role: request.role, agentId });",
      'return startAgent(options, { sandboxId: request.sandboxId, role: "momentum", agentId });',
    ),
  ),
  defect(
    "swarm-leaves-its-sandboxes",
    "A swarm ends and its sandboxes run on",
    ["production.cost"],
    edit(
      "src/backend/swarm-session.js",
      "await Promise.all(opened.map(({ sandboxId }) => sandboxes.giveBack(sandboxId)));",
      "",
    ),
  ),
  defect(
    "task-done-twice",
    "The record takes a second result for a task that is done",
    ["production.stress"],
    edit(
      "src/memory/core/entries.js",
      'return { outcome: "conflict", current };',
      'return { outcome: "written", entry: current };',
    ),
  ),
  defect(
    "result-of-another-task",
    "A command answers with what the one before it printed",
    ["production.stress"],
    edit(
      "src/backend/operations/execute.js",
      "stdout: result.stdout,",
      "stdout: ((before) => { globalThis.before = result.stdout; return before ?? result.stdout; })(globalThis.before),",
    ),
  ),
];

const costDefects: readonly Defect[] = [
  defect(
    "cost-meter-zero",
    "Running time costs nothing",
    ["production.cost"],
    edit(
      "src/costs/price-of.js",
      "const runtimeMicroUsd = dividedUp(hourly * ranNs, mibPerGib * nsPerHour * picoPerMicro);",
      "const runtimeMicroUsd = 0;",
    ),
  ),
  defect(
    "price-list-wrong",
    "A processor costs what memory costs",
    ["production.cost"],
    edit("src/costs/price-of.js", "BigInt(picoUsd.perVcpuHour)", "BigInt(picoUsd.perGibHour)"),
  ),
  defect(
    "meter-stops-early",
    "Half of the running time is metered",
    ["production.cost"],
    edit(
      "src/sandboxes/lease.js",
      "return untilNs > sinceNs ? untilNs - sinceNs : 0n;",
      "return untilNs > sinceNs ? (untilNs - sinceNs) / 2n : 0n;",
    ),
  ),
  defect(
    "meter-forgets-a-sandbox",
    "One of five sandboxes is on no bill",
    ["production.cost"],
    edit(
      "src/backend/usage-book.js",
      ".filter(({ sandboxId }) => ids.has(sandboxId))",
      ".filter(({ sandboxId }) => ids.has(sandboxId)).slice(1)",
    ),
  ),
  defect(
    "budget-ignored",
    "A plan above the budget starts",
    ["production.cost"],
    edit("src/costs/budget-gate.js", 'if (state !== "exceeded")', "if (true)"),
  ),
];

const speedDefects: readonly Defect[] = [
  {
    ...defect(
      "slow-create",
      "Creating a sandbox takes six seconds longer",
      ["production.sla"],
      edit(
        "src/backend/operations/create.js",
        "await remember(parts, made);\n    return",
        "await parts.clock.sleep(6_000); await remember(parts, made);\n    return",
      ),
    ),
    bench: true,
  },
  {
    ...defect(
      "some-creations-fail",
      "One creation in four fails, once the calibration of the run is over",
      ["production.success-rate"],
      edit(
        "src/backend/operations/create.js",
        "const sandboxes = await parts.sandboxes();",
        'globalThis.creations = (globalThis.creations ?? 0) + 1; if (globalThis.creations > 7 && globalThis.creations % 4 === 0) throw new Error("it failed"); const sandboxes = await parts.sandboxes();',
      ),
    ),
    bench: true,
  },
];

export const productionDefects: readonly Defect[] = [
  ...isolationDefects,
  ...deploymentDefects,
  ...costDefects,
  ...speedDefects,
];
