// Help lists exactly the commands there are, exits 0, and every command explains itself; what is unknown is refused.
import { check } from "../check.ts";

const commands = [
  "create",
  "list",
  "status",
  "destroy",
  "exec",
  "execute",
  "deploy",
  "backtest",
  "health",
  "plan",
  "bench",
  "validate",
  "verify",
  "audit",
  "report",
  "diff",
  "local",
  "mcp",
  "simulate",
  "fantasy",
  "swarm",
  "agents",
  "scale",
  "monitor",
  "template",
  "serve",
  "completion",
];
const swarmCommands = [
  "init",
  "deploy",
  "list",
  "status",
  "agents",
  "agent",
  "stop",
  "restart",
  "scale",
  "rebalance",
  "health",
  "metrics",
  "performance",
  "shutdown",
];

/** The words at the beginning of a help page's rows. */
function listedIn(help: string): string[] {
  const listed = [...help.matchAll(/^ {2}([a-z]+)\b(?= .*| *$)/gm)].map((match) => match[1] ?? "");
  return [...new Set(listed.filter((word) => word !== "help"))].sort();
}

check("cli.help", async ({ see, cli }) => {
  const help = await cli("--help");
  await see("help exits with 0", 0, () => help.code);
  await see("it lists exactly the commands", [...commands].sort(), () => listedIn(help.stdout));
  await see("the family of live swarms lists exactly its own", [...swarmCommands].sort(), async () => {
    const { stdout } = await cli("swarm", "--help");
    return listedIn(stdout);
  });
  for (const command of ["create", "destroy", "validate"]) {
    await see(`${command} --help shows its usage`, true, async () => {
      const { code, stdout } = await cli(command, "--help");
      return code === 0 && stdout.includes(`e2b-swarm ${command}`);
    });
  }
  await see("an unknown command is a usage error with a suggestion", { code: 2, suggests: true }, async () => {
    const { code, stderr } = await cli("creat");
    return { code, suggests: stderr.includes("create") };
  });
  await see("an unknown flag is a usage error", 2, async () => {
    const { code } = await cli("list", "--colour");
    return code;
  });
});
