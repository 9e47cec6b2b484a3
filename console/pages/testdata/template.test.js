import test from "node:test";
import assert from "node:assert/strict";
import { createInput, fill, labelOf, maskedInput, newPassword, readTemplate, sampleIdentity, uniqueID } from "../template.js";

const from = (type, attributes) => ({ type, attributes });
const idOf = (template, more = {}) => from("generator", { name: "Create Unique Account ID", template, ...more });

const spec = (fields, attributes = []) => ({ accountSchema: { identityAttribute: "login", attributes }, accountCreateTemplate: { fields } });

const field = (key, type, initialValue, more = {}) => ({ key, label: key, type, initialValue, ...more });

const identity = [["uid", "ada.l"], ["firstname", "Ada"], ["lastname", "Lovelace"], ["age", "36"], ["isHuman", "TRUE"], ["empty", ""]].map(([name, value]) => ({ name, value }));

function filled(fields, more = {}) {
  return fill(fields, { identity, passwords: fields.map((_, i) => `password ${i}`), ...more });
}

const values = (results) => results.map((r) => r.value);

test("a spec without a template has no fields", () => {
  for (const s of [{}, { accountCreateTemplate: null }, { accountCreateTemplate: {} }]) assert.equal(readTemplate(s), undefined);
  assert.deepEqual(readTemplate(spec([])), []);
});

test("identity attributes come in the type of the field", () => {
  const fields = readTemplate(spec([
    field("a", "string", from("identityAttribute", { name: "age" })),
    field("b", "int", from("identityAttribute", { name: "age" })),
    field("c", "boolean", from("identityAttribute", { name: "isHuman" })),
    field("d", "array", from("identityAttribute", { name: "age" })),
    field("e", "string", from("identityAttribute", { name: "firstname" }), { isMultiValued: true }),
    field("f", "string", from("identityAttribute", { name: "age" })),
    field("g", "string", from("identityAttribute", { name: "empty" })),
    { name: "old", label: "Old", type: "string", identityAttribute: "uid" },
  ], [{ name: "f", type: "long", multi: true }]));
  assert.deepEqual(values(filled(fields)), ["36", 36, true, ["36"], ["Ada"], [36], undefined, "ada.l"]);
});

test("static values", () => {
  const fields = readTemplate(spec([
    field("a", "string", from("static", { value: "$identity.getName()" })),
    field("b", "string", from("static", { value: "x-$(firstname)" })),
    field("c", "boolean", from("static", { value: false })),
    field("d", "int", from("static", { value: "0" })),
    field("e", "string", from("static", { value: "" })),
    field("f", "string", from("static", { value: '$identity.getAttribute("lastname")' })),
    field("g", "string", from("static", { value: "#set($x = 1)$x" })),
    field("h", "string", from("static", { value: "costs $5" })),
    field("i", "string", from("static", { value: "$(none)!" })),
    field("j", "string", from("static", {})),
  ]));
  const results = filled(fields);
  assert.deepEqual(values(results), ["ada.l", "x-Ada", false, 0, undefined, "Lovelace", "#set($x = 1)$x", "costs $5", "!", undefined]);
  assert.equal(results[6].note, "ISC evaluates this expression. It is sent unchanged here.");
  assert.equal(results[7].note, "");
  assert.equal(results[8].note, "The identity has no none.");
});

test("a required field without a value stops the account", () => {
  const fields = readTemplate(spec([
    field("a", "string", from("identityAttribute", { name: "empty" }), { required: true }),
    field("b", "string", undefined, { required: "true" }),
    field("c", "string", from("static", { value: "" }), { required: true }),
    field("d", "string", from("generator", { name: "Something new" })),
    field("e", "string", undefined),
  ]));
  assert.deepEqual(filled(fields).map((r) => r.problem), [
    "is required, and the identity has no empty", "is required but disabled", "is required but gets no value",
    'uses "Something new", which is not a documented generator', "",
  ]);
});

test("unique IDs count while they are taken, within their size", () => {
  const id = (template, more, taken = []) => uniqueID(readTemplate(spec([field("a", "string", idOf(template, more))]))[0], new Map(identity.map((a) => [a.name, a.value])), (t) => taken.includes(t));
  const full = "$(firstname).$(lastname)$(uniqueCounter)";
  assert.equal(id(full).text, "Ada.Lovelace");
  assert.equal(id(full, {}, ["Ada.Lovelace", "Ada.Lovelace1"]).text, "Ada.Lovelace2");
  assert.equal(id(full, { maxSize: "6" }, ["Ada.Lo"]).text, "Ada.L1");
  assert.equal(id("$(uniqueCounter)$(lastname)@example.com", { maxSize: 5 }).text, "e.com");
  assert.equal(id(full, { maxUniqueChecks: 1 }, ["Ada.Lovelace", "Ada.Lovelace1"]).fault, "finds no free ID within 1 check");
  assert.equal(id("$(firstname)", {}, ["Ada"]).fault, "would be Ada, which is taken, and the template has no $(uniqueCounter)");
  assert.deepEqual(id("$(nobody)x").missing, ["nobody"]);
  assert.equal(id("😀😀$(firstname)", { maxSize: 1 }).text, "😀", "a character is not cut in two");
});

test("passwords have some of each kind", () => {
  for (let i = 0; i < 50; i++) {
    const password = newPassword();
    assert.equal(password.length, 16);
    for (const kind of [/[a-z]/, /[A-Z]/, /[0-9]/, /[^a-zA-Z0-9]/]) assert.match(password, kind);
  }
  assert.notEqual(newPassword(), newPassword());
});

test("the sample has what the template asks for", () => {
  const fields = readTemplate(spec([
    field("a", "string", from("identityAttribute", { name: "workEmail" })),
    field("b", "string", idOf("$(nickname)$(uniqueCounter)")),
    field("c", "string", from("static", { value: "$identity.getAttribute('constructor')" })),
  ]));
  const sample = new Map(sampleIdentity(fields).map((a) => [a.name, a.value]));
  assert.equal(sample.get("workEmail"), "ada.lovelace@example.com");
  assert.equal(sample.get("nickname"), "Sample nickname");
  assert.equal(sample.get("constructor"), "Sample constructor");
  assert.ok(!sample.has("uniqueCounter"));
  assert.equal(labelOf("email"), "Work Email (email)");
  assert.equal(labelOf("toString"), "toString");
});

test("the request has what has a value, and is shown without passwords", () => {
  const fields = readTemplate(spec([
    field("login", "string", idOf("$(firstname)")), field("secret", "string", from("generator", { name: "Create Password" })),
    field("pin", "string", from("static", { value: "1234" })), field("none", "string", undefined), field("__proto__", "string", from("static", { value: "p" })),
  ]), ["pin"]);
  const results = filled(fields);
  const input = createInput(results, "login");
  assert.equal(JSON.stringify(input), '{"identity":"Ada","attributes":{"login":"Ada","secret":"password 1","pin":"1234","__proto__":"p"}}');
  assert.equal(JSON.stringify(maskedInput(input, results, "*")), '{"identity":"Ada","attributes":{"login":"Ada","secret":"*","pin":"*","__proto__":"p"}}');
  assert.deepEqual(createInput(results.slice(1, 2), undefined), { attributes: { secret: "password 1" } });
});
