// The control API of volumes: create, list, get with token, delete.
import type { ServedRequest } from "../served.ts";
import { problem, readObject, type Answer } from "../answer.ts";
import type { ControlPlane } from "../control-plane/context.ts";
import { limits } from "../limits.ts";
import type { Volume } from "./store.ts";

const namePattern = /^[a-zA-Z0-9_-]+$/;
const maxNameLength = 128;

/** Null: the path is somebody else's. */
export async function answerVolumes(plane: ControlPlane, request: ServedRequest, url: URL): Promise<Answer | null> {
  const match = /^\/volumes(?:\/([^/]+))?$/.exec(url.pathname);
  if (match === null) return null;
  const [, id] = match;
  if (id === undefined) {
    if (request.method === "GET") return { status: 200, body: plane.volumes.all().map((volume) => shortJson(volume)) };
    return request.method === "POST" ? createVolume(plane, request) : null;
  }
  const volume = plane.volumes.get(id);
  if (volume === undefined) return problem(404, "Volume not found");
  if (request.method === "GET") return { status: 200, body: fullJson(volume) };
  return request.method === "DELETE" ? deleteVolume(plane, volume) : null;
}

async function createVolume(plane: ControlPlane, request: ServedRequest): Promise<Answer> {
  const body = await readObject(request);
  const name = body?.name;
  if (typeof name !== "string" || name.length > maxNameLength || !namePattern.test(name))
    return problem(400, "Invalid volume name");
  if (plane.volumes.byName(name) !== undefined) return problem(400, `Volume with name '${name}' already exists`);
  if (plane.volumes.all().length >= limits.volumes)
    return problem(429, `you have reached the maximum number of volumes (${limits.volumes})`);
  return { status: 201, body: fullJson(await plane.volumes.create(name)) };
}

async function deleteVolume(plane: ControlPlane, volume: Volume): Promise<Answer> {
  const user = plane.table.all().find(({ volumeMounts }) => volumeMounts.some(({ name }) => name === volume.name));
  if (user !== undefined)
    return problem(409, `cannot delete volume '${volume.name}' because sandbox '${user.id}' has it mounted`);
  await plane.volumes.remove(volume);
  return { status: 204 };
}

function shortJson({ id, name }: Volume): Record<string, unknown> {
  return { volumeID: id, name };
}

function fullJson(volume: Volume): Record<string, unknown> {
  return { ...shortJson(volume), token: volume.token };
}
