// The small components that the pages share. HTML's own components are used where they exist: a
// dialog is <dialog>, which traps the focus, closes on Escape and restores the focus.

import { html, useEffect, useLayoutEffect, useRef, useState } from "./vendor/preact.js";
import { useStore } from "./store.js";

export const classes = (...names) => names.filter(Boolean).join(" ");

let ids = 0;

export function useId(prefix = "id") {
  const ref = useRef();
  ref.current ||= `${prefix}-${++ids}`;
  return ref.current;
}

// Button: kind is "", "primary", "danger", "quiet" or "link". With busy, or off, which says why, it
// ignores clicks; it is not disabled then, since a disabled button loses the focus.
export function Button({ kind, busy, off, class: name, children, onClick, title, ...rest }) {
  const idle = busy || off;
  return html`<button type="button" ...${rest} title=${off || title} onClick=${idle ? undefined : onClick} aria-disabled=${idle ? "true" : undefined} aria-busy=${busy ? "true" : undefined}
    class=${classes("button", kind, name)}>${children}</button>`;
}

// Tip shows the title of the element focused by keyboard, as browsers do for the mouse.
export function Tip() {
  const ref = useRef();
  useEffect(() => {
    const tip = ref.current;
    const hide = () => tip.matches(":popover-open") && tip.hidePopover();
    const show = ({ target }) => {
      hide();
      if (!target.title || !target.matches(":focus-visible")) return;
      tip.textContent = target.title;
      tip.showPopover();
      const box = target.getBoundingClientRect();
      tip.style.left = `${Math.max(8, Math.min(box.left, innerWidth - tip.offsetWidth - 8))}px`;
      tip.style.top = `${box.bottom + tip.offsetHeight + 8 < innerHeight ? box.bottom + 5 : box.top - tip.offsetHeight - 5}px`;
    };
    const events = [["focusin", show], ["focusout", hide], ["scroll", hide], ["keydown", (event) => event.key === "Escape" && hide()]];
    events.forEach(([name, listener]) => addEventListener(name, listener, true));
    return () => events.forEach(([name, listener]) => removeEventListener(name, listener, true));
  }, []);
  return html`<div class="tip" popover="manual" ref=${ref} aria-hidden="true"></div>`;
}

// useLoaded returns {value} or {error} of load's promise, and {} before. When one of deps changes,
// it drops the value and loads again; it also loads again when conngen dev answers after an outage.
export function useLoaded(load, deps) {
  const [found, setFound] = useState({});
  const [turn, setTurn] = useState(0);
  const link = useStore((s) => s.link);
  const key = JSON.stringify(deps);
  useEffect(() => {
    let live = true;
    const take = (next) => live && setFound({ key, ...next });
    (async () => load())().then((value) => take({ value }), (err) => take({ error: err.message, unanswered: err.status === 0 }));
    return () => { live = false; };
  }, [key, turn]);
  useEffect(() => {
    if (found.unanswered && link === "live") setTurn((n) => n + 1);
  }, [link]);
  return found.key === key ? found : {};
}

// useAction returns [run, busy, problem, forget] for a button's action whose problem is shown next
// to it. It does not run twice at a time.
export function useAction(action) {
  const [now, setNow] = useState({});
  const running = useRef(false);
  const run = async (...args) => {
    if (running.current) return;
    running.current = true;
    setNow({ busy: true });
    try {
      await action(...args);
      setNow({});
    } catch (err) {
      setNow({ problem: err.message });
    }
    running.current = false;
  };
  return [run, Boolean(now.busy), now.problem || "", () => setNow({})];
}

// useKey runs an action for a matching key, while it is active and no dialog is open.
export function useKey(matches, action, active = true) {
  const held = useRef();
  held.current = action;
  useEffect(() => {
    if (!active) return undefined;
    const keys = (event) => {
      if (!matches(event) || event.defaultPrevented || document.querySelector("dialog[open]")) return;
      event.preventDefault();
      held.current();
    };
    addEventListener("keydown", keys);
    return () => removeEventListener("keydown", keys);
  }, [active]);
}

export const useEscape = (active, close) => useKey((event) => event.key === "Escape", close, active);

// Badge: tone is "ok", "bad", "warn", "info" or nothing.
export const Badge = ({ tone, children, title }) =>
  html`<span class=${classes("badge", tone)} title=${title}>${children}</span>`;

// Dialog is open as long as it is drawn. onClose is called for Escape, the cross and a click outside.
export function Dialog({ title, onClose, children, actions, wide, tone }) {
  const ref = useRef();
  const id = useId("dialog");
  useLayoutEffect(() => {
    const dialog = ref.current;
    const before = document.activeElement;
    dialog.showModal();
    return () => {
      if (dialog.open) dialog.close();
      if (before && before.isConnected) before.focus();
    };
  }, []);
  const outside = (event) => event.target === ref.current && onClose();
  const cancel = (event) => {
    event.preventDefault();
    onClose();
  };
  return html`<dialog ref=${ref} class=${classes("dialog", wide && "wide", tone)} aria-labelledby=${id} onCancel=${cancel} onMouseDown=${outside}>
    <div class="dialog-box">
      <header><h2 id=${id}>${title}</h2><${CloseButton} onClose=${onClose} /></header>
      <div class="dialog-body">${children}</div>
      ${actions && html`<footer>${actions}</footer>`}
    </div>
  </dialog>`;
}

// Tabs: tabs is [{id, label, body}]; only the chosen body is drawn.
export function Tabs({ label, tabs, chosen, onChoose }) {
  const prefix = useId("tabs");
  const now = tabs.find((tab) => tab.id === chosen) || tabs[0];
  const list = useRef();
  const keys = (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const at = tabs.indexOf(now);
    const next = event.key === "Home" ? 0 : event.key === "End" ? tabs.length - 1 : step ? (at + step + tabs.length) % tabs.length : -1;
    if (next < 0) return;
    event.preventDefault();
    onChoose(tabs[next].id);
    list.current.children[next].focus();
  };
  return html`<div class="tabs">
    <div role="tablist" aria-label=${label} ref=${list} onKeyDown=${keys}>
      ${tabs.map((tab) => html`<button type="button" role="tab" key=${tab.id} id=${`${prefix}-${tab.id}`} aria-selected=${tab === now ? "true" : "false"}
        aria-controls=${`${prefix}-panel`} tabindex=${tab === now ? 0 : -1} onClick=${() => onChoose(tab.id)}>${tab.label}</button>`)}
    </div>
    <div role="tabpanel" id=${`${prefix}-panel`} aria-labelledby=${`${prefix}-${now.id}`} tabindex="0" class="tabpanel">
      ${typeof now.body === "function" ? now.body() : now.body}
    </div>
  </div>`;
}

// Input is a text input for which the browser remembers, completes and corrects nothing.
export const Input = ({ value, onText, type = "text", ...rest }) =>
  html`<input autocomplete=${type === "password" ? "new-password" : "off"} spellcheck=${false} ...${rest} type=${type} value=${value ?? ""} onInput=${(event) => onText(event.target.value)} />`;

export const Select = ({ value, options, onChoose, ...rest }) =>
  html`<select ...${rest} value=${value} onChange=${(event) => onChoose(event.target.value)}>${options.map(([v, label = v]) => html`<option key=${v} value=${v} selected=${v === value}>${label}</option>`)}</select>`;

export const Check = ({ label, checked, onCheck }) => html`<label class="check"><input type="checkbox" checked=${checked} onChange=${(event) => onCheck(event.target.checked)} />${label}</label>`;

export const Required = () => html`<span class="required" aria-hidden="true"> *</span>`;

// Field is a label above its control with help between and an error below. children is a function
// that gets the attributes that connect the control to them.
export function Field({ label, help, error, required, children, class: name }) {
  const id = useId("field");
  const described = [help && `${id}-help`, error && `${id}-error`].filter(Boolean).join(" ") || undefined;
  return html`<div class=${classes("field", name)}>
    <label for=${id}>${label}${required && html`<${Required} />`}</label>
    ${help && html`<p class="help" id=${`${id}-help`}>${help}</p>`}
    ${children({ id, "aria-describedby": described, "aria-invalid": error ? "true" : undefined, required: required || undefined })}
    ${error && html`<p class="error" id=${`${id}-error`}>${error}</p>`}
  </div>`;
}

// Notice is a message in its context: tone as in Badge; a bad one is announced.
export const Notice = ({ tone, title, children, actions }) =>
  html`<div class=${classes("notice", tone)} role=${tone === "bad" ? "alert" : undefined}>
    <div>${title && html`<strong>${title}</strong>`} ${children}</div>${actions && html`<div class="actions">${actions}</div>`}
  </div>`;

export const Empty = ({ title, children }) => html`<div class="empty"><h2>${title}</h2>${children}</div>`;

// Combo is a text input with suggestions. suggest(text) returns, or promises, [{value, label,
// detail}]; onPick gets the whole suggestion, onInput the typed text.
export function Combo({ value, onInput, onPick, suggest, control = {}, placeholder, empty = "No match" }) {
  const [found, setFound] = useState(null);
  const [at, setAt] = useState(-1);
  const asked = useRef(0);
  const list = useId("options");
  const open = found !== null;
  const ask = async (text) => {
    const turn = ++asked.current;
    let options = [];
    try {
      options = await suggest(text);
    } catch { /* suggestions are a convenience; the typed text counts */ }
    if (turn === asked.current) {
      setFound(options);
      setAt(-1);
    }
  };
  const close = () => {
    asked.current++;
    setFound(null);
  };
  const pick = (option) => {
    close();
    onPick(option);
  };
  const keys = (event) => {
    if (event.key === "ArrowDown" && !open) return event.preventDefault(), ask(value);
    if (!open) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      setAt((n) => found.length ? (n + step + found.length) % found.length : -1);
    }
    if (event.key === "Enter" && at >= 0 && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      pick(found[at]);
    }
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      close();
    }
  };
  useEffect(() => () => void asked.current++, []);
  return html`<div class="combo">
    <input ...${control} type="text" role="combobox" autocomplete="off" spellcheck=${false} value=${value} placeholder=${placeholder}
      aria-autocomplete="list" aria-expanded=${open ? "true" : "false"} aria-controls=${open ? list : undefined}
      aria-activedescendant=${open && at >= 0 ? `${list}-${at}` : undefined}
      onInput=${(event) => { onInput(event.target.value); ask(event.target.value); }}
      onFocus=${() => ask(value)} onBlur=${close} onKeyDown=${keys} />
    ${open && html`<ul id=${list} role="listbox" aria-label="Suggestions">
      ${found.length === 0 && html`<li class="none" role="option" aria-disabled="true" aria-selected="false">${empty}</li>`}
      ${found.map((option, n) => html`<li key=${option.value} id=${`${list}-${n}`} role="option" aria-selected=${n === at ? "true" : "false"}
        onMouseDown=${(event) => { event.preventDefault(); pick(option); }}><span>${option.label}</span>${option.detail && html`<small>${option.detail}</small>`}</li>`)}
    </ul>`}
  </div>`;
}

const toasts = { list: [], draw: null };

// toast shows a short message at the foot of the page, which screen readers announce.
export function toast(text, tone = "") {
  const entry = { text, tone, id: ++ids };
  toasts.list = [...toasts.list.slice(-2), entry];
  toasts.draw?.();
  setTimeout(() => {
    toasts.list = toasts.list.filter((one) => one !== entry);
    toasts.draw?.();
  }, tone === "bad" ? 9000 : 4000);
}

export function Toasts() {
  const [, draw] = useState(0);
  toasts.draw = () => draw((n) => n + 1);
  return html`<div class="toasts" role="status" aria-live="polite">
    ${toasts.list.map((one) => html`<p key=${one.id} class=${classes("toast", one.tone)}>${one.text}</p>`)}
  </div>`;
}

export async function copy(text, what = "") {
  try {
    await navigator.clipboard.writeText(text);
    toast(`Copied${what && " " + what}.`);
  } catch {
    toast("The browser does not let this page copy. Select the text and copy it by hand.", "bad");
  }
}

export const CopyButton = ({ text, what, label = "Copy", ...rest }) => html`<${Button} ...${rest} onClick=${() => copy(text, what)}><${Icon} name="copy" />${label}<//>`;

// Search is the search field of a page: the key "/" focuses it.
export function Search({ label, value, onInput }) {
  const id = useId("search");
  return html`<label class="hidden" for=${id}>${label}</label>
    <input id=${id} type="search" data-search class="search" placeholder="Search (/)" value=${value || ""} onInput=${(event) => onInput(event.target.value)} />`;
}

export const CloseButton = ({ onClose, label = "Close" }) => html`<${Button} kind="quiet" aria-label=${label} title="Close (Escape)" onClick=${onClose}><${Icon} name="cross" /><//>`;

// Pane is the part beside a table: the row that is open.
export const Pane = ({ title, onClose, children }) => html`<aside class="pane" aria-label=${title}><div class="record">
  <header><h2>${title}</h2><${CloseButton} onClose=${onClose} /></header>${children}</div></aside>`;

// attempt runs a button's action: an error becomes a toast if there is no better place for it.
export async function attempt(action) {
  try {
    return await action();
  } catch (err) {
    if (err.name !== "AbortError") toast(err.message, "bad");
    return undefined;
  }
}

const shapes = {
  cross: "M4 4l8 8M12 4l-8 8",
  check: "M3 8.5l3.2 3.2L13 4.8",
  down: "M4 6l4 4 4-4",
  up: "M4 10l4-4 4 4",
  bin: "M2.5 4.5h11M6 4.5v-2h4v2M4 4.5l.6 9h6.8l.6-9M6.6 7v4M9.4 7v4",
  plus: "M8 3v10M3 8h10",
  copy: "M5.5 5.5v-3h8v8h-3M2.5 5.5h8v8h-8z",
  play: "M5 3.2v9.6L12.5 8z",
  stop: "M4.5 4.5h7v7h-7z",
  again: "M13 8a5 5 0 1 1-1.5-3.6M13 2v3h-3",
  edit: "M3 13l.6-2.7 7.2-7.2 2.1 2.1-7.2 7.2z",
  sun: "M8 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6zM8 1.2v1.6M8 13.2v1.6M1.2 8h1.6M13.2 8h1.6M3.2 3.2l1.1 1.1M11.7 11.7l1.1 1.1M3.2 12.8l1.1-1.1M11.7 4.3l1.1-1.1",
  moon: "M13 9.6A5.6 5.6 0 0 1 6.4 3a5.6 5.6 0 1 0 6.6 6.6z",
  half: "M8 2.2a5.8 5.8 0 1 0 0 11.6zM8 2.2a5.8 5.8 0 0 1 0 11.6",
  dot: "M8 6.5a1.5 1.5 0 1 0 0 3 1.5 1.5 0 0 0 0-3z",
  warn: "M8 2.5l6 11H2zM8 6.5v3.2M8 11.6v.2",
};

export const Icon = ({ name }) =>
  html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false"><path d=${shapes[name]} /></svg>`;

// Code shows JSON or another text unchanged. It takes the focus, since it scrolls when it is long.
export const Code = ({ children, label }) => html`<pre class="json" tabindex="0" role=${label && "region"} aria-label=${label}>${children}</pre>`;

export function ms(n) {
  if (n === null || n === undefined) return "–";
  if (n < 1000) return `${Math.round(n)} ms`;
  if (n < 60000) return `${(n / 1000).toFixed(n < 10000 ? 2 : 1)} s`;
  return `${Math.floor(n / 60000)} min ${Math.round((n % 60000) / 1000)} s`;
}

export function bytes(n) {
  if (n < 1024) return `${n} B`;
  const units = ["KiB", "MiB", "GiB"];
  let size = n, unit = -1;
  do {
    size /= 1024;
    unit++;
  } while (size >= 1024 && unit < units.length - 1);
  return `${size.toFixed(size < 10 ? 1 : 0)} ${units[unit]}`;
}

// count formats a number with its noun: count(1, "row") is "1 row", count(2, "row") "2 rows".
export const count = (n, noun, many = noun + "s") => `${number(n)} ${n === 1 ? noun : many}`;

const digits = new Intl.NumberFormat("en");
export const number = (n) => digits.format(n);

export function clock(time) {
  const at = new Date(time);
  return isNaN(at) ? "" : at.toLocaleTimeString("en-GB");
}

let isPointerDown = false;
let waiting = [];

globalThis.addEventListener?.("pointerdown", () => { isPointerDown = true; }, true);
for (const name of ["pointerup", "pointercancel", "dragend"]) {
  globalThis.addEventListener?.(name, () => {
    isPointerDown = false;
    const due = waiting;
    waiting = [];
    setTimeout(() => due.forEach((action) => action()));
  }, true);
}

// settled delays an action that makes the page longer until no pointer is down: otherwise it would
// move a button away from under the click that took the focus out of a control.
export function settled(action) {
  if (isPointerDown) waiting.push(action);
  else action();
}

// Chips edits a list: Enter adds the typed text, and so does leaving the input; Backspace in the
// empty input removes the last one. show returns the text of a value. With suggest the input offers
// values as Combo does.
export function Chips({ values, onChange, show = String, control = {}, label, placeholder = "Type a value and press Enter", suggest }) {
  const [draft, setDraft] = useState("");
  const root = useRef();
  const held = useRef();
  held.current = { values, onChange }; // as drawn now: leaving the input can add a value later, after a click
  const add = (typed) => {
    const known = held.current.values.map(show);
    const added = typed.split(/\r?\n/).map((one) => one.trim()).filter((one, n, all) => one && !known.includes(one) && all.indexOf(one) === n);
    setDraft("");
    if (added.length) held.current.onChange([...held.current.values, ...added]);
  };
  const remove = (n) => {
    onChange(held.current.values.filter((_, k) => k !== n));
    root.current.querySelector("input").focus();
  };
  const keys = (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    if (event.key === "Enter" && draft.trim()) {
      if (!event.ctrlKey && !event.metaKey) event.preventDefault(); // Ctrl+Enter runs the command with it
      add(draft);
    }
    if (event.key === "Backspace" && event.target.value === "" && values.length) remove(values.length - 1);
  };
  const paste = (event) => {
    const text = event.clipboardData.getData("text");
    if (!text.includes("\n")) return;
    event.preventDefault();
    add(`${draft}${text}`);
  };
  const input = { value: draft, placeholder, onPaste: paste };
  return html`<div class="chips-input" ref=${root} onKeyDown=${keys} onfocusout=${() => draft && settled(() => add(draft))}>
    ${suggest
      ? html`<${Combo} ...${input} control=${control} onInput=${setDraft} onPick=${(option) => add(option.value)} suggest=${suggest} />`
      : html`<${Input} ...${control} ...${input} onText=${setDraft} />`}
    ${values.length > 0 && html`<ul class="chips" aria-label=${label}>${values.map(show).map((text, n) => html`<li class="chip" key=${`${n} ${text}`}><span>${text}</span><button type="button" aria-label=${`Remove ${text}`}
      onClick=${() => remove(n)}><${Icon} name="cross" /></button></li>`)}</ul>`}
  </div>`;
}
