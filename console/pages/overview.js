// The state of the loop, the connector, and the spec as a diagram.

import { html, useLayoutEffect, useRef, useState } from "./vendor/preact.js";
import { href } from "./route.js";
import { Finding } from "./problems.js";
import { CallState, Loading, SpecError } from "./parts.js";
import { newestFirst, useStore } from "./store.js";
import { Badge, Button, Empty, Icon, Notice, classes, clock, count, ms } from "./ui.js";
import { attributesOf, entitlementType, isList, label, sentence } from "./values.js";

export function Page() {
  const state = useStore((s) => s.state);
  const spec = useStore((s) => s.spec);
  if (!state) return html`<${Loading}>Connecting…<//>`;
  return html`<${Loop} state=${state} />
    ${!state.config.ready && html`<${Notice} tone="warn" title="The config is incomplete" actions=${html`<a class="button" href=${href("form")}>Fill in the source form</a>`}>Required items have no value yet, so commands may fail.<//>`}
    <${SpecError} />
    ${spec && html`<div class="pairs"><${Capabilities} commands=${spec.commands} /><${Recent} /></div>
      <section aria-labelledby="diagram"><h2 id="diagram" class="gap">Spec</h2><${Diagram} spec=${spec.spec} commands=${spec.commands} /></section>`}`;
}

const marks = { done: ["check", "ok"], failed: ["cross", "bad"], running: ["again", "info"], skipped: ["dot", ""], idle: ["dot", ""] };
const stepNames = { validate: "Validate", generate: "Generate", stub: "Stub", build: "Build", start: "Start", health: "Health" };

// groupOf maps steps to the groups of findings that make them fail.
const groupOf = { validate: ["validate"], generate: ["drift"], stub: ["stub"], build: ["build", "stub"], start: ["build"], health: ["build"] };

const shownFindings = 3;

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

const shownRows = 14;

// shorten first omits the rows where no line ends, and keeps the order.
function shorten(rows) {
  if (rows.length <= shownRows + 2) return rows;
  const kept = new Set([...rows.filter((row) => row.tied), ...rows.filter((row) => !row.tied)].slice(0, shownRows));
  return rows.filter((row) => kept.has(row));
}

// Box is a titled list; rows are [{key, main, notes, title, tied}]. Lines begin and end at the rows' data-end.
function Box({ title, subtitle, rows, name, empty }) {
  const [all, setAll] = useState(false);
  const shown = all ? rows : shorten(rows);
  return html`<section class="box" data-end=${name} aria-label=${title}><h3>${title}</h3>${subtitle && html`<p class="muted">${subtitle}</p>`}
    ${rows.length === 0 ? html`<p class="muted">${empty}</p>` : html`<ul>${shown.map((row) => html`<li key=${row.key} data-end=${`${name} ${row.key}`} title=${row.title}><span class="item">${row.main}</span><span class="notes">${row.notes.split(/(?=\$\()/).map((part, n) => n > 0 ? html`<wbr />${part}` : part)}</span></li>`)}</ul>`}
    ${rows.length > shown.length && html`<${Button} kind="link" onClick=${() => setAll(true)}>Show ${rows.length - shown.length} more<//>`}
  </section>`;
}

const commandRows = (commands) => commands.map((one) => ({ key: one.name, main: html`<a href=${href("commands", [one.name])}><code>${one.name.replace(/^std:/, "")}</code></a>`, notes: "", title: one.doc }));

function attributeNotes(attribute, schema) {
  const notes = [`${attribute.type}${attribute.multi === true ? ", multi" : ""}`];
  if (attribute.name === schema.identityAttribute) notes.push("ID");
  if (attribute.name === schema.displayAttribute) notes.push("name");
  if (entitlementType(attribute)) notes.push(attribute.managed ? "entitlement, managed" : "entitlement");
  return notes.join(" · ");
}

const attributeRows = (schema) => attributesOf(schema).map((one) => ({
  key: one.name, main: label(one.name), notes: attributeNotes(one, schema), title: one.description,
  tied: Boolean(entitlementType(one)) || one.name === schema.identityAttribute || one.name === schema.displayAttribute,
}));

function initialValue({ initialValue: value }) {
  const attributes = value?.attributes || {};
  if (value?.type === "identityAttribute") return `identity's ${attributes.name}`;
  if (value?.type === "generator") return attributes.template || attributes.name;
  return value?.type === "static" ? `“${attributes.value}”` : "";
}

const fieldRows = (template) => (Array.isArray(template?.fields) ? template.fields : []).map((one) => {
  const key = one.key || one.name;
  return { key, main: `${label(String(key))}${one.required ? "\u00a0*" : ""}`, notes: initialValue(one), title: one.label };
});

function linesOf(spec) {
  const attributes = attributesOf(spec.accountSchema);
  const fills = fieldRows(spec.accountCreateTemplate).filter((row) => attributes.some((one) => one.name === row.key)).map((row) => ({ from: `template ${row.key}`, to: `account ${row.key}`, kind: "fills" }));
  const types = (spec.entitlementSchemas || []).map((one) => one.type);
  const names = attributes.filter((one) => types.includes(entitlementType(one))).map((one) => ({ from: `account ${one.name}`, to: `type ${entitlementType(one)}`, kind: "names" }));
  return [...fills, ...names];
}

function useLines(ref, lines) {
  const [paths, setPaths] = useState({ width: 0, height: 0, list: [] });
  useLayoutEffect(() => {
    const root = ref.current;
    const measure = () => {
      const base = root.getBoundingClientRect();
      const ends = new Map([...root.querySelectorAll("[data-end]")].map((element) => [element.dataset.end, element]));
      const place = (name) => {
        const element = ends.get(name);
        if (!element) return null;
        const box = element.closest(".box").getBoundingClientRect();
        const own = element.matches(".box") ? element.querySelector("h3").getBoundingClientRect() : element.getBoundingClientRect();
        return { left: box.left - base.left, right: box.right - base.left, y: own.top + own.height / 2 - base.top };
      };
      const list = lines.map((line) => ({ ...line, a: place(line.from), b: place(line.to) })).filter((line) => line.a && line.b && line.a.right < line.b.left)
        .map(({ a, b, kind }) => {
          const bend = (b.left - a.right) / 2;
          return { kind, d: `M${a.right} ${a.y}C${a.right + bend} ${a.y} ${b.left - bend} ${b.y} ${b.left} ${b.y}` };
        });
      setPaths({ width: base.width, height: base.height, list });
    };
    const observer = new ResizeObserver(measure);
    observer.observe(root);
    root.querySelectorAll(".box").forEach((box) => observer.observe(box));
    measure();
    return () => observer.disconnect();
  }, [lines]);
  return paths;
}

// Diagram draws boxes of lists, and then the lines behind them.
function Diagram({ spec, commands }) {
  const ref = useRef();
  const held = useRef({});
  if (held.current.spec !== spec) held.current = { spec, lines: linesOf(spec) };
  const paths = useLines(ref, held.current.lines);
  const account = spec.accountSchema;
  const types = (Array.isArray(spec.entitlementSchemas) ? spec.entitlementSchemas : []).filter((one) => one && typeof one.type === "string");
  return html`<div class="diagram" ref=${ref}>
    <svg aria-hidden="true" width=${paths.width} height=${paths.height}>${paths.list.map((path, n) => html`<path key=${n} d=${path.d} class=${path.kind} />`)}</svg>
    <div class="column">
      <${Box} name="template" title="Create template" subtitle="Fields and where their values come from" rows=${fieldRows(spec.accountCreateTemplate)} empty="The spec has none." />
      <${Box} name="commands" title="Commands" subtitle=${count(commands.length, "command")} rows=${commandRows(commands)} empty="The spec lists none." />
    </div>
    <div class="column">${account
      ? html`<${Box} name="account" title="Account schema" subtitle=${count(attributesOf(account).length, "attribute")} rows=${attributeRows(account)} empty="It has no attributes; the connector discovers them." />`
      : html`<${Box} name="account" title="Account schema" rows=${[]} empty="The spec has none." />`}</div>
    <div class="column">${types.length === 0
      ? html`<${Box} name="types" title="Entitlement types" rows=${[]} empty="The spec has none." />`
      : types.map((one) => html`<${Box} key=${one.type} name=${`type ${one.type}`} title=${`Entitlement ${label(one.type)}`} subtitle=${count(attributesOf(one).length, "attribute")} rows=${attributeRows(one)} empty="It has no attributes." />`)}</div>
  </div>`;
}
