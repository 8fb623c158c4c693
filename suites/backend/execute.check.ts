// Commands give back their own output, code and time limit. The exit code is asserted here and nowhere else, so that a
// defect in it turns exactly this check red.
import { realClock } from "../../src/host/clock.ts";
import { check } from "../check.ts";

check("backend.execute", async ({ see, backend, create, nonce }) => {
  const [{ sandboxId }] = await create({ template: "base", envVars: { AGENT_ROLE: "check" } });
  const run = (command: string, more: object = {}) =>
    backend.call("executeE2bProcess", { sandboxId, command, ...more });
  const fresh = nonce();
  await see("a fresh nonce comes back on stdout", `${fresh}\n`, async () => (await run(`echo ${fresh}`)).stdout);
  await see("stderr is kept apart", { stdout: "out\n", stderr: "err\n" }, async () => {
    const { stdout, stderr } = await run("echo out; echo err >&2");
    return { stdout, stderr };
  });
  await see("exit 7 gives 7", 7, async () => (await run("exit 7")).exitCode);
  await see("success gives 0", 0, async () => (await run("true")).exitCode);
  await see("arguments are passed unchanged", "$(id) 'a' \"b\"\n", async () => {
    const { stdout } = await run("printf", { args: ["%s %s %s\n", "$(id)", "'a'", '"b"'] });
    return stdout;
  });
  await see("the sandbox's environment is there", "check\n", async () => (await run("echo $AGENT_ROLE")).stdout);
  await see("the command's environment wins", "own\n", async () => {
    const { stdout } = await run("echo $AGENT_ROLE", { envVars: { AGENT_ROLE: "own" } });
    return stdout;
  });
  await see("the working directory is respected", "/tmp\n", async () => (await run("pwd", { cwd: "/tmp" })).stdout);
  const marker = `sleep-${nonce()}`;
  const begin = realClock.monotonicNs();
  await see("a command is killed at its time limit", true, async () => {
    const { timedOut } = await run(`exec -a ${marker} sleep 600`, { timeoutSeconds: 1 });
    return timedOut;
  });
  const seconds = Number(realClock.monotonicNs() - begin) / 1e9;
  await see("not before and not long after", true, () => seconds > 0.9 && seconds < 10);
  await see("the killed command is gone", "0\n", async () => (await run(`pgrep -c -f '^${marker}' ; true`)).stdout);
  await see("Node and Python run", "nodepython\n", async () => {
    const { stdout } = await run("node -e 'process.stdout.write(\"node\")'; python3 -c 'print(\"python\")'");
    return stdout;
  });
});
