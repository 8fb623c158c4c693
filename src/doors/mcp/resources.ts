// Resources: the swarm as it is now, and the documents of the folder and the package, under e2b:// addresses.
import {
  ResourceNotFoundError,
  type ListResourcesResult,
  type ListResourceTemplatesResult,
  type ReadResourceResult,
} from "@modelcontextprotocol/server";
import { documentKinds, listDocuments, readDocument, type DocumentKind } from "../../backend/documents.ts";
import type { DoorBackend } from "../door-backend.ts";

export const swarmUri = "e2b://swarm";

interface KindText {
  readonly title: string;
  readonly description: string;
  readonly mimeType: string;
}

const kinds: Readonly<Record<DocumentKind, KindText>> = {
  reports: {
    title: "Report of a run",
    description: "What a validation run found, as people read it, with the provenance of every number",
    mimeType: "text/markdown",
  },
  runs: {
    title: "Results of a run",
    description: "Every check and claim of a validation run with its verdict, for machines",
    mimeType: "application/json",
  },
  prices: {
    title: "Price list",
    description: "A dated price list with its source and digest; costs name the list they were computed from",
    mimeType: "application/json",
  },
  docs: { title: "Page", description: "A page of this package's documentation", mimeType: "text/markdown" },
};

export function listResources(folder: string): ListResourcesResult {
  const swarm = {
    uri: swarmUri,
    name: "swarm",
    title: "The swarm now",
    description: "Health, sandboxes and agents as the target and the recorded state say at this moment",
    mimeType: "application/json",
  };
  const documents = documentKinds.flatMap((kind) =>
    listDocuments(kind, folder).map((id) => {
      const { title, ...rest } = kinds[kind];
      return { uri: uriOf(kind, id), name: `${kind}/${id}`, title: `${title}: ${id}`, ...rest };
    }),
  );
  return { resources: [swarm, ...documents] };
}

export function listResourceTemplates(): ListResourceTemplatesResult {
  return {
    resourceTemplates: documentKinds.map((kind) => ({ uriTemplate: templateOf(kind), name: kind, ...kinds[kind] })),
  };
}

/** Throws the protocol's own error for an address nothing is at. */
export async function readResource(
  uri: string,
  folder: string,
  backend: () => Promise<DoorBackend>,
  signal: AbortSignal,
): Promise<ReadResourceResult> {
  if (uri === swarmUri) {
    const opened = await backend();
    const health = await opened.call("monitorE2bHealth", { includeAllSandboxes: true }, { signal });
    const { sandboxes } = await opened.call("listE2bSandboxes", {}, { signal });
    return { contents: [{ uri, mimeType: "application/json", text: JSON.stringify({ health, sandboxes }) }] };
  }
  const named = documentKinds.find((kind) => uri.startsWith(uriOf(kind, "")));
  const found = named === undefined ? null : readDocument(named, decoded(uri.slice(uriOf(named, "").length)), folder);
  if (found === null) throw new ResourceNotFoundError(uri);
  return { contents: [{ uri, ...found }] };
}

/** The kind whose template this is. */
export function kindOfTemplate(uriTemplate: string): DocumentKind | null {
  return documentKinds.find((kind) => templateOf(kind) === uriTemplate) ?? null;
}

function templateOf(kind: DocumentKind): string {
  return `${uriOf(kind, "")}{id}`;
}

function uriOf(kind: DocumentKind, id: string): string {
  return `e2b://${kind}/${encodeURIComponent(id)}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}
