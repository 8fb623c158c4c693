// Servers echo what they were asked. Before a refusal of theirs is quoted or kept, the keys that went there are taken out of it.

/** The text with `[redacted]` for every secret, as it is or as an address or JSON writes it. JSON is written anew. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  const forms = secrets.flatMap((secret) => [
    secret,
    encodeURIComponent(secret),
    new URLSearchParams({ s: secret }).toString().slice("s=".length),
    JSON.stringify(secret).slice(1, -1),
  ]);
  // The longest first: one form may be a part of another.
  const written = [...new Set(forms)].filter((form) => form !== "").sort((a, b) => b.length - a.length);
  return written.reduce((rest, form) => rest.replaceAll(form, "[redacted]"), normal(text));
}

/** JSON may write one text in several ways; ours is the one that is looked for. */
function normal(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    // No JSON, or nested without end.
    return text;
  }
}
