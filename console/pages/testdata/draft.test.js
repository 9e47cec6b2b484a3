import test from "node:test";
import assert from "node:assert/strict";

Object.defineProperty(globalThis, "sessionStorage", { value: { getItem: () => "token" } });

const { APIError } = await import("../api.js");
const draft = await import("../draft.js");

// conngen answers like the server: with a version of the values, and a file that may be edited.
const conngen = { values: { url: "u", token: "t" }, version: 1, changed: false, edited: false, file: "config.json", inFile: {} };

const refuse = (error) => new Response(JSON.stringify({ error }), { status: 409 });

function change(values) {
  conngen.values = values;
  conngen.version++;
}

const routes = {
  "GET /api/config": () => {},
  "PUT /api/config": ({ values, version }) => {
    if (version !== conngen.version) return refuse("another window");
    change(values);
    conngen.changed = true;
  },
  "POST /api/config/save": ({ overwrite }) => {
    if (conngen.edited && !overwrite) return refuse("edited");
    conngen.inFile = conngen.values;
    conngen.changed = conngen.edited = false;
  },
  "POST /api/config/load": () => {
    change(conngen.inFile);
    conngen.changed = conngen.edited = false;
  },
  "POST /api/config/check": () => new Response("{}"),
};

globalThis.fetch = async (path, { method, body }) => {
  const other = routes[`${method} ${path}`](body && JSON.parse(body));
  return other || new Response(JSON.stringify({ ...conngen, inFile: undefined }));
};

await draft.load([]);

test("the changes of two windows are both kept", async () => {
  change({ url: "of the other", token: "t", more: 1 });
  draft.edit({ url: "u", token: "of this one" });
  await draft.flush();
  assert.deepEqual(conngen.values, { url: "of the other", token: "of this one", more: 1 });
  assert.deepEqual(draft.currentDraft().values, conngen.values);
  assert.equal(draft.currentDraft().error, "");
});

test("what this window has removed stays removed", async () => {
  change({ ...conngen.values, url: "again" });
  const { more, ...rest } = draft.currentDraft().values;
  draft.edit(rest);
  await draft.flush();
  assert.deepEqual(conngen.values, { url: "again", token: "of this one" });
});

test("a file that was edited is taken or overwritten", async () => {
  conngen.edited = true;
  conngen.inFile = { url: "by hand" };
  await assert.rejects(draft.save(), APIError);
  assert.deepEqual(conngen.inFile, { url: "by hand" });
  await draft.refresh();
  assert.ok(draft.currentDraft().isEdited);
  await draft.takeFile();
  assert.deepEqual(draft.currentDraft().values, { url: "by hand" });
  assert.ok(!draft.currentDraft().isEdited);

  draft.edit({ url: "of the page" });
  await draft.flush();
  conngen.edited = true;
  await draft.save(true);
  assert.deepEqual(conngen.inFile, { url: "of the page" });
  assert.ok(!draft.currentDraft().isEdited && !draft.currentDraft().isChanged);
});
