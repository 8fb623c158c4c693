// PUT /sandboxes/{id}/network: replaces the rules for traffic out of a running sandbox; what is left out is cleared.
import { problem } from "../answer.ts";
import { inTurn } from "../lifecycle/in-turn.ts";
import { parseEgress } from "../lifecycle/egress.ts";
import { changeFailed } from "./pausing.ts";
import { unsupportedFeature } from "./unsupported.ts";
import { notFound, withRunning } from "./with-sandbox.ts";

export const networkEndpoint = withRunning(async (plane, sandbox, { body }) => {
  const unsupported = unsupportedFeature({ network: body });
  if (unsupported !== null) return unsupported;
  const egress = parseEgress(body, body.allow_internet_access);
  if (typeof egress === "string") return problem(400, egress);
  const refused = plane.egress.refuses(egress);
  if (refused !== null) return problem(400, refused);
  try {
    return await inTurn(sandbox, async () => {
      if (plane.table.get(sandbox.id) !== sandbox || sandbox.state.kind !== "running") return notFound(sandbox.id);
      await plane.egress.apply(sandbox.cell, egress);
      sandbox.egress = egress;
      return { status: 204 };
    });
  } catch (thrown) {
    return changeFailed(plane, "Error updating the network of the sandbox", thrown);
  }
});
