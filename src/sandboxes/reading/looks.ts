// Looking at sandboxes: one by one, or in company with one listing for all that ask at the same time.
import { maxPages, requestTimeoutMs } from "../limits.ts";
import type { Reach } from "../reach.ts";
import type { Doing } from "../sandbox-fault.ts";
import type { SandboxInfo, UseSample } from "../sdk.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import { openCompany } from "./in-company.ts";

export interface Looks {
  /** Throws `sandbox.not-found`. */
  info(sandboxId: string): Promise<SandboxInfo>;
  /** The same of one that this process made, be it just now: in company with others of its own. */
  infoOfOwn(sandboxId: string): Promise<SandboxInfo>;
  /** Asked while ending one. False when the target, asked after this call, does not know it. */
  isKnown(sandboxId: string): Promise<boolean>;
  /** The newest measurement; null when there is none yet. */
  metrics(sandboxId: string): Promise<UseSample | null>;
}

/** Most sandboxes that E2B answers in one page of a listing, and most whose metrics it gives at once. */
const pageSize = 100;

/** Longest wait for others of the same kind, ms. */
const lingerMs = 5;

export type Asking = Pick<Reach, "ask" | "book" | "clock" | "owner" | "process">;

export function openLooks(reach: Asking, batch: boolean): Looks {
  const alone = looksAlone(reach);
  if (!batch) return alone;
  const { clock } = reach;
  const listed = async (how?: Pick<Doing, "ending">): Promise<ReadonlyMap<string, SandboxInfo>> => {
    const mine = await listMarked(reach, { owner: reach.owner, process: reach.process }, how);
    return new Map(mine.map((info) => [info.sandboxId, info]));
  };
  const infos = openCompany<string, SandboxInfo>({
    clock,
    most: pageSize,
    one: (id) => alone.info(id),
    many: () => listed(),
  });
  const known = openCompany<string, boolean>({
    clock,
    most: pageSize,
    one: (id) => alone.isKnown(id),
    // Others that are being ended will want to be looked for in a moment: one listing does for all.
    lingerMs: () => (reach.book.all().filter(({ state }) => state.kind === "releasing").length > 1 ? lingerMs : 0),
    many: async (ids) => {
      const found = await listed({ ending: true });
      return new Map(ids.map((id) => [id, found.has(id)]));
    },
  });
  const metrics = openCompany<string, UseSample | null>({
    clock,
    most: pageSize,
    one: (id) => alone.metrics(id),
    many: (ids) => metricsOfMany(reach, ids),
  });
  // Only what this process made carries its mark; everything else is asked for by its id.
  const isOurs = (id: string): boolean => reach.book.find(id) !== null;
  return {
    info: (id) => (isOurs(id) ? infos.ask(id) : alone.info(id)),
    infoOfOwn: (id) => infos.ask(id),
    isKnown: (id) => (isOurs(id) ? known.ask(id) : alone.isKnown(id)),
    metrics: (id) => metrics.ask(id),
  };
}

function looksAlone(reach: Asking): Looks {
  const info = (sandboxId: string, how: Pick<Doing, "ending"> = {}): Promise<SandboxInfo> =>
    reach.ask({ what: `look at ${sandboxId}`, about: "sandbox", repeatable: true, ...how }, ({ Sandbox }) =>
      Sandbox.getInfo(sandboxId, { requestTimeoutMs }),
    );
  return {
    info: (id) => info(id),
    infoOfOwn: (id) => info(id),
    isKnown: (sandboxId) =>
      info(sandboxId, { ending: true }).then(
        () => true,
        (thrown: unknown) => {
          if (thrown instanceof SwarmError && thrown.code === "sandbox.not-found") return false;
          throw thrown;
        },
      ),
    async metrics(sandboxId) {
      const doing = { what: `measure ${sandboxId}`, about: "sandbox", repeatable: true } as const;
      const samples = await reach.ask(doing, ({ Sandbox }) => Sandbox.getMetrics(sandboxId, { requestTimeoutMs }));
      return samples.at(-1) ?? null;
    },
  };
}

/** The SDK has no call for the metrics of many; its own typed client has the route. A sandbox left out is asked by itself. */
function metricsOfMany(reach: Asking, ids: readonly string[]): Promise<ReadonlyMap<string, UseSample | null>> {
  const doing = { what: `measure ${ids.length} sandboxes`, about: "list", repeatable: true } as const;
  return reach.ask(doing, ({ newestMetrics }) => newestMetrics(ids));
}

/** Every sandbox whose metadata holds these pairs. */
export function listMarked(
  reach: Pick<Reach, "ask">,
  metadata: Record<string, string>,
  how: Pick<Doing, "ending"> = {},
): Promise<readonly SandboxInfo[]> {
  return reach.ask({ what: "list sandboxes", about: "list", repeatable: true, ...how }, async ({ Sandbox }) => {
    const query = Object.keys(metadata).length === 0 ? {} : { query: { metadata } };
    const pages = Sandbox.list({ ...query, requestTimeoutMs });
    const found: SandboxInfo[] = [];
    for (let page = 0; pages.hasNext; page++) {
      if (page >= maxPages) {
        throw new SwarmError("target.failed", `Cannot list sandboxes: the target has more than ${maxPages} pages`, {
          hint: "End sandboxes that nobody needs",
        });
      }
      found.push(...(await pages.nextItems()));
    }
    return found;
  });
}
