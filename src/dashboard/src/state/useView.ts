import { useCallback, useEffect, useState } from "preact/hooks";
import { addressOf, parseAddress, type View } from "./address.ts";

export type Go = (change: Partial<View>) => void;

/** The view in the address bar, and how to change it; back and forward work because each change is an entry. */
export function useView(): [View, Go] {
  const [view, setView] = useState(() => parseAddress(location.search));

  useEffect(() => {
    const onPop = (): void => setView(parseAddress(location.search));
    addEventListener("popstate", onPop);
    return () => removeEventListener("popstate", onPop);
  }, []);

  const go = useCallback<Go>((change) => {
    const next = { ...parseAddress(location.search), ...change };
    history.pushState(null, "", addressOf(next));
    setView(next);
  }, []);

  return [view, go];
}
