// What can be wrong with a request before, or whatever, it is for. Rows of the closed list in `../faults.ts`.
import type { FaultRow } from "./fault-row.ts";

export const requestFaults = {
  "usage.invalid": {
    definite: true,
    retry: "never",
    httpStatus: 400,
    exitCode: 2,
    doc: "An argument has the wrong type, range or name",
  },
  "usage.config": {
    definite: true,
    retry: "never",
    httpStatus: 400,
    exitCode: 2,
    doc: "The config file cannot be read, or says something that is not known",
  },
  "usage.confirm": {
    definite: true,
    retry: "never",
    httpStatus: 400,
    exitCode: 2,
    doc: "A destructive command was not confirmed",
  },
  "auth.missing": {
    definite: true,
    retry: "never",
    httpStatus: 401,
    exitCode: 4,
    doc: "The target or a data source needs a key and none is set",
  },
  "auth.refused": {
    definite: true,
    retry: "never",
    httpStatus: 401,
    exitCode: 4,
    doc: "The target or a data source refused the key",
  },
  "server.unguarded": {
    definite: true,
    retry: "never",
    httpStatus: 400,
    exitCode: 2,
    doc: "A server was to listen beyond this machine without access tokens",
  },
  "server.port": {
    definite: true,
    retry: "never",
    httpStatus: 409,
    exitCode: 1,
    doc: "A server cannot listen on the address or port it was given",
  },
  "server.restarted": {
    definite: false,
    retry: "never",
    httpStatus: 503,
    exitCode: 1,
    doc: "The server was restarted while the call ran; whether it took effect is not known",
  },
  cancelled: {
    definite: false,
    retry: "same-input",
    httpStatus: 499,
    exitCode: 130,
    doc: "The caller stopped the operation",
  },
  internal: {
    definite: false,
    retry: "never",
    httpStatus: 500,
    exitCode: 1,
    doc: "A defect of this program",
  },
} as const satisfies Record<string, FaultRow>;
