import test from "node:test";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import {
  adopt, cardSubtitle, cardTitle, configOf, keyOf, maskedConfig, menuOf, moveElement, numberOf, pathOf, problemsOf, readForm, reviewOf, setMember,
  shownValue, visibleItems,
} from "../formmodel.js";

const formOf = (items, more = {}, secrets = []) =>
  readForm({ sourceConfig: [{ type: "menu", label: "Menu", items: [{ type: "section", items }] }], ...more }, secrets);

const item = (key, type = "text", more = {}) => ({ key, label: key.toUpperCase(), type, ...more });

const visibleKeys = (form, values) => [...visibleItems(form.scope, values)].map((i) => i.key);

const messages = (form, values) => problemsOf(form.scope, values).map((p) => `${keyOf(p.path)} ${p.message}`);

test("menus, sections and items in all the shapes that specs have", () => {
  const form = readForm({
    sourceConfig: [
      item("flat"),
      { type: "section", sectionTitle: "Loose", items: [item("loose")] },
      { type: "menu", label: "Höhe & more", items: [item("direct"), { type: "section", sectionTitle: "S", items: [item("inner"), { type: "section", sectionTitle: "T", items: [item("deep")] }] }, { type: "menu", label: "Höhe & more", items: [item("nested")] }] },
      { type: "menu", label: "Review and Test", items: null },
      { name: "odd", sections: [] }, 5, { type: "text", label: "No key" },
    ],
  });
  assert.deepEqual(form.menus.map((m) => [m.id, m.sections.map((s) => [s.title, s.items.map((i) => i.key ?? i.fault)])]), [
    ["configuration", [["", ["flat"]], ["Loose", ["loose"]]]],
    ["höhe-more", [["", ["direct"]], ["S", ["inner"]], ["T", ["deep"]]]],
    ["höhe-more-2", [["", ["nested"]]]],
    ["review-and-test-2", []],
    ["configuration-2", [["", [
      'The entry "odd" has no "type", so ISC cannot show it.', "This entry of the spec is not an object.", 'The item "No key" has no "key", so its value cannot reach the connector.']]]],
  ]);
  assert.deepEqual(form.scope.map((i) => i.key), ["flat", "loose", "direct", "inner", "deep", "nested"]);
});

test("a spec that is not one gives an empty form", () => {
  for (const spec of [{}, { sourceConfig: null }, { sourceConfig: {} }, { sourceConfig: [null, []] }, { sourceConfigInitialValues: [] }]) {
    assert.deepEqual(readForm(spec).scope, []);
  }
});

test("conditions hold in chains, hide in circles, and know boxes that are not set", () => {
  const form = formOf([
    item("mode", "radio", { options: [{ label: "A", value: "a" }, { label: "B", value: "b" }] }),
    item("box", "checkbox", { parentKey: "mode", parentValue: "a" }),
    item("inner", "text", { parentKey: "box", parentValue: "true" }),
    item("unset", "text", { parentKey: "box", parentValue: "false" }),
    item("x", "text", { parentKey: "y", parentValue: "" }),
    item("y", "text", { parentKey: "x", parentValue: "" }),
    item("self", "text", { parentKey: "self", parentValue: "" }),
    item("outside", "text", { parentKey: "platform", parentValue: "1" }),
  ]);
  assert.deepEqual(visibleKeys(form, {}), ["mode"]);
  assert.deepEqual(visibleKeys(form, { mode: "a" }), ["mode", "box", "unset"]);
  assert.deepEqual(visibleKeys(form, { mode: "a", box: true }), ["mode", "box", "inner"]);
  assert.deepEqual(visibleKeys(form, { mode: "a", box: "true" }), ["mode", "box", "inner"]);
  assert.deepEqual(visibleKeys(form, { mode: "b", box: true, inner: "left" }), ["mode"]);
  assert.deepEqual(visibleKeys(form, { platform: 1 }), ["mode", "outside"]);
});

test("a condition looks at an initial value, and not at one that was cleared", () => {
  const form = formOf([item("a", "select", { options: [{ label: "X", value: "x" }] }), item("b", "text", { parentKey: "a", parentValue: "x" })], { sourceConfigInitialValues: { a: "x" } });
  assert.deepEqual(visibleKeys(form, {}), ["a", "b"]);
  assert.deepEqual(visibleKeys(form, { a: "" }), ["a"]);
});

test("of alternatives the visible one counts", () => {
  const form = formOf([
    item("mode"),
    item("route", "url", { required: true, parentKey: "mode", parentValue: "proxy" }),
    item("route", "text", { required: true, parentKey: "mode", parentValue: "gateway" }),
    item("more", "text", { parentKey: "route", parentValue: "r" }),
  ]);
  assert.deepEqual(configOf(form.scope, { mode: "gateway", route: "r" }), { mode: "gateway", route: "r" });
  assert.deepEqual(messages(form, { mode: "gateway", route: "r" }), []);
  assert.deepEqual(messages(form, { mode: "proxy", route: "r" }), ["route must be a URL such as https://example.com"]);
  assert.deepEqual(configOf(form.scope, { mode: "", route: "r", more: "m" }), { mode: "" });
});

test("the config has the types that ISC delivers", () => {
  const form = formOf([
    item("t"), item("n", "number"), item("big", "number"), item("word", "number"), item("c", "checkbox"), item("l", "list"),
    item("kv", "keyValue", { keyValueKey: { key: "name", label: "Name" }, keyValueValue: { key: "query", label: "Query" } }),
    item("o", "select", { options: [{ label: "One", value: 1 }] }),
  ], { sourceConfigInitialValues: { n: "25", c: "true", l: "one", o: 1 } });
  assert.deepEqual(configOf(form.scope, {}), { n: 25, c: true, l: ["one"], o: "1" });
  assert.deepEqual(
    configOf(form.scope, { t: "", n: " 1.50 ", big: "9007199254740993", word: "many", c: false, l: [], kv: [{ name: "a" }, {}, { name: "", query: "" }], o: "1" }),
    { t: "", n: 1.5, big: "9007199254740993", word: "many", c: false, l: [], kv: [{ name: "a" }], o: "1" });
});

test("hidden items are not sent, keys of no item are", () => {
  const form = formOf([item("a", "checkbox"), item("b", "text", { parentKey: "a", parentValue: "true" })]);
  assert.deepEqual(configOf(form.scope, { b: "kept", spConnEnableStatefulCommands: true, a: false }), { a: false, spConnEnableStatefulCommands: true });
  assert.deepEqual(configOf(form.scope, { b: "kept", a: true }), { a: true, b: "kept" });
});

test("keys that objects have of themselves are keys like others", () => {
  const form = formOf([item("constructor"), item("toString", "text", { parentKey: "constructor", parentValue: "" }), item("__proto__")]);
  assert.deepEqual(visibleKeys(form, {}), ["constructor", "toString", "__proto__"]);
  const values = setMember({}, "__proto__", "x");
  assert.equal(JSON.stringify(configOf(form.scope, values)), '{"__proto__":"x"}');
  assert.equal(JSON.stringify(setMember(values, "__proto__", undefined)), "{}");
});

const cards = {
  subMenus: [
    { label: "One", items: [item("name", "text", { required: true }), item("on", "toggle", { value: "true" })] },
    { label: "Two", items: [item("seats", "number", { min: "1", value: "25", parentKey: "on", parentValue: "true" }), item("pw", "secret")] },
  ],
  titleKey: "name", subtitleKey: "seats", indexKey: "position", copyButton: true, dragNDropEnabled: "true",
};

test("cards are scopes of their own, with first values and positions", () => {
  const form = formOf([item("on", "toggle"), item("rules", "cardList", cards)]);
  const { card } = form.scope[1];
  assert.equal(card.canMove && card.canCopy && card.canAdd && card.canEdit && card.canDelete, true);
  assert.equal(card.buttonLabel, "Add");
  const values = { rules: [{ name: "first" }, { name: "second", on: false, id: "ISC's own" }] };
  assert.deepEqual(configOf(form.scope, values), {
    rules: [{ name: "first", on: true, seats: 25, position: 0 }, { name: "second", on: false, id: "ISC's own", position: 1 }],
  });
  assert.deepEqual(messages(form, { rules: [{}, { name: "x", seats: "0" }] }), ["rules[0].name is required", "rules[1].seats must be at least 1"]);
  assert.equal(cardTitle(card, { name: "first" }, 0), "first");
  assert.equal(cardTitle(card, {}, 1), "Card 2");
  assert.equal(cardSubtitle(card, {}), "25");
});

test("what is wrong with values", () => {
  const form = formOf([
    item("r", "text", { required: true }), item("n", "number", { min: "1", max: 10 }), item("u", "url"), item("m", "text", { maxlength: "3" }),
    item("o", "radio", { options: [{ label: "A", value: "a" }] }), item("box", "checkbox", { required: true }), item("l", "list", { required: true }),
    item("kv", "keyValue", { keyValueKey: { key: "key", label: "Key", required: true, maxlength: 2 }, keyValueValue: { key: "value", label: "Value" } }),
  ]);
  assert.deepEqual(messages(form, {}), ["r is required", "l is required"]);
  assert.deepEqual(messages(form, { r: "x", l: ["a"], n: "ten", u: "example.com", m: "abcd", o: "b", kv: [{ value: "v" }, {}, { key: "abc" }] }), [
    "n must be a number", "u must be a URL such as https://example.com", "m must have at most 3 characters", "o is not one of the options",
    'kv lacks "Key" in row 1', 'kv has more than 2 characters in "Key" of row 3',
  ]);
  assert.deepEqual(messages(form, { r: "x", l: ["a"], n: "11", u: "https:example" }), ["n must be at most 10", "u must be a URL such as https://example.com"]);
  assert.deepEqual(messages(form, { r: "x", l: ["a"], n: 10, u: "https://example.com/a?b" }), []);
});

test("numbers are exact or stay texts", () => {
  for (const [text, want] of [["1", 1], ["-2.5", -2.5], ["1e3", 1000], [" 7 ", 7], [".5", 0.5], ["9007199254740991", 9007199254740991], ["9007199254740993", "9007199254740993"], ["0x10", "0x10"], ["", ""], ["1e999", "1e999"], ["Infinity", "Infinity"], [true, true]]) {
    assert.equal(numberOf(text), want, text);
  }
});

const handle = { $secret: "h1" };

test("secrets are masked wherever the config is shown", () => {
  const form = formOf([
    item("s", "secret"), item("token"), item("t"), item("rules", "cardList", cards),
    item("kv", "keyValue", { keyValueKey: { key: "k", label: "K" }, keyValueValue: { key: "v", label: "V", type: "secret" } }),
  ], { sourceConfigInitialValues: { s: "from the spec" } }, ["token"]);
  const values = { s: "marker", token: "marker", t: "shown", rules: [{ name: "n", pw: "marker" }], kv: [{ k: "k", v: "marker" }], other: { deep: [handle] } };
  const text = JSON.stringify(maskedConfig(form.scope, configOf(form.scope, values)));
  assert.ok(!text.includes("marker") && !text.includes("$secret"), text);
  assert.ok(text.includes("shown"));
  assert.ok(!JSON.stringify(reviewOf(form, values)).includes("marker"));
  assert.equal(shownValue(form.scope[0], handle), "••••••");
  assert.deepEqual(configOf(form.scope, {}), {}, "the page has no initial value of a secret");
});

test("a secret that the spec gives is not missing", () => {
  const form = formOf([item("s", "secret", { required: true })], { sourceConfigInitialValues: { s: "••••••" } });
  assert.deepEqual(messages(form, {}), []);
  assert.deepEqual(messages(form, { s: "" }), ["s is required"]);
  assert.deepEqual(messages(form, { s: handle }), []);
});

test("handles take the place of what was sent, and of nothing else", () => {
  const sent = { a: "one", b: "two", list: [{ pw: "x" }, { pw: "y" }], gone: "z" };
  const received = { a: handle, b: handle, list: [{ pw: handle }, { pw: handle }], gone: handle };
  const draft = { a: "one", b: "changed since", list: [{ pw: "x" }, { pw: "being typed" }], extra: 1 };
  assert.deepEqual(adopt(draft, sent, received), { a: handle, b: "changed since", list: [{ pw: handle }, { pw: "being typed" }], extra: 1 });
  assert.equal(adopt(draft, sent, { a: "one" }), draft);
  assert.equal(adopt("one", "one", handle, (v) => v === "one"), "one");
  assert.deepEqual(adopt({ list: [{ pw: "x" }] }, sent, received), { list: [{ pw: "x" }] }, "a list that has changed its length keeps its texts");
});

test("paths are found from the keys of the decoding, whatever keys are like", () => {
  const form = formOf([item("a.b"), item("a"), item("rules", "cardList", cards), item("rules[0]"), item("odd[x", "cardList", { subMenus: [{ label: "P", items: [item("c.d")] }] })]);
  for (const [key, want] of [["a.b", ["a.b"]], ["rules", ["rules"]], ["rules[0]", ["rules[0]"]], ["rules[1]", ["rules", 1]], ["rules[12].seats", ["rules", 12, "seats"]], ["odd[x[3].c.d", ["odd[x", 3, "c.d"]], ["none", undefined], ["rules[1].none", undefined]]) {
    assert.deepEqual(pathOf(form.scope, key), want, key);
    if (want) assert.equal(keyOf(want), key);
  }
  assert.equal(menuOf(form, ["rules", 1, "seats"], {}).id, "menu");
});

test("elements move within their list", () => {
  assert.deepEqual(moveElement(["a", "b", "c"], 0, 2), ["b", "c", "a"]);
  assert.deepEqual(moveElement(["a", "b", "c"], 2, 0), ["c", "a", "b"]);
  assert.deepEqual(moveElement(["a", "b"], 0, 2), ["a", "b"]);
});

test("the review has the visible items of each menu", () => {
  const form = formOf([item("on", "toggle"), item("deep", "text", { parentKey: "on", parentValue: "true" }), item("o", "select", { options: [{ label: "One", value: "1" }] }), item("l", "list"), item("rules", "cardList", cards)]);
  const values = { on: false, deep: "x", o: "1", l: ["a", "b"], rules: [{ name: "first" }, {}] };
  assert.deepEqual(reviewOf(form, values)[0].rows, [["ON", "No"], ["O", "One"], ["L", "a, b"], ["RULES", "first, Card 2"]]);
});

// Generated connectors decode the same spec by the same rules: its golden package has an item of
// each type.
test("the golden spec of item types", () => {
  const spec = JSON.parse(readFileSync(new URL("../../../golden/config-types/connector-spec.json", import.meta.url)));
  const form = readForm(spec, ["apiToken", "signature", "certificate", "private.key", "tokens", "password"]);
  assert.equal(form.scope.length, 16);
  assert.deepEqual(configOf(form.scope, {}), { pageSize: 250 });
  assert.deepEqual(messages(form, { mode: "proxy" }), ["address is required", "apiToken is required", "threshold is required", "retries is required", "route is required"]);
});

test("a text that has become a handle stays one, in a list too", () => {
  const form = formOf([item("u", "url", { required: true }), item("l", "list")], {}, ["u", "l"]);
  const values = { u: handle, l: ["a", handle] };
  assert.deepEqual(configOf(form.scope, values), values);
  assert.deepEqual(messages(form, values), []);
  assert.deepEqual(reviewOf(form, values)[0].rows, [["U", "••••••"], ["L", "a, ••••••"]]);
  assert.deepEqual(form.scope.map((i) => i.isSecret), [false, false], "a key alone makes no URL or list secret");
});
