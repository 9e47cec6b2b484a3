// The model of account creation: what accountCreateTemplate says, a sample identity, and the
// request that ISC would make from them. It is independent of the page that draws it.

import { flag, listOf, textOr } from "./formmodel.js";
import { isObject, member } from "./values.js";

// sources are the sources of a field's value, in ISC's words and order.
export const sources = [
  { id: "identityAttribute", label: "Identity Attribute" },
  { id: "generator", label: "Generator" },
  { id: "static", label: "Static" },
  { id: "disable", label: "Disable" },
];

export const createPassword = "Create Password";
const createUniqueID = "Create Unique Account ID";

export const generators = [createPassword, createUniqueID];

const labels = {
  uid: "SailPoint User Name",
  email: "Work Email",
  firstname: "First Name",
  lastname: "Last Name",
  displayName: "Display Name",
};

const sample = {
  uid: "ada.lovelace",
  email: "ada.lovelace@example.com",
  firstname: "Ada",
  lastname: "Lovelace",
  displayName: "Ada Lovelace",
};

// likely are sample values for identity attributes that tenants add and templates name.
const likely = {
  name: "ada.lovelace",
  employeeNumber: "100042",
  employeeID: "100042",
  identificationNumber: "100042",
  jobTitle: "Analyst",
  title: "Analyst",
  department: "Engineering",
  location: "London",
  country: "GB",
  phone: "+44 20 7946 0018",
  personalEmail: "ada@example.net",
  startDate: "2026-01-05",
  endDate: "2030-12-31",
  manager: "charles.babbage",
};

function positive(v) {
  const n = typeof v === "string" && v.trim() !== "" ? Number(v) : v;
  return typeof n === "number" && n > 0 ? Math.floor(n) : undefined;
}

export function readTemplate(spec, passwords = []) {
  const fields = spec.accountCreateTemplate?.fields;
  if (!Array.isArray(fields)) return undefined;
  const attributes = new Map(listOf(spec.accountSchema?.attributes).filter(isObject).map((a) => [a.name, a]));
  return fields.filter(isObject).map((field) => readField(field, attributes, new Set(passwords)));
}

// readField reads a field. Its type is the schema attribute's, if there is one, since the connector
// reads that.
function readField(field, attributes, passwords) {
  const key = textOr(field.key, textOr(field.name, ""));
  const attribute = attributes.get(key);
  const isList = field.type === "array" || flag(field.isMultiValued) || flag(attribute?.multi);
  return {
    key,
    label: textOr(field.label, key),
    type: attribute?.type ?? (field.type === "array" ? "string" : textOr(field.type, "string")),
    isList,
    isRequired: flag(field.required),
    isPassword: passwords.has(key),
    ...readSource(field),
  };
}

// readSource reads the source of a field's value. A field without an initial value is disabled
// until an administrator changes that.
function readSource(field) {
  const initial = isObject(field.initialValue) ? field.initialValue : {};
  const attributes = isObject(initial.attributes) ? initial.attributes : {};
  const source = {
    source: "disable", attribute: "", generator: createUniqueID, template: "", maxSize: undefined, maxUniqueChecks: undefined, value: "",
  };
  switch (initial.type) {
    case "identityAttribute":
      return { ...source, source: "identityAttribute", attribute: textOr(attributes.name, "") };
    case "static":
      return { ...source, source: "static", value: attributes.value ?? "" };
    case "generator":
      return {
        ...source, source: "generator", generator: textOr(attributes.name, ""), template: textOr(attributes.template, ""),
        maxSize: positive(attributes.maxSize), maxUniqueChecks: positive(attributes.maxUniqueChecks),
      };
  }
  if (textOr(field.identityAttribute, "") !== "") return { ...source, source: "identityAttribute", attribute: field.identityAttribute };
  return source;
}

const placeholder = /\$\(([^()]*)\)/g;

const counterName = "uniqueCounter";

function namesIn(text) {
  const inParentheses = [...text.matchAll(placeholder)].map((m) => m[1].trim());
  const asked = [...text.matchAll(getAttribute)].map((m) => m[2]);
  return [...inParentheses, ...asked].filter((name) => name !== "" && name !== counterName);
}

export function sampleIdentity(fields) {
  const names = new Set(Object.keys(sample));
  for (const field of fields) {
    if (field.attribute !== "") names.add(field.attribute);
    for (const name of namesIn(`${field.template} ${field.value}`)) names.add(name);
  }
  return [...names].map((name) => ({ name, label: member(labels, name) ?? "", value: sampleValue(name) }));
}

function sampleValue(name) {
  return member(sample, name) ?? member(likely, name) ?? (/mail/i.test(name) ? sample.email : `Sample ${name}`);
}

export const labelOf = (name) => (member(labels, name) ? `${labels[name]} (${name})` : name);

const getName = /\$\{?identity\.(?:getName\(\)|name\b)\}?/g;
const getAttribute = /\$\{?identity\.getAttribute\((["'])([^"']*)\1\)\}?/g;

// filled replaces the placeholders of identity attributes in a text. Missing attributes become
// empty, and their names are returned.
function filled(text, identity, counter = "") {
  const missing = [];
  const read = (name) => {
    const value = identity.get(name) ?? "";
    if (value === "") missing.push(name);
    return value;
  };
  const out = text
    .replace(getAttribute, (_, __, name) => read(name))
    .replace(getName, () => read("uid"))
    .replace(placeholder, (_, name) => (name.trim() === counterName ? counter : read(name.trim())));
  return { text: out, missing };
}

// uniqueID fills in the template of a unique account ID. The counter is empty at first and then
// counts from 1 while the ID is taken; if the ID is too long, the end of the text before the
// counter is truncated.
export function uniqueID(field, identity, isTaken = () => false) {
  const checks = field.maxUniqueChecks ?? 50;
  for (let n = 0; n <= checks; n++) {
    const { text, missing } = sizedID(field, identity, n === 0 ? "" : String(n));
    if (text === "" || !isTaken(text)) return { text, missing, counter: n };
    if (!field.template.replace(/\s/g, "").includes(`$(${counterName})`)) return { text, missing, counter: n, fault: `would be ${text}, which is taken, and the template has no $(${counterName})` };
  }
  return { text: "", missing: [], counter: checks, fault: `finds no free ID within ${checks} ${checks === 1 ? "check" : "checks"}` };
}

function sizedID(field, identity, counter) {
  const at = field.template.search(/\$\(\s*uniqueCounter\s*\)/);
  const head = filled(at < 0 ? field.template : field.template.slice(0, at), identity, counter);
  const tail = filled(at < 0 ? "" : field.template.slice(at), identity, counter);
  const missing = [...head.missing, ...tail.missing];
  if (field.maxSize === undefined) return { text: head.text + tail.text, missing };
  const end = [...tail.text].slice(-field.maxSize);
  return { text: [...head.text].slice(0, field.maxSize - end.length).concat(end).join(""), missing };
}

const passwordParts = ["abcdefghijkmnopqrstuvwxyz", "ABCDEFGHJKLMNPQRSTUVWXYZ", "23456789", "!#%+-=?"];

export function newPassword(random = (n) => crypto.getRandomValues(new Uint32Array(1))[0] % n) {
  const all = passwordParts.join("");
  const chars = [...passwordParts.map((part) => part[random(part.length)])];
  while (chars.length < 16) chars.push(all[random(all.length)]);
  for (let i = chars.length - 1; i > 0; i--) {
    const j = random(i + 1);
    [chars[i], chars[j]] = [chars[j], chars[i]];
  }
  return chars.join("");
}

// fill gives each field the value that ISC would send: {field, value, problem, note}. An
// undefined value is not sent; a problem means that ISC does not create the account.
// context has the identity as [{name, value}], passwords by field, and isTaken(key, text).
export function fill(fields, context) {
  const identity = new Map(context.identity.map(({ name, value }) => [name, value]));
  return fields.map((field, i) => {
    const result = raw(field, i, identity, context);
    const value = result.fault ? undefined : typed(field, result.value);
    const isMissing = value === undefined && field.isRequired;
    return {
      field,
      value,
      note: result.note ?? "",
      problem: result.fault ?? (isMissing ? result.lack ?? "is required but gets no value" : ""),
    };
  });
}

function raw(field, i, identity, context) {
  switch (field.source) {
    case "identityAttribute": {
      const value = identity.get(field.attribute) ?? "";
      return { value, lack: `is required, and the identity has no ${field.attribute || "such attribute"}` };
    }
    case "static":
      return staticValue(field.value, identity);
    case "generator":
      return generated(field, i, identity, context);
  }
  return { value: undefined, lack: "is required but disabled" };
}

function staticValue(value, identity) {
  if (typeof value !== "string") return { value };
  const { text, missing } = filled(value, identity);
  if (missing.length > 0) return { value: text, note: lacks(missing) };
  if (/\$[A-Za-z{!#]/.test(text)) return { value: text, note: "ISC evaluates this expression. It is sent unchanged here." };
  return { value: text };
}

const lacks = (names) => `The identity has no ${[...new Set(names)].join(", ")}.`;

function generated(field, i, identity, context) {
  if (field.generator === createPassword) return { value: context.passwords[i] };
  if (field.generator !== createUniqueID) return { value: undefined, fault: `uses ${JSON.stringify(field.generator)}, which is not a documented generator` };
  const { text, missing, counter, fault } = uniqueID(field, identity, (id) => context.isTaken?.(field.key, id) ?? false);
  const notes = [
    missing.length > 0 ? lacks(missing) : "",
    counter > 0 && !fault ? `The counter is ${counter} because the last list has the IDs before it.` : "",
  ];
  return { value: text, fault, note: notes.filter(Boolean).join(" ") };
}

function typed(field, value) {
  if (value === undefined || value === null || value === "") return undefined;
  const one = Array.isArray(value) ? value : typedText(field.type, value);
  return field.isList && !Array.isArray(one) ? [one] : one;
}

function typedText(type, value) {
  const text = String(value).trim();
  if (type === "boolean" && /^(true|false)$/i.test(text)) return text.toLowerCase() === "true";
  if ((type === "int" || type === "long") && /^[-+]?\d+$/.test(text) && Number.isSafeInteger(Number(text))) return Number(text);
  return type === "string" ? String(value) : value;
}

// createInput is the input of the request: the attributes with a value, and the account's name if
// one of them is the identity attribute.
export function createInput(results, identityAttribute) {
  const attributes = Object.fromEntries(results.filter((r) => r.value !== undefined && r.field.key !== "").map((r) => [r.field.key, r.value]));
  const identity = Object.hasOwn(attributes, identityAttribute ?? "") ? attributes[identityAttribute] : undefined;
  return typeof identity === "string" ? { identity, attributes } : { attributes };
}

export function maskedInput(input, results, mask) {
  const secret = new Set(results.filter((r) => r.field.isPassword || isMadeUp(r.field)).map((r) => r.field.key));
  const attributes = Object.entries(input.attributes).map(([key, value]) => [key, secret.has(key) ? mask : value]);
  return { ...input, attributes: Object.fromEntries(attributes) };
}

export const isMadeUp = (field) => field.source === "generator" && field.generator === createPassword;
