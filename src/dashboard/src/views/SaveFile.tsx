import { useState } from "preact/hooks";
import type { Client, Query } from "../api/client.ts";
import { asProblem, type Problem } from "../api/problem.ts";

interface SaveFileProps {
  client: Client;
  path: string;
  query: Query;
  label: string;
  testid: string;
}

/** A button that asks for a file and saves it. A link would carry the key in its address, which ends up in logs. */
export function SaveFile({ client, path, query, label, testid }: SaveFileProps) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const save = async (): Promise<void> => {
    setBusy(true);
    setProblem(null);
    try {
      const { name, file } = await client.file(path, query);
      saveAs(name, file);
    } catch (thrown) {
      setProblem(asProblem(thrown));
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      {problem !== null && <span class="note" role="alert" title={problem.detail}>{problem.title}</span>}
      <button type="button" class="quiet" aria-busy={busy} disabled={busy} data-testid={testid} onClick={() => void save()}>
        {busy ? "Making it…" : label}
      </button>
    </>
  );
}

/** Hands a file to the browser's downloads. */
export function saveAs(name: string, file: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
