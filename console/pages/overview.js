// The state of the loop and what the connector is.

import { html } from "./vendor/preact.js";
import { Diagram } from "./diagram.js";
import { href } from "./route.js";
import { Finding } from "./problems.js";
import { CallState, Loading, SpecError } from "./parts.js";
import { newestFirst, useStore } from "./store.js";
import { Badge, Empty, Icon, Notice, classes, clock, count, ms } from "./ui.js";
import { isList, sentence } from "./values.js";

export function Page() {
  const state = useStore((s) => s.state);
  const spec = useStore((s) => s.spec);
  if (!state) return html`<${Loading}>Connecting…<//>`;
  return html`<${Loop} state=${state} />
    ${!state.config.ready && html`<${Notice} tone="warn" title="The config lacks what the connector needs" actions=${html`<a class="button" href=${href("form")}>Fill in the source form</a>`}>Commands run with the config of this run, and required items have no value yet.<//>`}
    <${SpecError} />
    ${spec && html`<div class="pairs"><${Capabilities} commands=${spec.commands} /><${Recent} /></div>
      <section aria-labelledby="diagram"><h2 id="diagram" class="gap">Spec</h2><${Diagram} spec=${spec.spec} commands=${spec.commands} /></section>`}`;
}

const marks = { done: ["check", "ok"], failed: ["cross", "bad"], running: ["again", "info"], skipped: ["dot", ""], idle: ["dot", ""] };
const stepNames = { validate: "Validate", generate: "Generate", stub: "Stub", build: "Build", start: "Start", health: "Health" };

// groupOf are the groups of the findings that make a step fail.
const groupOf = { validate: ["validate"], generate: ["drift"], stub: ["stub"], build: ["build", "stub"], start: ["build"], health: ["build"] };

const shownFindings = 3;

// Causes are the first errors of the step that failed.
function Causes({ step }) {
  const groups = useStore((s) => s.problems.groups);
  const names = groupOf[step?.name] || [];
  const found = groups.filter((group) => names.includes(group.name)).flatMap((group) => group.found || []).filter((one) => one.severity === "error");
  return found.length > 0 && html`<ul class="findings">${found.slice(0, shownFindings).map((one, n) => html`<${Finding} key=${n} found=${one} />`)}</ul>
    ${found.length > shownFindings && html`<p><a href=${href("problems")}>${count(found.length - shownFindings, "more error")}</a></p>`}`;
}

function Loop({ state }) {
  return html`<section class="card" aria-label="Loop">
    <p class="answers">${answers(state)}</p>
    ${state.project.connector ? null : html`<ol class="steps">${state.steps.map((step) => html`<li key=${step.name} class=${classes("step", step.state)}>
      <span class=${classes("mark", marks[step.state]?.[1])}><${Icon} name=${marks[step.state]?.[0] || "dot"} /></span>
      <div><strong>${stepNames[step.name] || step.name}</strong> <span class="muted">${step.state === "done" || step.state === "failed" ? ms(step.ms) : step.state}</span>
      ${step.text && step.state !== "idle" && step.state !== "skipped" && html`<p class=${step.state === "failed" ? "error" : "muted"}>${step.name === "health" && step.state === "done" ? "It answers." : sentence(step.text)}</p>`}</div></li>`)}</ol>`}
    <${Causes} step=${state.steps.find((step) => step.state === "failed")} />
  </section>`;
}

function answers({ connector, project, phase }) {
  if (project.connector) return html`<${Badge} tone=${connector.running ? "ok" : "bad"}>${connector.running ? "answers" : "does not answer"}<//> The connector at <code>${project.connector}</code>`;
  if (!connector.running) return html`<${Badge} tone=${phase === "failed" ? "bad" : "info"}>${phase}<//> ${connector.build > 0 ? html`Build ${connector.build} of <code>${project.dir}</code> has ended.` : html`No build of <code>${project.dir}</code> answers yet.`}`;
  return html`<${Badge} tone=${connector.stale ? "warn" : "ok"}>${connector.stale ? "stale" : "answers"}<//> Build ${connector.build} of <code>${project.dir}</code> since ${clock(connector.since)}`;
}

function Capabilities({ commands }) {
  const words = new Map();
  for (const one of commands) if (one.capability) words.set(one.capability, [...(words.get(one.capability) || []), one]);
  const others = commands.filter((one) => !one.capability);
  const item = (word, list, name) => html`<li key=${word} class=${name}><span>${word}</span>${list.map((one) => html`<a key=${one.name} href=${href("commands", [one.name])}><code>${one.name.replace(/^std:/, "")}</code></a>`)}</li>`;
  return html`<section class="card"><h2>What ISC can do with it</h2>
    ${words.size === 0 && html`<p class="muted">The spec lists no command that ISC knows.</p>`}
    <ul class="capabilities">${[...words].map(([word, list]) => item(word, list))}${others.length > 0 && item("Other commands", others, "others")}</ul></section>`;
}

function Recent() {
  const calls = useStore((s) => s.calls);
  const list = newestFirst(calls).slice(0, 8);
  return html`<section class="card"><h2>Recent calls</h2>
    ${list.length === 0 ? html`<${Empty} title="None yet"><p><a href=${href("commands", ["std:test-connection"])}>Test the connection</a> or <a href=${href("commands")}>choose a command</a>.</p><//>`
    : html`<ul class="recent">${list.map((call) => html`<li key=${call.id}><a href=${href("results", [call.id])}>${call.id} <code>${call.command}</code></a><span class="muted">${isList(call.command) ? `${count(call.outputs, "row")}, ` : ""}${ms(call.ms)}</span><${CallState} call=${call} /></li>`)}</ul>`}</section>`;
}
