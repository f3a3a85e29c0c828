/** The colours a canvas needs, read from the stylesheet: a canvas knows no CSS variables. */
export interface ChartColours {
  line: string;
  fill: string;
  compared: string;
  grid: string;
  text: string;
  hatch: string;
}

/** Reads them for the theme that is showing; read again after it changes. */
export function coloursOf(host: HTMLElement): ChartColours {
  const probe = host.appendChild(document.createElement("span"));
  probe.hidden = true;
  const read = (name: string): string => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const colours: ChartColours = {
    line: read("accent"),
    fill: read("accent-wash"),
    compared: read("compared"),
    grid: read("line"),
    text: read("ink-quiet"),
    hatch: read("hatch"),
  };
  probe.remove();
  return colours;
}
