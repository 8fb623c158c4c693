// A user's bytes become text, or a refusal: empty, too large, not UTF-8, or binary. A UTF-8 byte order mark is dropped.
import { badFile, placeOf } from "./place.ts";

/** Bytes of the largest file that is read. */
export const largestFile = 256 * 1024 * 1024;

export function decodeText(bytes: Uint8Array, file: string): string {
  const start = { line: 1, column: 1 };
  if (bytes.length === 0) throw badFile(file, start, "the file is empty", "Export the prices again");
  if (bytes.length > largestFile) {
    const size = `it has ${bytes.length} bytes, and at most ${largestFile} are read`;
    throw badFile(file, start, size, "Split the file by years or symbols");
  }
  const wide = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  if (wide) throw badFile(file, start, "its byte order mark says UTF-16", "Save it as UTF-8");
  const text = utf8(bytes, file);
  // Tabs and line ends are the only control characters of a text file.
  const control = /[^\P{Cc}\t\n\r]/u.exec(text);
  if (control !== null) {
    throw badFile(
      file,
      placeOf(text, control.index),
      "it holds a control character: this is no text file",
      "Give a CSV or JSON file",
    );
  }
  const mark = text.indexOf("\ufeff");
  if (mark < 0) return text;
  throw badFile(
    file,
    placeOf(text, mark),
    "a byte order mark stands inside of the file: parts of several?",
    "Remove it",
  );
}

function utf8(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    // The decoder does not say where: the first replacement character of a lenient reading is the place.
    const lenient = new TextDecoder("utf-8").decode(bytes);
    const place = placeOf(lenient, lenient.indexOf("\ufffd"));
    throw badFile(file, place, "a byte there is not UTF-8: this is no text file", "Save it as UTF-8");
  }
}
