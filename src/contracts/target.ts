// Which E2B this process talks to: one value, chosen in backend/compose.ts and nowhere else.

export type Target =
  | { readonly kind: "local"; readonly url: string; readonly apiKey: string; readonly isolation: Isolation }
  | { readonly kind: "cloud"; readonly apiKey: string; readonly domain: string };

export type TargetKind = Target["kind"];

/** `bwrap` is the default, `gvisor` the hardened choice; `none` must be asked for by name and can certify nothing. */
export type Isolation = "bwrap" | "gvisor" | "none";

/** What a door prints and a report states about where things ran. */
export interface TargetLabel {
  readonly target: TargetKind;
  /** `cloud` is not ours to inspect. */
  readonly isolation: Isolation | "provider";
}
