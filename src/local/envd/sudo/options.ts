// sudo's command line, as far as it is understood here; everything else is refused by name.

export interface SudoCall {
  /** Target user by name or `#uid`. */
  readonly user: string;
  /** Empty: a shell. */
  readonly command: readonly string[];
  /** `NAME=value` before the command. */
  readonly variables: readonly string[];
  readonly keepEnvironment: boolean;
  readonly shell: "none" | "plain" | "login";
  /** -v, -k, -K, -l without a command: nothing to run. */
  readonly nothing: boolean;
}

/** Where the agent answers sudo; in a tmpfs of the sandbox. */
export const sudoSocket = "/run/e2b-sudo.sock";

const ignored = new Set(["-n", "-S", "-H", "-P", "-B", "--non-interactive", "--stdin", "--set-home"]);
const withoutCommand = new Set(["-v", "-k", "-K", "-l", "--validate", "--reset-timestamp", "--list"]);
const shells = { "-i": "login", "--login": "login", "-s": "plain", "--shell": "plain" } as const;

/** The call, or why it is refused. */
export function parseSudo(args: readonly string[]): SudoCall | string {
  let call: SudoCall = {
    user: "root",
    command: [],
    variables: [],
    keepEnvironment: false,
    shell: "none",
    nothing: false,
  };
  const rest = args.flatMap((arg) =>
    /^-[nSHPBEiskKvl]{2,}$/.test(arg)
      ? arg
          .slice(1)
          .split("")
          .map((one) => `-${one}`)
      : [arg],
  );
  // Bundled letters are only taken apart before the command.
  const words = [...rest.slice(0, firstWord(rest)), ...args.slice(args.length - (rest.length - firstWord(rest)))];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? "";
    if (word === "--") return { ...call, command: words.slice(at + 1) };
    if (word === "-u" || word === "--user") {
      const user = words[++at];
      if (user === undefined) return `option ${word} needs a user`;
      call = { ...call, user };
    } else if (/^(-u|--user=)./.test(word)) call = { ...call, user: word.replace(/^(-u|--user=)/, "") };
    else if (word === "-E" || word === "--preserve-env") call = { ...call, keepEnvironment: true };
    else if (isShell(word)) call = { ...call, shell: shells[word] };
    else if (withoutCommand.has(word)) call = { ...call, nothing: true };
    else if (ignored.has(word)) continue;
    else if (word.startsWith("-")) return `option ${word} is not supported by this local sandbox`;
    else if (/^[A-Za-z_]\w*=/.test(word)) call = { ...call, variables: [...call.variables, word] };
    else return { ...call, command: words.slice(at), nothing: false };
  }
  if (call.command.length === 0 && call.shell === "none" && !call.nothing)
    return "usage: sudo [-EHins] [-u user] [VAR=value] command";
  return call;
}

/** Where the command starts. */
function firstWord(words: readonly string[]): number {
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? "";
    if (word === "--") return at;
    if (word === "-u" || word === "--user") at++;
    else if (!word.startsWith("-") && !/^[A-Za-z_]\w*=/.test(word)) return at;
  }
  return words.length;
}

function isShell(word: string): word is keyof typeof shells {
  return Object.hasOwn(shells, word);
}
