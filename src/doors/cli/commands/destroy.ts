// `destroy`: ends sandboxes after a confirmation. Several are ended side by side; one failure does not keep the others alive,
// and what was done is reported beside the error.
import { SwarmError } from "../../../contracts/swarm-error.ts";
import type { TerminateOutput } from "../../../contracts/operations/sandbox.ts";
import { alignedTable } from "../aligned-table.ts";
import type { CommandSpec, Outcome, Values } from "../command-spec.ts";
import type { Session } from "../session.ts";
import { wireForm } from "../wire-form.ts";

const sideBySide = 10;
const maximumIds = 1_000;

export const destroyCommand: CommandSpec = {
  name: "destroy",
  group: "Sandboxes",
  summary: "End sandboxes and everything in them",
  operands: [{ syntax: "[ids...]", key: "ids", text: "ids of sandboxes" }],
  options: [
    { flags: "-f, --force", key: "force", text: "do not ask, and succeed when one is already gone" },
    { flags: "--all", key: "all", text: "every sandbox the target knows" },
  ],
  examples: ["e2b-swarm destroy <id> --yes", "e2b-swarm destroy --all --force"],
  async run(values, session) {
    const force = values.force === true;
    const ids = await chosenIds(values, session);
    if (ids.length === 0) return { data: { sandboxes: [], total: 0 }, text: "", note: "No sandboxes" };
    if (!force) await session.confirm(ids.length === 1 ? `End sandbox ${ids[0]}?` : `End ${ids.length} sandboxes?`);
    return summary(await terminateAll(ids, force, session), ids.length);
  },
};

async function chosenIds(values: Values, session: Session): Promise<string[]> {
  const named = Array.isArray(values.ids) ? [...new Set(values.ids.map(String))] : [];
  if (values.all === true && named.length > 0) throw wrongIds("both --all and ids were given");
  if (values.all !== true && named.length === 0) throw wrongIds("neither ids nor --all were given");
  if (named.length > maximumIds) throw wrongIds(`${named.length} ids were given, at most ${maximumIds} are accepted`);
  if (values.all !== true) return named;
  const { sandboxes } = await session.call("listE2bSandboxes", { status: "all" });
  return sandboxes.filter(({ status }) => status !== "stopped").map(({ sandboxId }) => sandboxId);
}

function wrongIds(problem: string): SwarmError {
  return new SwarmError("usage.invalid", `Cannot choose what to destroy: ${problem}`, {
    hint: "Give ids as `e2b-swarm list` prints them, or --all alone",
  });
}

async function terminateAll(
  ids: readonly string[],
  force: boolean,
  session: Session,
): Promise<PromiseSettledResult<TerminateOutput>[]> {
  const results: PromiseSettledResult<TerminateOutput>[] = [];
  for (let at = 0; at < ids.length; at += sideBySide) {
    const batch = ids.slice(at, at + sideBySide);
    results.push(
      ...(await Promise.allSettled(
        batch.map((sandboxId) => session.call("terminateE2bSandbox", { sandboxId, force })),
      )),
    );
  }
  return results;
}

function summary(results: readonly PromiseSettledResult<TerminateOutput>[], asked: number): Outcome {
  const ended = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  const failures = results.flatMap((result) => (result.status === "rejected" ? [SwarmError.from(result.reason)] : []));
  const [first] = failures;
  if (ended.length === 0 && first !== undefined && asked === 1) throw first;
  const failure =
    first === undefined
      ? undefined
      : new SwarmError(first.code, `${failures.length} of ${asked} sandboxes could not be ended: ${first.message}`, {
          cause: first,
          ...(first.hint === undefined ? {} : { hint: first.hint }),
        });
  return {
    data: { sandboxes: ended.map((output) => wireForm("terminate.output", output)), total: ended.length },
    text:
      ended.length === 0
        ? ""
        : alignedTable(
            ["ID", "STATUS", "AT"],
            ended.map((e) => [e.sandboxId, e.status, e.terminatedAt]),
          ),
    ...(failure === undefined ? {} : { failure }),
  };
}
