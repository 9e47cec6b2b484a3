// The outputs of a call as a table.

import { html, useCallback, useEffect, useMemo, useRef, useState } from "./vendor/preact.js";
import { del, get } from "./api.js";
import { accountList, download, entitlementList, findRow, firstRow, makeView, replay, rowOfLine, rows, run, useRequest } from "./calls.js";
import { Grid, usePages } from "./grid.js";
import { BeforeAfter, Record } from "./record.js";
import { go, href } from "./route.js";
import { addCalls, lastCall, newestFirst, useStore } from "./store.js";
import { Badge, Button, Dialog, Empty, Field, Icon, Notice, Search, attempt, bytes, classes, clock, count, ms, number } from "./ui.js";
import { at, callTone, isList, label, markName, schemaOf, text } from "./values.js";

export function Page({ route }) {
  const [where] = route.path;
  if (where === "find") return html`<${Find} params=${route.params} />`;
  return where ? html`<${OneCall} key=${where} id=${Number(where)} params=${route.params} />` : html`<${Newest} />`;
}

// Newest opens the call that is most likely meant: the newest list, else the newest call.
function Newest() {
  const calls = useStore((s) => s.calls);
  const call = lastCall((one) => isList(one.command), calls) || lastCall(() => true, calls);
  useEffect(() => {
    if (call) go("results", [call.id], {}, { replace: true });
  }, [call?.id]);
  return call ? null : html`<${NothingYet} />`;
}

function NothingYet() {
  const spec = useStore((s) => s.spec);
  const list = spec?.commands.find((one) => one.name === "std:account:list");
  const start = () => attempt(async () => go("results", [(await run(list.name, {})).id]));
  return html`<${Empty} title="No command has run yet">
    <p>Rows appear here as soon as a command sends them, whether this page, curl or another client calls it.</p>
    <div class="row">${list && html`<${Button} kind="primary" onClick=${start}><${Icon} name="play" />List the accounts<//>`}<a class="button" href=${href("commands")}>Choose a command</a></div>
  <//>`;
}

function Find({ params }) {
  const [problem, setProblem] = useState(null);
  const { type, identity } = params;
  const what = type || "account";
  const look = async () => {
    const call = type ? entitlementList(type) : accountList();
    if (!call) return setProblem({ title: `No list of type ${what} has run yet`, text: "Run it, then follow the link again." });
    const row = await findRow(call.id, identity);
    if (!row) return setProblem({ title: `The newest list has no ${what} ${identity}`, text: `Call ${call.id} may be older than what names it. Run the list again, or look for the fault in the connector.` });
    return go("results", [call.id], { row: row.n }, { replace: true });
  };
  useEffect(() => {
    setProblem(null);
    look().catch((err) => setProblem({ title: "The row could not be looked for", text: err.message }));
  }, [type, identity]);
  const list = () => attempt(async () => go("results", [(await run(type ? "std:entitlement:list" : "std:account:list", type ? { type } : {})).id]));
  if (!problem) return html`<p class="muted">Looking for ${what} ${identity}…</p>`;
  return html`<${Empty} title=${problem.title}><p>${problem.text}</p>
    <div class="row"><${Button} kind="primary" onClick=${list}><${Icon} name="play" />List type ${what}<//><${Button} onClick=${() => history.back()}>Back<//></div><//>`;
}

function OneCall({ id, params }) {
  const call = useStore((s) => s.calls.get(id));
  const spec = useStore((s) => s.spec?.spec);
  const request = useRequest(call ? id : 0);
  const [missing, setMissing] = useState("");
  useEffect(() => {
    if (!call) get(`/api/calls/${id}`).then((found) => addCalls([found]), (err) => setMissing(err.message));
  }, [id]);
  if (!call) return html`<${CallBar} id=${id} />${missing && html`<${Empty} title="This call is not recorded"><p>${missing}</p><p><a href=${href("results")}>Open the newest results</a></p><//>`}`;
  const schema = schemaOf(spec, call.command, call.type);
  const many = isList(call.command) || call.outputs > 1;
  return html`<${CallBar} id=${id} call=${call} />
    ${call.error && html`<${Notice} tone="bad" title=${`The command failed: ${call.error.type}`} actions=${html`<a class="button" href=${href("traffic", [id])}>Open in Traffic</a>`}>${call.error.message}<//>`}
    ${call.cut && html`<${Notice} tone="warn" title="Lines are missing">The recording reached its limit. What came after is not in the table.<//>`}
    ${many ? html`<${Table} call=${call} schema=${schema} params=${params} />` : html`<${Single} call=${call} schema=${schema} request=${request} params=${params} />`}`;
}

function CallBar({ id, call }) {
  const calls = useStore((s) => s.calls);
  const [busy, setBusy] = useState(false);
  const again = async () => {
    setBusy(true);
    await attempt(async () => go("results", [(await replay(id)).id]));
    setBusy(false);
  };
  return html`<div class="callbar">
    <label class="hidden" for="call">Call</label>
    <select id="call" value=${id} onChange=${(event) => go("results", [event.target.value])}>
      ${!call && html`<option value=${id}>Call ${id}</option>`}
      ${newestFirst(calls).slice(0, 200).map((one) => html`<option key=${one.id} value=${one.id} selected=${one.id === id}>${one.id} · ${one.command} · ${clock(one.started)}</option>`)}
    </select>
    ${call && html`<span class="row facts" role="status"><${Badge} tone=${callTone[call.state]}>${call.state}<//><span>${count(call.outputs, "row")}</span></span>
      <span class="muted">${ms(call.ms)}, ${bytes(call.bytes)}</span>
      <span class="space"></span>
      ${call.state === "running"
        ? html`<${Button} kind="danger" onClick=${() => attempt(() => del(`/api/calls/${id}`))}><${Icon} name="stop" />Cancel<//>`
        : html`<${Button} busy=${busy} disabled=${call.replayable === false} onClick=${again} title=${call.replayable === false ? "The recording does not hold the secrets of the input" : "The same input with the current config"}><${Icon} name="again" />Run again<//>`}
      <a class="button" href=${href("traffic", [id])}>Traffic</a>`}
  </div>`;
}

function Single({ call, schema, request, params }) {
  const [row, setRow] = useState(undefined);
  useEffect(() => {
    let live = true;
    if (call.state !== "running") firstRow(call.id).then((found) => live && setRow(found), () => live && setRow(null));
    return () => { live = false; };
  }, [call.id, call.state]);
  if (call.state === "running") return html`<p class="muted">The command runs…</p>`;
  const show = (view) => go("results", [call.id], { ...params, view }, { replace: true });
  return html`${call.command === "std:account:update" && call.state === "done" && html`<${BeforeAfter} call=${call} row=${row} request=${request} />`}
    ${row && html`<section class="card"><${Record} call=${call} row=${row} schema=${schema} view=${params.view} onView=${show} /></section>`}
    ${row === null && !call.error && html`<${Empty} title="The command sent no output"><p>${call.state === "cancelled" ? "It was cancelled." : "That is a complete answer for some commands."} <a href=${href("traffic", [call.id])}>See what went over the wire</a></p><//>`}`;
}

const operators = { "=": "is", "!=": "is not", "contains": "contains", ">": "is greater than", "<": "is less than", "empty": "is empty", "set": "has a value" };
const needsValue = (op) => op !== "empty" && op !== "set";

// readList reads a list of a parameter; an address that was cut has none.
function readList(text, accept) {
  try {
    const list = JSON.parse(text || "[]");
    return Array.isArray(list) ? list.filter(accept) : [];
  } catch {
    return [];
  }
}

const readFilters = (params) => readList(params.f, (one) => one && typeof one.column === "string" && operators[one.op]);
const readHidden = (params) => readList(params.hide, (one) => typeof one === "string");

// useView keeps a view of the call in step with what the address asks for. A view that is not sorted grows
// with a running call; at its end the view is made anew, since columns and order depend on all rows.
function useView(call, params) {
  const [view, setView] = useState(null);
  const [error, setError] = useState("");
  const [turn, setTurn] = useState(0);
  const [pending, setPending] = useState(false);
  const filters = params.f || "";
  const { q = "", sort = "", desc = "", marked = "" } = params;
  const running = call.state === "running";
  const started = running && call.outputs === 0;
  useEffect(() => {
    const control = new AbortController();
    const make = async () => {
      setPending(true);
      const want = { search: q, filters: readFilters(params), marked: Boolean(marked) };
      if (sort) want.sort = { column: sort, descending: Boolean(desc) };
      try {
        const made = await makeView(call.id, want, control.signal);
        setView({ ...made, key: `${call.id} ${made.view}` });
        setError("");
      } catch (err) {
        if (err.name === "AbortError") return;
        setError(err.message);
      }
      setPending(false);
    };
    const timer = setTimeout(make, q ? 150 : 0);
    return () => {
      clearTimeout(timer);
      control.abort();
    };
  }, [call.id, running, started, q, sort, desc, marked, filters, turn]);
  useEffect(() => {
    if (!running || !view || sort) return undefined;
    const grow = async () => {
      try {
        const { total } = await rows(call.id, view.view, 0, 1);
        setView((now) => now && now.view === view.view ? { ...now, total } : now);
      } catch { /* the next look tells, or the end of the call does */ }
    };
    const timer = setInterval(grow, 400);
    return () => clearInterval(timer);
  }, [running, view?.view, sort]);
  return { view, error, pending, again: () => setTurn((n) => n + 1) };
}

const letter = 8.6;

function widthOf({ name, path }, sample) {
  const longest = Math.max(name.length + 3, ...sample.map((row) => Math.min(42, text(at(row.data, path)).length)));
  return Math.round(Math.min(320, Math.max(72, longest * letter + 26)));
}

const markCell = (row) => row.marks?.length ? html`<span class="row-marks">${row.marks.map((mark) => html`<${Badge} tone="bad" title=${mark.message}>${markName(mark.kind)}<//>`)}</span>` : "";

function cellOf({ path }) {
  return (row) => {
    const value = at(row.data, path);
    if (value === null || value === undefined) return html`<span class="muted">–</span>`;
    return Array.isArray(value) ? html`${value.length > 1 && html`<span class="many">${value.length}</span>`}${text(value)}` : text(value);
  };
}

function makeColumns(view, hidden, sample, hasMarks) {
  const named = (view?.columns || []).filter((one) => !hidden.includes(one.name));
  const made = named.map((one) => ({
    id: one.name, label: label(one.name), sortable: true, width: widthOf(one, sample), cell: cellOf(one),
    class: ["int", "long", "number"].includes(one.type) && !one.multi ? "number" : "", title: `${one.type}${one.multi ? ", multi-valued" : ""}, ${count(one.count, "row has", "rows have")} it`,
  }));
  if (made.length === 0) made.push({ id: "", label: "Output", width: 480, cell: (row) => text(row.data), class: "mono" });
  const line = { id: "#", label: "Line", width: 84, cell: (row) => number(row.n), class: "number line" };
  return hasMarks ? [line, { id: "marks", label: "Marks", width: 170, cell: markCell }, ...made] : [line, ...made];
}

function Table({ call, schema, params }) {
  const { view, error, pending, again } = useView(call, params);
  const [opened, setOpened] = useState(null);
  const [sample, setSample] = useState([]);
  const handle = useRef();
  const total = view?.total || 0;
  const pages = usePages(view?.key || "", async (from, n, signal) => {
    const answer = await rows(call.id, view.view, from, n, signal).catch((err) => {
      if (err.status === 404) again(); // the server keeps few views
      throw err;
    });
    if (from === 0 && answer.rows.length && sample.length < 30) setSample(answer.rows.slice(0, 40));
    return answer.rows;
  }, total);
  const marks = Object.entries(call.marks || {}).filter(([, n]) => n > 0);
  const columns = useMemo(() => makeColumns(view, readHidden(params), sample, marks.length > 0), [view?.columns, params.hide, sample, marks.length > 0]);
  const change = (more, options) => go("results", [call.id], { ...params, ...more }, { replace: true, ...options });
  const sort = params.sort ? { column: params.sort, descending: Boolean(params.desc) } : null;
  const onSort = (column) => {
    if (sort?.column !== column) return change({ sort: column, desc: "" });
    return sort.descending ? change({ sort: "", desc: "" }) : change({ sort: column, desc: "1" });
  };

  const line = Number(params.row) || 0;
  const begun = useRef(line);
  const row = useOpened(call, line, opened);
  const close = () => {
    change({ row: "", view: "" });
    handle.current?.focus();
  };
  const open = useCallback((n, what) => {
    setOpened({ row: what, focus: true });
    go("results", [call.id], { ...params, row: what.n }, { replace: Boolean(params.row) });
  }, [call.id, JSON.stringify(params)]);
  useEscape(line > 0, close);
  const narrowed = Boolean(params.q || params.marked || params.f);
  const stale = call.state === "running" && sort;
  return html`<${Tools} call=${call} view=${view} params=${params} change=${change} marks=${marks} total=${total} narrowed=${narrowed} pending=${pending} />
    ${(error || pages.error) && html`<${Notice} tone="bad" title="The rows could not be read" actions=${html`<${Button} onClick=${() => { pages.again(); again(); }}>Try again<//>`}>${error || pages.error}<//>`}
    ${stale && view && html`<${Notice} tone="info" actions=${html`<${Button} onClick=${again}>Sort again<//>`}>These are the ${number(total)} rows that were there when the table was sorted. More arrive.<//>`}
    <div class=${classes("split", line && "open")}>
      ${view && total === 0 && call.state !== "running"
        ? html`<${Empty} title=${narrowed ? "No row matches" : "The command sent no rows"}>${narrowed ? html`<${Button} onClick=${() => change({ q: "", marked: "", f: "" })}>Show all rows<//>` : html`<p>If rows were expected, look at the log lines of the call in <a href=${href("traffic", [call.id])}>Traffic</a>.</p>`}<//>`
        : html`<${Grid} label=${`Rows of call ${call.id}`} columns=${columns} total=${total} rowAt=${pages.rowAt} onRange=${pages.onRange} sort=${sort} onSort=${onSort}
            onOpen=${open} isChosen=${(one) => one.n === line} handle=${handle} first=${narrowed || sort ? 0 : Math.max(0, begun.current - 1)} />`}
      ${line > 0 && html`<aside class="pane" aria-label="The open row">
        ${row === undefined && html`<p class="muted">Loading…</p>`}
        ${row === null && html`<${Notice} tone="warn" actions=${html`<${Button} onClick=${close}>Close<//>`}>Call ${call.id} has no row in line ${line}.<//>`}
        ${row && html`<${Record} key=${row.n} call=${call} row=${row} schema=${schema} onClose=${close} focus=${opened?.focus && opened.row.n === row.n} view=${params.view} onView=${(next) => change({ view: next })} />`}
      </aside>`}
    </div>`;
}

function useEscape(active, close) {
  const held = useRef();
  held.current = close;
  useEffect(() => {
    if (!active) return undefined;
    const keys = (event) => {
      if (event.key === "Escape" && !event.defaultPrevented && !document.querySelector("dialog[open]")) held.current();
    };
    addEventListener("keydown", keys);
    return () => removeEventListener("keydown", keys);
  }, [active]);
}

// useOpened is the row that the address names: the one that was clicked, or, after a link, fetched.
function useOpened(call, line, opened) {
  const [fetched, setFetched] = useState({});
  const at = opened?.row.n === line ? opened.row : undefined;
  useEffect(() => {
    let live = true;
    if (line && !at) rowOfLine(call.id, line).then((row) => live && setFetched({ line, row }), () => live && setFetched({ line, row: null }));
    return () => { live = false; };
  }, [call.id, line, Boolean(at)]);
  return at || (fetched.line === line ? fetched.row : undefined);
}

function Tools({ call, view, params, change, marks, total, narrowed, pending }) {
  const [open, setOpen] = useState("");
  const filters = readFilters(params);
  const save = (list) => change({ f: list.length ? JSON.stringify(list) : "" });
  const [busy, setBusy] = useState("");
  const exported = async (format) => {
    setBusy(format);
    await attempt(() => download(call.id, view.view, format));
    setBusy("");
  };
  return html`<div class="tools" role="search">
      <${Search} label="Search the rows" value=${params.q} onInput=${(q) => change({ q })} />
      <${Button} onClick=${() => setOpen("filter")} disabled=${!view?.columns?.length}><${Icon} name="plus" />Filter<//>
      ${marks.length > 0 && html`<label class="check"><input type="checkbox" checked=${Boolean(params.marked)} onChange=${(event) => change({ marked: event.target.checked ? "1" : "" })} />Marked rows only</label>`}
      <span class="muted" role="status">${pending ? "Searching…" : narrowed && view ? `${count(total, "row")} of ${number(call.outputs)}` : ""}</span>
      <span class="space"></span>
      <${Button} onClick=${() => setOpen("columns")} disabled=${!view?.columns?.length}>Columns<//>
      <${Button} busy=${busy === "csv"} disabled=${!total} onClick=${() => exported("csv")} title="Save the rows of this view as CSV">CSV<//>
      <${Button} busy=${busy === "ndjson"} disabled=${!total} onClick=${() => exported("ndjson")} title="Save the rows of this view as one JSON text a line">NDJSON<//>
    </div>
    ${(filters.length > 0 || marks.length > 0) && html`<div class="row">
      ${filters.map((one, n) => html`<span class="chip" key=${n}>${label(one.column)} ${operators[one.op]}${needsValue(one.op) && ` ${one.value}`}<button type="button" aria-label=${`Remove the filter ${label(one.column)}`} onClick=${() => save(filters.filter((_, k) => k !== n))}><${Icon} name="cross" /></button></span>`)}
      ${marks.map(([kind, n]) => html`<${Badge} tone="bad" key=${kind}>${number(n)} ${markName(kind)}<//>`)}
    </div>`}
    ${open === "filter" && html`<${FilterDialog} columns=${view.columns} onClose=${() => setOpen("")} onAdd=${(one) => { setOpen(""); save([...filters, one]); }} />`}
    ${open === "columns" && html`<${ColumnsDialog} columns=${view.columns} params=${params} change=${change} onClose=${() => setOpen("")} />`}`;
}

function FilterDialog({ columns, onClose, onAdd }) {
  const [filter, setFilter] = useState({ column: columns[0].name, op: "contains", value: "" });
  const set = (name) => (event) => setFilter({ ...filter, [name]: event.target.value });
  const add = () => onAdd(needsValue(filter.op) ? filter : { column: filter.column, op: filter.op });
  const keys = (event) => {
    if (event.key !== "Enter" || event.target.tagName !== "INPUT") return;
    event.preventDefault();
    add();
  };
  return html`<${Dialog} title="Filter the rows" onClose=${onClose} actions=${html`<${Button} onClick=${onClose}>Cancel<//><${Button} kind="primary" onClick=${add}>Add filter<//>`}>
    <div class="stack" onKeyDown=${keys}>
      <${Field} label="Column">${(control) => html`<select ...${control} value=${filter.column} onChange=${set("column")}>${columns.map((one) => html`<option key=${one.name} value=${one.name}>${label(one.name)}</option>`)}</select>`}<//>
      <${Field} label="Condition">${(control) => html`<select ...${control} value=${filter.op} onChange=${set("op")}>${Object.entries(operators).map(([op, label]) => html`<option key=${op} value=${op}>${label}</option>`)}</select>`}<//>
      ${needsValue(filter.op) && html`<${Field} label="Value">${(control) => html`<input ...${control} type="text" value=${filter.value} onInput=${set("value")} />`}<//>`}
    </div><//>`;
}

function ColumnsDialog({ columns, params, change, onClose }) {
  const hidden = readHidden(params);
  const toggle = (name) => {
    const next = hidden.includes(name) ? hidden.filter((one) => one !== name) : [...hidden, name];
    change({ hide: next.length ? JSON.stringify(next) : "" });
  };
  return html`<${Dialog} title="Columns" onClose=${onClose} actions=${html`<${Button} onClick=${() => change({ hide: "" })}>Show all<//><${Button} kind="primary" onClick=${onClose}>Done<//>`}>
    <ul class="stack tight">${columns.map((one) => html`<li key=${one.name}><label class="check"><input type="checkbox" checked=${!hidden.includes(one.name)} onChange=${() => toggle(one.name)} />
      <span>${label(one.name)}</span><span class="muted">${one.type}${one.multi ? ", multi" : ""}, in ${count(one.count, "row")}</span></label></li>`)}</ul><//>`;
}
