// Problems and their places.

import { html, useState } from "./vendor/preact.js";
import { get, post } from "./api.js";
import { go } from "./route.js";
import { useStore } from "./store.js";
import { Badge, Button, Check, Dialog, Empty, Icon, Notice, Search, copy, count, useAction, useLoaded } from "./ui.js";
import { sentence } from "./values.js";

const severities = { error: "bad", warning: "warn", info: "info" };

const explanations = {
  validate: "What conngen validate finds in the spec and the settings.",
  drift: "Generated files that differ from what the spec generates.",
  build: "What the Go compiler says, and how the program ended if it did.",
  stub: "Client methods that the generated interface requires.",
  selftest: "Where the connector departs from the protocol or its spec.",
  diff: "What changed since the last commit, and what that breaks.",
};

const clean = { validate: "No findings.", drift: "Up to date.", build: "It compiles.", stub: "None missing.", selftest: "Passed.", diff: "Nothing changed." };

// ofBuilds are the groups that an external connector does not have.
const ofBuilds = ["drift", "build", "stub"];

export function Page({ route }) {
  const all = useStore((s) => s.problems.groups);
  const remote = useStore((s) => Boolean(s.state?.project.connector));
  const groups = all.filter((group) => !remote || group.state !== "unknown" || !ofBuilds.includes(group.name));
  const search = (route.params.q || "").toLowerCase();
  const matches = (one) => `${one.path} ${one.rule} ${one.message} ${one.hint || ""}`.toLowerCase().includes(search);
  const findings = groups.reduce((n, group) => n + (group.found || []).filter(matches).length, 0);
  if (groups.length === 0) return html`<${Empty} title="No findings yet"><p>They appear after the first run of the loop.</p><//>`;
  return html`<div class="tools" role="search"><${Search} label="Search the problems" value=${route.params.q} onInput=${(q) => go("problems", [], { q }, { replace: true })} />
      <span class="muted" role="status">${count(findings, "finding")}</span></div>
    ${groups.map((group) => html`<${Group} key=${group.name} group=${group} found=${(group.found || []).filter(matches)} />`)}`;
}

function Group({ group, found }) {
  const state = { ok: ["ok", "ok"], found: ["bad", count(group.found?.length || 0, "finding")], unknown: ["", "not known"] }[group.state] || ["", group.state];
  const worst = (group.found || []).some((one) => one.severity === "error") ? "bad" : (group.found || []).some((one) => one.severity === "warning") ? "warn" : "info";
  return html`<section class="card problems" aria-label=${group.title}>
    <header class="row"><h2>${group.title}</h2><${Badge} tone=${group.state === "found" ? worst : state[0]}>${state[1]}<//><span class="space"></span>${group.name === "selftest" && html`<${SelfTest} />`}</header>
    <p class="muted">${explanations[group.name]}${group.state === "ok" && clean[group.name] ? ` ${clean[group.name]}` : ""}${group.text ? ` ${sentence(group.text)}` : ""}</p>
    ${found.length > 0 && html`<${Findings} list=${found} />`}
  </section>`;
}

const shownFindings = 100;

function Findings({ list }) {
  const [all, setAll] = useState(false);
  const shown = all ? list : list.slice(0, shownFindings);
  return html`<ul class="findings">${shown.map((one, n) => html`<${Finding} key=${n} found=${one} />`)}</ul>
    ${shown.length < list.length && html`<${Button} kind="link" onClick=${() => setAll(true)}>Show all ${list.length} findings<//>`}`;
}

const place = ({ path, line, column }) => [path, line, line && column].filter(Boolean).join(":");

export function Finding({ found }) {
  const where = place(found);
  const [open, , problem] = useAction(() => post("/api/open", { path: found.path, line: found.line, column: found.column }));
  return html`<li class="finding">
    <${Badge} tone=${severities[found.severity]}>${found.severity}<//>
    <div><p>${found.message}${found.rule && html` <code class="muted">${found.rule}</code>`}</p>
      ${found.hint && html`<p class="muted">${found.hint}</p>`}
      ${found.path && html`<div class="row"><${Button} kind="link" onClick=${open} title="Open in the editor"><span class="mono">${where}</span><//><${Button} kind="quiet" class="small" aria-label=${`Copy ${where}`} title="Copy the path" onClick=${() => copy(where, "the path")}><${Icon} name="copy" /><//></div>`}
      ${problem && html`<p class="error" role="alert">The editor did not open: ${problem.replace(/^[A-Z](?=[a-z]* )/, (one) => one.toLowerCase())}</p>`}</div>
  </li>`;
}

function SelfTest() {
  const test = useStore((s) => s.state?.selftest);
  const running = Boolean(test?.running);
  const [asking, setAsking] = useState(false);
  const [start, , problem] = useAction((write) => {
    setAsking(false);
    return post("/api/selftest", { write });
  });
  const ran = test && test.passed + test.failed + test.skipped > 0;
  return html`${problem && html`<span class="error" role="alert">${problem}</span>`}
    <span class="muted" role="status">${running ? "The self test runs…" : ran ? `${test.passed} passed, ${test.failed} failed, ${test.skipped} skipped` : ""}</span>
    <${Button} busy=${running} onClick=${() => start(false)}>Read-only test<//>
    <${Button} kind="danger" busy=${running} onClick=${() => setAsking(true)}>Test with writing…<//>
    ${asking && html`<${WriteDialog} onClose=${() => setAsking(false)} onStart=${() => start(true)} />`}`;
}

function WriteDialog({ onClose, onStart }) {
  const [sure, setSure] = useState(false);
  const file = useStore((s) => s.state?.config.file);
  const { value: config } = useLoaded(() => get("/api/config"), []);
  const address = Object.entries(config?.values || {}).filter(([, value]) => typeof value === "string" && /^https?:/.test(value));
  return html`<${Dialog} title="Allow the self test to write?" tone="bad" onClose=${onClose} actions=${html`<${Button} onClick=${onClose}>Cancel<//><${Button} kind="danger" disabled=${!sure} onClick=${onStart}>Run with writing<//>`}>
    <div class="stack"><p>The self test creates, changes and deletes accounts in the source that the current config names${file ? ` (${file})` : ""}. Never run it against a production source.</p>
      ${address.length > 0 && html`<${Notice} tone="warn" title="It writes to">${address.map(([key, value]) => html`<p key=${key}><code>${key}</code> ${value}</p>`)}<//>`}
      <${Check} checked=${sure} onCheck=${setSure} label="This source may be modified" /></div><//>`;
}
