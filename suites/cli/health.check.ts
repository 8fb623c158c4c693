// The test every report forgot: a sandbox is killed behind the folder's back, health must say so and exit non-zero.
import { isRecord } from "../../src/contracts/json.ts";
import { check } from "../check.ts";
import { dataOf } from "./run-command.ts";

check("cli.health", async ({ see, elsewhere, cli, keep }) => {
  const health = async (): Promise<object> => {
    const end = await cli("health", "--json");
    const { status, sandboxes } = dataOf(end);
    return { status, lost: isRecord(sandboxes) ? sandboxes.lost : null, red: end.code !== 0 };
  };
  const { sandboxes } = dataOf(await cli("create", "--json"));
  const first: unknown = Array.isArray(sandboxes) ? sandboxes[0] : null;
  const id = isRecord(first) ? String(first.id) : "";
  keep(id);
  await see("healthy at first", { status: "healthy", lost: 0, red: false }, health);
  await (await elsewhere()).call("terminateE2bSandbox", { sandboxId: id });
  await see("degraded when a sandbox was killed behind its back", { status: "degraded", lost: 1, red: true }, health);
  await see("destroy --force puts it right", 0, async () => {
    const { code } = await cli("destroy", id, "--force", "--yes", "--json");
    return code;
  });
  await see("healthy again", { status: "healthy", lost: 0, red: false }, health);
});
