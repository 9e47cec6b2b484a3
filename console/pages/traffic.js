// The traffic: every call with its times, lines and log lines.

import { html, useEffect, useMemo, useRef, useState } from "./vendor/preact.js";
import { get, query } from "./api.js";
import { requestOf, stateOf } from "./calls.js";
import { asCurl } from "./commands.js";
import { Grid, usePages } from "./grid.js";
import { CallNotices, CallState, CancelButton, Loading, NotRecorded, ReplayButton, useCall } from "./parts.js";
import { Change } from "./record.js";
import { go, href } from "./route.js";
import { newestFirst, useStore } from "./store.js";
import { Badge, Button, Check, Code, CopyButton, Empty, Icon, Notice, Pane, Search, Select, Tabs, attempt, bytes, clock, copy, count, ms, number, useEscape, useLoaded } from "./ui.js";
import { isList, pretty, text } from "./values.js";

export function Page({ route }) {
  const [first, a, b] = route.path;
  if (first === "compare") return html`<${Compare} a=${Number(a)} b=${Number(b)} />`;
  return first ? html`<${Detail} key=${first} id=${Number(first)} params=${route.params} />` : html`<${All} params=${route.params} />`;
}

const origins = { page: "this page", client: "client", replay: "replay", selftest: "self test" };

const callColumns = [
  { id: "id", label: "Call", width: 64, class: "number", cell: (call) => call.id },
  { id: "command", label: "Command", width: 206, cell: (call) => html`<code>${call.command}</code>` },
  { id: "state", label: "State", width: 100, cell: (call) => html`<${CallState} call=${call} />` },
  { id: "origin", label: "From", width: 84, cell: (call) => origins[call.origin] || call.origin },
  { id: "started", label: "Started", width: 88, cell: (call) => clock(call.started) },
  { id: "first", label: "First byte", width: 92, class: "number", cell: (call) => ms(call.firstByteMs) },
  { id: "ms", label: "Time", width: 84, class: "number", cell: (call) => ms(call.ms) },
  { id: "outputs", label: "Outputs", width: 98, class: "number", cell: (call) => number(call.outputs) },
  { id: "bytes", label: "Size", width: 86, class: "number", cell: (call) => bytes(call.bytes) },
  { id: "error", label: "Error", width: 180, cell: (call) => call.error ? `${call.error.type}: ${call.error.message}` : "" },
];

function All({ params }) {
  const calls = useStore((s) => s.calls);
  const file = useStore((s) => s.state?.config.file) || "config.json";
  const search = (params.q || "").toLowerCase();
  const list = useMemo(() => newestFirst(calls).filter((call) => (!params.failed || call.state === "failed") &&
    `${call.id} ${call.command} ${call.origin} ${call.error?.message || ""}`.toLowerCase().includes(search)), [calls, search, params.failed]);
  const change = (more) => go("traffic", [], { ...params, ...more }, { replace: true });
  if (calls.size === 0) {
    return html`<${Empty} title="No calls yet"><p>Run a command here, or send one from outside. Every POST to this address outside /api/ goes to the connector and is recorded.</p>
      <${Code}>${asCurl("std:test-connection", {}, file)}<//>
      <a class="button" href=${href("commands")}>Choose a command</a><//>`;
  }
  return html`<div class="tools" role="search"><${Search} label="Search the calls" value=${params.q} onInput=${(q) => change({ q })} />
      <${Check} checked=${Boolean(params.failed)} onCheck=${(failed) => change({ failed })} label="Failed only" />
      <span class="muted" role="status">${count(list.length, "call")}</span></div>
    <div class="split">${list.length === 0
      ? html`<${Empty} title="No call matches"><${Button} onClick=${() => change({ q: "", failed: "" })}>Show all calls<//><//>`
      : html`<${Grid} label="Calls, newest first" columns=${callColumns} total=${list.length} rowAt=${(n) => list[n]} onOpen=${(_, call) => go("traffic", [call.id])} />`}</div>`;
}

function Times({ call }) {
  const facts = {
    "Started": clock(call.started), "First byte": ms(call.firstByteMs), "Whole time": ms(call.ms), "HTTP status": call.status || "–", "Outputs": number(call.outputs),
    "States": number(call.states), "Keep-alives": number(call.keepAlives), "Size": bytes(call.bytes), "From": origins[call.origin] || call.origin, "Build": call.build || "–",
  };
  const whole = Math.max(1, call.ms);
  const first = Math.min(whole, call.firstByteMs ?? whole);
  return html`<div class="times"><svg viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true"><rect class="wait" width=${first / whole * 100} height="4" /><rect class="send" x=${first / whole * 100} width=${100 - first / whole * 100} height="4" /></svg>
    <dl class="facts-list">${Object.entries(facts).map(([name, fact]) => html`<div key=${name}><dt>${name}</dt><dd>${fact}</dd></div>`)}</dl></div>`;
}

function Detail({ id, params }) {
  const [call, problem] = useCall(id);
  const back = html`<a class="button quiet" href=${href("traffic")}>All calls</a>`;
  if (!call) return html`<div class="row">${back}</div><${NotRecorded} problem=${problem} />`;
  const change = (more) => go("traffic", [id], { ...params, ...more }, { replace: true });
  const tabs = [
    { id: "lines", label: "Lines", body: () => html`<${Lines} call=${call} params=${params} change=${change} />` },
    { id: "request", label: "Input", body: () => html`<${Request} id=${id} />` },
    { id: "log", label: "Log", body: () => html`<${Log} call=${call} />` },
  ];
  return html`<div class="row">${back}<h2><code>${call.command}</code></h2><span class="muted">call ${id}</span><span role="status"><${CallState} call=${call} /></span><span class="space"></span><${Actions} call=${call} /></div>
    <${CallNotices} call=${call} />
    <${Times} call=${call} />
    <${Tabs} label="Parts of the call" tabs=${tabs} chosen=${params.tab} onChoose=${(tab) => change({ tab, line: "" })} />`;
}

function Actions({ call }) {
  const calls = useStore((s) => s.calls);
  const others = newestFirst(calls).filter((one) => one.id !== call.id && one.command === call.command && one.state !== "running").slice(0, 50);
  const compare = (id) => go("traffic", ["compare", Math.min(id, call.id), Math.max(id, call.id)]);
  return html`<${CancelButton} call=${call} />
    ${others.length > 0 && call.state !== "running" && html`<${Select} class="short" aria-label="Compare with another call" value="" onChoose=${(id) => compare(Number(id))}
      options=${[["", "Compare with…"], ...others.map((one) => [one.id, `${one.id} · ${clock(one.started)} · ${count(one.outputs, "output")}`])]} />`}
    <a class="button" href=${href("results", [call.id])}>Results</a>
    <${ReplayButton} call=${call} page="traffic">Replay<//>`;
}

function Request({ id }) {
  const { value, error } = useLoaded(() => requestOf(id), [id]);
  if (error) return html`<${Notice} tone="bad">${error}<//>`;
  const written = pretty(value);
  return html`<div class="stack tight scrolls"><p class="muted">The input as it was recorded: secrets are masked, and the config is not kept.</p><${Code}>${written}<//><div><${CopyButton} text=${written} what="the input" /></div></div>`;
}

const kinds = { keepAlive: "keep-alive" };

const lineColumns = [
  { id: "n", label: "Line", width: 84, class: "number line", cell: (line) => number(line.n) },
  { id: "at", label: "After", width: 92, class: "number", cell: (line) => ms(line.at) },
  { id: "kind", label: "Kind", width: 100, cell: (line) => html`<${Badge} tone=${{ error: "bad", text: "warn", state: "info", config: "info" }[line.kind]}>${kinds[line.kind] || line.kind}<//>` },
  { id: "bytes", label: "Size", width: 84, class: "number", cell: (line) => bytes(line.bytes) },
  { id: "text", label: "Text", width: 600, class: "mono", cell: (line) => line.text.slice(0, 300) },
];

function useLines(call) {
  const [total, setTotal] = useState(-1);
  const [problem, setProblem] = useState("");
  const link = useStore((s) => s.link);
  const load = async (from, n, signal) => {
    const answer = await get(`/api/calls/${call.id}/lines${query({ from: String(from), count: n })}`, signal);
    setTotal(answer.total);
    setProblem("");
    return answer.lines;
  };
  const running = call.state === "running";
  useEffect(() => {
    const look = () => load(0, 1).catch((err) => setProblem(err.message));
    look();
    if (!running || link !== "live") return undefined;
    const timer = setInterval(look, 500);
    return () => clearInterval(timer);
  }, [call.id, running, link]);
  const pages = usePages(`lines ${call.id}`, load, Math.max(0, total));
  return { ...pages, total, error: pages.error || problem };
}

function Lines({ call, params, change }) {
  const lines = useLines(call);
  const pane = useOpen();
  if (lines.total < 0) return lines.error ? html`<${Notice} tone="bad" title="The lines could not be read">${lines.error}<//>` : html`<${Loading} />`;
  if (lines.total === 0) return html`<${Empty} title=${call.state === "running" ? "No lines yet" : "The answer has no lines"}><p>${call.state === "running" ? "They appear as the connector sends them." : "The log may say why."}</p><//>`;
  return html`${lines.error && html`<${Notice} tone="bad" actions=${html`<${Button} onClick=${lines.again}>Try again<//>`}>${lines.error}<//>`}
    <div class="split">
      <${Grid} label=${`Lines of call ${call.id}`} columns=${lineColumns} total=${lines.total} rowAt=${lines.rowAt} onRange=${lines.onRange} ...${pane.grid} isChosen=${(line) => line.n === pane.open?.n} />
      ${pane.open && html`<${OpenLine} line=${pane.open} call=${call} onClose=${pane.close} />`}
    </div>`;
}

// useOpen is the row of a grid whose details are open.
function useOpen() {
  const [open, setOpen] = useState(null);
  const handle = useRef();
  const close = () => {
    setOpen(null);
    handle.current?.focus();
  };
  useEscape(Boolean(open), close);
  return { open, close, grid: { handle, onOpen: (_, row) => setOpen(row) } };
}

const OpenLine = ({ line, call, onClose }) => html`<${Pane} title=${`Line ${number(line.n)}`} onClose=${onClose}>
  <p class="muted">${bytes(line.bytes)}, ${ms(line.at)} after the start</p><${Code}>${laidOut(line.text)}<//>
  <div class="row"><${CopyButton} text=${line.text} what="the line" />${line.kind === "state" && html`<${Button} onClick=${() => attempt(async () => copy(pretty((await stateOf(call.id, line.n)).state), "the state"))}><${Icon} name="copy" />Copy the state<//>`}${line.kind === "output" && isList(call.command) && html`<a class="button" href=${href("results", [call.id], { row: line.n })}>Open the row</a>`}</div><//>`;

// laidOut indents a JSON line; a truncated or invalid one stays unchanged.
function laidOut(line) {
  try {
    return pretty(JSON.parse(line));
  } catch {
    return line;
  }
}

const tones = { ERROR: "bad", FATAL: "bad", WARN: "warn", INFO: "info" };

const logColumns = [
  { id: "at", label: "Time", width: 84, cell: (line) => clock(line.at) },
  { id: "level", label: "Level", width: 84, cell: (line) => html`<${Badge} tone=${tones[String(line.level).toUpperCase()]}>${line.level || "text"}<//>` },
  { id: "message", label: "Message", width: 420, cell: (line) => line.message || line.text || "" },
  { id: "fields", label: "Fields", width: 420, class: "mono", cell: (line) => Object.entries(line.fields || {}).map(([name, value]) => `${name}=${text(value)}`).join(" ") },
];

function Log({ call }) {
  const live = useStore((s) => s.logs);
  const { value, error } = useLoaded(() => get(`/api/calls/${call.id}/logs`), [call.id, call.state]);
  const { open, close, grid } = useOpen();
  const list = useMemo(() => {
    const kept = value?.logs || [];
    return [...kept, ...live.filter((line) => line.call === call.id && line.at > (kept.at(-1)?.at || ""))];
  }, [value, live, call.id]);
  if (error) return html`<${Notice} tone="bad">${error}<//>`;
  if (list.length === 0) return html`<${Empty} title="The connector wrote no log line during this call"><p>Use the logger of the command's context: its lines carry the call's ID, which is how they are found.</p><//>`;
  return html`<div class="split">
    <${Grid} label=${`Log lines of call ${call.id}`} columns=${logColumns} total=${list.length} rowAt=${(n) => list[n]} ...${grid} isChosen=${(line) => line === open} />
    ${open && html`<${Pane} title=${`${open.level || "Text"} at ${clock(open.at)}`} onClose=${close}>
      <p>${open.message || open.text}</p><${Code}>${pretty(open.fields || {})}<//><//>`}
  </div>`;
}

function Compare({ a, b }) {
  const { value: found, error } = useLoaded(() => get(`/api/compare${query({ a, b })}`), [a, b]);
  const names = { a: `call ${a}`, b: `call ${b}` };
  return html`<div class="row"><a class="button quiet" href=${href("traffic", [b])}>Back to ${names.b}</a><h2>Compare ${names.a} with ${names.b}</h2><span class="space"></span><a class="button" href=${href("traffic", ["compare", b, a])}>Swap</a></div>
    ${error && html`<${Notice} tone="bad" title="The calls cannot be compared">${error}<//>`}
    ${!found && !error && html`<${Loading}>Comparing…<//>`}
    ${found && html`<div class="row" role="status"><${Badge} tone="bad">${number(found.onlyA)} only in ${names.a}<//><${Badge} tone="ok">${number(found.onlyB)} only in ${names.b}<//><${Badge} tone="warn">${number(found.changed)} changed<//><${Badge}>${number(found.same)} equal<//></div>
      ${found.truncated && html`<${Notice} tone="info">The first ${number(found.rows.length)} differences are shown.<//>`}
      ${found.rows.length === 0 ? html`<${Empty} title="Both calls have the same rows"><p>Order does not count.</p><//>` : html`<div class="card scrolls"><${CompareTable} rows=${found.rows} names=${names} a=${a} b=${b} /></div>`}`}`;
}

const shownRows = 190;

function CompareTable({ rows, names, a, b }) {
  const [page, setPage] = useState(0);
  const lines = rows.flatMap((row) => row.changes?.length ? row.changes.map((change, n) => ({ row, change, first: n === 0 })) : [{ row, first: true }]);
  const shown = lines.slice(page * shownRows, (page + 1) * shownRows);
  const link = (id, n, label) => html`<a href=${href("results", [id], { row: n })}>${label}</a>`;
  const changed = ({ row, change }) => {
    if (change) return html`<td>${change.attribute}</td><${Change} ...${change} />`;
    return row.b ? html`<td class="muted">whole row</td><td></td><td><ins>added</ins></td>` : html`<td class="muted">whole row</td><td><del>gone</del></td><td></td>`;
  };
  return html`<table class="plain"><caption class="hidden">Differences</caption><thead><tr><th scope="col">Identity</th><th scope="col">Rows</th><th scope="col">Attribute</th><th scope="col">In ${names.a}</th><th scope="col">In ${names.b}</th></tr></thead>
    <tbody>${shown.map((line, n) => html`<tr key=${n}><td>${line.first ? line.row.identity : ""}</td><td class="nowrap">${line.first && html`${line.row.a > 0 && link(a, line.row.a, `line ${number(line.row.a)}`)} ${line.row.b > 0 && link(b, line.row.b, `line ${number(line.row.b)}`)}`}</td>${changed(line)}</tr>`)}</tbody></table>
    ${lines.length > shownRows && html`<div class="row"><${Button} disabled=${page === 0} onClick=${() => setPage(page - 1)}>Previous<//><span class="muted">${number(page * shownRows + 1)} to ${number(page * shownRows + shown.length)} of ${number(lines.length)}</span><${Button} disabled=${(page + 1) * shownRows >= lines.length} onClick=${() => setPage(page + 1)}>Next<//></div>`}`;
}
