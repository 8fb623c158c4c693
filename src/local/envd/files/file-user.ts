// Who a file route acts for: the name in the query, never the one in the authorization header.
import type { Agent } from "../agent.ts";
import { toProblem } from "../rpc-error.ts";
import { findUser, type User } from "../users.ts";
import { httpProblem } from "./file-problem.ts";

/** Null or empty: the sandbox's default user. Throws 401 for a name that passwd does not hold. */
export function userNamed(agent: Agent, name: string | null): User {
  const asked = name === null || name === "" ? agent.tenant.defaultUser : name;
  try {
    return findUser(agent, asked);
  } catch (thrown) {
    const problem = toProblem(thrown);
    if (problem.code !== "unauthenticated") throw httpProblem(501, problem.message);
    throw httpProblem(401, `error looking up user '${asked}': user: unknown user ${asked}`);
  }
}
