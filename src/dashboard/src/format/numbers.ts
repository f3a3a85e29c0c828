import type { MetricKind } from "../state/metrics.ts";

/** Writes figures in one currency and locale. Make one per tenant: the formatters behind it are costly to build. */
export class NumberWriter {
  private readonly made = new Map<string, Intl.NumberFormat>();

  constructor(
    private readonly currency: string,
    private readonly locale?: string,
  ) {}

  /** A figure as a tile shows it; "–" where there is none. */
  write(value: number | null, kind: MetricKind): string {
    if (value === null) {
      return "–";
    }

    switch (kind) {
      case "money":
        return this.money(value);
      case "count":
        return this.formatter("count", { maximumFractionDigits: 0 }).format(value);
      case "ratio":
        return this.formatter("ratio", { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(value);
    }
  }

  /** A figure on an axis: at most a handful of characters. */
  short(value: number, kind: MetricKind): string {
    if (kind === "ratio") {
      return this.formatter("short-ratio", { style: "percent", maximumFractionDigits: 1 }).format(value);
    }

    const compact = { notation: "compact", minimumFractionDigits: 0, maximumFractionDigits: 1 } as const;
    return kind === "money"
      ? this.formatter("short-money", { ...compact, style: "currency", currency: this.currency, currencyDisplay: "narrowSymbol" }).format(value)
      : this.formatter("short-count", compact).format(value);
  }

  /** A change as "+12.3 %"; the sign is always there because colour must not be the only sign. */
  change(ratio: number): string {
    const digits = Math.abs(ratio) < 0.0995 ? 1 : 0;
    return this.formatter(`change${digits}`, {
      style: "percent",
      signDisplay: "exceptZero",
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    }).format(ratio);
  }

  /** Cents matter below a hundred thousand; above, they only make the number hard to read. */
  private money(value: number): string {
    const style = { style: "currency", currency: this.currency, currencyDisplay: "narrowSymbol" } as const;
    return Math.abs(value) < 100_000
      ? this.formatter("money", style).format(value)
      : this.formatter("whole-money", { ...style, minimumFractionDigits: 0, maximumFractionDigits: 0 }).format(value);
  }

  private formatter(name: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
    let formatter = this.made.get(name);
    if (formatter === undefined) {
      formatter = new Intl.NumberFormat(this.locale, options);
      this.made.set(name, formatter);
    }

    return formatter;
  }
}

/** (now − then) / then; null where there is nothing to compare with: a rise from nothing is not a percentage. */
export function changeOf(now: number | null, then: number | null): number | null {
  return now === null || then === null || then === 0 ? null : (now - then) / then;
}
