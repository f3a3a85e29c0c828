import { isDay, type Day } from "../format/calendar.ts";
import type { Days } from "../state/ranges.ts";

interface CustomDaysProps {
  days: Days;
  today: Day;
  choose: (days: Days) => void;
}

/** First and last day, both included. An end before the start moves the other one along. */
export function CustomDays({ days, today, choose }: CustomDaysProps) {
  const first = (day: string): void => {
    if (isDay(day)) {
      choose({ first: day, last: day > days.last ? day : days.last });
    }
  };
  const last = (day: string): void => {
    if (isDay(day)) {
      choose({ first: day < days.first ? day : days.first, last: day });
    }
  };
  return (
    <span class="custom-days">
      <input type="date" class="picker" aria-label="From" data-testid="from" max={today} value={days.first} onChange={(event) => first(event.currentTarget.value)} />
      <span aria-hidden="true">–</span>
      <input type="date" class="picker" aria-label="To" data-testid="to" max={today} value={days.last} onChange={(event) => last(event.currentTarget.value)} />
    </span>
  );
}
