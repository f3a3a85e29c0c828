import { useCallback, useEffect, useState } from "preact/hooks";
import { asProblem, type Problem } from "../api/problem.ts";

/** One thing that is loaded: it has data, or a problem, or both (a refresh failed: the old data stays up), or neither yet. */
export interface Resource<T> {
  data: T | null;
  problem: Problem | null;
  reload: () => void;
}

interface Loaded<T> {
  key: string;
  data: T | null;
  problem: Problem | null;
}

/**
 * Loads what `key` names, again whenever the key changes, every `refreshMs` while the tab is visible, and when it
 * becomes visible again.
 * A null key loads nothing. Replies that come after the key changed are dropped.
 */
export function useResource<T>(key: string | null, load: (signal: AbortSignal) => Promise<T>, refreshMs?: number): Resource<T> {
  const [loaded, setLoaded] = useState<Loaded<T> | null>(null);
  const [round, setRound] = useState(0);
  const reload = useCallback(() => setRound((count) => count + 1), []);

  useEffect(() => {
    if (key === null) {
      return;
    }

    const request = new AbortController();
    load(request.signal).then(
      (data) => {
        if (!request.signal.aborted) {
          setLoaded({ key, data, problem: null });
        }
      },
      (thrown: unknown) => {
        if (!request.signal.aborted) {
          setLoaded((before) => ({ key, data: before?.key === key ? before.data : null, problem: asProblem(thrown) }));
        }
      },
    );
    return () => request.abort();
  }, [key, round]);

  useEffect(() => {
    if (key === null || refreshMs === undefined) {
      return;
    }

    const refresh = (): void => {
      if (!document.hidden) {
        reload();
      }
    };
    const timer = setInterval(refresh, refreshMs);
    document.addEventListener("visibilitychange", refresh);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", refresh);
    };
  }, [key, refreshMs]);

  const current = loaded !== null && loaded.key === key ? loaded : null;
  return { data: current?.data ?? null, problem: current?.problem ?? null, reload };
}
