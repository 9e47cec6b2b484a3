// The draft of the form and its way to conngen: it is sent while it is typed, and the connector's
// decoding checks it. Sent secrets come back as handles, which replace them.

import { useEffect, useState } from "./vendor/preact.js";
import * as api from "./api.js";
import { adopt, configOf, maskedConfig } from "./formmodel.js";

const pause = 350; // ms after the last key before the draft is sent

let value = {
  status: "loading", // loading, ready, failed
  error: "", // why it failed, or why the last change could not be sent
  values: {},
  file: "",
  isChanged: false, // against the file
  isEdited: false, // the file was edited meanwhile
  isSending: false,
  check: null, // the last answer of /api/config/check
  checkError: "",
  touched: new Set(), // keys of items that have lost the focus
  base: { description: "", owner: "", group: "" }, // ISC's own fields of a source
};
const listeners = new Set();

function set(change) {
  value = { ...value, ...change };
  for (const listener of [...listeners]) listener();
}

export const currentDraft = () => value;

export function useDraft() {
  const [, draw] = useState(0);
  useEffect(() => {
    const listener = () => draw((n) => n + 1);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, []);
  return value;
}

let scope = [];
let timer = 0;
let sending = null; // the pending request
let typing; // the text being typed, which becomes a handle only on leaving it
let isHeld = false; // whether conngen has a handle for it
let edits = 0;
let wasRead = ""; // the last values read, as JSON
let version; // of these values
let isSent = true; // whether conngen has the form's config

const isIdle = () => !timer && !sending;

// load reads conngen's config, and has the connector check it. A new source, one without any value,
// gets the initial values at once, as in ISC.
export async function load(newScope) {
  scope = newScope;
  try {
    await read();
    if (!isSent && wasRead === "{}") later();
    else if (isIdle()) await check();
  } catch (err) {
    set(value.status === "ready" ? { error: err.message } : { status: "failed", error: err.message });
  }
}

// refresh checks whether the config has changed outside the form, for example in its file.
export async function refresh() {
  if (value.status === "failed") await load(scope);
  if (value.status !== "ready" || !isIdle()) return;
  try {
    if (await read()) await check();
  } catch { /* the page shows the lost connection, and the next state retries */ }
}

// read takes over conngen's config, and reports whether it has changed. While a change is being
// sent, the form is newer and stays.
async function read() {
  const edit = edits;
  const config = await api.get("/api/config");
  if (!isIdle() || edits !== edit) return false;
  const before = wasRead;
  took(config);
  const isNew = wasRead !== before;
  if (isNew) set({ values: config.values ?? {} });
  set({ status: "ready", error: "" });
  isSent = isSame(config.values, configOf(scope, value.values));
  return isNew;
}

// took records conngen's config.
function took(config) {
  wasRead = JSON.stringify(config.values ?? {});
  version = config.version;
  set({ file: config.file ?? "", isChanged: config.changed, isEdited: config.edited });
}

const shownText = (config) => JSON.stringify(Object.entries(maskedConfig(scope, config ?? {})).sort(([a], [b]) => (a < b ? -1 : 1)));

const isSame = (a, b) => shownText(a) === shownText(b);

// edit replaces the draft; it is sent unless another change follows at once.
export function edit(values) {
  edits++;
  isSent = false;
  set({ values });
  later();
}

function later() {
  clearTimeout(timer);
  timer = setTimeout(() => {
    timer = 0;
    send();
  }, pause);
}

async function send() {
  if (sending) return later();
  const sent = configOf(scope, value.values);
  isSent = true;
  set({ isSending: true });
  sending = api.put("/api/config", { values: sent, version });
  try {
    const config = await sending;
    took(config);
    set({ values: adopt(value.values, sent, config.values, hold), error: "" });
  } catch (err) {
    isSent = false;
    set({ error: err.status === 409 ? await rebase().then(() => "", (other) => other.message) : err.message });
  }
  sending = null;
  set({ isSending: Boolean(timer) });
  if (!timer) await check();
}

// rebase applies the changes of this window to the new config from another window or the file.
async function rebase() {
  const base = JSON.parse(wasRead || "{}");
  const config = await api.get("/api/config");
  const values = { ...config.values };
  for (const [key, now] of Object.entries({ ...base, ...value.values })) {
    if (JSON.stringify(value.values[key]) === JSON.stringify(base[key])) continue;
    if (key in value.values) values[key] = now;
    else delete values[key];
  }
  took(config);
  set({ values });
  later();
}

// flush sends unsent changes, and returns once conngen has them.
export async function flush() {
  clearTimeout(timer);
  timer = 0;
  await sending?.catch(() => {});
  for (let tries = 0; !isSent && (tries === 0 || !value.error) && tries < 3; tries++) {
    clearTimeout(timer);
    timer = 0;
    await send();
  }
  if (value.error) throw new Error(value.error);
}

let asked = 0;

export async function check() {
  const turn = ++asked;
  try {
    const answer = await api.post("/api/config/check", { values: configOf(scope, value.values) });
    if (turn === asked) set({ check: answer, checkError: "" });
  } catch (err) {
    if (turn === asked) set({ check: null, checkError: err.message });
  }
}

export async function save(overwrite) {
  await flush();
  took(await api.post("/api/config/save", { file: value.file || "config.json", overwrite }));
}

// takeFile replaces the form's values with those of the file.
export async function takeFile() {
  clearTimeout(timer);
  timer = 0;
  await sending?.catch(() => {});
  await api.post("/api/config/load");
  await read();
}

function hold(text) {
  isHeld ||= text === typing;
  return text === typing;
}

// typingText names the text being typed. Without one, a held-back text is sent again, and its
// handle replaces it.
export function typingText(text) {
  typing = text;
  if (text !== undefined || !isHeld) return;
  isHeld = false;
  later();
}

// touch records that the user left an item, after which the form shows its errors.
export function touch(key) {
  if (!value.touched.has(key)) set({ touched: new Set(value.touched).add(key) });
}

export function editBase(name, text) {
  set({ base: { ...value.base, [name]: text } });
}
