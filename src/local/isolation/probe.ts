// Does this machine really give what was asked for? Each isolation is run once for nothing: presence of a binary says
// nothing about what the kernel allows.
import { SwarmError } from "../../contracts/swarm-error.ts";
import type { Isolation } from "../../contracts/target.ts";
import { probeCommand } from "./gvisor.ts";
import { runToEnd } from "./run-to-end.ts";

/** Throws `local.isolation` with what is missing; starts nothing that stays. */
export async function requireIsolation(isolation: Isolation): Promise<void> {
  switch (isolation) {
    case "bwrap":
      return probeBwrap();
    case "gvisor":
      await probeBwrap();
      return probeGvisor();
    case "none":
      return;
  }
}

async function probeBwrap(): Promise<void> {
  const spaces = ["--unshare-all", "--die-with-parent", "--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev"];
  const result = await runToEnd("bwrap", [...spaces, "true"]);
  if (result.code === 0) return;
  const missing = result.code === null && /ENOENT/.test(result.stderr);
  if (missing) {
    throw new SwarmError("local.isolation", "Cannot isolate sandboxes: bubblewrap is not installed", {
      hint: "Run: sudo apt-get install -y bubblewrap (or ask for isolation none, which certifies nothing)",
      details: { isolation: "bwrap" },
    });
  }
  throw new SwarmError("local.isolation", `Cannot isolate sandboxes: bwrap refuses to start (${result.stderr})`, {
    hint: "Allow unprivileged user namespaces: sudo sysctl -w user.max_user_namespaces=15000, and on Ubuntu 24.04 kernel.apparmor_restrict_unprivileged_userns=0",
    details: { isolation: "bwrap" },
  });
}

async function probeGvisor(): Promise<void> {
  const details = { isolation: "gvisor" };
  if ((await runToEnd("runsc", ["--version"])).code !== 0) {
    throw new SwarmError("local.isolation", "Cannot use isolation gvisor: runsc is not installed", {
      hint: "Run: sudo apt-get install -y runsc (or use isolation bwrap)",
      details,
    });
  }
  const [program = "", ...args] = probeCommand();
  const result = await runToEnd(program, args);
  if (result.code === 0) return;
  const reason = result.stderr.split("\n").at(-1) ?? "";
  throw new SwarmError("local.isolation", `Cannot use isolation gvisor: runsc refuses to start (${reason})`, {
    hint: "Use isolation bwrap, or see docs/discoveries/gvisor.md for what runsc needs",
    details,
  });
}
