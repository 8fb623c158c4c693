// Each command as a process of its own, in an empty folder: one JSON document, the documented exit code.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isRecord } from "../../src/contracts/json.ts";
import { check } from "../check.ts";
import { dataOf, envelope, errorOf } from "./run-command.ts";

check("cli.commands", async ({ see, backend, cli, keep, nonce, folder }) => {
  await see(
    "--version prints this package's version",
    `${(await backend.call("getVersion", {})).version}\n`,
    async () => {
      const { stdout } = await cli("--version");
      return stdout;
    },
  );
  const secret = nonce();
  const created = await cli("create", "--template", "node", "--env", `TOKEN=${secret}`, "--json");
  const { sandboxes } = dataOf(created);
  const first: unknown = Array.isArray(sandboxes) ? sandboxes[0] : null;
  const id = isRecord(first) ? String(first.id) : "";
  keep(id);
  await see("create answers with one running sandbox", { ok: true, template: "node", status: "running" }, () => {
    const row = isRecord(first) ? first : {};
    return { ok: envelope(created).ok, template: row.template, status: row.status };
  });
  await see("a secret of its environment is neither printed nor kept", [], () => {
    const kept = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const texts = [
      created.stdout,
      created.stderr,
      ...kept.map((entry) => readFileSync(join(entry.parentPath, entry.name), "latin1")),
    ];
    return texts
      .filter((text) => text.includes(secret))
      .map((text) => text.slice(0, 200).replaceAll(secret, "(secret)"));
  });
  await see(
    "exec gives the command's output",
    "hello\n",
    async () => dataOf(await cli("exec", id, "--json", "--", "echo", "hello")).stdout,
  );
  await see("deploy gives a proposal of the agent", "momentum", async () => {
    const { agent_type } = dataOf(
      await cli("deploy", "--agent", "momentum", "--symbols", "AAPL", "--sandbox", id, "--json"),
    );
    return agent_type;
  });
  await see("backtest gives metrics", true, async () => {
    const { results } = dataOf(
      await cli("backtest", "-s", "momentum", "--symbols", "AAPL", "--start", "2015-01-02", "--json"),
    );
    const result: unknown = Array.isArray(results) ? results[0] : null;
    return isRecord(result) && isRecord(result.metrics);
  });
  await see("local status names the isolation", backend.label.isolation, async () => {
    if (backend.label.target === "cloud") return "provider";
    const { isolation } = dataOf(await cli("local", "status", "--json"));
    return isolation;
  });
  const refusals: readonly (readonly [string, readonly string[], number, string])[] = [
    ["create 0", ["create", "--count", "0"], 2, "usage.invalid"],
    ["create 10000", ["create", "--count", "10000"], 2, "usage.invalid"],
    ["create of an unknown template", ["create", "--template", "nosuch"], 5, "sandbox.template-unknown"],
    [
      "backtest of an unknown symbol",
      ["backtest", "-s", "momentum", "--symbols", "NOSUCH", "--start", "2015-01-02"],
      5,
      "market.symbol",
    ],
    [
      "backtest of an unknown range",
      ["backtest", "-s", "momentum", "--symbols", "AAPL", "--start", "1990-01-02"],
      5,
      "market.range",
    ],
    ["verify of nothing", ["verify", "nothing-here"], 5, "evidence.missing"],
  ];
  const ends = await Promise.all(refusals.map(([, args]) => cli(...args, "--json")));
  for (const [i, [what, , code, fault]] of refusals.entries()) {
    const end = ends[i];
    await see(`${what}: exit ${code}`, { code, fault, ok: false }, () =>
      end === undefined ? null : { code: end.code, fault: errorOf(end), ok: envelope(end).ok },
    );
  }
});
