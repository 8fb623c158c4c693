// One request as faults see it: who it is for and what it is for, whichever generation of SDK sent it.
import type { ServedRequest, ServedResponse } from "../served.ts";
import type { faultOperations } from "../../contracts/fault-plan.ts";
import { envdPort } from "../limits.ts";

export type FaultOperation = (typeof faultOperations)[number];

/** What the router knows when it asks. */
export interface IncomingCall {
  readonly request: ServedRequest;
  readonly response: ServedResponse;
  readonly url: URL;
  /** The sandbox named by header or host name; null for the control plane. */
  readonly destination: { readonly id: string; readonly port: number } | null;
}

export interface FaultCall {
  readonly request: ServedRequest;
  readonly response: ServedResponse;
  readonly plane: "control" | "envd" | "port";
  readonly method: string;
  readonly path: string;
  /** Null for calls without a common name. */
  readonly operation: FaultOperation | null;
  /** `process.Process/Start`; null for what is no Connect call. */
  readonly rpc: string | null;
  readonly sandboxId: string | null;
  readonly port: number | null;
  /** A Connect stream: answered with 200 and envelopes, also when it fails. */
  readonly isStream: boolean;
}

interface Row {
  readonly plane: FaultCall["plane"];
  readonly method: string;
  readonly path: RegExp;
  readonly operation: FaultOperation;
}

const rows: readonly Row[] = [
  { plane: "control", method: "POST", path: /^(?:\/v2)?\/sandboxes$/, operation: "create" },
  { plane: "control", method: "POST", path: /^(?:\/v2)?\/sandboxes\/[^/]+\/connect$/, operation: "connect" },
  { plane: "control", method: "GET", path: /^(?:\/v2)?\/sandboxes$/, operation: "list" },
  { plane: "control", method: "GET", path: /^\/sandboxes\/[^/]+$/, operation: "info" },
  { plane: "control", method: "DELETE", path: /^\/sandboxes\/[^/]+$/, operation: "kill" },
  { plane: "control", method: "POST", path: /^\/sandboxes\/[^/]+\/timeout$/, operation: "timeout" },
  { plane: "control", method: "POST", path: /^\/sandboxes\/[^/]+\/pause$/, operation: "pause" },
  { plane: "envd", method: "POST", path: /^\/process\.Process\/Start$/, operation: "run" },
  { plane: "envd", method: "POST", path: /^\/process\.Process\/(?:SendInput|CloseStdin)$/, operation: "stdin" },
  { plane: "envd", method: "POST", path: /^\/process\.Process\/SendSignal$/, operation: "signal" },
  { plane: "envd", method: "GET", path: /^\/files$/, operation: "read" },
  { plane: "envd", method: "POST", path: /^\/files$/, operation: "write" },
  { plane: "envd", method: "POST", path: /^\/filesystem\.Filesystem\/WatchDir$/, operation: "watch" },
];
const rpcPath = /^\/([a-zA-Z.]+\/[A-Za-z]+)$/;
const sandboxPath = /^(?:\/v2)?\/sandboxes\/([a-z0-9]+)/;

export function describeCall({ request, response, url, destination }: IncomingCall): FaultCall {
  const path = url.pathname;
  const method = request.method ?? "";
  const plane = planeOf(path, destination);
  const rpc = plane === "envd" ? (rpcPath.exec(path)?.[1] ?? null) : null;
  const operation = rows.find((row) => row.plane === plane && row.method === method && row.path.test(path))?.operation;
  return {
    request,
    response,
    plane,
    method,
    path,
    operation: operation ?? null,
    rpc: rpc !== null && rpc.includes(".") ? rpc : null,
    sandboxId: destination?.id ?? (plane === "control" ? (sandboxPath.exec(path)?.[1] ?? null) : null),
    port: destination?.port ?? null,
    isStream: (request.headers["content-type"] ?? "").startsWith("application/connect+"),
  };
}

/** Upload and download URLs name no sandbox, yet they are for one. */
function planeOf(path: string, destination: IncomingCall["destination"]): FaultCall["plane"] {
  if (destination === null) return path === "/files" ? "envd" : "control";
  return destination.port === envdPort ? "envd" : "port";
}
