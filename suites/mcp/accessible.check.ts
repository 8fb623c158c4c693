// The packaged server starts, shakes hands as this package's version, answers a ping and ends when its host hangs up.
import { isRecord } from "../../src/contracts/json.ts";
import { check } from "../check.ts";

check("mcp.accessible", async ({ see, backend, mcp }) => {
  const server = mcp();
  const hello = await server.initialize();
  const { version } = await backend.call("getVersion", {});
  await see("it names itself and this package's version", { name: "e2b-swarm", version }, () => {
    const info = isRecord(hello.serverInfo) ? hello.serverInfo : {};
    return { name: info.name, version: info.version };
  });
  await see("it speaks the revision the host asked for", "2025-06-18", () => hello.protocolVersion);
  await see(
    "it says that it has tools",
    true,
    () => isRecord(hello.capabilities) && isRecord(hello.capabilities.tools),
  );
  await see("ping is answered", {}, async () => (await server.request("ping")).result);
  await see("an older revision is accepted by a second server", "2024-11-05", async () => {
    const older = mcp();
    const { protocolVersion } = await older.initialize("2024-11-05");
    await older.end();
    return protocolVersion;
  });
  await see("it ends with 0 when stdin closes", 0, () => server.end());
  await see("nothing but JSON was on stdout", [], () => server.strays);
});
