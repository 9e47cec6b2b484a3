// The shell: the route, the navigation, the keys and the theme.

import { html, render, useEffect, useLayoutEffect, useRef, useState } from "./vendor/preact.js";
import { hasToken, post, takeToken, tryAgain } from "./api.js";
import { Page as Commands } from "./commands.js";
import { Page as Create } from "./create.js";
import { Page as Form } from "./form.js";
import { Page as Overview } from "./overview.js";
import { Page as Problems } from "./problems.js";
import { Page as Results } from "./results.js";
import { go, href, useRoute } from "./route.js";
import { start, useStore } from "./store.js";
import { Page as Traffic } from "./traffic.js";
import { Badge, Button, Dialog, Empty, Icon, Notice, Tip, Toasts, attempt, classes } from "./ui.js";
import { sentence } from "./values.js";

// All pages are loaded at the start, so they can be opened after conngen dev has ended. Page gets
// the route.
const pages = [
  { id: "overview", key: "o", label: "Overview", Page: Overview },
  { id: "form", key: "f", label: "Source form", Page: Form },
  { id: "commands", key: "c", label: "Commands", Page: Commands },
  { id: "results", key: "r", label: "Results", Page: Results },
  { id: "create", key: "a", label: "Create account", Page: Create },
  { id: "traffic", key: "t", label: "Traffic", Page: Traffic },
  { id: "problems", key: "p", label: "Problems", Page: Problems },
];

const themeKey = "conngen-theme";
const themes = [
  { id: "", icon: "half", label: "Theme: as the system" },
  { id: "light", icon: "sun", label: "Theme: light" },
  { id: "dark", icon: "moon", label: "Theme: dark" },
];

function applyTheme(id) {
  document.documentElement.dataset.theme = id;
  document.querySelector("meta[name=color-scheme]").content = id || "light dark";
}

function Theme() {
  const [id, setId] = useState(localStorage.getItem(themeKey) || "");
  const at = Math.max(0, themes.findIndex((theme) => theme.id === id));
  const next = () => {
    const to = themes[(at + 1) % themes.length].id;
    localStorage.setItem(themeKey, to);
    applyTheme(to);
    setId(to);
  };
  return html`<${Button} kind="quiet" aria-label=${themes[at].label} title=${themes[at].label} onClick=${next}><${Icon} name=${themes[at].icon} /><//>`;
}

const shortcuts = [
  ["/", "Search on this page"],
  ...pages.map((page) => [`g ${page.key}`, page.label]),
  ["↑ ↓ ← →", "Move in a table"],
  ["PgUp PgDn Home End", "Move in a table by pages and to its ends"],
  ["Enter", "Open the row, or sort by the column (go up to the head first)"],
  ["Ctrl+Enter", "Run the command"],
  ["Escape", "Close what is open"],
  ["?", "This list"],
];

const Keys = ({ onClose }) => html`<${Dialog} title="Keys" onClose=${onClose}>
  <dl class="keys">${shortcuts.map(([key, text]) => html`<div key=${key}><dt>${key.split(" ").map((part) => html`<kbd>${part}</kbd> `)}</dt><dd>${text}</dd></div>`)}</dl>
<//>`;

const typing = (target) => target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable=true]");

// useKeys handles the keys of the whole page. An open dialog gets all keys.
function useKeys(showKeys) {
  useEffect(() => {
    let waiting = 0;
    const down = (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (typing(event.target) || document.querySelector("dialog[open]")) return;
      const second = waiting && Date.now() - waiting < 1500;
      waiting = 0;
      const page = second && pages.find((one) => one.key === event.key);
      if (page) go(page.id);
      else if (event.key === "g") waiting = Date.now();
      else if (event.key === "?") showKeys();
      else if (event.key === "/") document.querySelector("[data-search]")?.focus();
      else return;
      event.preventDefault();
    };
    addEventListener("keydown", down);
    return () => removeEventListener("keydown", down);
  }, []);
}

const phases = {
  starting: ["info", "Starting"], waiting: ["info", "Waiting"], ready: ["ok", "Ready"], failed: ["bad", "Failed"], stopped: ["warn", "Stopped"],
};

function Phase() {
  const state = useStore((s) => s.state);
  const link = useStore((s) => s.link);
  if (link === "lost" || link === "refused") return html`<${Badge} tone="bad">No connection<//>`;
  if (!state) return html`<${Badge}>Connecting<//>`;
  const running = state.steps.find((step) => step.state === "running");
  if (running) return html`<${Badge} tone="info">Running: ${running.name}<//>`;
  const [tone, text] = phases[state.phase] || ["", state.phase];
  return html`<${Badge} tone=${tone}>${text}<//>`;
}

// Standing says on every page why commands do not reach the newest connector, and what to do.
function Standing() {
  const state = useStore((s) => s.state);
  const link = useStore((s) => s.link);
  const notice = standing(link, state);
  if (!notice) return null;
  const [tone, title, text, action] = notice;
  return html`<div class="standing"><${Notice} tone=${tone} title=${title} actions=${action}>${text}<//></div>`;
}

function standing(link, state) {
  if (link === "refused") return ["bad", "conngen dev runs again, with another token", "This page shows the previous run. Open the new address that conngen dev printed."];
  if (link === "lost") {
    return ["bad", "conngen dev does not answer", "The page keeps what it shows and reconnects. If conngen dev has stopped, start it again and open the address that it prints: each run has its own token.",
      html`<${Button} onClick=${() => tryAgain()}>Try now<//>`];
  }
  if (!state || state.phase === "starting" && state.connector.build === 0) return null;
  const { connector, project, steps } = state;
  if (project.connector) return connector.running || state.phase === "starting" ? null : ["warn", "The connector does not answer", html`Start it at <code>${project.connector}</code>. This page notices within seconds.`];
  const causes = html`<a class="button" href=${href("problems")}>Open Problems</a>`;
  if (connector.stale) return ["warn", `Build ${connector.build} still answers`, "The newest change failed. This build, the last good one, answers until a fix is saved.", causes];
  if (connector.running) return null;
  const failed = steps.find((step) => step.state === "failed");
  return ["bad", "The connector does not run", `${sentence(failed?.text) || ""} Save a fix, or press Rebuild to start it again.`, causes];
}

function Header({ onKeys }) {
  const project = useStore((s) => s.state?.project);
  const remote = Boolean(project?.connector);
  return html`<header class="top">
    <a class="brand" href="#/overview"><img src="icon.svg" alt="" width="20" height="20" />conngen dev</a>
    ${project && html`<span class="project" title=${project.name}>${project.name}</span>`}
    <span class="phase" role="status"><${Phase} /></span>
    <span class="space"></span>
    ${project && !remote && html`<${Button} kind="quiet" onClick=${() => attempt(() => post("/api/rebuild"))} title="Build and start again"><${Icon} name="again" />Rebuild<//>`}
    <${Button} kind="quiet" aria-label="Keys" title="Keys (?)" onClick=${onKeys}><kbd>?</kbd><//>
    <${Theme} />
  </header>`;
}

// openProblems counts what the Problems page shows, except the diff, which is news and not a fault.
const openProblems = (problems) =>
  problems.groups.filter((group) => group.name !== "diff").reduce((n, group) => n + (group.found || []).filter((one) => one.severity !== "info").length, 0);

function Navigation({ page }) {
  const found = useStore((s) => openProblems(s.problems));
  return html`<nav aria-label="Pages" class="pages"><ul>
    ${pages.map((one) => html`<li key=${one.id}><a href=${href(one.id)} aria-current=${one.id === page ? "page" : undefined}>
      <span>${one.label}</span>${one.id === "problems" && found > 0 ? html`<span class="count bad">${found}<span class="hidden"> found</span></span>` : html`<kbd aria-hidden="true">g ${one.key}</kbd>`}</a></li>`)}
  </ul></nav>`;
}

const NoToken = () => html`<main class="lonely stack"><h1>This page needs the address that conngen dev printed</h1>
  <p>Each run has a token of its own. Open the address with <code>#token=…</code> from the terminal where <code>conngen dev</code> runs.</p></main>`;

function Main({ route }) {
  const page = pages.find((one) => one.id === route.page);
  const heading = useRef();
  const first = useRef(true);
  useLayoutEffect(() => {
    document.title = page ? `${page.label} · conngen dev` : "conngen dev";
    if (!first.current) heading.current?.focus();
    first.current = false;
  }, [route.page]);
  return html`<main id="main" class=${classes("main", route.page)}>
    <h1 ref=${heading} tabindex="-1">${page ? page.label : "Not found"}</h1>
    ${page ? html`<${page.Page} route=${route} />` : html`<${Empty} title="Page not found"><p><a href="#/overview">Open the overview</a></p><//>`}
  </main>`;
}

function App() {
  const route = useRoute();
  const isStranger = useStore((s) => s.link === "refused" && !s.state);
  const [keys, setKeys] = useState(false);
  useKeys(() => setKeys(true));
  useEffect(() => hasToken() ? start() : undefined, []);
  if (!hasToken() || isStranger) return html`<${NoToken} />`;
  return html`<a class="skip" href="#main" onClick=${(event) => { event.preventDefault(); document.querySelector("main h1").focus(); }}>Skip to the page</a>
    <${Header} onKeys=${() => setKeys(true)} />
    <${Standing} />
    <div class="below"><${Navigation} page=${route.page} /><${Main} route=${route} /></div>
    <${Toasts} /><${Tip} />
    ${keys && html`<${Keys} onClose=${() => setKeys(false)} />`}`;
}

applyTheme(localStorage.getItem(themeKey) || "");
takeToken();
if (!location.hash) history.replaceState(null, "", "#/overview");
const root = document.getElementById("app");
root.replaceChildren();
render(html`<${App} />`, root);
