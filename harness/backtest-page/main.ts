// Draws the page of one backtest: the path of its output as JSON in, HTML on stdout.
import { readFileSync } from "node:fs";
import { readBacktestDocument } from "../render/backtest/backtest-document.ts";
import { renderBacktest } from "../render/backtest/render-backtest.ts";

const [path] = process.argv.slice(2);
if (path === undefined) throw new Error("Cannot draw a page: name the file with the backtest's output");
process.stdout.write(renderBacktest(readBacktestDocument(JSON.parse(readFileSync(path, "utf8")))));
