import { expect, test } from "vitest";
import { usSessions } from "../../../src/market/calendar/us-sessions.ts";
import { loadTape } from "../../../src/market/read-tape.ts";

const days = (sessions: readonly number[]): string[] => sessions.map((t) => new Date(t).toISOString().slice(0, 10));

test("the calendar is the dates of the installed index, every one of twenty years", () => {
  const { passport, candles } = loadTape("^GSPC");
  expect(passport.bars).toBe(5_105);
  expect(days(usSessions(passport.first, passport.last))).toEqual(days([...candles.t]));
});

test("holidays after the installed years are those the exchange has published", () => {
  const weekdays = (year: number): string[] => {
    const open = new Set(days(usSessions(`${year}-01-01`, `${year}-12-31`)));
    return Array.from({ length: 366 }, (_, day) => new Date(Date.UTC(year, 0, 1 + day)))
      .filter((day) => day.getUTCFullYear() === year && day.getUTCDay() % 6 !== 0)
      .map((day) => day.toISOString().slice(5, 10))
      .filter((day) => !open.has(`${year}-${day}`));
  };
  expect(weekdays(2022)).toEqual(["01-17", "02-21", "04-15", "05-30", "06-20", "07-04", "09-05", "11-24", "12-26"]);
  expect(weekdays(2024)).toEqual([
    "01-01",
    "01-15",
    "02-19",
    "03-29",
    "05-27",
    "06-19",
    "07-04",
    "09-02",
    "11-28",
    "12-25",
  ]);
  expect(weekdays(2025)).toEqual([
    "01-01",
    "01-09",
    "01-20",
    "02-17",
    "04-18",
    "05-26",
    "06-19",
    "07-04",
    "09-01",
    "11-27",
    "12-25",
  ]);
  expect(weekdays(2026)).toEqual([
    "01-01",
    "01-19",
    "02-16",
    "04-03",
    "05-25",
    "06-19",
    "07-03",
    "09-07",
    "11-26",
    "12-25",
  ]);
});

test("an empty range has no session", () => {
  expect([usSessions("2024-01-06", "2024-01-07"), usSessions("2024-01-05", "2024-01-04")]).toEqual([[], []]);
});
