// Declarations and runtime agree in both directions, and native booleans and objects stay native through the schemas.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as library from "../../src/index.ts";
import { packageFolder } from "../../src/host/package-folder.ts";
import { check, faultOf } from "../check.ts";

check("backend.types", async ({ see, backend }) => {
  const declarations = readFileSync(join(packageFolder(), "dist/src/index.d.ts"), "utf8");
  const single = [...declarations.matchAll(/^export declare (?:const|function|class) (\w+)/gm)].map(
    (match) => match[1] ?? "",
  );
  const lists = [...declarations.matchAll(/^export \{ ([^}]+) \}/gm)].flatMap((match) => (match[1] ?? "").split(", "));
  const declared = [...single, ...lists.filter((name) => name !== "")].sort();
  await see(
    "every declared value exists and every exported value is declared",
    Object.keys({ ...library }).sort(),
    () => declared,
  );

  const deploy = (extra: object): Promise<string> =>
    faultOf(() => backend.call("runE2bAgent", { agentType: "momentum", symbols: ["AAPL"], ...extra }));
  await see("a boolean as text is refused by name", "usage.invalid: useGpu", () => deploy({ useGpu: "true" }));
  await see("an object as text is refused by name", "usage.invalid: strategyParams", () =>
    deploy({ strategyParams: "{}" }),
  );
  await see("a symbol list as text is refused by name", "usage.invalid: symbols", () => deploy({ symbols: "AAPL" }));
  await see("an unknown field is refused by name", "usage.invalid: use_gpu", () => deploy({ use_gpu: false }));
  await see("a native true reaches the target, which has no GPU", "sandbox.unsupported", () =>
    deploy({ useGpu: true }),
  );
});
