// The protocol's objects on the pages: values, identities, attributes and commands.

export const isObject = (v) => v !== null && typeof v === "object" && !Array.isArray(v);

// member reads a member of an object with arbitrary names, including "constructor".
export const member = (object, name) => object !== null && typeof object === "object" && Object.hasOwn(object, name) ? object[name] : undefined;

export const isEmpty = (value) => value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0);

export function text(value) {
  if (value === undefined || value === null) return "";
  if (Array.isArray(value)) return value.map(text).join(", ");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

export const pretty = (value) => value === undefined ? "" : JSON.stringify(value, null, 2);

export const same = (a, b) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

// identityOf is the native ID of an output or input that conngen uses to find it: the key's, or
// else identity.
export const identityOf = (data) => data?.key?.simple?.id || data?.key?.compound?.lookupId || data?.identity || "";

// target is the part of an output with which an input names the object.
export function target(data) {
  const input = {};
  if (data.identity) input.identity = data.identity;
  if (data.key) input.key = data.key;
  return input;
}

export const at = (data, path) => path.reduce(member, data);

// differences lists the differences between the attributes and flags of two outputs.
export function differences(before, after) {
  const flat = (data) => {
    const { attributes, key, ...rest } = data || {};
    return { ...rest, ...attributes };
  };
  const a = flat(before), b = flat(after);
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].map((name) => ({ name, before: a[name], after: b[name], changed: !same(a[name], b[name]) }));
}

// schemaOf is the spec's schema for the outputs of a command.
export function schemaOf(spec, command, type) {
  if (!spec) return null;
  if (command.startsWith("std:entitlement:")) return (spec.entitlementSchemas || []).find((one) => one.type === type) || null;
  return /^std:(account|authenticate)/.test(command) ? spec.accountSchema || null : null;
}

// attributesOf lists the attributes of a schema; an unfinished spec may have anything there.
export const attributesOf = (schema) => Array.isArray(schema?.attributes) ? schema.attributes.filter((one) => one && typeof one.name === "string") : [];

// entitlementType is the entitlement type of an attribute's values; "" if they are not
// entitlements. Without schemaObjectType, it is group.
export const entitlementType = (attribute) => attribute?.entitlement ? attribute.schemaObjectType || "group" : "";

export const isList = (command) => command.endsWith(":list");

export function nameOf(data, schema) {
  const shown = schema?.displayAttribute && at(data, ["attributes", schema.displayAttribute]);
  return text(shown) || identityOf(data);
}

// label is a name for display: one that is invisible, or begins or ends with a space, is quoted.
export const label = (name) => /^[\s\p{C}\p{Z}]*$/u.test(name) || name.trim() !== name ? JSON.stringify(name) : name;

// sentence formats a Go message for a page: with a full stop, and with a capital unless it begins
// with a name.
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
