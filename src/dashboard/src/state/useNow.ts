import { useEffect, useState } from "preact/hooks";

/** The time, renewed at each full step of it (1,000 = on the second). The browser's clock: used for ages and for rolling windows only. */
export function useNow(stepMs: number): number {
  const [now, setNow] = useState(Date.now);

  useEffect(() => {
    const untilNext = (): number => stepMs - (Date.now() % stepMs) + 5;
    let timer = setTimeout(function tick() {
      setNow(Date.now());
      timer = setTimeout(tick, untilNext());
    }, untilNext());
    return () => clearTimeout(timer);
  }, [stepMs]);

  return now;
}
