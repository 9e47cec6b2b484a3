// What the pages do with recorded calls: run one, wait for it, find its rows and its input.

import { get, post, query, APIError } from "./api.js";
import { addCalls, lastCall, newestFirst, current, onChange } from "./store.js";

export const run = (command, input = {}) => begun("/api/calls", { command, input });

export const replay = (id) => begun(`/api/calls/${id}/replay`);

async function begun(path, body) {
  const call = await post(path, body);
  addCalls([call]);
  return call;
}

// finished promises the call once it no longer runs.
export function finished(id) {
  return new Promise((done) => {
    const look = () => {
      const call = current().calls.get(id);
      if (!call || call.state === "running") return;
      stop();
      done(call);
    };
    const stop = onChange(look);
    look();
  });
}

const kept = new Map();

// once caches the promise of something that does not change, and drops it if it fails.
function once(key, make) {
  if (!kept.has(key)) {
    kept.set(key, make());
    kept.get(key).catch(() => kept.delete(key));
  }
  return kept.get(key);
}

export const requestOf = (id) => once(`request ${id}`, async () => (await get(`/api/calls/${id}`)).request);

export const makeView = (id, view = {}, signal) => post(`/api/calls/${id}/views`, view, signal);

export const rows = (id, view, from, count, signal) => get(`/api/calls/${id}/rows${query({ view, from: String(from), count })}`, signal);

const plainView = (id) => once(`view ${id}`, async () => (await makeView(id)).view);

// plainRow promises one row. The server caches few views, so the call's may have to be made again.
async function plainRow(id, at) {
  let answer;
  try {
    answer = await rows(id, await plainView(id), at, 1);
  } catch (err) {
    if (err.status !== 404) throw err;
    kept.delete(`view ${id}`);
    answer = await rows(id, await plainView(id), at, 1);
  }
  return { row: answer.rows[0], total: answer.total };
}

// rowOfLine promises the row in line n. Rows are requested by their index, which is lower than
// their line if states and keep-alives come between them.
export async function rowOfLine(id, n) {
  let low = 0, high = Math.max(0, n - 1);
  for (let at = high; low <= high; at = (low + high) >> 1) {
    const { row, total } = await plainRow(id, at);
    if (row && row.n === n) return row;
    if (!row) high = Math.min(at, total) - 1;
    else if (row.n < n) low = at + 1;
    else high = at - 1;
  }
  return null;
}

export const firstRow = async (id) => (await plainRow(id, 0)).row || null;

// stateOf promises the state that a line of a call saved, or its last one: n is its line, 0 for none.
export const stateOf = (id, line) => get(`/api/calls/${id}/state${query({ line })}`);

// findRow promises the row of an account or entitlement, or null if the call has none.
export async function findRow(id, identity) {
  try {
    const { n } = await get(`/api/calls/${id}/find${query({ identity })}`);
    return n ? await rowOfLine(id, n) : null;
  } catch (err) {
    if (err instanceof APIError && err.status >= 400 && err.status < 500) return null;
    throw err;
  }
}

// entitlementList is the newest list of a type that has rows.
export const entitlementList = (type) => lastCall((one) => one.command === "std:entitlement:list" && one.type === type && one.outputs > 0);

export const accountList = (calls) => lastCall((one) => one.command === "std:account:list" && one.outputs > 0, calls);

const looked = 12;

// before promises the account in the newest recording before a call.
export async function before(call, identity) {
  const earlier = newestFirst(current().calls).filter((one) => one.id < call.id && one.outputs > 0 && /^std:account:(list|read|create|update|enable|disable|unlock)$/.test(one.command));
  for (const one of earlier.slice(0, looked)) {
    const row = await findRow(one.id, identity);
    if (row?.data?.attributes) return { call: one, row };
  }
  return null;
}

// download fetches a ticket and lets the browser save its file.
export async function download(id, view, format) {
  const { url } = await post(`/api/calls/${id}/tickets`, { view, format });
  const link = document.createElement("a");
  link.href = url;
  link.download = `call-${id}.${format}`;
  document.body.append(link);
  link.click();
  link.remove();
}
