// What the pages know of the protocol's objects: values, identities, attributes and commands.

export const isObject = (v) => v !== null && typeof v === "object" && !Array.isArray(v);

// member reads a member of an object that may have any names, "constructor" among them.
export const member = (object, name) => object !== null && typeof object === "object" && Object.hasOwn(object, name) ? object[name] : undefined;

export const isEmpty = (value) => value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0);

export function text(value) {
  if (value === undefined || value === null) return "";
  if (Array.isArray(value)) return value.map(text).join(", ");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

export const pretty = (value) => value === undefined ? "" : JSON.stringify(value, null, 2);

export const same = (a, b) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

// identityOf is the native ID of an output or an input, as conngen finds it by: that of its key, else identity.
export const identityOf = (data) => data?.key?.simple?.id || data?.key?.compound?.lookupId || data?.identity || "";

// target is the part of an output that an input names the object with.
export function target(data) {
  const input = {};
  if (data.identity) input.identity = data.identity;
  if (data.key) input.key = data.key;
  return input;
}

export const at = (data, path) => path.reduce(member, data);

// differences lists what differs between the attributes and the flags of two outputs.
export function differences(before, after) {
  const flat = (data) => {
    const { attributes, key, ...rest } = data || {};
    return { ...rest, ...attributes };
  };
  const a = flat(before), b = flat(after);
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].map((name) => ({ name, before: a[name], after: b[name], changed: !same(a[name], b[name]) }));
}

// schemaOf is the schema in the spec that the outputs of a command have.
export function schemaOf(spec, command, type) {
  if (!spec) return null;
  if (command.startsWith("std:entitlement:")) return (spec.entitlementSchemas || []).find((one) => one.type === type) || null;
  return /^std:(account|authenticate)/.test(command) ? spec.accountSchema || null : null;
}

// attributesOf lists the attributes of a schema; specs in the making have odd things in their place.
export const attributesOf = (schema) => Array.isArray(schema?.attributes) ? schema.attributes.filter((one) => one && typeof one.name === "string") : [];

// entitlementType is the type of entitlement that an attribute's values name; "" if they name none. A
// spec without schemaObjectType means group.
export const entitlementType = (attribute) => attribute?.entitlement ? attribute.schemaObjectType || "group" : "";

export const isList = (command) => command.endsWith(":list");

export function nameOf(data, schema) {
  const shown = schema?.displayAttribute && at(data, ["attributes", schema.displayAttribute]);
  return text(shown) || identityOf(data);
}

// label is a name as it is shown: one that cannot be seen, or begins or ends with a space, is quoted.
export const label = (name) => /^[\s\p{C}\p{Z}]*$/u.test(name) || name.trim() !== name ? JSON.stringify(name) : name;

// sentence is a message of Go as a page shows it: with a full stop, and with a capital unless it begins with
// a name.
export function sentence(message) {
  if (!message) return message;
  const begun = /^[a-z]+[ ,]/.test(message) ? message[0].toUpperCase() + message.slice(1) : message;
  return /[.!?…]$/.test(begun) ? begun : begun + ".";
}

const markNames = {
  "duplicate": "duplicate", "missing": "value missing", "wrong-type": "wrong type", "unknown-entitlement": "unknown entitlement", "large": "near the size limit",
};
export const isMark = (kind) => Object.hasOwn(markNames, kind);
export const markName = (kind) => markNames[kind] || kind;
