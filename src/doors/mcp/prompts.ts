// Prompts: what a person can ask for with one word. They name tools and resources of this server and nothing else.
import {
  ProtocolError,
  ProtocolErrorCode,
  type GetPromptResult,
  type ListPromptsResult,
} from "@modelcontextprotocol/server";
import { listDocuments } from "../../backend/documents.ts";

interface PromptArgumentRow {
  readonly name: string;
  readonly description: string;
  readonly required: boolean;
  /** Values to offer. */
  readonly values: (folder: string) => readonly string[];
}

interface PromptRow {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly arguments: readonly PromptArgumentRow[];
  text(given: Readonly<Record<string, string>>): string;
}

const prompts: readonly PromptRow[] = [
  {
    name: "triage-run",
    title: "Triage a validation run",
    description: "Reads one validation run and says what is wrong, what it rests on, and what to do first",
    arguments: [
      {
        name: "run_id",
        description: "id of the run, as in e2b://runs/{id}",
        required: true,
        values: (folder) => listDocuments("runs", folder),
      },
    ],
    text: ({ run_id: id = "" }) =>
      `Read the resources e2b://runs/${id} and e2b://reports/${id}. Name every claim that is not MET with its measured ` +
      "value, its limit and its sample size. For each say whether the number is measured, modelled or simulated, and on " +
      "which target. Then call verify for the run's folder and say whether the evidence verifies. End with the one thing to " +
      "do first. Do not state a number that is not in the run.",
  },
  {
    name: "plan-deployment",
    title: "Plan a deployment",
    description:
      "Plans how many sandboxes to run for how long, with the cost from a dated price list, before any is created",
    arguments: [
      {
        name: "sandboxes",
        description: "how many sandboxes, 1 to 100",
        required: true,
        values: () => ["1", "5", "10", "20"],
      },
      { name: "hours", description: "for how many hours", required: true, values: () => ["1", "8", "24"] },
      {
        name: "price_list",
        description: "id of the price list, default e2b-list",
        required: false,
        values: (folder) => listDocuments("prices", folder),
      },
    ],
    text: ({ sandboxes = "", hours = "", price_list: list = "e2b-list" }) =>
      `Plan ${sandboxes} sandboxes for ${hours} hours. Call monitorE2bHealth and listE2bSandboxes to see what runs already. ` +
      `Read e2b://prices/${list} and work the cost out from its prices for 1 vCPU and 512 MiB each, showing the sum and the ` +
      "date of the list. Say what is not in the price. Do not create anything: end with the exact createE2bSandbox call and " +
      "ask for a confirmation.",
  },
];

export function listPrompts(): ListPromptsResult {
  return {
    prompts: prompts.map(({ name, title, description, arguments: rows }) => ({
      name,
      title,
      description,
      arguments: rows.map((row) => ({ name: row.name, description: row.description, required: row.required })),
    })),
  };
}

/** Throws the protocol's error for an unknown prompt or argument, or one that is missing. */
export function getPrompt(name: string, given: Readonly<Record<string, string>> = {}): GetPromptResult {
  const prompt = prompts.find((row) => row.name === name);
  if (prompt === undefined) throw invalid(`Unknown prompt: ${name.slice(0, 100)}`);
  const missing = prompt.arguments.find((row) => row.required && (given[row.name] ?? "") === "");
  if (missing !== undefined) throw invalid(`The argument ${missing.name} of ${name} is missing`);
  const strange = Object.keys(given).find((key) => !prompt.arguments.some((row) => row.name === key));
  if (strange !== undefined) throw invalid(`${name} has no argument ${strange.slice(0, 100)}`);
  const content = { type: "text" as const, text: prompt.text(given) };
  return { description: prompt.description, messages: [{ role: "user", content }] };
}

/** Values for an argument of a prompt; none where nothing can be offered. */
export function promptValues(prompt: string, argument: string, folder: string): readonly string[] {
  const row = prompts.find(({ name }) => name === prompt)?.arguments.find(({ name }) => name === argument);
  return row?.values(folder) ?? [];
}

function invalid(sentence: string): ProtocolError {
  return new ProtocolError(ProtocolErrorCode.InvalidParams, sentence);
}
