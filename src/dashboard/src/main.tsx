import "@fontsource-variable/inter/wght.css";
import "./styles/palette.css";
import "./styles/base.css";
import "./styles/layout.css";
import "./styles/parts.css";
import "./styles/chart.css";
import { render } from "preact";
import { applyTheme } from "./state/useTheme.ts";
import { App } from "./views/App.tsx";

applyTheme();
render(<App />, document.getElementById("app")!);
