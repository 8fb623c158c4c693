// Several sandboxes at once: their lives overlap, their work overlaps, and each sees only its own file.
import { realClock } from "../../src/host/clock.ts";
import { check } from "../check.ts";

const sleepSeconds = 1;

check("backend.concurrent", async ({ see, backend, create, listed, nonce }) => {
  const ids = (await create({ template: "base", count: 3 })).map((sandbox) => sandbox.sandboxId);
  const run = async (sandboxId: string, command: string): Promise<string> => {
    const { stdout } = await backend.call("executeE2bProcess", { sandboxId, command });
    return stdout;
  };
  await see("three different ids", 3, () => new Set(ids).size);
  await see("all three live at the same time", true, async () => {
    const running = await listed();
    return ids.every((id) => running.includes(id));
  });
  const nonces = ids.map(() => nonce());
  await Promise.all(ids.map((id, i) => run(id, `echo ${nonces[i]} > /home/user/own && echo ${nonces[i]} > /tmp/own`)));
  for (const [i, id] of ids.entries()) {
    await see(`sandbox ${i + 1} sees its own file and no other`, `${nonces[i]}\n${nonces[i]}\n`, () =>
      run(id, "cat /home/user/own /tmp/own"),
    );
  }
  await see("waiting in three sandboxes overlaps", true, async () => {
    const begin = realClock.monotonicNs();
    await Promise.all(ids.map((id) => run(id, `sleep ${sleepSeconds}`)));
    const wallNs = Number(realClock.monotonicNs() - begin);
    return wallNs < ids.length * sleepSeconds * 1e9;
  });
  await Promise.all(ids.map((sandboxId) => backend.call("terminateE2bSandbox", { sandboxId })));
  await see("all three are gone", false, async () => {
    const running = await listed();
    return ids.some((id) => running.includes(id));
  });
});
