// One output: an account, an entitlement or anything else, with its links and its comparison.

import { html, useLayoutEffect, useRef, useState } from "./vendor/preact.js";
import { accountList, before, finished, firstRow, run } from "./calls.js";
import { href } from "./route.js";
import { useStore } from "./store.js";
import { Loading } from "./parts.js";
import { Badge, Button, CloseButton, Code, CopyButton, Icon, Notice, Tabs, classes, count, useAction, useLoaded } from "./ui.js";
import { attributesOf, differences, entitlementType, identityOf, isEmpty, isObject as isAnObject, label, markName, nameOf, pretty, target, text } from "./values.js";

const shownValues = 50;

export function Values({ value, type }) {
  const [all, setAll] = useState(false);
  if (isEmpty(value)) return html`<span class="muted">${value === null || value === undefined ? "no value" : Array.isArray(value) ? "empty list" : "empty text"}</span>`;
  const list = Array.isArray(value) ? value : [value];
  if (!type && !Array.isArray(value)) return html`<span>${text(value)}</span>`;
  const shown = all ? list : list.slice(0, shownValues);
  return html`<ul class="chips">
    ${shown.map((one, n) => html`<li class="chip" key=${n}>${type ? html`<a href=${href("results", ["find"], { type, identity: text(one) })}>${text(one)}</a>` : text(one)}</li>`)}
    ${shown.length < list.length && html`<li><${Button} kind="link" onClick=${() => setAll(true)}>Show all ${list.length}<//></li>`}
  </ul>`;
}

// Change shows the change of a value. For lists it shows the added and removed members.
export function Change({ before: was, after: is }) {
  if (Array.isArray(was) && Array.isArray(is)) {
    const gone = was.filter((one) => !is.includes(one)), come = is.filter((one) => !was.includes(one));
    if (gone.length || come.length) {
      return html`<td colspan="2"><ul class="chips">${gone.map((one) => html`<li class="chip"><del>${text(one)}</del></li>`)}${come.map((one) => html`<li class="chip"><ins>${text(one)}</ins></li>`)}
        <li class="muted">${was.length} before, ${is.length} after</li></ul></td>`;
    }
  }
  return html`<td>${isEmpty(was) ? html`<${Values} value=${was} />` : html`<del>${text(was)}</del>`}</td><td>${isEmpty(is) ? html`<${Values} value=${is} />` : html`<ins>${text(is)}</ins>`}</td>`;
}

export function Differences({ caption, before: was, after: is, beforeLabel = "Before", afterLabel = "After" }) {
  const [all, setAll] = useState(false);
  const lines = differences(was, is);
  const changed = lines.filter((line) => line.changed);
  const shown = all ? lines : changed;
  return html`<div class="stack tight">
    ${changed.length === 0 && html`<${Notice} tone="ok">Nothing differs.<//>`}
    ${shown.length > 0 && html`<table class="plain differences"><caption class="hidden">${caption}</caption>
      <thead><tr><th scope="col">Attribute</th><th scope="col">${beforeLabel}</th><th scope="col">${afterLabel}</th></tr></thead>
      <tbody>${shown.map((line) => html`<tr key=${line.name} class=${classes(line.changed && "changed")}><th scope="row">${label(line.name)}</th>
        ${line.changed ? html`<${Change} ...${line} />` : html`<td colspan="2">${text(line.before)}</td>`}</tr>`)}</tbody></table>`}
    ${lines.length > changed.length && html`<${Button} kind="link" onClick=${() => setAll(!all)}>${all ? "Hide what is equal" : `Show ${count(lines.length - changed.length, "equal attribute")}`}<//>`}
  </div>`;
}

const flags = ["disabled", "locked", "deleted", "incomplete", "finalUpdate"];
const apart = new Set(["attributes", "permissions", "results", ...flags]);

function Attributes({ data, schema, marks }) {
  const known = new Map(attributesOf(schema).map((one) => [one.name, one]));
  const attributes = data.attributes || {};
  const names = [...known.keys(), ...Object.keys(attributes).filter((name) => !known.has(name))];
  const marked = (name) => (marks || []).filter((mark) => mark.attribute === name);
  return html`<table class="plain attributes"><caption class="hidden">Attributes</caption><tbody>
    ${Object.keys(data).filter((name) => !apart.has(name)).map((name) => html`<tr key=${`.${name}`}><th scope="row" class="own">${name}</th><td>${text(name === "key" ? data.key?.simple?.id ?? data.key : data[name])}</td></tr>`)}
    ${names.map((name) => html`<tr key=${name}><th scope="row">${label(name)}${!known.has(name) && known.size > 0 && html` <${Badge}>not in the schema<//>`}</th>
      <td><${Values} value=${attributes[name]} type=${entitlementType(known.get(name))} />${marked(name).map((mark) => html`<p class="error">${mark.message}</p>`)}</td></tr>${known.get(name)?.description && html`<tr class="about"><td colspan="2">${known.get(name).description}</td></tr>`}`)}
    ${(data.permissions || []).map((one, n) => html`<tr key=${`permission ${n}`}><th scope="row">permission</th><td>${one.target}: ${one.rights}</td></tr>`)}
  </tbody></table>`;
}

// readCommand is the command that reads a listed object again, "" if the spec has none.
const readCommand = (command, commands) => {
  const read = /^std:(account|entitlement):/.exec(command);
  return read && commands.some((one) => one.name === `std:${read[1]}:read`) ? `std:${read[1]}:read` : "";
};

function useReadAgain(command, data) {
  const [found, setFound] = useState({});
  const [read, busy, error] = useAction(async () => {
    setFound({});
    const call = await finished((await run(command, { ...target(data), ...(data.type && command.startsWith("std:entitlement") ? { type: data.type } : {}) })).id);
    setFound({ call, row: call.state === "done" ? await firstRow(call.id) : null });
  });
  return [{ ...found, busy, error }, read];
}

function Again({ again, data }) {
  if (again.error) return html`<${Notice} tone="bad" title="The command could not run">${again.error}<//>`;
  if (!again.call) return null;
  const link = html`<a href=${href("traffic", [again.call.id])}>call ${again.call.id}</a>`;
  if (!again.row) return html`<${Notice} tone="bad" title="Reading it again failed">${again.call.error?.message || "The connector sent no output."} (${link})<//>`;
  return html`<section class="card"><h3>Read again (${link})</h3><${Differences} caption="Differences between the list and the new reading" before=${data} after=${again.row.data} beforeLabel="In this call" afterLabel="Now" /></section>`;
}

function Holders({ data, spec }) {
  const list = useStore((s) => accountList(s.calls));
  const attributes = attributesOf(spec?.accountSchema).filter((one) => entitlementType(one) === data.type);
  if (attributes.length === 0) return null;
  if (!list) return html`<p class="muted">List the accounts to see which ones have it.</p>`;
  return html`<p>${attributes.map((one) => html`<a class="back" key=${one.name} href=${href("results", [list.id], { f: JSON.stringify([{ column: one.name, op: "=", value: identityOf(data) }]) })}>Accounts that have it in ${one.name}</a>`)}</p>`;
}

// Record is the whole output with its actions. onClose is absent if it is the page itself.
export function Record({ call, row, schema, onClose, focus, view = "attributes", onView }) {
  const spec = useStore((s) => s.spec);
  const heading = useRef();
  const data = row.data;
  const isObject = isAnObject(data) && (data.attributes || identityOf(data));
  const read = isObject && spec ? readCommand(call.command, spec.commands) : "";
  const [again, readAgain] = useReadAgain(read, data);
  const account = isObject && /^std:account:/.test(call.command);
  const updates = account && spec?.commands.some((one) => one.name === "std:account:update");
  useLayoutEffect(() => {
    if (focus) heading.current.focus();
  }, []);
  const body = isObject
    ? html`<${Tabs} label="Views of the row" chosen=${view} onChoose=${onView} tabs=${[
      { id: "attributes", label: "Attributes", body: () => html`<${Attributes} data=${data} schema=${schema} marks=${row.marks} />` },
      { id: "json", label: "JSON", body: () => html`<${Code}>${pretty(data)}<//>` },
    ]} />`
    : html`<${Code}>${pretty(data)}<//>`;
  return html`<div class="record">
    <header><div><h2 tabindex="-1" ref=${heading}>${isObject ? nameOf(data, schema) : `Line ${row.n}`}</h2><p class="muted">Line ${row.n} of call ${call.id}${data?.type ? ` · ${data.type}` : ""}</p></div>
      ${onClose && html`<${CloseButton} label="Close the row" onClose=${onClose} />`}</header>
    <div class="row">${flags.filter((flag) => data?.[flag]).map((flag) => html`<${Badge} tone="warn" key=${flag}>${flag}<//>`)}${(row.marks || []).map((mark) => html`<${Badge} tone="bad">${markName(mark.kind)}<//>`)}</div>
    ${(row.marks || []).filter((mark) => !mark.attribute || !(data?.attributes && mark.attribute in data.attributes)).map((mark) => html`<p class="error">${mark.message}</p>`)}
    <div class="row">
      ${read && html`<${Button} busy=${again.busy} onClick=${readAgain}><${Icon} name="again" />Read again and compare<//>`}
      ${updates && html`<a class="button" href=${href("commands", ["std:account:update"], { identity: identityOf(data) })}><${Icon} name="edit" />Update<//>`}
      <${CopyButton} text=${pretty(data)} what="the JSON" label="Copy JSON" />
    </div>
    ${isObject && data.type && html`<${Holders} data=${data} spec=${spec?.spec} />`}
    <${Again} again=${again} data=${data} />
    ${body}
  </div>`;
}

// BeforeAfter shows the effect of an update on an account: its last known state, and the update's
// answer.
export function BeforeAfter({ call, row, request }) {
  const identity = identityOf(request);
  const spec = useStore((s) => s.spec);
  const read = spec && readCommand(call.command, spec.commands);
  const [again, readAgain] = useReadAgain(read, request || {});
  const { value: was } = useLoaded(() => identity ? before(call, identity).catch(() => null) : undefined, [call.id, identity]);
  const after = row?.data?.attributes ? row : again.row;
  return html`<section class="card stack"><h2>Before and after</h2>
    ${Array.isArray(request?.changes) && html`<table class="plain"><caption class="hidden">Changes that were sent</caption><thead><tr><th scope="col">Sent</th><th scope="col">Attribute</th><th scope="col">Value</th></tr></thead>
      <tbody>${request.changes.map((change, n) => html`<tr key=${n}><td>${change.op}</td><td>${change.attribute}</td><td><${Values} value=${change.value} /></td></tr>`)}</tbody></table>`}
    ${was === undefined && identity && html`<${Loading}>Looking for the account in earlier calls…<//>`}
    ${was === null && html`<${Notice} tone="info">No earlier call has the account ${identity}, so there is nothing to compare with. Read or list it before an update to see what changes.<//>`}
    ${!after && read && html`<div class="row"><p>The update answered without attributes.</p><${Button} busy=${again.busy} onClick=${readAgain}>Read the account now<//></div>`}
    ${again.error && html`<${Notice} tone="bad">${again.error}<//>`}
    ${was && after && html`<p class="muted">Before: call <a href=${href("results", [was.call.id], { row: was.row.n })}>${was.call.id}</a> (${was.call.command}).</p><${Differences} caption="Before and after the update" before=${was.row.data} after=${after.data} />`}
  </section>`;
}
