// Made by one process, seen by the next, gone after a third destroyed it; unknown ids are errors with their own exit code.
import { isRecord } from "../../src/contracts/json.ts";
import { check } from "../check.ts";
import { dataOf, errorOf } from "./run-command.ts";

check("cli.list", async ({ see, listed, cli, keep }) => {
  const created = dataOf(await cli("create", "--count", "2", "--json"));
  const ids = idsOf(created);
  keep(...ids);
  await see("two were created", 2, () => ids.length);
  const own = async (): Promise<readonly string[]> =>
    idsOf(dataOf(await cli("list", "--json"))).filter((id) => ids.includes(id));
  await see("another process lists both", [...ids].sort(), async () => [...(await own())].sort());
  await see("so does the target", true, async () => {
    const known = await listed();
    return ids.every((id) => known.includes(id));
  });
  await see("status of the first", ids[0], async () => dataOf(await cli("status", ids[0] ?? "", "--json")).sandbox_id);
  await see("destroy without confirmation is refused off a terminal", 2, async () => {
    const { code } = await cli("destroy", ids[0] ?? "", "--json");
    return code;
  });
  await see("destroy", 0, async () => {
    const { code } = await cli("destroy", ...ids, "--yes", "--json");
    return code;
  });
  await see("none is listed any more", [], own);
  await see("status of an unknown id", { code: 5, fault: "sandbox.not-found" }, async () => {
    const end = await cli("status", ids[0] ?? "", "--json");
    return { code: end.code, fault: errorOf(end) };
  });
  await see("destroy of an unknown id", { code: 5, fault: "sandbox.not-found" }, async () => {
    const end = await cli("destroy", "inosuchsandbox0000001", "--yes", "--json");
    return { code: end.code, fault: errorOf(end) };
  });
  await see("a command in an unknown id", { code: 5, fault: "sandbox.not-found" }, async () => {
    const end = await cli("exec", "inosuchsandbox0000001", "--json", "--", "true");
    return { code: end.code, fault: errorOf(end) };
  });
});

function idsOf(data: Readonly<Record<string, unknown>>): readonly string[] {
  const { sandboxes } = data;
  return Array.isArray(sandboxes) ? sandboxes.filter((row) => isRecord(row)).map((row) => String(row.id)) : [];
}
