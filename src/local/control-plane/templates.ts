// The templates this server knows. All three stand on the host's programs; what differs is what they promise to hold.

export interface Template {
  readonly id: string;
  readonly alias: string;
}

const templates: readonly Template[] = [
  { id: "rki5dems9wqfm4r03t7g", alias: "base" },
  { id: "local0node0template0", alias: "node" },
  { id: "local0python0templat", alias: "python" },
];
const otherNames: Readonly<Record<string, string>> = { nodejs: "node" };

/** By id or alias, any case, with or without the `default` tag. */
export function findTemplate(asked: string): Template | undefined {
  const [name = "", tag = "default"] = asked.trim().toLowerCase().split(":");
  if (tag !== "default") return undefined;
  const alias = otherNames[name] ?? name;
  return templates.find((template) => template.alias === alias || template.id === alias);
}
