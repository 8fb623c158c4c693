// From a template and a size to what the target calls it: looked up, and built once when it does not exist. With the cache a
// name is resolved once per manager, however many ask at the same time; a failure is forgotten.
import type { Resources } from "../../contracts/sandbox.ts";
import { buildTimeoutMs } from "../limits.ts";
import type { Reach } from "../reach.ts";
import { variantName } from "./variant.ts";

export interface Variants {
  /** The target's name. Throws `sandbox.template-unknown`, `sandbox.unsupported`, `target.*`. */
  resolve(template: string, resources: Resources | null): Promise<string>;
}

export function openVariants(reach: Pick<Reach, "ask" | "connection" | "log">, cache: boolean): Variants {
  const resolved = new Map<string, Promise<string>>();
  /** Two builds of one name at a time would only get in each other's way. */
  const builds = new Map<string, Promise<string>>();
  const build = async (name: string, from: string, { cpuCount, memoryMb }: Resources): Promise<string> => {
    const doing = { what: `build the template ${name}`, about: "template", withinMs: buildTimeoutMs } as const;
    await reach.ask(doing, ({ Template }) =>
      Template.build(Template().fromTemplate(from), name, { cpuCount, memoryMB: memoryMb }),
    );
    reach.log.write("info", "template variant built", { name });
    return name;
  };
  const find = async (template: string, resources: Resources): Promise<string> => {
    const name = variantName(template, resources);
    const looking = { what: `look up the template ${name}`, about: "template", repeatable: true } as const;
    if (await reach.ask(looking, ({ Template }) => Template.exists(name))) return name;
    const from = reach.connection.templateOf(template);
    return (
      builds.get(name) ?? kept(builds, name, build(name, from, resources).finally(() => builds.delete(name)))
    );
  };
  return {
    resolve(template, resources) {
      if (resources === null) return Promise.resolve(reach.connection.templateOf(template));
      if (!cache) return find(template, resources);
      const name = variantName(template, resources);
      return resolved.get(name) ?? kept(resolved, name, find(template, resources));
    },
  };
}

function kept(into: Map<string, Promise<string>>, name: string, found: Promise<string>): Promise<string> {
  into.set(name, found);
  found.catch(() => into.delete(name));
  return found;
}
