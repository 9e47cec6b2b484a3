// Data shared by all pages: the state of the loop, the spec, the calls, the problems and the last
// log lines.

import { useEffect, useRef, useState } from "./vendor/preact.js";
import * as api from "./api.js";

const keptLogs = 1000;

let value = {
  link: "connecting", // connecting, live, lost, refused
  state: null,
  spec: null, // the answer of /api/spec
  specError: "",
  calls: new Map(), // id → Call
  problems: { groups: [] },
  logs: [],
};
const listeners = new Set();

export const current = () => value;

let told = 0;

// set notifies the listeners at most about 30 times a second, however fast a connector streams.
function set(change) {
  value = { ...value, ...change };
  told ||= setTimeout(() => {
    told = 0;
    for (const listener of [...listeners]) listener();
  }, 30);
}

export function onChange(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

// useStore returns pick's value from the store and redraws the component when it changes. pick must
// return an existing value of the store: a newly made list would differ each time.
export function useStore(pick) {
  const [, draw] = useState(0);
  const held = useRef();
  held.current = { pick, picked: pick(value) };
  useEffect(() => {
    const listener = () => {
      if (held.current.pick(value) !== held.current.picked) draw((n) => n + 1);
    };
    listener();
    return onChange(listener);
  }, []);
  return held.current.picked;
}

// addCalls adds calls from the server; the answer of a request can arrive after a newer event.
export function addCalls(list) {
  const calls = new Map(value.calls);
  for (const call of list) {
    const known = calls.get(call.id);
    if (!known || known.state === "running" || call.state !== "running") calls.set(call.id, call);
  }
  set({ calls });
}

export const newestFirst = (calls) => [...calls.values()].sort((a, b) => b.id - a.id);

export function lastCall(accept, calls = value.calls) {
  let found = null;
  for (const call of calls.values()) {
    if ((!found || call.id > found.id) && accept(call)) found = call;
  }
  return found;
}

let specTurn = 0;

// loadSpec requests the spec of a run. If that fails, it is requested again when the stream
// reconnects, since its first event is the state.
async function loadSpec() {
  const turn = ++specTurn;
  let change;
  try {
    change = { spec: await api.get("/api/spec"), specError: "" };
  } catch (err) {
    change = { specError: err.message };
    if (err.status === 0 && turn === specTurn) specSeen = "";
  }
  if (turn === specTurn) set(change); // otherwise a newer one is pending
}

// specRun identifies runs of the step that reads the spec; "" is a run in progress. The stream
// skips states that a newer one replaces, so the page may see no step run.
const specRun = (state) => {
  const step = state?.steps.find((one) => one.name === "validate");
  return step?.state === "running" ? "" : JSON.stringify([state?.project.specVersion, step?.state, step?.ms, step?.text, state?.connector.build]);
};

let specSeen = "";

function takeState(state) {
  set({ state });
  const run = specRun(state);
  if (!run || run === specSeen) return;
  specSeen = run;
  loadSpec();
}

const on = {
  state: takeState,
  call: (call) => addCalls([call]),
  problems: (problems) => set({ problems }),
  log: (line) => set({ logs: [...value.logs.slice(1 - keptLogs), line] }),
};

async function catchUp() {
  const { problems } = value;
  const settled = await Promise.allSettled([api.get("/api/calls"), api.get("/api/problems")]);
  if (settled[0].status === "fulfilled") addCalls(settled[0].value.calls);
  if (settled[1].status === "fulfilled" && value.problems === problems) set({ problems: settled[1].value }); // otherwise an event was newer
}

// start follows the events. After a reconnect, it requests what happened meanwhile.
export function start() {
  return api.events(
    (name, data) => on[name] && on[name](data),
    (link) => {
      set({ link });
      if (link === "live") catchUp();
    },
  );
}
