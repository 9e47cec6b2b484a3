// The HTTP API of conngen dev: the token of the run, requests, and the stream of events.

import { sentence } from "./values.js";

const tokenKey = "conngen-token";

// takeToken moves the token from the fragment of the printed URL to the session and out of the
// address, so it is in no history entry and no copied link.
export function takeToken() {
  const found = /^#token=([^&]+)(?:&to=(.*))?$/.exec(location.hash);
  if (!found) return false;
  sessionStorage.setItem(tokenKey, decodeURIComponent(found[1]));
  history.replaceState(null, "", location.pathname + "#" + (found[2] || "/overview"));
  return true;
}

export const hasToken = () => Boolean(sessionStorage.getItem(tokenKey));

// APIError is an answer without a 2xx status: its message is the server's sentence. Status 0 means
// that conngen dev did not answer at all.
export class APIError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

// refusal is the answer to a token of another run. It will not change, so nothing else is sent.
let refusal = null;

async function send(method, path, body, signal) {
  if (refusal) throw refusal;
  const headers = { "X-Conngen-Token": sessionStorage.getItem(tokenKey) || "" };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  try {
    return await fetch(path, {
      method, headers, signal, cache: "no-store", credentials: "omit",
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch (err) {
    if (err.name === "AbortError") throw err;
    throw new APIError(0, "conngen dev does not answer.");
  }
}

async function failure(response) {
  let message = `The server answered with status ${response.status}.`;
  try {
    message = sentence((await response.json()).error) || message;
  } catch { /* the answer is not JSON, and the status says enough */ }
  const err = new APIError(response.status, message);
  if (err.status === 401) refusal = err;
  return err;
}

async function request(method, path, body, signal) {
  const response = await send(method, path, body, signal);
  if (!response.ok) throw await failure(response);
  const text = await response.text();
  return text ? JSON.parse(text) : null;
}

export const get = (path, signal) => request("GET", path, undefined, signal);
export const post = (path, body = {}, signal) => request("POST", path, body, signal);
export const put = (path, body, signal) => request("PUT", path, body, signal);
export const del = (path, signal) => request("DELETE", path, undefined, signal);

// query makes a query string from the members that are set.
export function query(values) {
  const set = Object.entries(values).filter(([, v]) => v !== undefined && v !== null && v !== "" && v !== false);
  const text = new URLSearchParams(set.map(([k, v]) => [k, v === true ? "1" : String(v)])).toString();
  return text && "?" + text;
}

// sseParser returns a function that takes a stream piece by piece and calls onEvent with the name
// and data of each complete event.
export function sseParser(onEvent) {
  let rest = "", name = "", data = [];
  const line = (text) => {
    if (text === "") {
      if (data.length) onEvent(name || "message", data.join("\n"));
      name = "";
      data = [];
      return;
    }
    const colon = text.indexOf(":");
    if (colon === 0) return;
    const field = colon < 0 ? text : text.slice(0, colon);
    const value = colon < 0 ? "" : text.slice(colon + 1).replace(/^ /, "");
    if (field === "event") name = value;
    if (field === "data") data.push(value);
  };
  return (piece) => {
    const lines = (rest + piece).split(/\r?\n/);
    rest = lines.pop();
    lines.forEach(line);
  };
}

// tryAgain ends the pause before the next attempt to connect, if there is one.
export let tryAgain = () => {};

const pauseFor = (ms) => new Promise((done) => {
  tryAgain = done;
  setTimeout(done, ms);
});

// silence is the timeout of a silent stream: conngen dev sends a comment every 15 seconds. It
// detects a stream that broke off without an end, for example while the machine slept.
const silence = 40_000;

// events follows /api/events until stop is called, and reconnects when the stream ends. onEvent
// gets (name, value); onLink gets "live", "lost" or "refused".
export function events(onEvent, onLink) {
  const control = new AbortController();
  const follow = async () => {
    const one = new AbortController();
    const response = await send("GET", "/api/events", undefined, AbortSignal.any([control.signal, one.signal]));
    if (!response.ok) throw await failure(response);
    onLink("live");
    const parse = sseParser((name, data) => onEvent(name, JSON.parse(data)));
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const timer = setTimeout(() => one.abort(), silence);
      const { done, value } = await reader.read().finally(() => clearTimeout(timer));
      if (done) return;
      parse(value);
    }
  };
  const run = async () => {
    for (let pause = 300; !control.signal.aborted; pause = Math.min(pause * 1.7, 5000)) {
      const begun = Date.now();
      try {
        await follow();
      } catch (err) {
        if (control.signal.aborted) return;
        if (err.status === 401 || err.status === 403) return onLink("refused");
      }
      onLink("lost");
      if (Date.now() - begun > 10000) pause = 300;
      await pauseFor(pause);
    }
  };
  run();
  return () => control.abort();
}
