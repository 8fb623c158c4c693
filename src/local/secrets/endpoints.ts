// The API of secrets. No answer, log or error ever carries a value, not even the caller's own.
import type { ServedRequest } from "../served.ts";
import { isRecord } from "../../contracts/json.ts";
import { problem, readObject, type Answer } from "../answer.ts";
import type { ControlPlane } from "../control-plane/context.ts";
import { limits } from "../limits.ts";
import { metadataProblem, secretName, type Secret } from "./store.ts";

const maxPage = 100;

/** Null: the path is somebody else's. */
export async function answerSecrets(plane: ControlPlane, request: ServedRequest, url: URL): Promise<Answer | null> {
  const match = /^\/secrets(?:\/([^/]+))?$/.exec(url.pathname);
  if (match === null) return null;
  const [, selector] = match;
  if (selector === undefined) {
    if (request.method === "GET") return listSecrets(plane, url);
    return request.method === "POST" ? createSecret(plane, request) : null;
  }
  const secret = plane.secrets.find(decoded(selector));
  if (secret === undefined) return problem(404, "Secret not found");
  switch (request.method) {
    case "GET":
      return { status: 200, body: secretJson(secret) };
    case "POST":
      return updateSecret(plane, secret, request);
    case "DELETE":
      plane.secrets.remove(secret);
      return { status: 204 };
    default:
      return null;
  }
}

function listSecrets(plane: ControlPlane, url: URL): Answer {
  const limit = Number(url.searchParams.get("limit") ?? maxPage);
  if (!Number.isInteger(limit) || limit < 1 || limit > maxPage) return problem(400, `limit must be 1 to ${maxPage}`);
  const all = plane.secrets.all();
  const token = url.searchParams.get("nextToken") ?? "";
  const after = token === "" ? -1 : all.findIndex(({ id }) => id === token);
  if (token !== "" && after === -1) return problem(400, "nextToken is not one of ours");
  const page = all.slice(after + 1, after + 1 + limit);
  const last = page.at(-1);
  const more = last !== undefined && after + 1 + limit < all.length;
  return {
    status: 200,
    body: page.map((secret) => secretJson(secret)),
    headers: more ? { "x-next-token": last.id } : {},
  };
}

async function createSecret(plane: ControlPlane, request: ServedRequest): Promise<Answer> {
  const asked = await parseSecret(request);
  if ("status" in asked) return asked;
  const name = typeof asked.name === "string" ? secretName(asked.name) : null;
  if (name === null) return problem(400, "Invalid secret name");
  if (plane.secrets.find(name) !== undefined) return problem(409, `Secret with name '${name}' already exists`);
  if (plane.secrets.all().length >= limits.secrets)
    return problem(409, `you have reached the maximum number of secrets (${limits.secrets})`);
  return { status: 201, body: secretJson(plane.secrets.create(name, asked.metadata ?? {})) };
}

async function updateSecret(plane: ControlPlane, secret: Secret, request: ServedRequest): Promise<Answer> {
  const asked = await parseSecret(request);
  if ("status" in asked) return asked;
  plane.secrets.update(secret, asked.metadata);
  return { status: 200, body: secretJson(secret) };
}

interface AskedSecret {
  readonly name: unknown;
  readonly metadata: Readonly<Record<string, string>> | undefined;
}

async function parseSecret(request: ServedRequest): Promise<AskedSecret | Answer> {
  const body = await readObject(request);
  if (body === null) return problem(400, "Invalid request body: it is not a JSON object of acceptable size");
  const { name, value, metadata } = body;
  if (typeof value !== "string" || value === "") return problem(400, "Invalid request body: value is missing");
  if (Buffer.byteLength(value) > limits.secretValueBytes)
    return problem(400, `A secret's value may have ${limits.secretValueBytes} bytes`);
  if (metadata === undefined || metadata === null) return { name, metadata: undefined };
  if (!isTexts(metadata)) return problem(400, "Invalid request body: metadata must map texts to texts");
  const wrong = metadataProblem(metadata);
  return wrong === null ? { name, metadata } : problem(400, `Invalid request body: ${wrong}`);
}

function isTexts(value: unknown): value is Readonly<Record<string, string>> {
  return isRecord(value) && Object.values(value).every((item) => typeof item === "string");
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}

function secretJson(secret: Secret): Record<string, unknown> {
  return {
    secretID: secret.id,
    name: secret.name,
    currentVersion: secret.version,
    metadata: secret.metadata,
    createdAt: new Date(secret.createdAtMs).toISOString(),
    updatedAt: new Date(secret.updatedAtMs).toISOString(),
  };
}
