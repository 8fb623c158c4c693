// Why a volume operation did not happen. The content API's `code` is a text, unlike everywhere else in E2B.

export const volumeStatus = {
  invalid_request: 400,
  cannot_delete_root: 400,
  depth_out_of_range: 400,
  unauthorized: 401,
  permission_denied: 403,
  path_not_found: 404,
  path_already_exists: 409,
  too_large: 413,
  no_space: 507,
  internal: 500,
} as const satisfies Record<string, number>;

export type VolumeCode = keyof typeof volumeStatus;

export interface VolumeProblem {
  readonly code: VolumeCode;
  readonly message: string;
}

type VolumeFailure = Error & { readonly volumeCode: VolumeCode };

export function volumeFailure(code: VolumeCode, message: string): VolumeFailure {
  return Object.assign(new Error(message), { volumeCode: code });
}

/** What the client is told; a system error's own text names host paths, so only its code is used. */
export function toVolumeProblem(thrown: unknown, path: string): VolumeProblem {
  if (!(thrown instanceof Error)) return { code: "internal", message: "the volume operation failed" };
  if (isFailure(thrown)) return { code: thrown.volumeCode, message: thrown.message };
  const system = "code" in thrown ? String(thrown.code) : "";
  const known = systemCodes[system];
  if (known === undefined) return { code: "internal", message: `the volume operation failed (${system})` };
  return { code: known[0], message: `'${path}' ${known[1]}` };
}

const systemCodes: Readonly<Record<string, readonly [VolumeCode, string]>> = {
  ENOENT: ["path_not_found", "not found"],
  EEXIST: ["path_already_exists", "exists already"],
  ENOTDIR: ["invalid_request", "has a component that is a file, but must be a directory"],
  EISDIR: ["invalid_request", "is a directory"],
  ENAMETOOLONG: ["invalid_request", "is too long"],
  ELOOP: ["invalid_request", "has too many links"],
  ENXIO: ["invalid_request", "is not a regular file"],
  EACCES: ["permission_denied", "is closed to this server"],
  EPERM: ["permission_denied", "is closed to this server"],
  ENOSPC: ["no_space", "has no space left"],
  EDQUOT: ["no_space", "has no space left"],
};

function isFailure(error: Error): error is VolumeFailure {
  return "volumeCode" in error;
}
