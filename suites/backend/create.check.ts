// A sandbox that the target itself lists, with what was asked for, and that is gone when it was removed.
import { check, faultOf } from "../check.ts";

/** Others may have many sandboxes there. */
const mostAsked = 20;

check("backend.create", async ({ see, backend, create, listed }) => {
  const before = await listed();
  const [sandbox] = await create({ template: "node", timeoutSeconds: 120 });
  await see("the id was unknown before", false, () => before.includes(sandbox.sandboxId));
  await see("it is the only one that came", [sandbox.sandboxId], async () => {
    const known = new Set(before);
    return (await listed()).filter((id) => !known.has(id));
  });
  const found = async (): Promise<object | undefined> => {
    const { sandboxes } = await backend.call("listE2bSandboxes", { status: "running" });
    const row = sandboxes.find((candidate) => candidate.sandboxId === sandbox.sandboxId);
    return row === undefined ? undefined : { template: row.template, status: row.status };
  };
  await see("the target lists it as asked for", { template: "node", status: "running" }, found);
  await see("it ends when asked for, to a few seconds", true, async () => {
    const status = await backend.call("getE2bSandboxStatus", { sandboxId: sandbox.sandboxId });
    const life = Date.parse(status.endAt) - Date.parse(status.createdAt);
    return Math.abs(life - 120_000) < 5_000;
  });
  await see("whatever is listed can be asked for", [], async () => {
    const asked = (await listed()).slice(0, mostAsked);
    const faults = await Promise.all(
      asked.map(async (sandboxId) => faultOf(() => backend.call("getE2bSandboxStatus", { sandboxId }))),
    );
    // A neighbour's sandbox may have ended meanwhile; what is still listed has not.
    const still = await listed();
    return asked.filter((id, i) => faults[i] === "sandbox.not-found" && still.includes(id));
  });
  const rest = await listed();
  await see("an unknown template is refused", "sandbox.template-unknown", () =>
    faultOf(() => backend.call("createE2bSandbox", { template: "no-such-template" })),
  );
  await see("the refused creation left nothing", rest, listed);
  await see("count 0 is refused by name", "usage.invalid: count", () =>
    faultOf(() => backend.call("createE2bSandbox", { count: 0 })),
  );
  await see("count 10,000 is refused by name", "usage.invalid: count", () =>
    faultOf(() => backend.call("createE2bSandbox", { count: 10_000 })),
  );
  await see("removal is confirmed", "terminated", async () => {
    const { status } = await backend.call("terminateE2bSandbox", { sandboxId: sandbox.sandboxId });
    return status;
  });
  await see("the target no longer lists it", false, async () => (await listed()).includes(sandbox.sandboxId));
  await see("asking for it is an error of its own", "sandbox.not-found", () =>
    faultOf(() => backend.call("getE2bSandboxStatus", { sandboxId: sandbox.sandboxId })),
  );
});
