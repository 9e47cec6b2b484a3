// The commands of the spec: their inputs, and running them.

import { html, useEffect, useState } from "./vendor/preact.js";
import { get } from "./api.js";
import { accountList, findRow, firstRow, run } from "./calls.js";
import { CallNotices, CallState, CancelButton, WithSpec } from "./parts.js";
import { Fields, JSONText, keyOf } from "./inputs.js";
import { href } from "./route.js";
import { useStore } from "./store.js";
import { Button, Code, CopyButton, Empty, Field, Icon, Notice, Search, Tabs, count, ms, useAction, useKey, useLoaded } from "./ui.js";
import { isObject, pretty, same, sentence, target } from "./values.js";

// Input typed for a command stays as long as the page is open. It is in no address and no storage,
// since it can contain passwords.
const drafts = new Map();
const lastRuns = new Map();

export const Page = ({ route }) => html`<${WithSpec}>${(spec) => html`<${Commands} spec=${spec} route=${route} />`}<//>`;

function Commands({ spec, route }) {
  if (spec.commands.length === 0) return html`<${Empty} title="The spec lists no commands"><p>Add them to <code>commands</code> in ${spec.path}, for example <code>std:test-connection</code> and <code>std:account:list</code>.</p><//>`;
  const name = route.path[0] || spec.commands[0].name;
  const command = spec.commands.find((one) => one.name === name);
  return html`<div class="beside-list">
    <${List} commands=${spec.commands} chosen=${name} />
    ${command ? html`<${Command} key=${name} command=${command} spec=${spec} params=${route.params} />` : html`<${Empty} title=${`The spec does not list ${name}`}><p>Add it to <code>commands</code> in ${spec.path}, or choose another command.</p><//>`}
  </div>`;
}

const groups = { account: "Accounts", entitlement: "Entitlements" };

function List({ commands, chosen }) {
  const [search, setSearch] = useState("");
  const found = commands.filter((one) => `${one.name} ${one.capability} ${one.doc}`.toLowerCase().includes(search.toLowerCase()));
  const objects = [...new Set(found.map((one) => groups[one.object] || "Source"))].sort();
  return html`<nav class="sidelist" aria-label="Commands">
    <${Search} label="Search the commands" value=${search} onInput=${setSearch} />
    ${found.length === 0 && html`<p class="muted">No command matches.</p>`}
    ${objects.map((title) => html`<div key=${title}><h2>${title}</h2><ul>${found.filter((one) => (groups[one.object] || "Source") === title).map((one) => html`<li key=${one.name}>
      <a href=${href("commands", [one.name])} aria-current=${one.name === chosen ? "true" : undefined}><code>${one.name.replace(/^std:/, "")}</code> ${one.capability && html`<small>${one.capability}</small>`}</a></li>`)}</ul></div>`)}
  </nav>`;
}

function firstInput(command, spec) {
  const type = command.inputs.find((one) => one.kind === "entitlementType");
  const types = (spec.entitlementSchemas || []).map((one) => one.type);
  return type && types.length ? { [type.name]: types[0] } : {};
}

// useDraft is the input typed for a command. setInput takes the next input, or a function that
// makes it from the newest one: otherwise a late answer would undo what was typed meanwhile.
function useDraft(command, spec) {
  const [draft, setDraft] = useState(() => drafts.get(command.name) || fromInput(firstInput(command, spec)));
  const save = (next) => {
    drafts.set(command.name, next);
    setDraft(next);
  };
  return {
    draft,
    setInput: (next) => {
      const { input, error } = drafts.get(command.name) || draft;
      const made = typeof next === "function" ? next(input, error) : next;
      if (made !== input) save(fromInput(made));
    },
    setText: (text) => {
      try {
        save({ text, input: text.trim() === "" ? {} : JSON.parse(text), error: "" });
      } catch (err) {
        save({ text, input: draft.input, error: `Not JSON yet: ${err.message}` });
      }
    },
  };
}

const fromInput = (input) => ({ input, text: pretty(input), error: "" });

function Command({ command, spec, params }) {
  const { draft, setInput, setText } = useDraft(command, spec.spec);
  const [tab, setTab] = useState("form");
  const [last, setLast] = useState(lastRuns.get(command.name) || 0);
  useEffect(() => {
    if (params.identity) startWith(params, command, spec.spec, setInput);
  }, [params.identity]);
  const [start, busy, problem] = useAction(async () => {
    const now = drafts.get(command.name) || draft; // a control may just have changed it
    if (now.error) return;
    const call = await run(command.name, now.input);
    lastRuns.set(command.name, call.id);
    setLast(call.id);
  });
  useKey((event) => event.key === "Enter" && (event.ctrlKey || event.metaKey), start);
  const form = () => {
    if (draft.error || (command.shape && !isObject(draft.input))) return html`<${Notice} tone="warn" title="The form waits for the raw JSON">${draft.error || "The input is not an object, so it has no fields."}<//>`;
    if (command.inputs.length === 0 && !command.shape) return html`<${JSONText} label="Input" help="A custom command. Its input can be any JSON." value=${draft.input} onChange=${(input) => setInput(input ?? {})} />`;
    if (command.inputs.length === 0) return html`<p class="muted">This command needs no input.</p>`;
    return html`<${Fields} command=${command} spec=${spec.spec} passwords=${spec.passwords} input=${draft.input} onChange=${setInput} />`;
  };
  const raw = () => html`<${Field} label="Input" error=${draft.error} help="Kept in step with the form.">${(control) => html`<textarea ...${control} class="code" rows="16" spellcheck=${false} value=${draft.text} onInput=${(event) => setText(event.target.value)}></textarea>`}<//>`;
  return html`<section class="command stack" aria-labelledby="command-name">
    <header><h2 id="command-name"><code>${command.name}</code></h2><p class="muted">${sentence(command.doc)}</p></header>
    <div class="card"><${Tabs} label="Input" chosen=${tab} onChoose=${setTab} tabs=${[{ id: "form", label: "Form", body: form }, { id: "json", label: "Raw JSON", body: raw }]} /></div>
    <div class="row">
      <${Button} kind="primary" busy=${busy} disabled=${Boolean(draft.error)} onClick=${start}><${Icon} name="play" />Run<//><kbd>Ctrl+Enter</kbd>
      <span class="space"></span>
      <${Copy} command=${command.name} input=${draft.input} />
    </div>
    ${problem && html`<${Notice} tone="bad" title="The command did not start">${problem}<//>`}
    ${last > 0 && html`<${LastRun} id=${last} />`}
  </section>`;
}

// startWith fills in the object from a link. It adds the key from the newest list unless the user
// has changed either meanwhile.
async function startWith({ identity, type }, command, spec, setInput) {
  const keyed = command.inputs.some((one) => one.kind === "key");
  const first = { identity, key: keyed ? keyOf(spec, identity) : undefined };
  setInput((input) => ({ ...input, ...first, ...(type && { type }) }));
  const list = keyed && command.object === "account" ? accountList() : null;
  const row = list && await findRow(list.id, identity).catch(() => null);
  const isAsFilled = (input) => input.identity === identity && same(input.key, first.key);
  if (row?.data?.key) setInput((input, error) => !error && isAsFilled(input) ? { ...input, ...target(row.data) } : input);
}

const quote = (text) => `'${text.replaceAll("'", `'\\''`)}'`;

// asCurl reads the config from its file when the command runs: the page does not know the secrets.
export function asCurl(command, input, file) {
  const head = `{"type":${JSON.stringify(command)},"input":${JSON.stringify(input)},"config":`;
  return `curl -sS ${quote(location.origin + "/")} -H 'Content-Type: application/json' \\\n  --data-binary ${quote(head)}"$(cat ${quote(file)})"'}'`;
}

const asInvoke = (command, input, file) => `go run . invoke ${quote(command)} --config ${quote(file)} --input ${quote(JSON.stringify(input))}`;

function Copy({ command, input }) {
  const config = useStore((s) => s.state?.config);
  const remote = useStore((s) => s.state?.project.connector);
  const file = config?.file || "config.json";
  const hint = config && (config.changed || !config.file) ? ` It reads ${file}: save the config in Source form first.` : "";
  return html`<${CopyButton} text=${asCurl(command, input, file)} what=${`the curl command.${hint}`.replace(/\.$/, "")} label="Copy as curl" />
    ${!remote && html`<${CopyButton} text=${asInvoke(command, input, file)} what=${`the invoke command.${hint}`.replace(/\.$/, "")} label="Copy as invoke" />`}`;
}

function LastRun({ id }) {
  const call = useStore((s) => s.calls.get(id));
  const over = call && call.state !== "running";
  const { value: row } = useLoaded(() => over && firstRow(id), [id, over]);
  const { value: found } = useLoaded(() => over && get(`/api/calls/${id}/logs`), [id, over]);
  if (!call) return null;
  const logs = found?.logs || [];
  return html`<section class="card stack tight" aria-label=${`Call ${id}`}>
    <div class="row" role="status"><h3>Call ${id}</h3><${CallState} call=${call} /><span>${count(call.outputs, "output")}</span><span class="muted">${ms(call.ms)}</span><span class="space"></span>
      <${CancelButton} call=${call} />
      <a class="button" href=${href("results", [id])}>Open results</a><a class="button" href=${href("traffic", [id])}>Traffic</a></div>
    <${CallNotices} call=${call} />
    ${logs.length > 0 && html`<details><summary>${count(logs.length, "log line")}</summary><ul class="loglines">${logs.slice(-50).map((line, n) => html`<li key=${n}><span class="level">${line.level}</span> ${line.message || line.text}</li>`)}</ul></details>`}
    ${row && html`<details open=${call.outputs === 1}><summary>${call.outputs > 1 ? "First output" : "Output"}</summary><${Code}>${pretty(row.data)}<//></details>`}
  </section>`;
}
