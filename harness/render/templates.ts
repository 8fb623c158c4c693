// The press. Handlebars in its strictest form over the files of `templates/`: unknown helpers and missing members throw,
// and templates neither compute nor hold a single figure. Files are read once; nothing else here touches the disk.
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import Handlebars from "handlebars";

type Helper = Handlebars.HelperDelegate;

const LEVELS_UP = 6;
const MARKER = "report.html.hbs";

/** The folder of templates, seen from the sources as well as from dist/. */
function templateFolder(): string {
  let folder = import.meta.dirname;
  for (let level = 0; level < LEVELS_UP; level += 1) {
    const candidate = join(folder, "templates");
    if (existsSync(join(candidate, MARKER))) return candidate;
    folder = dirname(folder);
  }
  throw new Error(`Cannot find "templates/${MARKER}" above "${import.meta.url}"; the package is incomplete`);
}

export function readTemplate(name: string): string {
  return readFileSync(join(templateFolder(), name), "utf8");
}

interface Press {
  readonly helpers: Readonly<Record<string, Helper>>;
  readonly partials: readonly string[];
  readonly escape: boolean;
  /** File name ending of the partials: `html.hbs`. */
  readonly ending: string;
}

export function compileReport(main: string, press: Press): (view: object) => string {
  const handlebars = Handlebars.create();
  const options: CompileOptions = {
    strict: true,
    knownHelpersOnly: true,
    noEscape: !press.escape,
    knownHelpers: Object.fromEntries(Object.keys(press.helpers).map((name) => [name, true])),
  };
  handlebars.registerHelper(press.helpers);
  for (const name of press.partials) {
    handlebars.registerPartial(name, handlebars.compile(readTemplate(`${name}.${press.ending}`), options));
  }
  return handlebars.compile(readTemplate(main), options);
}
