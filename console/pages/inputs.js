// The controls for the fields of a command's input.

import { html, useEffect, useState } from "./vendor/preact.js";
import { accountList, entitlementList, makeView, rows, stateOf } from "./calls.js";
import { newestFirst, current } from "./store.js";
import { Button, Chips, Combo, Field, Icon, Input, Required, Select, attempt, toast, useId } from "./ui.js";
import { attributesOf, entitlementType, identityOf, label, nameOf, pretty, same, schemaOf, target } from "./values.js";

function suggestRows(spec, type) {
  return async (search) => {
    const call = type ? entitlementList(type) : accountList();
    if (!call) return [];
    const schema = schemaOf(spec, call.command, type);
    const { view } = await makeView(call.id, search ? { search } : {});
    const { rows: found } = await rows(call.id, view, 0, 20);
    return found.map(({ data }) => ({ value: identityOf(data), label: nameOf(data, schema), detail: identityOf(data), data }));
  };
}

function put(input, name, value) {
  const next = { ...input, [name]: value };
  if (value === undefined) delete next[name];
  return next;
}

// Fields draws the fields of a command; input is the resulting object. onChange gets the next one,
// or a function that makes it from the newest one.
export function Fields({ command, spec, passwords, input, onChange }) {
  const context = { command, spec, passwords, input, onChange, set: (name, value) => onChange((newest) => put(newest, name, value)) };
  return html`<div class="stack">${command.inputs.map((field) => {
    const Control = controls[field.kind] || controls.json;
    return html`<${Control} key=${`${command.name} ${field.name}`} field=${field} value=${input[field.name]} context=${context} />`;
  })}</div>`;
}

const keyKind = (spec) => spec?.keyType === "compound" ? "compound" : "simple";

const keyParts = { simple: ["id"], compound: ["lookupId", "uniqueId"] };

// keyOf is the key of an object, as far as its identity determines it.
export const keyOf = (spec, identity) => ({ [keyKind(spec)]: { [keyParts[keyKind(spec)][0]]: identity } });

function Identity({ field, value = "", context }) {
  const { command, spec, input, onChange, set } = context;
  const entitlement = command.object === "entitlement";
  const hasKey = command.inputs.some((one) => one.kind === "key");
  const pick = ({ data }) => {
    const { identity, key } = target(data);
    let next = put(input, field.name, identity || identityOf(data));
    if (hasKey) next = put(next, "key", key);
    onChange(next);
  };
  const type = (text) => {
    let next = put(input, field.name, text || undefined);
    if (hasKey && keyKind(spec) === "simple" && (!input.key || same(input.key, keyOf(spec, value)))) next = put(next, "key", text ? keyOf(spec, text) : undefined);
    onChange(next);
  };
  return html`<${FieldOf} field=${field}>${(control) => html`<${Combo} control=${control} value=${value} onInput=${type} onPick=${pick}
    suggest=${suggestRows(spec, entitlement ? input.type || "group" : "")} placeholder=${entitlement ? "Type an ID, or pick from the last list" : "Type an ID or a name, or pick from the last list"}
    empty="No match in the last list. The ID counts as you type it." />`}<//>`;
}

const Group = ({ field, children }) => html`<fieldset class="group"><legend class="label">${field.name}${field.required && html`<${Required} />`}</legend>
  ${field.help && html`<p class="help">${field.help}</p>`}${children}</fieldset>`;

const FieldOf = ({ field, children }) => html`<${Field} label=${field.name} help=${field.help} required=${field.required}>${children}<//>`;

function Key({ field, value, context }) {
  const kind = keyKind(context.spec);
  const now = value?.[kind] || {};
  const change = (part) => (text) => {
    const next = put(now, part, text || undefined);
    context.set(field.name, Object.keys(next).length ? { [kind]: next } : undefined);
  };
  return html`<${Group} field=${field}><div class="pair">${keyParts[kind].map((part) => html`<${Field} key=${part} label=${`${kind}.${part}`}>${(control) => html`<${Input} ...${control} value=${now[part]} onText=${change(part)} />`}<//>`)}</div><//>`;
}

const asList = (value) => value === undefined || value === null || value === "" ? [] : (Array.isArray(value) ? value : [value]).map(String);

// bare is a multi-valued attribute in ISC's form: a single value without a list.
const bare = (list, type) => {
  const typed = list.map((one) => type === "int" || type === "long" ? Number(one) : one);
  return typed.length === 0 ? undefined : typed.length === 1 ? typed[0] : typed;
};

function Value({ attribute, value, onChange, control, context }) {
  const { type, multi, name } = attribute;
  const of = entitlementType(attribute);
  const suggest = of ? suggestRows(context.spec, of) : undefined;
  const set = (text) => onChange(text === "" ? undefined : text);
  if (multi === true) return html`<${Chips} values=${asList(value)} onChange=${(list) => onChange(bare(list, type))} control=${control} label=${`Values of ${name}`} suggest=${suggest} />`;
  if (type === "boolean") return html`<${Select} ...${control} value=${String(value ?? "")} options=${[["", "not set"], ["true"], ["false"]]} onChoose=${(text) => onChange({ true: true, false: false }[text])} />`;
  if (type === "int" || type === "long") return html`<${Input} ...${control} type="number" step="1" value=${value} onText=${(text) => onChange(text === "" ? undefined : Number(text))} />`;
  if (suggest) return html`<${Combo} control=${control} value=${value ?? ""} onInput=${set} onPick=${(one) => onChange(one.value)} suggest=${suggest} />`;
  return html`<${Input} ...${control} type=${context.passwords.includes(name) ? "password" : "text"} value=${typeof value === "object" ? JSON.stringify(value) : value} onText=${set} />`;
}

function createAttributes(spec) {
  const known = attributesOf(spec?.accountSchema);
  const fields = (spec?.accountCreateTemplate?.fields || []).map((field) => ({ name: field.key || field.name, label: field.label, required: field.required, type: field.type }));
  const made = fields.filter((field) => typeof field.name === "string").map((field) => ({ ...field, ...known.find((one) => one.name === field.name), inTemplate: true, required: field.required }));
  return [...made, ...known.filter((one) => !made.some((field) => field.name === one.name))];
}

function Attributes({ field, value = {}, context }) {
  const all = createAttributes(context.spec);
  const [added, setAdded] = useState([]);
  const shown = [...all.filter((one) => one.inTemplate || one.name in value || added.includes(one.name)),
    ...Object.keys(value).concat(added).filter((name, n, list) => list.indexOf(name) === n && !all.some((one) => one.name === name)).map((name) => ({ name, type: "string" }))];
  const rest = all.filter((one) => !shown.includes(one));
  const change = (name) => (next) => context.set(field.name, put(value, name, next));
  return html`<${Group} field=${field}><div class="stack tight">${shown.map((one) => html`<${Field} key=${one.name} class="beside" label=${label(one.name)} required=${one.required}>${(control) => html`<${Value} attribute=${one} value=${value[one.name]} onChange=${change(one.name)} control=${control} context=${context} />`}<//>`)}</div>
    <${AddName} names=${rest.map((one) => one.name)} onAdd=${(name) => setAdded([...added, name])} /><//>`;
}

function AddName({ names, onAdd }) {
  const [name, setName] = useState("");
  const id = useId("add");
  const add = () => {
    if (name.trim()) onAdd(name.trim());
    setName("");
  };
  const suggest = (text) => names.filter((one) => one.toLowerCase().includes(text.toLowerCase())).slice(0, 30).map((one) => ({ value: one, label: label(one) }));
  return html`<div class="addname"><label class="hidden" for=${id}>Another attribute</label><${Combo} control=${{ id }} value=${name} onInput=${setName} onPick=${(one) => { setName(""); onAdd(one.value); }} suggest=${suggest}
    placeholder="Another attribute" empty="Not in the schema; Add takes it anyway" /><${Button} onClick=${add} disabled=${!name.trim()}><${Icon} name="plus" />Add<//></div>`;
}

const opsOf = (attribute) => attribute?.multi === true ? ["Add", "Remove", "Set"] : ["Set", "Remove"];

function Changes({ field, value, context }) {
  const list = Array.isArray(value) ? value : [];
  const attributes = attributesOf(context.spec?.accountSchema);
  const save = (next) => context.set(field.name, next.length ? next : undefined);
  const change = (n, next) => save(list.map((one, k) => k === n ? next : one));
  const add = () => {
    const free = attributes.filter((one) => !list.some((change) => change?.attribute === one.name));
    const first = free.find((one) => one.entitlement) || free.find((one) => one.writable) || free[0] || attributes[0];
    save([...list, { op: opsOf(first)[0], attribute: first?.name || "" }]);
  };
  return html`<${Group} field=${field}>
    ${list.length === 0 && html`<p class="muted">No change yet. Add one to update an attribute or to grant and revoke an entitlement.</p>`}
    <ol class="stack tight">${list.map((one, n) => html`<li key=${n}><${OneChange} n=${n} change=${one || {}} attributes=${attributes} onChange=${(next) => change(n, next)} onRemove=${() => save(list.filter((_, k) => k !== n))} context=${context} /></li>`)}</ol>
    <div><${Button} onClick=${add}><${Icon} name="plus" />Add a change<//></div><//>`;
}

function OneChange({ n, change, attributes, onChange, onRemove, context }) {
  const attribute = attributes.find((one) => one.name === change.attribute) || { name: change.attribute || "", type: "string" };
  const id = useId("change");
  const ops = opsOf(attribute).concat(change.op && !opsOf(attribute).includes(change.op) ? [change.op] : []);
  const choose = (name) => {
    const next = attributes.find((one) => one.name === name);
    onChange({ op: opsOf(next).includes(change.op) ? change.op : opsOf(next)[0], attribute: name });
  };
  const names = attributes.some((one) => one.name === change.attribute) ? attributes : [attribute, ...attributes];
  return html`<div class="change" role="group" aria-label=${`Change ${n + 1}`}>
    <${Select} aria-label="Operation" value=${change.op} options=${ops.map((op) => [op])} onChoose=${(op) => onChange({ ...change, op })} />
    <${Select} aria-label="Attribute" value=${change.attribute} options=${names.map((one) => [one.name, label(one.name)])} onChoose=${choose} />
    <${Value} attribute=${attribute} value=${change.value} onChange=${(value) => onChange(put(change, "value", value))} control=${{ id, "aria-label": `Value of ${label(attribute.name)}` }} context=${context} />
    <${Button} kind="quiet" aria-label=${`Remove change ${n + 1}`} onClick=${onRemove}><${Icon} name="cross" /><//>
  </div>`;
}

function EntitlementType({ field, value, context }) {
  const types = (context.spec?.entitlementSchemas || []).map((one) => one.type);
  const options = types.map((type) => [type, label(type)]);
  if (!types.includes(value)) options.unshift([value || "", value || "Choose a type"]);
  return html`<${FieldOf} field=${field}>${(control) => html`<${Select} ...${control} value=${value || ""} options=${options} onChoose=${(type) => context.set(field.name, type || undefined)} />`}<//>`;
}

// lastState promises the state that the newest run of a command sent: the last state line of its answer.
async function lastState(command) {
  for (const call of newestFirst(current().calls).filter((one) => one.command === command && one.states > 0 && one.state === "done")) {
    const last = await stateOf(call.id);
    if (last.n) return { call, ...last };
  }
  return null;
}

function State({ field, value, context }) {
  const { input, onChange, command } = context;
  const id = useId("state");
  const mode = value !== undefined ? "later" : input.stateful ? "first" : "all";
  const choose = (next) => {
    const { stateful, [field.name]: _, ...rest } = input;
    if (next === "first") rest.stateful = true;
    if (next === "later") Object.assign(rest, { stateful: true, [field.name]: value ?? {} });
    onChange(rest);
  };
  const take = () => attempt(async () => {
    const last = await lastState(command.name);
    if (!last) return toast("No run of this command has sent a state yet. Do a first delta run.", "bad");
    context.set(field.name, last.state);
    return toast(`Took the state of call ${last.call.id}.${last.masked ? " Fill in the secrets in it, which are masked." : ""}`);
  });
  const option = (key, words) => html`<label class="check"><input type="radio" name=${id} checked=${mode === key} onChange=${() => choose(key)} />${words}</label>`;
  return html`<${Group} field=${field}>
    ${option("all", "Everything, not stateful")}${option("first", "First delta run: stateful, without a state")}${option("later", "Later delta run: only what changed since a state")}
    ${mode === "later" && html`<${JSONText} label="State" value=${value} onChange=${(next) => context.set(field.name, next ?? {})} rows=${4} /><div><${Button} onClick=${take}>Take the state of the last run<//></div>`}
  <//>`;
}

// JSONText edits a JSON value as text and keeps text that is not JSON yet.
export function JSONText({ label: title, help, required, value, onChange, rows: lines = 6 }) {
  const [text, setText] = useState(value === undefined ? "" : pretty(value));
  const [error, setError] = useState("");
  const parsed = (written) => written.trim() === "" ? undefined : JSON.parse(written);
  useEffect(() => {
    try {
      if (same(parsed(text), value)) return;
    } catch { /* a value from elsewhere replaces text that is not JSON */ }
    setText(value === undefined ? "" : pretty(value));
    setError("");
  }, [JSON.stringify(value)]);
  const change = (event) => {
    setText(event.target.value);
    try {
      onChange(parsed(event.target.value));
      setError("");
    } catch (err) {
      setError(`Not JSON yet: ${err.message}`);
    }
  };
  return html`<${Field} label=${title} help=${help} required=${required} error=${error}>${(control) => html`<textarea ...${control} class="code" rows=${lines} spellcheck=${false} value=${text} onInput=${change}></textarea>`}<//>`;
}

const Text = (type) => ({ field, value, context }) =>
  html`<${FieldOf} field=${field}>${(control) => html`<${Input} ...${control} type=${type} value=${value} onText=${(text) => context.set(field.name, text || undefined)} />`}<//>`;

const JSONField = ({ field, value, context }) => html`<${JSONText} label=${field.name} help=${field.help} required=${field.required} value=${value} onChange=${(next) => context.set(field.name, next)} />`;

const Datasets = ({ field, value, context }) =>
  html`<${FieldOf} field=${field}>${(control) => html`<${Chips} control=${control} label=${field.name} values=${asList(value)} onChange=${(list) => context.set(field.name, list.length ? list : undefined)} />`}<//>`;

const controls = {
  identity: Identity, key: Key, attributes: Attributes, changes: Changes, entitlementType: EntitlementType, state: State, datasets: Datasets,
  text: Text("text"), filter: Text("text"), password: Text("password"), json: JSONField,
};
