// The spec as a diagram: boxes that are lists, and lines that are drawn behind them once they stand.

import { html, useLayoutEffect, useRef, useState } from "./vendor/preact.js";
import { href } from "./route.js";
import { Button, count } from "./ui.js";
import { attributesOf, entitlementType, label } from "./values.js";

const shownRows = 14;

// shorten leaves out the rows that no line ends at first, and keeps the order.
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

export function Diagram({ spec, commands }) {
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
