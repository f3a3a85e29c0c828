import { useState } from "preact/hooks";
import type { Problem } from "../api/problem.ts";

interface KeyFormProps {
  take: (key: string) => void;
  refused?: Problem;
  note?: string;
}

/** Asks for a read key; it stays in this tab. */
export function KeyForm({ take, refused, note }: KeyFormProps) {
  const [key, setKey] = useState("");
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (key.trim() !== "") {
      take(key.trim());
    }
  };
  return (
    <main class="page page-alone">
      <form class="card key-form" onSubmit={submit} data-testid="key-form">
        <h1>Open your shop's figures</h1>
        <p>Paste a read key. It is kept for this tab only and sent to this server only.</p>
        {refused !== undefined && (
          <p class="banner banner-bad" role="alert" data-testid="key-refused">
            <strong>This key was not accepted.</strong> {refused.detail === "" ? refused.title : refused.detail}
          </p>
        )}
        {note !== undefined && <p class="banner banner-warning" role="status">{note}</p>}
        <label for="read-key">Read key</label>
        <input
          id="read-key"
          class="picker"
          type="password"
          autocomplete="off"
          spellcheck={false}
          required
          value={key}
          onInput={(event) => setKey(event.currentTarget.value)}
          aria-invalid={refused !== undefined}
        />
        <button type="submit" class="primary">Show figures</button>
      </form>
    </main>
  );
}
