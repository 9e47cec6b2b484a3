// The outputs of a call as a table.

import { html, useCallback, useEffect, useMemo, useRef, useState } from "./vendor/preact.js";
import { accountList, download, entitlementList, findRow, firstRow, makeView, requestOf, rowOfLine, rows, run } from "./calls.js";
import { Grid, usePages } from "./grid.js";
import { CallNotices, CallState, CancelButton, Loading, NotRecorded, ReplayButton, useCall } from "./parts.js";
import { BeforeAfter, Record } from "./record.js";
import { fromHere, go, href } from "./route.js";
import { current, lastCall, newestFirst, useStore } from "./store.js";
import { Badge, Button, Check, Dialog, Empty, Field, Icon, Input, Notice, Search, Select, attempt, bytes, classes, clock, count, ms, number, useEscape, useLoaded } from "./ui.js";
import { at, isList, isMark, label, markName, schemaOf, text } from "./values.js";

export function Page({ route }) {
  const [where] = route.path;
  if (where === "find") return html`<${Find} params=${route.params} />`;
  return where ? html`<${OneCall} key=${where} id=${Number(where)} params=${route.params} />` : html`<${Newest} />`;
}

// Newest opens the most likely call: the newest list, or else the newest call.
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
  const start = () => attempt(async () => fromHere()("results", [(await run(list.name, {})).id]));
  return html`<${Empty} title="No command has run yet">
    <p>Rows appear here as soon as a command sends them, whether this page, curl or another client calls it.</p>
    <div class="row">${list && html`<${Button} kind="primary" onClick=${start}><${Icon} name="play" />List the accounts<//>`}<a class="button" href=${href("commands")}>Choose a command</a></div>
  <//>`;
}

function Find({ params }) {
  const { type, identity } = params;
  const what = type || "account";
  const { value: problem, error } = useLoaded(async () => {
    const open = fromHere();
    const call = type ? entitlementList(type) : accountList();
    if (!call) return [`No list of type ${what} has run yet`, "Run it, then follow the link again."];
    const row = await findRow(call.id, identity);
    if (!row) return [`The newest list has no ${what} ${identity}`, `Call ${call.id} may be out of date. Run the list again. If it is still missing, the connector names something that it does not list.`];
    return open("results", [call.id], { row: row.n }, { replace: true });
  }, [type, identity]);
  const [title, reason] = problem || [error && "The search failed", error];
  const list = () => attempt(async () => fromHere()("results", [(await run(type ? "std:entitlement:list" : "std:account:list", type ? { type } : {})).id]));
  if (!title) return html`<${Loading}>Looking for ${what} ${identity}…<//>`;
  return html`<${Empty} title=${title}><p>${reason}</p>
    <div class="row"><${Button} kind="primary" onClick=${list}><${Icon} name="play" />List type ${what}<//><${Button} onClick=${() => history.back()}>Back<//></div><//>`;
}

function OneCall({ id, params }) {
  const [call, problem] = useCall(id);
  const spec = useStore((s) => s.spec?.spec);
  if (!call) return html`<${CallBar} id=${id} /><${NotRecorded} problem=${problem}><p><a href=${href("results")}>Open the newest results</a></p><//>`;
  const schema = schemaOf(spec, call.command, call.type);
  const many = isList(call.command) || call.outputs > 1;
  return html`<${CallBar} id=${id} call=${call} />
    <${CallNotices} call=${call} actions=${html`<a class="button" href=${href("traffic", [id])}>Open in Traffic</a>`} />
    ${many ? html`<${Table} call=${call} schema=${schema} params=${params} />` : html`<${Single} call=${call} schema=${schema} params=${params} />`}`;
}

function CallBar({ id, call }) {
  const calls = useStore((s) => s.calls);
  const options = newestFirst(calls).slice(0, 200).map((one) => [one.id, `${one.id} · ${one.command} · ${clock(one.started)}`]);
  if (!options.some(([one]) => one === id)) options.unshift([id, `Call ${id}`]);
  return html`<div class="callbar">
    <${Select} aria-label="Call" value=${id} options=${options} onChoose=${(one) => go("results", [one])} />
    ${call && html`<span class="row facts" role="status"><${CallState} call=${call} /><span>${count(call.outputs, "row")}</span></span>
      <span class="muted">${ms(call.ms)}, ${bytes(call.bytes)}</span>
      <span class="space"></span>
      ${call.state === "running" ? html`<${CancelButton} call=${call} />` : html`<${ReplayButton} call=${call} page="results">Run again<//>`}
      <a class="button" href=${href("traffic", [id])}>Traffic</a>`}
  </div>`;
}

function Single({ call, schema, params }) {
  const running = call.state === "running";
  const { value: request } = useLoaded(() => requestOf(call.id), [call.id]);
  const { value: row } = useLoaded(() => running ? undefined : firstRow(call.id).catch(() => null), [call.id, running]);
  if (running) return html`<${Loading}>The command runs…<//>`;
  const show = (view) => go("results", [call.id], { ...params, view }, { replace: true });
  return html`${call.command === "std:account:update" && call.state === "done" && html`<${BeforeAfter} call=${call} row=${row} request=${request} />`}
    ${row && html`<section class="card"><${Record} call=${call} row=${row} schema=${schema} view=${params.view} onView=${show} /></section>`}
    ${row === null && !call.error && html`<${Empty} title="The command sent no output"><p>${call.state === "cancelled" ? "It was cancelled." : "Some commands answer with nothing."} <a href=${href("traffic", [call.id])}>See what went over the wire</a></p><//>`}`;
}

const operators = { "=": "is", "!=": "is not", "contains": "contains", ">": "is greater than", "<": "is less than", "empty": "is empty", "set": "has a value" };
const needsValue = (op) => op !== "empty" && op !== "set";

// readList reads a list from a parameter; a truncated address has none.
function readList(text, accept) {
  try {
    const list = JSON.parse(text || "[]");
    return Array.isArray(list) ? list.filter(accept) : [];
  } catch {
    return [];
  }
}

const readFilters = (params) => readList(params.f, (one) => one && typeof one.column === "string" && operators[one.op]);
const readMarks = (params) => (params.marks || "").split(",").filter(isMark);
const readHidden = (params) => readList(params.hide, (one) => typeof one === "string");

// useView keeps a view of the call in step with the address. An unsorted view grows with a running
// call; at its end the view is made anew, since columns and order depend on all rows.
function useView(call, params) {
  const [view, setView] = useState(null);
  const [error, setError] = useState("");
  const [turn, setTurn] = useState(0);
  const [pending, setPending] = useState(false);
  const filters = params.f || "";
  const { q = "", sort = "", desc = "", marks = "" } = params;
  const running = call.state === "running";
  const started = running && call.outputs === 0;
  useEffect(() => {
    const control = new AbortController();
    const make = async () => {
      setPending(true);
      const want = { search: q, filters: readFilters(params), marks: readMarks(params) };
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
  }, [call.id, running, started, q, sort, desc, marks, filters, turn]);
  useEffect(() => {
    if (!running || !view || sort) return undefined;
    const grow = async () => {
      if (current().link !== "live") return;
      try {
        const { total } = await rows(call.id, view.view, 0, 1);
        setView((now) => now && now.view === view.view ? { ...now, total } : now);
      } catch { /* the next poll or the end of the call reports it */ }
    };
    const timer = setInterval(grow, 400);
    return () => clearInterval(timer);
  }, [running, view?.view, sort]);
  const again = () => setTurn((n) => n + 1);
  const link = useStore((s) => s.link);
  useEffect(() => void (error && again()), [link]);
  return { view, error, pending, again };
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
      if (err.status === 404) again(); // the server caches few views
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
  const narrowed = Boolean(params.q || params.marks || params.f);
  const stale = call.state === "running" && sort;
  return html`<${Tools} call=${call} view=${view} params=${params} change=${change} marks=${marks} total=${total} narrowed=${narrowed} pending=${pending} />
    ${(error || pages.error) && html`<${Notice} tone="bad" title="The rows could not be read" actions=${html`<${Button} onClick=${() => { pages.again(); again(); }}>Try again<//>`}>${error || pages.error}<//>`}
    ${stale && view && html`<${Notice} tone="info" actions=${html`<${Button} onClick=${again}>Sort again<//>`}>Only the first ${number(total)} rows are sorted. More are arriving.<//>`}
    <div class=${classes("split", line && "open")}>
      ${view && total === 0 && call.state !== "running"
        ? html`<${Empty} title=${narrowed ? "No row matches" : "The command sent no rows"}>${narrowed ? html`<${Button} onClick=${() => change({ q: "", marks: "", f: "" })}>Show all rows<//>` : html`<p>If you expected rows, check the call's log lines in <a href=${href("traffic", [call.id])}>Traffic</a>.</p>`}<//>`
        : html`<${Grid} label=${`Rows of call ${call.id}`} columns=${columns} total=${total} rowAt=${pages.rowAt} onRange=${pages.onRange} sort=${sort} onSort=${onSort}
            onOpen=${open} isChosen=${(one) => one.n === line} handle=${handle} first=${narrowed || sort ? 0 : Math.max(0, begun.current - 1)} />`}
      ${line > 0 && html`<aside class="pane" aria-label="The open row">
        ${row === undefined && html`<${Loading} />`}
        ${row === null && html`<${Notice} tone="warn" actions=${html`<${Button} onClick=${close}>Close<//>`}>Call ${call.id} has no row in line ${line}.<//>`}
        ${row && html`<${Record} key=${row.n} call=${call} row=${row} schema=${schema} onClose=${close} focus=${opened?.focus && opened.row.n === row.n} view=${params.view} onView=${(next) => change({ view: next })} />`}
      </aside>`}
    </div>`;
}

// useOpened is the row in the address: the clicked one, or, after a link, the fetched one.
function useOpened(call, line, opened) {
  const at = opened?.row.n === line ? opened.row : undefined;
  const { value } = useLoaded(() => line && !at ? rowOfLine(call.id, line).catch(() => null) : undefined, [call.id, line, Boolean(at)]);
  return at || value;
}

function Tools({ call, view, params, change, marks, total, narrowed, pending }) {
  const [open, setOpen] = useState("");
  const filters = readFilters(params);
  const save = (list) => change({ f: list.length ? JSON.stringify(list) : "" });
  const wanted = readMarks(params);
  const mark = (kinds) => change({ marks: kinds.join() });
  const [busy, setBusy] = useState("");
  const exported = async (format) => {
    setBusy(format);
    await attempt(() => download(call.id, view.view, format));
    setBusy("");
  };
  return html`<div class="tools" role="search">
      <${Search} label="Search the rows" value=${params.q} onInput=${(q) => change({ q })} />
      <${Button} onClick=${() => setOpen("filter")} disabled=${!view?.columns?.length}><${Icon} name="plus" />Filter<//>
      ${marks.length > 0 && html`<${Check} checked=${wanted.length > 0} onCheck=${(on) => mark(on ? marks.map(([kind]) => kind) : [])} label="Marked rows only" />`}
      <span class="muted" role="status">${pending ? (narrowed ? "Searching…" : "Loading…") : narrowed && view ? `${count(total, "row")} of ${number(call.outputs)}` : ""}</span>
      <span class="space"></span>
      <${Button} onClick=${() => setOpen("columns")} disabled=${!view?.columns?.length}>Columns<//>
      ${["csv", "ndjson"].map((format) => html`<${Button} key=${format} busy=${busy === format} disabled=${!total} onClick=${() => exported(format)} title=${`Save the rows of this view as ${format.toUpperCase()}`}>${format.toUpperCase()}<//>`)}
    </div>
    ${(filters.length > 0 || marks.length > 0) && html`<div class="row">
      ${filters.map((one, n) => html`<span class="chip" key=${n}>${label(one.column)} ${operators[one.op]}${needsValue(one.op) && ` ${one.value}`}<button type="button" aria-label=${`Remove the filter ${label(one.column)}`} onClick=${() => save(filters.filter((_, k) => k !== n))}><${Icon} name="cross" /></button></span>`)}
      ${marks.map(([kind, n]) => html`<${Button} class="small badge bad" key=${kind} aria-pressed=${wanted.includes(kind) ? "true" : "false"} title=${wanted.includes(kind) ? "Stop asking for these rows" : "Show these rows"} onClick=${() => mark(wanted.includes(kind) ? wanted.filter((one) => one !== kind) : [...wanted, kind])}>${number(n)} ${markName(kind)}<//>`)}
    </div>`}
    ${open === "filter" && html`<${FilterDialog} columns=${view.columns} onClose=${() => setOpen("")} onAdd=${(one) => { setOpen(""); save([...filters, one]); }} />`}
    ${open === "columns" && html`<${ColumnsDialog} columns=${view.columns} params=${params} change=${change} onClose=${() => setOpen("")} />`}`;
}

function FilterDialog({ columns, onClose, onAdd }) {
  const [filter, setFilter] = useState({ column: columns[0].name, op: "contains", value: "" });
  const set = (name) => (value) => setFilter({ ...filter, [name]: value });
  const add = () => onAdd(needsValue(filter.op) ? filter : { column: filter.column, op: filter.op });
  const keys = (event) => {
    if (event.key !== "Enter" || event.target.tagName !== "INPUT") return;
    event.preventDefault();
    add();
  };
  return html`<${Dialog} title="Filter the rows" onClose=${onClose} actions=${html`<${Button} onClick=${onClose}>Cancel<//><${Button} kind="primary" onClick=${add}>Add filter<//>`}>
    <div class="stack" onKeyDown=${keys}>
      <${Field} label="Column">${(control) => html`<${Select} ...${control} value=${filter.column} options=${columns.map((one) => [one.name, label(one.name)])} onChoose=${set("column")} />`}<//>
      <${Field} label="Condition">${(control) => html`<${Select} ...${control} value=${filter.op} options=${Object.entries(operators)} onChoose=${set("op")} />`}<//>
      ${needsValue(filter.op) && html`<${Field} label="Value">${(control) => html`<${Input} ...${control} value=${filter.value} onText=${set("value")} />`}<//>`}
    </div><//>`;
}

function ColumnsDialog({ columns, params, change, onClose }) {
  const hidden = readHidden(params);
  const toggle = (name) => {
    const next = hidden.includes(name) ? hidden.filter((one) => one !== name) : [...hidden, name];
    change({ hide: next.length ? JSON.stringify(next) : "" });
  };
  return html`<${Dialog} title="Columns" onClose=${onClose} actions=${html`<${Button} onClick=${() => change({ hide: "" })}>Show all<//><${Button} kind="primary" onClick=${onClose}>Done<//>`}>
    <ul class="stack tight">${columns.map((one) => html`<li key=${one.name}><${Check} checked=${!hidden.includes(one.name)} onCheck=${() => toggle(one.name)}
      label=${html`<span>${label(one.name)}</span><span class="muted">${one.type}${one.multi ? ", multi" : ""}, in ${count(one.count, "row")}</span>`} /></li>`)}</ul><//>`;
}
