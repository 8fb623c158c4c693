// The page of a backtest: one file, no script, no request. Pure: equal documents give equal bytes.
import { compileReport } from "../templates.ts";
import { pageHelpers } from "../render-html.ts";
import type { BacktestDocument } from "./backtest-document.ts";
import { backtestView } from "./backtest-view.ts";

let compiled: ((view: object) => string) | undefined;

export function renderBacktest(doc: BacktestDocument): string {
  compiled ??= compileReport("backtest.html.hbs", {
    helpers: pageHelpers,
    partials: [],
    escape: true,
    ending: "html.hbs",
  });
  return compiled(backtestView(doc));
}
