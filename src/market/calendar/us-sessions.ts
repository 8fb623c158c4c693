// Days on which the New York Stock Exchange trades: weekdays without its holidays and without the days it closed for other
// reasons. Pure; compared with the dates of the installed index from 2000 to 2020.
// Rules: nyse.com/markets/hours-calendars, rule 7.2 (a holiday on Saturday is kept on Friday, but for New Year's Day, which
// would close the last day of a year; one on Sunday is kept on Monday).

const dayMs = 86_400_000;

/** Closed for mourning, attacks and storms. */
const otherClosings: ReadonlySet<string> = new Set([
  "2001-09-11",
  "2001-09-12",
  "2001-09-13",
  "2001-09-14",
  "2004-06-11",
  "2007-01-02",
  "2012-10-29",
  "2012-10-30",
  "2018-12-05",
  "2025-01-09",
]);
/** Juneteenth became a holiday of the exchange in this year. */
const juneteenthFrom = 2022;

/** From 2000 on: UTC midnights of the trading days from `start` to `end`, YYYY-MM-DD, inclusive. */
export function usSessions(start: string, end: string): readonly number[] {
  const sessions: number[] = [];
  const last = utc(end);
  let holidays: ReadonlySet<number> = new Set();
  let year = NaN;
  for (let t = utc(start); t <= last; t += dayMs) {
    const day = new Date(t);
    if (day.getUTCFullYear() !== year) {
      year = day.getUTCFullYear();
      holidays = holidaysOf(year);
    }
    const weekend = day.getUTCDay() === 0 || day.getUTCDay() === 6;
    if (!weekend && !holidays.has(t) && !otherClosings.has(day.toISOString().slice(0, 10))) sessions.push(t);
  }
  return sessions;
}

function holidaysOf(year: number): ReadonlySet<number> {
  const fixed = [dateIn(year, 6, 4), dateIn(year, 11, 25), ...(year >= juneteenthFrom ? [dateIn(year, 5, 19)] : [])];
  const newYear = dateIn(year, 0, 1);
  return new Set([
    weekdayOf(newYear) === 0 ? newYear + dayMs : newYear,
    nthWeekday(year, 0, 1, 3),
    nthWeekday(year, 1, 1, 3),
    easterSunday(year) - 2 * dayMs,
    lastMonday(year, 4),
    nthWeekday(year, 8, 1, 1),
    nthWeekday(year, 10, 4, 4),
    ...fixed.map(kept),
  ]);
}

function kept(day: number): number {
  if (weekdayOf(day) === 6) return day - dayMs;
  return weekdayOf(day) === 0 ? day + dayMs : day;
}

/** The n-th `weekday` (0 is Sunday) of a month (0 is January). */
function nthWeekday(year: number, month: number, weekday: number, n: number): number {
  const first = dateIn(year, month, 1);
  return first + (((weekday - weekdayOf(first) + 7) % 7) + 7 * (n - 1)) * dayMs;
}

function lastMonday(year: number, month: number): number {
  const last = dateIn(year, month + 1, 0);
  return last - ((weekdayOf(last) + 6) % 7) * dayMs;
}

/** Gregorian computus (anonymous, in Meeus, Astronomical Algorithms, chapter 8). */
function easterSunday(year: number): number {
  const [a, b, c] = [year % 19, Math.floor(year / 100), year % 100];
  const [d, e, g] = [Math.floor(b / 4), b % 4, Math.floor((8 * b + 13) / 25)];
  const h = (19 * a + b - d - g + 15) % 30;
  const [i, k] = [Math.floor(c / 4), c % 4];
  const l = (32 + 2 * e + 2 * i - h - k) % 7;
  const m = Math.floor((a + 11 * h + 19 * l) / 433);
  const month = Math.floor((h + l - 7 * m + 90) / 25);
  const day = (h + l - 7 * m + 33 * month + 19) % 32;
  return dateIn(year, month - 1, day);
}

function dateIn(year: number, month: number, day: number): number {
  return Date.UTC(year, month, day);
}

function weekdayOf(t: number): number {
  return new Date(t).getUTCDay();
}

function utc(day: string): number {
  return Date.parse(`${day}T00:00:00Z`);
}
