// What a server was started with: passed to its process as JSON without secrets, kept in its record, and compared when
// somebody wants a server with settings of their own.
import { isRecord } from "../contracts/json.ts";
import { invariant } from "../contracts/invariant.ts";
import { SwarmError } from "../contracts/swarm-error.ts";
import type { Isolation } from "../contracts/target.ts";
import type { Env } from "../host/env.ts";
import { findProfile, profileNames, type ProfileName } from "./faults/profile.ts";

/** Only what was asked for; the rest is the server's default. */
export interface AskedSettings {
  readonly port?: number | undefined;
  readonly maxSandboxes?: number | undefined;
  readonly spares?: number | undefined;
  /** Disk of one sandbox in MiB; default 10,240. */
  readonly diskMb?: number | undefined;
  /** The server ends by itself after this long without sandboxes and requests; default 900 s. */
  readonly idleSeconds?: number | undefined;
  /** Opens the fault plane; default off, or what E2B_SWARM_FAULTS (on, off) says when the server starts. */
  readonly faults?: boolean | undefined;
  /** TLS and HTTP/2 beside plain HTTP, on the same port; default off. */
  readonly tls?: boolean | undefined;
  /** Default none, or what E2B_SWARM_PROFILE says when the server starts. */
  readonly profile?: ProfileName | undefined;
}

export interface DaemonSettings extends AskedSettings {
  readonly home: string;
  readonly isolation: Isolation;
  /** Its stdin is a pipe of whoever starts it: closed before the server stands, nobody waits for it any more. */
  readonly watched: boolean;
}

/** What changes the meaning of a server: nobody who wants one of these can use a server without it. */
export const meanings = ["faults", "profile", "tls"] as const;
/** What only sizes it, besides: an error for a person who typed it, not for a program that would start one so. */
export const sizes = ["maxSandboxes", "spares", "diskMb", "idleSeconds"] as const;
type Setting = (typeof meanings)[number] | (typeof sizes)[number];

/** The environment speaks only where the caller did not, and only when a server starts. */
export function withEnvironment(asked: AskedSettings, env: Env): AskedSettings {
  const { E2B_SWARM_FAULTS: faults = "", E2B_SWARM_PROFILE: profile = "" } = env;
  if (!["", "on", "off", "1", "0"].includes(faults)) {
    throw new SwarmError("usage.invalid", `Cannot use E2B_SWARM_FAULTS: it is "${faults}" but must be on or off`, {
      hint: "Unset E2B_SWARM_FAULTS, or set it to on",
    });
  }
  if (profile !== "") findProfile(profile);
  return {
    ...asked,
    faults: asked.faults ?? (faults === "on" || faults === "1"),
    profile: asked.profile ?? profileNames.find((name) => name === profile),
  };
}

/** Names the first of `settings` that was asked for and is another in the running server; null when all fit. */
export function difference(
  settings: readonly Setting[],
  asked: AskedSettings,
  running: AskedSettings,
): { readonly setting: Setting; readonly wanted: string; readonly found: string } | null {
  for (const setting of settings) {
    const wanted = asked[setting];
    const found = running[setting] ?? (setting === "faults" || setting === "tls" ? false : undefined);
    if (wanted === undefined || wanted === found) continue;
    return { setting, wanted: String(wanted), found: found === undefined ? "not set" : String(found) };
  }
  return null;
}

/** From JSON of our own launcher or of a record; what is not a setting is left out. */
export function pickAsked(value: Readonly<Record<string, unknown>>): AskedSettings {
  const { port, maxSandboxes, spares, diskMb, idleSeconds, faults, profile, tls } = value;
  const known = profileNames.find((name) => name === profile);
  return {
    ...(typeof port === "number" ? { port } : {}),
    ...(typeof maxSandboxes === "number" ? { maxSandboxes } : {}),
    ...(typeof spares === "number" ? { spares } : {}),
    ...(typeof diskMb === "number" ? { diskMb } : {}),
    ...(typeof idleSeconds === "number" ? { idleSeconds } : {}),
    ...(typeof faults === "boolean" ? { faults } : {}),
    ...(typeof tls === "boolean" ? { tls } : {}),
    ...(known === undefined ? {} : { profile: known }),
  };
}

export function readDaemonSettings(text: string): DaemonSettings {
  const value: unknown = JSON.parse(text);
  invariant(isRecord(value), "the daemon was started with its settings");
  const { home, isolation } = value;
  invariant(typeof home === "string", "the daemon knows its home folder");
  invariant(
    isolation === undefined || isolation === "bwrap" || isolation === "gvisor" || isolation === "none",
    "isolation is known",
  );
  return { ...pickAsked(value), home, isolation: isolation ?? "bwrap", watched: value.watched === true };
}
