// Create account: the template filled in as ISC would for a sample identity, and the resulting
// request.

import { html, useEffect, useMemo, useState } from "./vendor/preact.js";
import { post } from "./api.js";
import { findRow, firstRow, run } from "./calls.js";
import { Loading, WithSpec } from "./parts.js";
import { lastCall, useStore } from "./store.js";
import { go, href } from "./route.js";
import { Badge, Button, Code, Empty, Icon, Input, Notice, Required, Select, attempt, count, useAction, useId, useLoaded } from "./ui.js";
import { createInput, createPassword, fill, generators, isMadeUp, labelOf, maskedInput, newPassword, readTemplate, sampleIdentity, sources } from "./template.js";
import { mask } from "./formmodel.js";
import { identityOf, pretty } from "./values.js";

const createCommand = "std:account:create";
const listCommand = "std:account:list";

// kept is the entered state, as long as the page is open and the template stays the same.
let kept = { template: "", state: null };

const begin = (fields) => ({ fields, identity: sampleIdentity(fields), passwords: fields.map(() => newPassword()) });

// useFilled is the state of the page, which survives visits to other pages.
function useFilled(spec) {
  const fields = useMemo(() => readTemplate(spec.spec, spec.passwords), [spec]);
  const template = JSON.stringify(fields ?? null);
  if (kept.template !== template) kept = { template, state: fields && begin(fields) };
  const [, draw] = useState(0);
  const change = (next) => {
    kept = { ...kept, state: { ...kept.state, ...next } };
    draw((n) => n + 1);
  };
  return [kept.state, change];
}

export const Page = () => html`<${WithSpec}>${(spec) => html`<${Create} spec=${spec} />`}<//>`;

const lists = (spec, command) => spec.commands.some((c) => c.name === command);

function Create({ spec }) {
  const [state, change] = useFilled(spec);
  const isTaken = useTaken(state);
  if (!lists(spec, createCommand)) return html`<${Empty} title="This connector creates no accounts"><p>The spec does not list <code>${createCommand}</code>.</p><//>`;
  if (!state) return html`<${Empty} title="The spec has no create template">
    <p>Without <code>accountCreateTemplate</code> nothing says which attributes ISC sends. <a href=${href("commands", [createCommand])}>Run ${createCommand} with an input of your own</a></p><//>`;
  const results = fill(state.fields, { ...state, isTaken });
  const setField = (i, next) => change({ fields: state.fields.map((f, n) => (n === i ? { ...f, ...next } : f)) });
  const renew = (i) => change({ passwords: state.passwords.map((p, n) => (n === i ? newPassword() : p)) });
  const names = state.identity.map((a) => a.name);
  return html`<div class="create-page">
    <p class="preview"><${Badge} tone="info">Preview<//> Filled in from <code>accountCreateTemplate</code> as SailPoint's public documentation describes it. Changes here are for trying things out: the spec stays as it is.</p>
    <div class="create-left">
      <${Identity} identity=${state.identity} onChange=${(identity) => change({ identity })} />
      <section class="isc create-form" aria-labelledby="create-title"><h2 id="create-title">Create Account</h2>
        ${results.map((result, i) => html`<${FieldBox} key=${i} ...${{ result, names, number: i + 1, secret: state.passwords[i] }} onChange=${(next) => setField(i, next)} onRenew=${() => renew(i)} />`)}
        ${results.length === 0 && html`<p class="item-note">The template has no fields.</p>`}
      </section>
    </div>
    <${Request} spec=${spec} results=${results} onReset=${() => change(begin(readTemplate(spec.spec, spec.passwords)))} />
  </div>`;
}

// useTaken checks generated IDs against the last list of accounts. It returns a test.
function useTaken(state) {
  const [taken, setTaken] = useState(new Set());
  const last = useStore((s) => lastCall((c) => c.command === listCommand && c.state === "done", s.calls));
  const isTaken = (key, text) => taken.has(JSON.stringify([key, text]));
  const wanted = state && last ? fill(state.fields, { ...state, isTaken })
    .filter((r) => r.field.source === "generator" && !isMadeUp(r.field) && typeof r.value === "string").map((r) => [r.field.key, r.value]) : [];
  useEffect(() => setTaken(new Set()), [last?.id]);
  useEffect(() => {
    const control = new AbortController();
    for (const [column, id] of wanted) {
      post(`/api/calls/${last.id}/views`, { filters: [{ column, op: "=", value: id }] }, control.signal).then((view) => {
        if (view.total > 0) setTaken((old) => new Set(old).add(JSON.stringify([column, id])));
      }, () => { /* without a list, the author sets the counter */ });
    }
    return () => control.abort();
  }, [JSON.stringify([last?.id, wanted])]);
  return isTaken;
}

function Identity({ identity, onChange }) {
  const [name, setName] = useState("");
  const id = useId("identity");
  const add = () => {
    const text = name.trim();
    if (text === "" || identity.some((a) => a.name === text)) return;
    onChange([...identity, { name: text, label: "", value: "" }]);
    setName("");
  };
  return html`<section class="card identity" aria-labelledby=${id}><h2 id=${id}>Sample identity</h2>
    <div class="identity-rows">${identity.map((a, i) => html`<label key=${a.name}><span>${labelOf(a.name)}</span>
      <${Input} value=${a.value} onText=${(value) => onChange(identity.map((b, n) => (n === i ? { ...b, value } : b)))} /></label>`)}</div>
    <div class="row add-attribute"><${Input} aria-label="Name of another identity attribute" placeholder="Another attribute" value=${name} onText=${setName} onKeyDown=${(event) => event.key === "Enter" && !event.isComposing && add()} />
      <${Button} onClick=${add} disabled=${name.trim() === ""}>Add<//></div>
  </section>`;
}

// FieldBox is one numbered field with ISC's four sources of a value.
function FieldBox({ result, names, number, secret, onChange, onRenew }) {
  const { field } = result;
  const id = useId("create");
  return html`<fieldset class="create-field" aria-describedby=${`${id}-result`}>
    <legend>${number}. ${field.label || field.key || "Field without a key"}${field.isRequired && html`<${Required} /><span class="hidden"> required</span>`}</legend>
    <div class="create-body">
      <div class="create-sources" role="radiogroup" aria-label="Where the value comes from">${sources.map((s) => html`<label key=${s.id} class="radio blue"><input type="radio" name=${id} checked=${field.source === s.id} onChange=${() => onChange({ source: s.id })} /><span>${s.label}</span></label>`)}</div>
      <${Source} ...${{ field, names, onChange }} />
      <div class="create-result" id=${`${id}-result`}>${field.key !== field.label && html`<code>${field.key}</code> `}<${Outcome} ...${{ result, secret, onRenew }} /></div>
    </div>
  </fieldset>`;
}

function Source({ field, names, onChange }) {
  const text = (label, key, read = (typed) => typed) => html`<label class="create-control"><span>${label}</span><${Input} value=${String(field[key] ?? "")} onText=${(typed) => onChange({ [key]: read(typed) })} /></label>`;
  const size = (label, key) => text(label, key, (typed) => Math.floor(Number(typed)) > 0 ? Math.floor(Number(typed)) : undefined);
  switch (field.source) {
    case "identityAttribute":
      return html`<${Choice} label="Attribute" value=${field.attribute} options=${names} shown=${labelOf} onChange=${(attribute) => onChange({ attribute })} />`;
    case "generator":
      return html`<${Choice} label="Generator" value=${field.generator} options=${generators} onChange=${(generator) => onChange({ generator })} />
        ${field.generator !== createPassword && html`<div class="create-controls">${text("Template", "template")}${size("Max size", "maxSize")}${size("Max unique checks", "maxUniqueChecks")}</div>`}`;
    case "static":
      return text("Value", "value");
  }
  return null;
}

function Choice({ label, value, options, shown = (v) => v, onChange }) {
  const all = options.includes(value) ? options : [value, ...options];
  return html`<label class="create-control"><span>${label}</span><span class="select"><${Select} value=${value} options=${all.map((v) => [v, v === "" ? "Select…" : shown(v)])} onChoose=${onChange} /></span></label>`;
}

function Outcome({ result, secret, onRenew }) {
  const { field, value, note, problem } = result;
  const [isShown, setShown] = useState(false);
  const isSecret = field.isPassword || isMadeUp(field);
  if (problem) return html`<span class="error">${field.key || "This field"} ${problem}.</span>`;
  if (value === undefined) return html`<span class="muted">Not sent.</span> ${note && html`<span class="muted">${note}</span>`}`;
  return html`<span>→ <code>${isSecret && !isShown ? mask : JSON.stringify(value)}</code></span>
    ${isSecret && html`<${Button} kind="link" onClick=${() => setShown(!isShown)}>${isShown ? "Hide" : "Show"}<//>`}
    ${isSecret && isMadeUp(field) && secret && html`<${Button} kind="link" onClick=${onRenew}>Make another<//>`}
    ${note && html`<span class="muted">${note}</span>`}`;
}

function Request({ spec, results, onReset }) {
  const [isShown, setShown] = useState(false);
  const [sent, setSent] = useState(null);
  const identityAttribute = spec.spec.accountSchema?.identityAttribute;
  const input = createInput(results, identityAttribute);
  const masked = maskedInput(input, results, mask);
  const hasSecret = JSON.stringify(masked) !== JSON.stringify(input);
  const problems = results.filter((r) => r.problem !== "");
  const [send, isBusy, problem] = useAction(async () => setSent((await run(createCommand, input)).id));
  return html`<aside class="card request" aria-labelledby="request-title">
    <h2 id="request-title">What is sent</h2>
    <p class="muted"><code>${createCommand}</code> with the current config and this input:</p>
    <${Code} label="The input that is sent">${pretty(isShown ? input : masked)}<//>
    ${hasSecret && html`<${Button} kind="link" onClick=${() => setShown(!isShown)}>${isShown ? "Hide the passwords" : "Show the passwords"}<//>`}
    ${problems.length > 0 && html`<${Notice} tone="warn" title=${`ISC would not create this account: ${count(problems.length, "field")} without a value`}>
      <ul>${problems.map((r, i) => html`<li key=${i}>${r.field.key || "A field without a key"} ${r.problem}.</li>`)}</ul><//>`}
    <div class="row">
      <${Button} kind="primary" busy=${isBusy} disabled=${problems.length > 0} onClick=${send}>Create account<//>
      <${Button} onClick=${onReset}>Reset to the spec<//>
    </div>
    ${problem && html`<${Notice} tone="bad" title="The command did not start">${problem}<//>`}
    ${sent && html`<${Sent} key=${sent} ...${{ id: sent, spec }} />`}
  </aside>`;
}

function Sent({ id, spec }) {
  const call = useStore((s) => s.calls.get(id));
  const [list, setList] = useState(null);
  const isDone = call?.state === "done";
  const { value: identity } = useLoaded(async () => isDone && identityOf((await firstRow(id))?.data), [id, isDone]);
  if (!call || call.state === "running") return html`<${Loading}>Creating the account…<//>`;
  if (!isDone) return html`<${Notice} tone="bad" title="The account was not created">${call.error?.message} <a href=${href("traffic", [id])}>Open the call</a><//>`;
  return html`<${Notice} tone="ok" title=${html`<${Icon} name="check" /> The account was created`}>
    <p role="status">${identity ? html`Its ID is <code>${identity}</code>. ` : identity === "" && "The answer has no ID. "}<a href=${href("results", [id])}>Open the answer</a></p>
    ${identity && lists(spec, listCommand) && !list && html`<${Button} onClick=${() => attempt(async () => setList((await run(listCommand)).id))}>List accounts and find it<//>`}
    ${list && html`<${Found} id=${list} identity=${identity} />`}
  <//>`;
}

function Found({ id, identity }) {
  const call = useStore((s) => s.calls.get(id));
  const isDone = call?.state === "done";
  const { value: row } = useLoaded(() => isDone ? findRow(id, identity) : undefined, [id, identity, isDone]);
  if (!call || call.state === "running") return html`<${Loading}>Listing the accounts…<//>`;
  if (!isDone) return html`<p class="error" role="status">The list failed: ${call.error?.message} <a href=${href("traffic", [id])}>Open the call</a></p>`;
  if (row === undefined) return html`<${Loading}>Looking for the account…<//>`;
  if (row === null) return html`<p class="error" role="status">It is not in the list of ${count(call.outputs, "account")}. <a href=${href("results", [id])}>Open the list</a></p>`;
  return html`<p role="status">It is in the list. <${Button} kind="link" onClick=${() => go("results", [id], { row: row.n })}>Show it in the list<//></p>`;
}
