import type { Granularity } from "../state/ranges.ts";
import type { Day } from "./calendar.ts";

/** Writes instants and days in one zone and locale. Make one per tenant. */
export class TimeWriter {
  private readonly made = new Map<string, Intl.DateTimeFormat>();

  constructor(
    readonly zone: string,
    private readonly locale?: string,
  ) {}

  /** "12:34:05" */
  clock(instant: number | string): string {
    return this.formatter("clock", { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }).format(new Date(instant));
  }

  /** "Nov 22, 12:34:05": for instants that may lie on another day. */
  moment(instant: number | string): string {
    const form = { year: "numeric", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" } as const;
    return this.formatter("moment", form).format(new Date(instant));
  }

  /** A bucket on the axis. */
  tick(start: string, granularity: Granularity): string {
    return this.formatter(`tick-${granularity}`, tickForms[granularity]).format(new Date(start));
  }

  /** A bucket in full, for tooltips and tables. */
  bucket(start: string, granularity: Granularity): string {
    return this.formatter(`bucket-${granularity}`, bucketForms[granularity]).format(new Date(start));
  }

  /** "Nov 16 – 22, 2026" */
  days(first: Day, last: Day): string {
    const formatter = new Intl.DateTimeFormat(this.locale, { timeZone: "UTC", year: "numeric", month: "short", day: "numeric" });
    return formatter.formatRange(new Date(`${first}T12:00:00Z`), new Date(`${last}T12:00:00Z`));
  }

  private formatter(name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
    let formatter = this.made.get(name);
    if (formatter === undefined) {
      formatter = new Intl.DateTimeFormat(this.locale, { timeZone: this.zone, ...options });
      this.made.set(name, formatter);
    }

    return formatter;
  }
}

const time = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;

const tickForms: Record<Granularity, Intl.DateTimeFormatOptions> = {
  minute: time,
  hour: time,
  day: { month: "short", day: "numeric" },
  month: { year: "numeric", month: "short" },
};

const bucketForms: Record<Granularity, Intl.DateTimeFormatOptions> = {
  minute: time,
  hour: { weekday: "short", month: "short", day: "numeric", ...time },
  day: { weekday: "short", year: "numeric", month: "short", day: "numeric" },
  month: { year: "numeric", month: "long" },
};

/** How long ago, in the largest unit that fits: "42 s", "5 min", "3 h", "2 days". */
export function age(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 90) {
    return `${seconds} s`;
  }

  const minutes = Math.round(seconds / 60);
  if (minutes < 90) {
    return `${minutes} min`;
  }

  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} days`;
}
