import type { Problem } from "../api/problem.ts";

interface FailureProps {
  /** What could not be shown, as the start of a sentence. */
  what: string;
  problem: Problem;
  retry: () => void;
  /** It takes the place of the whole page. */
  page?: boolean;
}

/** What failed, why, and a way to try again. */
export function Failure({ what, problem, retry, page }: FailureProps) {
  const box = (
    <div class="failure" role="alert" data-testid="failure" data-status={problem.status}>
      <h2>{what} could not be loaded</h2>
      <p>
        <strong>{problem.title}.</strong> {problem.detail}
      </p>
      <button type="button" class="primary" onClick={retry}>Try again</button>
    </div>
  );
  return page ? <main class="page page-alone">{box}</main> : box;
}
