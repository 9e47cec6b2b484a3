// What went over the wire: every call with its times, lines and log lines.

import { html, useEffect, useMemo, useRef, useState } from "./vendor/preact.js";
import { del, get, query } from "./api.js";
import { replay, requestOf } from "./calls.js";
import { Grid, usePages } from "./grid.js";
import { go, href } from "./route.js";
import { addCalls, newestFirst, useStore } from "./store.js";
import { Badge, Button, Code, CopyButton, Empty, Icon, Notice, Pane, Search, Tabs, attempt, bytes, clock, count, ms, number } from "./ui.js";
import { callTone, isList, pretty, text } from "./values.js";

export function Page({ route }) {
  const [first, a, b] = route.path;
  if (first === "compare") return html`<${Compare} a=${Number(a)} b=${Number(b)} />`;
  return first ? html`<${Detail} key=${first} id=${Number(first)} params=${route.params} />` : html`<${All} params=${route.params} />`;
}

const origins = { page: "this page", client: "client", replay: "replay", selftest: "self test" };

const callColumns = [
  { id: "id", label: "Call", width: 64, class: "number", cell: (call) => call.id },
  { id: "command", label: "Command", width: 206, cell: (call) => html`<code>${call.command}</code>` },
  { id: "state", label: "State", width: 100, cell: (call) => html`<${Badge} tone=${callTone[call.state]}>${call.state}<//>` },
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
  const search = (params.q || "").toLowerCase();
  const list = useMemo(() => newestFirst(calls).filter((call) => (!params.failed || call.state === "failed") &&
    `${call.id} ${call.command} ${call.origin} ${call.error?.message || ""}`.toLowerCase().includes(search)), [calls, search, params.failed]);
  const change = (more) => go("traffic", [], { ...params, ...more }, { replace: true });
  if (calls.size === 0) {
    return html`<${Empty} title="Nothing went over the wire yet"><p>Run a command here, or send one from outside. Every POST to this address outside /api/ goes to the connector and is recorded.</p>
      <${Code}>${`curl -sS ${location.origin}/ -H 'Content-Type: application/json' \\\n  --data-binary '{"type":"std:test-connection","input":{},"config":'"$(cat config.json)"'}'`}<//>
      <a class="button" href=${href("commands")}>Choose a command</a><//>`;
  }
  return html`<div class="tools" role="search"><${Search} label="Search the calls" value=${params.q} onInput=${(q) => change({ q })} />
      <label class="check"><input type="checkbox" checked=${Boolean(params.failed)} onChange=${(event) => change({ failed: event.target.checked ? "1" : "" })} />Failed only</label>
      <span class="muted" role="status">${count(list.length, "call")}</span></div>
    <div class="split">${list.length === 0
      ? html`<${Empty} title="No call matches"><${Button} onClick=${() => change({ q: "", failed: "" })}>Show all calls<//><//>`
      : html`<${Grid} label="Calls, newest first" columns=${callColumns} total=${list.length} rowAt=${(n) => list[n]} onOpen=${(_, call) => go("traffic", [call.id])} />`}</div>`;
}

function Times({ call }) {
  const whole = Math.max(1, call.ms);
  const first = Math.min(whole, call.firstByteMs ?? whole);
  return html`<div class="times"><svg viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true"><rect class="wait" width=${first / whole * 100} height="4" /><rect class="send" x=${first / whole * 100} width=${100 - first / whole * 100} height="4" /></svg>
    <dl class="facts-list">
      <div><dt>Started</dt><dd>${clock(call.started)}</dd></div><div><dt>First byte</dt><dd>${ms(call.firstByteMs)}</dd></div><div><dt>Whole time</dt><dd>${ms(call.ms)}</dd></div>
      <div><dt>HTTP status</dt><dd>${call.status || "–"}</dd></div><div><dt>Outputs</dt><dd>${number(call.outputs)}</dd></div><div><dt>States</dt><dd>${number(call.states)}</dd></div>
      <div><dt>Keep-alives</dt><dd>${number(call.keepAlives)}</dd></div><div><dt>Size</dt><dd>${bytes(call.bytes)}</dd></div><div><dt>From</dt><dd>${origins[call.origin] || call.origin}</dd></div><div><dt>Build</dt><dd>${call.build || "–"}</dd></div>
    </dl></div>`;
}

function Detail({ id, params }) {
  const call = useStore((s) => s.calls.get(id));
  const [missing, setMissing] = useState("");
  useEffect(() => {
    if (!call) get(`/api/calls/${id}`).then((found) => addCalls([found]), (err) => setMissing(err.message));
  }, [id]);
  const back = html`<a class="button quiet" href=${href("traffic")}>All calls</a>`;
  if (!call) return html`<div class="row">${back}</div>${missing && html`<${Empty} title="This call is not recorded"><p>${missing}</p><//>`}`;
  const change = (more) => go("traffic", [id], { ...params, ...more }, { replace: true });
  const tabs = [
    { id: "lines", label: "Lines", body: () => html`<${Lines} call=${call} params=${params} change=${change} />` },
    { id: "request", label: "Input", body: () => html`<${Request} id=${id} />` },
    { id: "log", label: "Log", body: () => html`<${Log} call=${call} />` },
  ];
  return html`<div class="row">${back}<h2><code>${call.command}</code></h2><span class="muted">call ${id}</span><span role="status"><${Badge} tone=${callTone[call.state]}>${call.state}<//></span><span class="space"></span><${Actions} call=${call} /></div>
    ${call.error && html`<${Notice} tone="bad" title=${call.error.type}><pre>${call.error.message}</pre><//>`}
    ${call.cut && html`<${Notice} tone="warn" title="Lines are missing">The recording reached its limit. Counts and times are of the whole answer.<//>`}
    <${Times} call=${call} />
    <${Tabs} label="Parts of the call" tabs=${tabs} chosen=${params.tab} onChoose=${(tab) => change({ tab, line: "" })} />`;
}

function Actions({ call }) {
  const calls = useStore((s) => s.calls);
  const [problem, setProblem] = useState("");
  const others = newestFirst(calls).filter((one) => one.id !== call.id && one.command === call.command && one.state !== "running").slice(0, 50);
  const again = async () => {
    try {
      go("traffic", [(await replay(call.id)).id]);
    } catch (err) {
      setProblem(err.message);
    }
  };
  const older = (id) => go("traffic", ["compare", Math.min(id, call.id), Math.max(id, call.id)]);
  return html`${problem && html`<span class="error" role="alert">${problem}</span>`}
    ${call.state === "running" && html`<${Button} kind="danger" onClick=${() => attempt(() => del(`/api/calls/${call.id}`))}><${Icon} name="stop" />Cancel<//>`}
    ${others.length > 0 && call.state !== "running" && html`<select class="short" aria-label="Compare with another call" value="" onChange=${(event) => older(Number(event.target.value))}>
      <option value="">Compare with…</option>${others.map((one) => html`<option key=${one.id} value=${one.id}>${one.id} · ${clock(one.started)} · ${count(one.outputs, "output")}</option>`)}</select>`}
    <a class="button" href=${href("results", [call.id])}>Results</a>
    <${Button} onClick=${again} disabled=${call.replayable === false} title=${call.replayable === false ? "The recording does not hold the secrets of the input. Run the command again from Commands." : "The same input with the current config"}><${Icon} name="again" />Replay<//>`;
}

function Request({ id }) {
  const [found, setFound] = useState({});
  useEffect(() => {
    requestOf(id).then((request) => setFound({ request }), (err) => setFound({ error: err.message }));
  }, [id]);
  if (found.error) return html`<${Notice} tone="bad">${found.error}<//>`;
  const written = "request" in found ? pretty(found.request) : "";
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
  const [total, setTotal] = useState(0);
  const load = async (from, n, signal) => {
    const answer = await get(`/api/calls/${call.id}/lines${query({ from: String(from), count: n })}`, signal);
    setTotal(answer.total);
    return answer.lines;
  };
  const running = call.state === "running";
  useEffect(() => {
    const look = () => load(0, 1).catch(() => { /* the table says what went wrong when it loads */ });
    look();
    if (!running) return undefined;
    const timer = setInterval(look, 500);
    return () => clearInterval(timer);
  }, [call.id, running]);
  return { total, ...usePages(`lines ${call.id}`, load, total) };
}

function Lines({ call, params, change }) {
  const lines = useLines(call);
  const [open, setOpen] = useState(null);
  const handle = useRef();
  const close = () => {
    setOpen(null);
    handle.current?.focus();
  };
  if (lines.total === 0) return html`<${Empty} title=${call.state === "running" ? "No line has come yet" : "The answer has no lines"}><p>${call.state === "running" ? "They appear as the connector sends them." : "The log may say why."}</p><//>`;
  return html`${lines.error && html`<${Notice} tone="bad" actions=${html`<${Button} onClick=${lines.again}>Try again<//>`}>${lines.error}<//>`}
    <div class="split" onKeyDown=${(event) => event.key === "Escape" && open && close()}>
      <${Grid} label=${`Lines of call ${call.id}`} columns=${lineColumns} total=${lines.total} rowAt=${lines.rowAt} onRange=${lines.onRange} onOpen=${(_, line) => setOpen(line)} isChosen=${(line) => line.n === open?.n} handle=${handle} />
      ${open && html`<${Pane} title=${`Line ${number(open.n)}`} onClose=${close}>
        <p class="muted">${bytes(open.bytes)}, ${ms(open.at)} after the start</p><${Code}>${laidOut(open.text)}<//>
        <div class="row"><${CopyButton} text=${open.text} what="the line" />${open.kind === "output" && isList(call.command) && html`<a class="button" href=${href("results", [call.id], { row: open.n })}>Open the row</a>`}</div><//>`}
    </div>`;
}

// laidOut lays a JSON line out; a line that was cut or is no JSON stays as it came.
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
  const [kept, setKept] = useState(null);
  const [error, setError] = useState("");
  const [open, setOpen] = useState(null);
  const handle = useRef();
  useEffect(() => {
    get(`/api/calls/${call.id}/logs`).then((found) => setKept(found.logs), (err) => setError(err.message));
  }, [call.id, call.state]);
  const list = useMemo(() => {
    const last = kept?.length ? kept[kept.length - 1].at : "";
    return [...(kept || []), ...live.filter((line) => line.call === call.id && line.at > last)];
  }, [kept, live, call.id]);
  if (error) return html`<${Notice} tone="bad">${error}<//>`;
  if (list.length === 0) return html`<${Empty} title="The connector wrote no log line during this call"><p>Use the logger of the command's context: its lines carry the call's ID, which is how they are found.</p><//>`;
  const close = () => {
    setOpen(null);
    handle.current?.focus();
  };
  return html`<div class="split" onKeyDown=${(event) => event.key === "Escape" && open && close()}>
    <${Grid} label=${`Log lines of call ${call.id}`} columns=${logColumns} total=${list.length} rowAt=${(n) => list[n]} onOpen=${(_, line) => setOpen(line)} isChosen=${(line) => line === open} handle=${handle} />
    ${open && html`<${Pane} title=${`${open.level || "Text"} at ${clock(open.at)}`} onClose=${close}>
      <p>${open.message || open.text}</p><${Code}>${pretty(open.fields || {})}<//><//>`}
  </div>`;
}

function Compare({ a, b }) {
  const [found, setFound] = useState(null);
  const [error, setError] = useState("");
  useEffect(() => {
    setFound(null);
    setError("");
    get(`/api/compare${query({ a, b })}`).then(setFound, (err) => setError(err.message));
  }, [a, b]);
  const names = { a: `call ${a}`, b: `call ${b}` };
  return html`<div class="row"><a class="button quiet" href=${href("traffic", [b])}>Back to ${names.b}</a><h2>Compare ${names.a} with ${names.b}</h2><span class="space"></span><a class="button" href=${href("traffic", ["compare", b, a])}>Swap</a></div>
    ${error && html`<${Notice} tone="bad" title="The calls cannot be compared">${error}<//>`}
    ${!found && !error && html`<p class="muted">Comparing…</p>`}
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
    if (change) return html`<td>${change.attribute}</td><td>${text(change.before) === "" ? html`<span class="muted">no value</span>` : html`<del>${text(change.before)}</del>`}</td><td>${text(change.after) === "" ? html`<span class="muted">no value</span>` : html`<ins>${text(change.after)}</ins>`}</td>`;
    return row.b ? html`<td class="muted">whole row</td><td></td><td><ins>added</ins></td>` : html`<td class="muted">whole row</td><td><del>gone</del></td><td></td>`;
  };
  return html`<table class="plain"><caption class="hidden">Differences</caption><thead><tr><th scope="col">Identity</th><th scope="col">Rows</th><th scope="col">Attribute</th><th scope="col">In ${names.a}</th><th scope="col">In ${names.b}</th></tr></thead>
    <tbody>${shown.map((line, n) => html`<tr key=${n}><td>${line.first ? line.row.identity : ""}</td><td class="nowrap">${line.first && html`${line.row.a > 0 && link(a, line.row.a, `line ${number(line.row.a)}`)} ${line.row.b > 0 && link(b, line.row.b, `line ${number(line.row.b)}`)}`}</td>${changed(line)}</tr>`)}</tbody></table>
    ${lines.length > shownRows && html`<div class="row"><${Button} disabled=${page === 0} onClick=${() => setPage(page - 1)}>Previous<//><span class="muted">${number(page * shownRows + 1)} to ${number(page * shownRows + shown.length)} of ${number(lines.length)}</span><${Button} disabled=${(page + 1) * shownRows >= lines.length} onClick=${() => setPage(page + 1)}>Next<//></div>`}`;
}
