/** A calendar day of some time zone, "2026-11-22". No instant: that needs a zone. */
export type Day = string;

const dayMs = 86_400_000;
const dayForm = /^\d{4}-\d{2}-\d{2}$/;

/** The day it is at an instant, in a zone. */
export function dayAt(instant: number, zone: string): Day {
  const parts = new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" }).formatToParts(instant);
  const part = (type: string): string => parts.find((candidate) => candidate.type === type)?.value ?? "";
  return `${part("year").padStart(4, "0")}-${part("month")}-${part("day")}`;
}

export function addDays(day: Day, count: number): Day {
  return new Date(noonOf(day) + count * dayMs).toISOString().slice(0, 10);
}

/** The first day of the month that lies `count` months after that of `day`. */
export function monthStart(day: Day, count: number): Day {
  const date = new Date(noonOf(day));
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + count, 1)).toISOString().slice(0, 10);
}

/** Days from one day to a later one; 0 for the same day. */
export const daysBetween = (from: Day, to: Day): number => Math.round((noonOf(to) - noonOf(from)) / dayMs);

/** A real day, not only one of the right form: "2026-02-30" is not. */
export function isDay(text: string): text is Day {
  if (!dayForm.test(text)) {
    return false;
  }

  const instant = noonOf(text);
  return !Number.isNaN(instant) && new Date(instant).toISOString().startsWith(text);
}

/** Noon UTC keeps day arithmetic clear of every zone's changes of clock. */
const noonOf = (day: Day): number => Date.parse(`${day}T12:00:00Z`);
