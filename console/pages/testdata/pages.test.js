import test from "node:test";
import assert from "node:assert/strict";

Object.defineProperty(globalThis, "sessionStorage", { value: { getItem: () => "token" } });

const { APIError, get, query, sseParser } = await import("../api.js");
const { findRow, rowOfLine } = await import("../calls.js");
const { track, within } = await import("../grid.js");
const { href } = await import("../route.js");
const { at, differences, entitlementType, identityOf, label, sentence } = await import("../values.js");

// answer makes fetch answer with the result of of(url, method): [status, body].
function answer(of) {
  globalThis.fetch = async (url, { method }) => {
    const [status, body] = of(new URL(url, "http://h"), method);
    return new Response(typeof body === "string" ? body : JSON.stringify(body), { status });
  };
}

test("events are read however the stream is cut", () => {
  const text = "event: state\r\ndata: {\"a\":1}\r\n\r\n: keep-alive\n\nevent: log\ndata: one\ndata: two\n\ndata:bare\n\nid: 7\n\n";
  const want = [["state", "{\"a\":1}"], ["log", "one\ntwo"], ["message", "bare"]];
  for (const size of [1, 2, 5, text.length]) {
    const got = [];
    const parse = sseParser((name, data) => got.push([name, data]));
    for (let n = 0; n < text.length; n += size) parse(text.slice(n, n + size));
    assert.deepEqual(got, want, `pieces of ${size}`);
  }
});

test("an event that is not complete is not told", () => {
  const got = [];
  sseParser((name) => got.push(name))("event: state\ndata: 1\n");
  assert.deepEqual(got, []);
});

test("errors carry the server's sentence, or the status", async () => {
  answer(() => [404, { error: "there is no such call" }]);
  await assert.rejects(get("/api/calls/1"), new APIError(404, "There is no such call."));
  answer(() => [502, "<html>"]);
  await assert.rejects(get("/api/calls/1"), new APIError(502, "The server answered with status 502."));
});

test("nothing is sent once the token of another run is refused", async () => {
  const api = await import("../api.js?refused");
  answer(() => [401, { error: "the token of this run is missing" }]);
  await assert.rejects(api.get("/api/calls/1"), new api.APIError(401, "The token of this run is missing."));
  let sent = 0;
  globalThis.fetch = async () => void sent++;
  await assert.rejects(api.post("/api/rebuild"), new api.APIError(401, "The token of this run is missing."));
  assert.equal(sent, 0);
});

test("the stream of events connects again until its token is refused", async () => {
  const api = await import("../api.js?events");
  const attempts = [
    () => { throw new TypeError("Failed to fetch"); },
    () => new Response("event: state\ndata: 1\n\n"),
    () => new Response("{}", { status: 401 }),
  ];
  globalThis.fetch = async () => attempts.shift()();
  const links = [], got = [];
  await new Promise((done) => {
    api.events((...event) => got.push(event), (link) => {
      links.push(link);
      if (link === "lost") setTimeout(() => api.tryAgain());
      if (link === "refused") done();
    });
  });
  assert.deepEqual(links, ["lost", "live", "lost", "refused"]);
  assert.deepEqual(got, [["state", 1]]);
  assert.equal(attempts.length, 0);
});

test("addresses leave out what is not set", () => {
  assert.equal(query({ a: "", b: 0, c: true, d: false, e: undefined, f: "x&y" }), "?b=0&c=1&f=x%26y");
  assert.equal(href("results", [3], { sort: "a b", desc: "" }), "#/results/3?sort=a+b");
  assert.equal(href("commands", ["std:account:list"]), "#/commands/std%3Aaccount%3Alist");
});

test("a short table and its track are the same", () => {
  const way = track(1000, 600);
  assert.equal(way.length, 30_000);
  for (const top of [0, 1, 12_345, way.maxTop]) assert.equal(way.toAt(top), top);
});

for (const rows of [266_667, 1_000_000, 20_000_000]) {
  test(`${rows} rows have a track that browsers can draw, with both ends`, () => {
    const height = 600, way = track(rows, height);
    assert.ok(way.length <= 8_000_000);
    assert.equal(way.toTop(0), 0);
    assert.equal(way.toTop(way.length - height), way.maxTop);
    assert.equal(way.maxTop, rows * 30 - height);
    let last = -1;
    for (let n = 0; n <= 1000; n++) {
      const place = way.length === 0 ? 0 : (way.length - height) * n / 1000;
      const top = way.toTop(place);
      assert.ok(top > last, "rises");
      assert.ok(Math.abs(way.toAt(top) - place) < 1e-3, "and back");
      last = top;
    }
    assert.equal(way.toTop(150_000), 150_000, "near the beginning a pixel is a pixel");
  });
}

test("the columns that are seen are found with where they begin", () => {
  const columns = Array.from({ length: 500 }, () => ({ width: 100 }));
  assert.deepEqual(within(columns, { left: 0, right: 1000 }), { from: 0, to: 10, start: 0, width: 1000, all: 50_000 });
  assert.deepEqual(within(columns, { left: 240, right: 720 }), { from: 2, to: 8, start: 200, width: 600, all: 50_000 });
  assert.deepEqual(within(columns, { left: 49_950, right: 60_000 }), { from: 499, to: 500, start: 49_900, width: 100, all: 50_000 });
  assert.deepEqual(within([], { left: 0, right: 10 }), { from: 0, to: 0, start: 0, width: 0, all: 0 });
});

test("a row is found by its line, whatever stands between the rows", async () => {
  const lines = [2, 3, 4, 9, 10, 40, 41, 100];
  let asked = 0;
  answer((url, method) => {
    if (method === "POST") return [200, { view: "1", total: lines.length, columns: [] }];
    asked++;
    const from = Number(url.searchParams.get("from"));
    return [200, { total: lines.length, rows: lines.slice(from, from + 1).map((n) => ({ n, data: {}, marks: [] })) }];
  });
  for (const n of lines) assert.equal((await rowOfLine(7, n)).n, n);
  for (const n of [1, 5, 39, 101, 5000]) assert.equal(await rowOfLine(7, n), null, `line ${n}`);
  assert.ok(asked < 13 * 16, `${asked} requests`);
});

test("a view that the server no longer keeps is made again", async () => {
  let made = 0;
  answer((url, method) => {
    if (method === "POST") return [200, { view: String(++made), total: 1, columns: [] }];
    if (url.searchParams.get("view") === "1") return [404, { error: "there is no such view" }];
    return [200, { total: 1, rows: [{ n: 1, data: {}, marks: [] }] }];
  });
  assert.equal((await rowOfLine(8, 1)).n, 1);
  assert.equal(made, 2);
});

test("a call without the row is no error, and a server that fails is", async () => {
  for (const found of [[200, { n: 0 }], [404, { error: "the call is gone" }]]) {
    answer(() => found);
    assert.equal(await findRow(9, "x"), null);
  }
  answer(() => [500, { error: "no" }]);
  await assert.rejects(findRow(9, "x"), APIError);
});

test("values come from the object itself alone", () => {
  const data = JSON.parse('{"attributes":{"a.b":1,"__proto__":"own"},"list":[1]}');
  assert.equal(at(data, ["attributes", "a.b"]), 1);
  assert.equal(at(data, ["attributes", "__proto__"]), "own");
  assert.equal(at(data, ["attributes", "toString"]), undefined);
  assert.equal(at(data, ["missing", "x"]), undefined);
  assert.equal(at(null, ["x"]), undefined);
});

test("differences compare attributes and flags, and leave the key out", () => {
  const was = { key: { simple: { id: "1" } }, disabled: false, attributes: { a: ["x"], b: 1, c: null } };
  const is = { key: { simple: { id: "2" } }, disabled: true, attributes: { a: ["x"], b: "1" } };
  assert.deepEqual(differences(was, is).filter((one) => one.changed).map((one) => one.name), ["disabled", "b"]);
});

test("names that cannot be seen are quoted", () => {
  assert.equal(label("a b"), "a b");
  for (const name of ["", " ", "\u200b", " a", "a\n"]) assert.equal(label(name), JSON.stringify(name));
});

test("messages are sentences", () => {
  assert.equal(sentence("it failed"), "It failed.");
  assert.equal(sentence("Why?"), "Why?");
  assert.equal(sentence("client.go:4:2: undefined: x"), "client.go:4:2: undefined: x.");
  assert.equal(sentence("std:spec:read answered"), "std:spec:read answered.");
  assert.equal(sentence(undefined), undefined);
});

test("an entitlement attribute without a type names groups", () => {
  assert.equal(entitlementType({ entitlement: true }), "group");
  assert.equal(entitlementType({ entitlement: true, schemaObjectType: "role" }), "role");
  assert.equal(entitlementType({ schemaObjectType: "role" }), "");
});

test("an object is known by the ID in its key first, as conngen finds it", () => {
  assert.equal(identityOf({ identity: "ada", key: { simple: { id: "k1" } } }), "k1");
  assert.equal(identityOf({ identity: "ada", key: { compound: { lookupId: "l", uniqueId: "u" } } }), "l");
  assert.equal(identityOf({ identity: "ada", key: {} }), "ada");
  assert.equal(identityOf(null), "");
});
