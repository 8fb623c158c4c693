// Completions of prompt arguments and resource ids: what begins with the typed text, at most what the protocol allows.
import type { CompleteRequestParams, CompleteResult } from "@modelcontextprotocol/server";
import { listDocuments } from "../../backend/documents.ts";
import { promptValues } from "./prompts.ts";
import { kindOfTemplate } from "./resources.ts";

const mostValues = 100;

export function complete({ ref, argument }: CompleteRequestParams, folder: string): CompleteResult {
  const offered =
    ref.type === "ref/prompt" ? promptValues(ref.name, argument.name, folder) : ids(ref.uri, argument.name, folder);
  const fitting = offered.filter((value) => value.toLowerCase().startsWith(argument.value.toLowerCase()));
  const values = fitting.slice(0, mostValues);
  return { completion: { values, total: fitting.length, hasMore: fitting.length > values.length } };
}

function ids(uriTemplate: string, argument: string, folder: string): readonly string[] {
  const kind = kindOfTemplate(uriTemplate);
  return kind === null || argument !== "id" ? [] : listDocuments(kind, folder);
}
