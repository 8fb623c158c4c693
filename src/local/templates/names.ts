// Names and tags of templates, read the way E2B reads them: trimmed, lower-cased, `[namespace/]name[:tag]`.

/** This server has one team; it is the only namespace a name may carry. */
export const teamSlug = "local";
export const defaultTag = "default";

export interface TemplateName {
  readonly namespace: string | null;
  readonly name: string;
  /** Null when the text names none. */
  readonly tag: string | null;
}

const namePattern = /^[a-z0-9-_]+$/;
const tagPattern = /^[a-z0-9-_.]+$/;
const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const maxLength = 128;

/** The parsed name, or the sentence that says why it is none. */
export function parseName(text: string): TemplateName | string {
  const [identifier, ...tags] = text.trim().split(":");
  const parts = (identifier ?? "").split("/");
  if (tags.length > 1 || parts.length > 2) return `invalid template ID: ${shown(text)}`;
  const [tag] = tags;
  const name = clean(parts.at(-1) ?? "", namePattern);
  if (name === null) return `invalid template ID: ${shown(text)}`;
  const namespace = parts.length === 2 ? clean(parts[0] ?? "", namePattern) : undefined;
  if (namespace === null) return `invalid namespace: ${shown(text)}`;
  if (tag === undefined) return { namespace: namespace ?? null, name, tag: null };
  const cleanTag = clean(tag, tagPattern);
  if (cleanTag === null) return `invalid tag: ${shown(tag)}`;
  return { namespace: namespace ?? null, name, tag: cleanTag };
}

/** The tags without repetition, or the sentence that says which one cannot be a tag. */
export function parseTags(values: readonly string[]): readonly string[] | string {
  const tags = new Set<string>();
  for (const value of values) {
    const tag = clean(value, tagPattern);
    if (tag === null) return `invalid tag '${shown(value)}'`;
    if (uuidPattern.test(tag)) return `invalid tag '${tag}': tag cannot be a UUID`;
    tags.add(tag);
  }
  return [...tags];
}

export function isUuid(text: string): boolean {
  return uuidPattern.test(text);
}

function clean(text: string, pattern: RegExp): string | null {
  const cleaned = text.trim().toLowerCase();
  return cleaned.length <= maxLength && pattern.test(cleaned) ? cleaned : null;
}

function shown(text: string): string {
  return text.slice(0, maxLength);
}
