// What an editor does with the JSON Schema of connector-spec.json, given by the variable SCHEMA: its
// completions and explanations, and its findings in valid specs.

import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import service from "vscode-json-languageservice";

const schemaText = fs.readFileSync(process.env.SCHEMA, "utf8");
const schema = JSON.parse(schemaText);
const root = path.resolve(import.meta.dirname, "../../..");
const languageService = service.getLanguageService({
  schemaRequestService: async (uri) => {
    assert.match(uri, /\/connector-spec\.schema\.json$/, `the schema needs ${uri}`);
    return schemaText; // a spec may name the schema next to it
  },
});
languageService.configure({ allowComments: false, schemas: [{ uri: schema.$id, fileMatch: ["*"], schema }] });

function open(text) {
  const document = service.TextDocument.create("file:///connector-spec.json", "json", 1, text);
  return { document, json: languageService.parseJSONDocument(document) };
}

// at opens a text in which | marks a position.
function at(text) {
  const offset = text.indexOf("|");
  assert.notEqual(offset, -1, text);
  const { document, json } = open(text.replace("|", ""));
  return [document, document.positionAt(offset), json];
}

// offers returns the completions at the mark, with their explanations.
async function offers(text) {
  const { items } = await languageService.doComplete(...at(text));
  return new Map(items.map((item) => [item.label.replace(/^"(.*)"$/, "$1"), explanation(item.documentation)]));
}

function explanation(documentation) {
  return documentation?.value ?? documentation ?? "";
}

// explains returns the hover text at the mark, without Markdown's special characters.
async function explains(text) {
  const hover = await languageService.doHover(...at(text));
  return (hover?.contents ?? []).map(explanation).join("\n").replaceAll("\\", "");
}

const inForm = (entry) => `{"sourceConfig": [${entry}]}`;
const inMenu = (entry) => inForm(`{"type": "menu", "label": "M", "items": [${entry}]}`);
const inSection = (entry) => inMenu(`{"type": "section", "items": [${entry}]}`);
const inCard = (entry) => inSection(`{"type": "cardList", "subMenus": [{"items": [${entry}]}]}`);
const initialValue = (text) => `{"accountCreateTemplate": {"fields": [{"initialValue": ${text}}]}}`;

const itemTypes = schema.definitions.itemType.enum;
const generators = schema.definitions.generator.enum;

for (const [definition, place] of [
  ["standardCommand", (value) => `{"commands": ["${value}"]}`],
  ["menuType", (value) => inForm(`{"type": "${value}"}`)],
  ["sectionType", (value) => inMenu(`{"type": "${value}"}`)],
  ["itemType", (value) => inSection(`{"type": "${value}"}`)],
  ["itemType", (value) => inCard(`{"type": "${value}"}`)],
  ["cardListType", (value) => inSection(`{"type": "${value}"}`)],
  ["generator", (value) => initialValue(`{"type": "generator", "attributes": {"name": "${value}"}}`)],
]) {
  test(`each ${definition} is offered and explained in ${place("…")}`, async () => {
    const { enum: values, enumDescriptions: descriptions } = schema.definitions[definition];
    const offered = await offers(place("|"));
    for (const [i, value] of values.entries()) {
      assert.equal(offered.get(value), descriptions[i]);
      const shown = await explains(place(value[0] + "|" + value.slice(1)));
      assert.ok(shown.includes(descriptions[i]), shown);
    }
  });
}

// Exactly these values are offered.
for (const [what, text, want] of [
  ["the form has menus and sections", inForm('{"type": "|"}'), ["menu", "section"]],
  ["menus have sections", inMenu('{"type": "|"}'), ["section"]],
  ["sections have config items", inSection('{"type": "|"}'), [...itemTypes, "cardList"]],
  ["a type that is begun changes nothing", inSection('{"type": "te|"}'), [...itemTypes, "cardList"]],
  ["cards have no cards", inCard('{"type": "|"}'), itemTypes],
  ["generators", initialValue('{"type": "generator", "attributes": {"name": "|"}}'), generators],
]) {
  test(what, async () => {
    assert.deepEqual([...(await offers(text)).keys()].sort(), [...want].sort());
  });
}

// A spec may also write them as strings, which new specs should not.
for (const [what, text] of [
  ["a member of the spec", '{"supportsStatefulCommands": |}'],
  ["a member of an item", inSection('{"type": "text", "required": |}')],
  ["a member of a card list", inSection('{"type": "cardList", "addButton": |}')],
  ["a member of an attribute", '{"accountSchema": {"attributes": [{"name": "id", "multi": |}]}}'],
  ["a member of a field", '{"accountCreateTemplate": {"fields": [{"key": "id", "required": |}]}}'],
]) {
  test(`${what} is true or false, without quotes`, async () => {
    const { items } = await languageService.doComplete(...at(text));
    assert.deepEqual(items.map((item) => item.label).sort(), ["false", "true"]);
  });
}

const itemMembers = ["key", "label", "required", "parentKey", "parentValue", "helpKey"];
const cardMembers = [
  "subMenus", "titleKey", "subtitleKey", "indexKey", "buttonLabel",
  "addButton", "editButton", "deleteButton", "copyButton", "dragNDropEnabled",
];

// Exactly these members are offered, each with an explanation.
for (const [what, text, want] of [
  ["menu", inForm('{"type": "menu", "|"}'), ["label", "items"]],
  ["section", inMenu('{"type": "section", "|"}'), ["items", "sectionTitle", "sectionHelpMessage", "docLink", "docLinkLabel"]],
  ["text", inSection('{"type": "text", "|"}'), [...itemMembers, "placeholder", "maxlength"]],
  ["number", inSection('{"type": "number", "|"}'), [...itemMembers, "placeholder", "min", "max"]],
  ["toggle", inSection('{"type": "toggle", "|"}'), itemMembers],
  ["radio", inSection('{"type": "radio", "|"}'), [...itemMembers, "options"]],
  ["select", inCard('{"type": "select", "|"}'), [...itemMembers, "options"]],
  ["list", inSection('{"type": "list", "|"}'), [...itemMembers, "placeholder"]],
  ["keyValue", inSection('{"type": "keyValue", "|"}'), [...itemMembers, "keyValueKey", "keyValueValue"]],
  ["cardList", inSection('{"type": "cardList", "|"}'), [...itemMembers, ...cardMembers]],
  ["identity attribute", initialValue('{"type": "identityAttribute", "attributes": {"|"}}'), ["name"]],
  ["static value", initialValue('{"type": "static", "attributes": {"|"}}'), ["value"]],
  ["generator", initialValue('{"type": "generator", "attributes": {"|"}}'), ["name", "template", "maxSize", "maxUniqueChecks"]],
]) {
  test(`the members of a ${what}`, async () => {
    const offered = await offers(text);
    assert.deepEqual([...offered.keys()].sort(), [...want].sort());
    for (const [name, text] of offered) {
      assert.notEqual(text, "", name);
    }
  });
}

test("identity attributes are not offered as generators, nor the other way around", async () => {
  const offered = await offers(initialValue('{"type": "identityAttribute", "attributes": {"name": "|"}}'));
  assert.ok(offered.has("email"));
  assert.ok(generators.every((name) => !offered.has(name)));
});

test("undocumented members are explained, though not offered", async () => {
  assert.match(await explains(inSection('{"type": "text", "help|Text": "x"}')), /Undocumented form of helpKey/);
});

// findings returns what the editor underlines.
async function findings(file) {
  const { document, json } = open(fs.readFileSync(file, "utf8"));
  return languageService.doValidation(document, json, { trailingCommas: "error", comments: "error" });
}

function specsBelow(folder) {
  return fs.readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name === "connector-spec.json")
    .map((entry) => path.join(entry.parentPath, entry.name));
}

test("specs of the repository", async () => {
  const specs = ["golden", "examples"].flatMap((folder) => specsBelow(path.join(root, folder)));
  assert.ok(specs.length > 10, `${specs.length} specs`);
  for (const file of specs) {
    assert.deepEqual(await findings(file), [], file);
  }
});

test("mistakes", async () => {
  const { document, json } = open(inSection('{"type": "text", "label": "L", "required": "yes"}'));
  const found = await languageService.doValidation(document, json);
  assert.ok(found.some((finding) => /"key"/.test(finding.message)), JSON.stringify(found));
  assert.ok(found.some((finding) => /accepted/.test(finding.message)), JSON.stringify(found));
});

// The corpus of real specs, if any, is next to the repository.
const corpus = path.join(root, "../shared/corpus");
test("valid specs of the corpus", { skip: !fs.existsSync(corpus) && `there is no ${corpus}` }, async () => {
  const read = (name) => JSON.parse(fs.readFileSync(path.join(corpus, name), "utf8"));
  const verdicts = Object.entries(read("specs-expected.json")).map(([name, { verdict }]) => [`specs/${name}`, verdict]);
  for (const [name, { versions }] of Object.entries(read("history-expected.json"))) {
    verdicts.push(...Object.entries(versions).map(([version, { verdict }]) => [`history/${name}/${version}.json`, verdict]));
  }
  const valid = verdicts.filter(([, verdict]) => verdict !== "invalid");
  assert.ok(valid.length > 100, `${valid.length} specs`);
  for (const [file] of valid) {
    assert.deepEqual(await findings(path.join(corpus, file)), [], file);
  }
});
