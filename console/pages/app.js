// The shell: the route, the navigation, the keys and the theme.

import { html, render, useEffect, useLayoutEffect, useRef, useState } from "./vendor/preact.js";
import { hasToken, post, takeToken } from "./api.js";
import { go, href, useRoute } from "./route.js";
import { start, useStore } from "./store.js";
import { Badge, Button, Dialog, Empty, Icon, Toasts, attempt, classes } from "./ui.js";

// A page is loaded when it is first opened. Its module exports Page, which gets the route.
const pages = [
  { id: "overview", key: "o", label: "Overview", load: () => import("./overview.js") },
  { id: "form", key: "f", label: "Source form", load: () => import("./form.js") },
  { id: "commands", key: "c", label: "Commands", load: () => import("./commands.js") },
  { id: "results", key: "r", label: "Results", load: () => import("./results.js") },
  { id: "create", key: "a", label: "Create account", load: () => import("./create.js") },
  { id: "traffic", key: "t", label: "Traffic", load: () => import("./traffic.js") },
  { id: "problems", key: "p", label: "Problems", load: () => import("./problems.js") },
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
  ["Enter", "Open the row"],
  ["Ctrl+Enter", "Run the command"],
  ["Escape", "Close what is open"],
  ["?", "This list"],
];

const Keys = ({ onClose }) => html`<${Dialog} title="Keys" onClose=${onClose}>
  <dl class="keys">${shortcuts.map(([key, text]) => html`<div key=${key}><dt>${key.split(" ").map((part) => html`<kbd>${part}</kbd> `)}</dt><dd>${text}</dd></div>`)}</dl>
<//>`;

const typing = (target) => target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable=true]");

// useKeys answers the keys of the whole page. While a dialog is open it has the keys for itself.
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
  if (link === "lost") return html`<${Badge} tone="bad" title="The page connects again by itself">No connection<//>`;
  if (!state) return html`<${Badge}>Connecting<//>`;
  const running = state.steps.find((step) => step.state === "running");
  if (running) return html`<${Badge} tone="info">Running: ${running.name}<//>`;
  const [tone, text] = phases[state.phase] || ["", state.phase];
  return html`<${Badge} tone=${tone}>${text}<//>${state.connector.stale && html` <${Badge} tone="warn" title="The newest build failed">Last good build answers<//>`}`;
}

function Header({ onKeys }) {
  const project = useStore((s) => s.state?.project);
  const remote = Boolean(project?.connector);
  return html`<header class="top">
    <a class="brand" href="#/overview"><img src="icon.svg" alt="" width="20" height="20" />conngen dev</a>
    ${project && html`<span class="project" title=${project.dir}>${project.name}</span>`}
    <span class="phase" role="status"><${Phase} /></span>
    <span class="space"></span>
    ${project && !remote && html`<${Button} kind="quiet" onClick=${() => attempt(() => post("/api/rebuild"))} title="Build and start again"><${Icon} name="again" />Rebuild<//>`}
    <${Button} kind="quiet" aria-label="Keys" title="Keys (?)" onClick=${onKeys}><kbd>?</kbd><//>
    <${Theme} />
  </header>`;
}

// openProblems counts what the Problems page shows; it does not count the diff, which is news and no fault.
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
  const [loaded, setLoaded] = useState({});
  const heading = useRef();
  const shown = loaded[route.page];
  useEffect(() => {
    if (!page || shown) return;
    page.load().then(
      (module) => setLoaded((all) => ({ ...all, [page.id]: { Page: module.Page } })),
      () => setLoaded((all) => ({ ...all, [page.id]: { failed: true } })),
    );
  }, [route.page]);
  const first = useRef(true);
  useLayoutEffect(() => {
    document.title = page ? `${page.label} · conngen dev` : "conngen dev";
    if (!first.current) heading.current?.focus();
    first.current = false;
  }, [route.page]);
  return html`<main id="main" class=${classes("main", route.page)}>
    <h1 ref=${heading} tabindex="-1">${page ? page.label : "Not found"}</h1>
    ${!page && html`<${Empty} title="There is no such page"><p><a href="#/overview">Open the overview</a></p><//>`}
    ${page && !shown && html`<p class="muted">Loading…</p>`}
    ${shown?.failed && html`<${Empty} title="This page could not be loaded"><p>Reload the page. If that does not help, conngen dev no longer runs.</p><//>`}
    ${shown?.Page && html`<${shown.Page} route=${route} />`}
  </main>`;
}

function App() {
  const route = useRoute();
  const link = useStore((s) => s.link);
  const [keys, setKeys] = useState(false);
  useKeys(() => setKeys(true));
  useEffect(() => hasToken() ? start() : undefined, []);
  if (!hasToken() || link === "refused") return html`<${NoToken} />`;
  return html`<a class="skip" href="#main" onClick=${(event) => { event.preventDefault(); document.querySelector("main h1").focus(); }}>Skip to the page</a>
    <${Header} onKeys=${() => setKeys(true)} />
    <div class="below"><${Navigation} page=${route.page} /><${Main} route=${route} /></div>
    <${Toasts} />
    ${keys && html`<${Keys} onClose=${() => setKeys(false)} />`}`;
}

applyTheme(localStorage.getItem(themeKey) || "");
takeToken();
if (!location.hash) history.replaceState(null, "", "#/overview");
render(html`<${App} />`, document.getElementById("app"));
