import type { ComponentChildren } from "preact";
import { addressOf, type View } from "../state/address.ts";
import type { Go } from "../state/useView.ts";

interface LinkProps {
  view: View;
  go: Go;
  current?: boolean;
  title?: string;
  testid?: string;
  class?: string;
  children: ComponentChildren;
}

/** A real link to a view: opens in a new tab as any link does, and without a page load on a plain click. */
export function Link({ view, go, current, title, testid, class: name, children }: LinkProps) {
  const onClick = (event: MouseEvent): void => {
    if (event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      go(view);
    }
  };
  return (
    <a href={addressOf(view)} onClick={onClick} aria-current={current ? "page" : undefined} title={title} data-testid={testid} class={name}>
      {children}
    </a>
  );
}
