import { useEffect, useState } from "preact/hooks";

export type ThemeChoice = "system" | "light" | "dark";

export interface Theme {
  choice: ThemeChoice;
  /** What is showing. */
  showing: "light" | "dark";
  choose: (choice: ThemeChoice) => void;
}

const storageKey = "analytics.theme";
const prefersDark = matchMedia("(prefers-color-scheme: dark)");

/** The reader's choice, kept on this machine; "system" follows the operating system as it changes. */
export function useTheme(): Theme {
  const [choice, setChoice] = useState(storedChoice);
  const [systemDark, setSystemDark] = useState(prefersDark.matches);

  useEffect(() => {
    const onChange = (): void => setSystemDark(prefersDark.matches);
    prefersDark.addEventListener("change", onChange);
    return () => prefersDark.removeEventListener("change", onChange);
  }, []);

  const choose = (chosen: ThemeChoice): void => {
    localStorage.setItem(storageKey, chosen);
    applyTheme(chosen);
    setChoice(chosen);
  };
  const dark = choice === "dark" || (choice === "system" && systemDark);
  return { choice, showing: dark ? "dark" : "light", choose };
}

/** Also called before the first paint, so that the page does not flash in the wrong theme. */
export function applyTheme(choice: ThemeChoice = storedChoice()): void {
  document.documentElement.dataset["theme"] = choice;
}

function storedChoice(): ThemeChoice {
  const stored = localStorage.getItem(storageKey);
  return stored === "light" || stored === "dark" ? stored : "system";
}
