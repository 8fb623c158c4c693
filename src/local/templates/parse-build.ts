// The body of a build start, from `unknown` to a typed plan. What is malformed is refused here with 400; what is well
// formed but cannot be built fails the build itself, with its step.
import { isRecord } from "../../contracts/json.ts";
import { limits } from "../limits.ts";

export type BuildBase =
  | { readonly kind: "image"; readonly name: string; readonly withCredentials: boolean }
  | { readonly kind: "template"; readonly name: string };

export interface BuildStep {
  /** Upper case. */
  readonly type: string;
  readonly args: readonly string[];
  readonly filesHash: string | null;
  readonly force: boolean;
}

export interface BuildPlan {
  readonly base: BuildBase;
  readonly steps: readonly BuildStep[];
  readonly startCmd: string;
  readonly readyCmd: string;
  readonly force: boolean;
}

export const filesHashPattern = /^[0-9a-f]{64}$/;

/** The plan, or the sentence that says what is wrong with it. */
export function parseBuildPlan(body: Readonly<Record<string, unknown>>): BuildPlan | string {
  const base = parseBase(body);
  if (typeof base === "string") return base;
  const { steps = [], startCmd, readyCmd } = body;
  if (!Array.isArray(steps)) return "steps must be a list";
  if (steps.length > limits.buildSteps) return `steps: ${steps.length} are given but at most ${limits.buildSteps} are run`;
  const parsed: BuildStep[] = [];
  for (const [index, step] of steps.entries()) {
    const one = parseStep(step, index + 1);
    if (typeof one === "string") return one;
    parsed.push(one);
  }
  const start = optionalText(startCmd);
  const ready = optionalText(readyCmd);
  if (start === null || ready === null) return "startCmd and readyCmd must be texts";
  return { base, steps: parsed, startCmd: start, readyCmd: ready, force: body.force === true };
}

function parseBase(body: Readonly<Record<string, unknown>>): BuildBase | string {
  const { fromImage, fromTemplate, fromImageRegistry } = body;
  const image = typeof fromImage === "string" ? fromImage.trim() : "";
  const template = typeof fromTemplate === "string" ? fromTemplate.trim() : "";
  if ((image === "") === (template === "")) return "exactly one of fromImage or fromTemplate must be given";
  if (image === "") return { kind: "template", name: template };
  return { kind: "image", name: image, withCredentials: isRecord(fromImageRegistry) };
}

function parseStep(value: unknown, number: number): BuildStep | string {
  if (!isRecord(value) || typeof value.type !== "string") return `step ${number} has no type`;
  const { args = [], filesHash } = value;
  if (!isTexts(args)) return `step ${number}: args must be a list of texts without NUL bytes`;
  if (typeof filesHash === "string" && filesHash !== "" && !filesHashPattern.test(filesHash))
    return `step ${number}: Invalid files hash`;
  return {
    type: value.type.toUpperCase(),
    args,
    filesHash: typeof filesHash === "string" && filesHash !== "" ? filesHash : null,
    force: value.force === true,
  };
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string" && !item.includes("\0"));
}

function optionalText(value: unknown): string | null {
  if (value === undefined || value === null) return "";
  return typeof value === "string" && !value.includes("\0") ? value.trim() : null;
}
