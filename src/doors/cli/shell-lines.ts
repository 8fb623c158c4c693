// Variables as lines that a shell, an env file or a program can take. Values may hold anything but a line break.

export type ShellForm = "sh" | "fish" | "json" | "dotenv";
type Variables = readonly (readonly [name: string, value: string])[];

export function shellLines(variables: Variables, form: ShellForm): string {
  switch (form) {
    case "sh":
      return lines(variables, (name, value) => `export ${name}=${shWord(value)}`);
    case "fish":
      return lines(variables, (name, value) => `set -gx ${name} ${fishWord(value)};`);
    case "dotenv":
      return lines(variables, (name, value) => `${name}=${value}`);
    case "json":
      return JSON.stringify(Object.fromEntries(variables), null, 2);
  }
}

function lines(variables: Variables, line: (name: string, value: string) => string): string {
  return variables.map(([name, value]) => line(name, value)).join("\n");
}

const plainWord = /^[\w@%+=:,./-]+$/;

export function shWord(text: string): string {
  return plainWord.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** Inside single quotes fish knows two escapes: \' and \\. */
export function fishWord(text: string): string {
  return plainWord.test(text) ? text : `'${text.replaceAll(/['\\]/g, String.raw`\$&`)}'`;
}
