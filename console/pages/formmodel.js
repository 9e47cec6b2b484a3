// The model of the source form: what sourceConfig says, which items are visible, and the resulting
// config. It is independent of the page that draws it.
//
// A draft is the config in the form: values[key] as in the config, except that a number may still
// be the typed text, and that hidden items keep their values. An absent key has its item's initial
// value; "" is a cleared value.

import { isEmpty, isObject, member } from "./values.js";

// documentedTypes are the publicly documented item types.
const documentedTypes = new Set([
  "text", "secret", "secrettextarea", "textarea", "url", "number", "checkbox", "toggle",
  "radio", "select", "list", "keyValue", "cardList",
]);

const secretTypes = new Set(["secret", "secrettextarea", "password"]);

const textTypes = new Set(["text", "textarea"]);

const boxTypes = new Set(["checkbox", "toggle"]);

const choiceTypes = new Set(["radio", "select"]);

export const basePage = "base-configuration";
export const reviewPage = "review-and-test";

export const listOf = (v) => (Array.isArray(v) ? v : []);

export const textOr = (v, otherwise) => (typeof v === "string" && v !== "" ? v : otherwise);

// flag reads a boolean, which old specs may have as text.
export function flag(v, otherwise = false) {
  if (v === true || v === "true") return true;
  if (v === false || v === "false") return false;
  return otherwise;
}

const limit = (v) => (v === undefined || v === null || v === "" || Number.isNaN(Number(v)) ? undefined : Number(v));

// isHandle reports whether a value stands for a secret that the page does not have.
export const isHandle = (v) => isObject(v) && Object.hasOwn(v, "$secret");

// secretItems are the keys that are secret besides those with a secret type.
export function readForm(spec, secretItems = []) {
  const context = {
    initials: isObject(spec.sourceConfigInitialValues) ? spec.sourceConfigInitialValues : {},
    secrets: new Set(secretItems),
  };
  const menus = readMenus(listOf(spec.sourceConfig), context);
  identify(menus);
  const scope = menus.flatMap((m) => m.sections).flatMap((s) => s.items).filter((item) => item.key !== undefined);
  return { menus, scope };
}

// Sections and items outside a menu, an older form, go into one called Configuration.
function readMenus(entries, context) {
  const menus = [];
  let loose;
  for (const entry of entries) {
    if (isObject(entry) && entry.type === "menu") {
      menus.push(...readMenu(entry, context));
      loose = undefined;
      continue;
    }
    if (!loose) menus.push(loose = { label: "Configuration", sections: [] });
    addToSections(loose.sections, entry, context);
  }
  return menus;
}

function readMenu(entry, context) {
  const menu = { label: textOr(entry.label, "Menu without a label"), sections: [] };
  const inner = [];
  for (const e of listOf(entry.items)) {
    if (isObject(e) && e.type === "menu") inner.push(...readMenu(e, context));
    else addToSections(menu.sections, e, context);
  }
  return [menu, ...inner];
}

// addToSections adds an entry to the sections of a menu: as one of them, or, if it is an item, in
// one without a title.
function addToSections(sections, entry, context) {
  if (isObject(entry) && entry.type === "section") {
    const section = {
      title: textOr(entry.sectionTitle, ""),
      help: textOr(entry.sectionHelpMessage, ""),
      docLink: textOr(entry.docLink, ""),
      docLinkLabel: textOr(entry.docLinkLabel, ""),
      items: [],
    };
    sections.push(section);
    for (const e of listOf(entry.items)) {
      if (isObject(e) && (e.type === "section" || e.type === "menu")) addToSections(sections, { ...e, type: "section", sectionTitle: e.sectionTitle ?? e.label }, context);
      else section.items.push(readItem(e, context));
    }
    return;
  }
  let last = sections.at(-1);
  if (!last?.isLoose) sections.push(last = { title: "", help: "", docLink: "", docLinkLabel: "", items: [], isLoose: true });
  last.items.push(readItem(entry, context));
}

// readItem reads a config item; an invalid one becomes {fault}, which the form shows in its place.
function readItem(entry, context) {
  if (!isObject(entry)) return { fault: "This entry of the spec is not an object." };
  if (textOr(entry.type, "") === "") return { fault: `The entry ${quoted(entry.label ?? entry.name ?? entry.key)}has no "type", so ISC cannot show it.` };
  if (textOr(entry.key, "") === "") return { fault: `The item ${quoted(entry.label ?? entry.name)}has no "key", so its value cannot reach the connector.` };
  const item = {
    key: entry.key,
    label: textOr(entry.label, entry.key),
    type: entry.type,
    isKnown: documentedTypes.has(entry.type),
    required: flag(entry.required) && !boxTypes.has(entry.type),
    help: textOr(entry.helpKey, ""),
    undocumentedHelp: textOr(entry.helpKey, "") === "" ? textOr(entry.helpText, textOr(entry.helpMessage, "")) : "",
    undocumentedHelpField: textOr(entry.helpText, "") !== "" ? "helpText" : "helpMessage",
    placeholder: textOr(entry.placeholder, ""),
    parent: textOr(entry.parentKey, "") === "" ? undefined : { key: entry.parentKey, value: String(entry.parentValue ?? "") },
    min: limit(entry.min),
    max: limit(entry.max),
    maxlength: limit(entry.maxlength),
    options: listOf(entry.options).filter(isObject).map(readOption),
    isSecret: secretTypes.has(entry.type) || textTypes.has(entry.type) && context.secrets.has(entry.key),
  };
  if (entry.type === "keyValue") {
    item.parts = [readPart(entry.keyValueKey, "key", "Key"), readPart(entry.keyValueValue, "value", "Value")];
    item.parts[1].isSecret ||= context.secrets.has(entry.key);
  }
  if (entry.type === "cardList") item.card = readCard(entry, context);
  readInitial(item, entry, context);
  return item;
}

const quoted = (v) => (typeof v === "string" && v !== "" ? `"${v}" ` : "");

function readOption(o) {
  return {
    value: String(o.value ?? ""),
    label: textOr(o.label, String(o.value ?? "")),
    docLink: textOr(o.docLink, ""),
    docLinkLabel: textOr(o.docLinkLabel, ""),
  };
}

function readPart(part, key, label) {
  const p = isObject(part) ? part : {};
  return {
    key: textOr(p.key, key),
    label: textOr(p.label, label),
    required: flag(p.required),
    maxlength: limit(p.maxlength),
    placeholder: textOr(p.placeholder, ""),
    isSecret: secretTypes.has(p.type),
  };
}

function readCard(entry, context) {
  const pages = listOf(entry.subMenus).filter(isObject).map((m, i) => ({
    label: textOr(m.label, `Page ${i + 1}`),
    items: listOf(m.items).map((e) => readItem(e, context)),
  }));
  return {
    pages,
    scope: pages.flatMap((p) => p.items).filter((item) => item.key !== undefined),
    titleKey: textOr(entry.titleKey, ""),
    subtitleKey: textOr(entry.subtitleKey, ""),
    indexKey: textOr(entry.indexKey, ""),
    buttonLabel: textOr(entry.buttonLabel, "Add"),
    canAdd: flag(entry.addButton, true),
    canEdit: flag(entry.editButton, true),
    canDelete: flag(entry.deleteButton, true),
    canCopy: flag(entry.copyButton),
    canMove: flag(entry.dragNDropEnabled),
  };
}

// readInitial reads an item's first value: from sourceConfigInitialValues, in any scope, or else
// the item's own. The page gets none for a secret and leaves it to the connector's decoding.
function readInitial(item, entry, context) {
  const raw = member(context.initials, item.key) ?? entry.value;
  if (raw === undefined || raw === null || raw === "") return;
  item.hasInitial = true;
  if (!item.isSecret) item.initial = typed(item, raw);
}

// typed converts a value of a spec to the type that ISC delivers.
function typed(item, v) {
  if (boxTypes.has(item.type)) return flag(v, v);
  if (item.type === "number") return numberOf(v);
  if (item.type === "list") return listOf(typeof v === "string" ? [v] : v).map(String);
  if (item.card || item.parts) return v;
  return isObject(v) || Array.isArray(v) ? JSON.stringify(v) : String(v);
}

function identify(menus) {
  const taken = new Set([basePage, reviewPage]);
  menus.forEach((menu, i) => {
    const slug = menu.label.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "") || `menu-${i + 1}`;
    menu.id = slug;
    for (let n = 2; taken.has(menu.id); n++) menu.id = `${slug}-${n}`;
    taken.add(menu.id);
  });
}

export function valueOf(item, values) {
  return member(values, item.key) ?? item.initial;
}

function textOf(v) {
  if (v === undefined || v === null) return "";
  return typeof v === "object" ? undefined : String(v);
}

// visibleItems returns the visible items of a scope. It starts with none and adds those whose
// parent is visible and has the value, until nothing changes, so items that wait for each other
// stay hidden. Generated connectors decode in the same way.
export function visibleItems(scope, values) {
  const byKey = new Map();
  for (const item of scope) byKey.set(item.key, [...(byKey.get(item.key) ?? []), item]);
  const shown = new Map();
  const holds = ({ key, value }) => {
    if (byKey.has(key) && !shown.has(key)) return false;
    const text = textOf(byKey.has(key) ? shown.get(key) : member(values, key));
    return text === value || text === "" && value === "false";
  };
  const isVisible = (item) => !item.parent || holds(item.parent);
  const keys = [...byKey.keys()].sort();
  for (let round = 0, isChanged = true; isChanged && round <= keys.length; round++) {
    isChanged = false;
    for (const key of keys) {
      const item = byKey.get(key).find(isVisible);
      const before = shown.has(key) ? shown.get(key) : shown;
      if (item) shown.set(key, valueOf(item, values));
      else shown.delete(key);
      isChanged ||= before !== (shown.has(key) ? shown.get(key) : shown);
    }
  }
  return new Set(scope.filter(isVisible));
}

// numberOf returns the number in a text; a text that is not a number, or that JavaScript would
// round, stays a text.
export function numberOf(v) {
  if (typeof v !== "string" || !/^\s*[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?\s*$/i.test(v)) return v;
  const n = Number(v);
  if (!Number.isFinite(n) || Number.isInteger(n) && !Number.isSafeInteger(n)) return v.trim();
  return n;
}

// configOf returns the config that ISC would send for a draft: the visible items with a value, and
// the members without an item, such as ISC's own.
export function configOf(scope, values) {
  const visible = visibleItems(scope, values);
  const config = new Map();
  for (const item of scope) {
    if (!visible.has(item) || config.has(item.key)) continue;
    const value = sentValue(item, valueOf(item, values));
    if (value !== undefined) config.set(item.key, value);
  }
  const keys = new Set(scope.map((item) => item.key));
  for (const [key, value] of Object.entries(values ?? {})) {
    if (!keys.has(key)) config.set(key, value);
  }
  return Object.fromEntries(config);
}

// sentValue returns an item's value with the type that ISC delivers. Rows without any text
// are not sent.
function sentValue(item, v) {
  if (v === undefined || v === null) return undefined;
  if (item.type === "number") return numberOf(v);
  if (item.parts) return rowsOf(v).filter((row) => item.parts.some((p) => !isEmpty(member(row, p.key))));
  if (item.card) return rowsOf(v).map((card, i) => sentCard(item.card, card, i));
  return v;
}

function sentCard(card, values, position) {
  const config = configOf(card.scope, values);
  return card.indexKey === "" ? config : { ...config, [card.indexKey]: position };
}

// rowsOf returns the rows or cards of a list, which may be a single one in a config.
export const rowsOf = (v) => (isEmpty(v) ? [] : Array.isArray(v) ? v.filter(isObject) : isObject(v) ? [v] : []);

export const elementsOf = (v) => (isEmpty(v) ? [] : Array.isArray(v) ? v : [v]);
export const elementText = (e) => (isHandle(e) ? mask : textOf(e) ?? JSON.stringify(e));

export function setMember(values, key, value) {
  const next = Object.entries(values ?? {}).filter(([k]) => k !== key || value !== undefined);
  const at = next.findIndex(([k]) => k === key);
  if (at >= 0) next[at] = [key, value];
  else if (value !== undefined) next.push([key, value]);
  return Object.fromEntries(next);
}

export function moveElement(list, from, to) {
  if (to < 0 || to >= list.length) return list;
  const next = list.slice();
  next.splice(to, 0, ...next.splice(from, 1));
  return next;
}

// keyOf formats a path, such as ["mirrors", 0, "name"], as the connector's decoding does.
export function keyOf(path) {
  return path.map((p, i) => (typeof p === "number" ? `[${p}]` : i === 0 ? p : `.${p}`)).join("");
}

// pathOf finds the path for a key of the connector's decoding; undefined if the form has no such
// item. Keys may contain dots and brackets themselves.
export function pathOf(scope, key) {
  if (scope.some((item) => item.key === key)) return [key];
  for (const item of scope) {
    const match = item.card && key.startsWith(`${item.key}[`) && /^\[(\d+)\](?:\.([^]*))?$/.exec(key.slice(item.key.length));
    if (!match) continue;
    const card = [item.key, Number(match[1])];
    if (match[2] === undefined) return card;
    const inner = pathOf(item.card.scope, match[2]);
    if (inner) return [...card, ...inner];
  }
  return undefined;
}

// menuOf returns the menu of the item of a path, preferably one that shows it.
export function menuOf(form, path, values) {
  const visible = visibleItems(form.scope, values);
  const having = (test) => form.menus.find((m) => m.sections.some((s) => s.items.some(test)));
  return having((item) => item.key === path[0] && visible.has(item)) ?? having((item) => item.key === path[0]);
}

// problemsOf returns the problems of a draft's visible items, as [{path, message}].
export function problemsOf(scope, values, prefix = []) {
  const visible = visibleItems(scope, values);
  return scope.filter((item) => visible.has(item)).flatMap((item) => itemProblems(item, valueOf(item, values), [...prefix, item.key]));
}

function itemProblems(item, v, path) {
  const at = (message) => ({ path, label: item.label, message });
  if (isEmpty(sentValue(item, v))) {
    const hasHidden = item.isSecret && item.hasInitial && v !== "";
    return item.required && !hasHidden ? [at("is required")] : [];
  }
  if (isHandle(v)) return [];
  if (item.card) return rowsOf(v).flatMap((card, i) => problemsOf(item.card.scope, card, [...path, i]));
  if (item.parts) return rowProblems(item, rowsOf(v), at);
  const message = textProblem(item, v);
  return message ? [at(message)] : [];
}

function rowProblems(item, rows, at) {
  return rows.flatMap((row, i) => item.parts.flatMap((part) => {
    const v = member(row, part.key);
    const isBlank = item.parts.every((p) => isEmpty(member(row, p.key)));
    if (isEmpty(v)) return part.required && !isBlank ? [at(`lacks "${part.label}" in row ${i + 1}`)] : [];
    if (typeof v === "string" && part.maxlength < v.length) return [at(`has more than ${part.maxlength} characters in "${part.label}" of row ${i + 1}`)];
    return [];
  }));
}

function textProblem(item, v) {
  if (item.type === "number") return numberProblem(item, numberOf(v));
  if (item.type === "url" && !isURL(String(v))) return "must be a URL such as https://example.com";
  if (choiceTypes.has(item.type) && item.options.length > 0 && !item.options.some((o) => o.value === String(v))) return "is not one of the options";
  if (typeof v === "string" && item.maxlength < v.length) return `must have at most ${item.maxlength} characters`;
  return "";
}

function numberProblem(item, v) {
  const n = Number(v);
  if (typeof v === "boolean" || Number.isNaN(n)) return "must be a number";
  if (n < item.min) return `must be at least ${item.min}`;
  if (n > item.max) return `must be at most ${item.max}`;
  return "";
}

function isURL(text) {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url !== undefined && url.host !== "" && /^[a-z][a-z0-9+.-]*:\/\/./i.test(text.trim());
}

export const mask = "••••••";

export function maskedConfig(scope, config) {
  const secretKeys = new Map(scope.map((item) => [item.key, item]));
  return Object.fromEntries(Object.entries(config).map(([key, v]) => [key, maskedValue(secretKeys.get(key), v)]));
}

function maskedValue(item, v) {
  if (isHandle(v) || item?.isSecret && !isEmpty(v)) return mask;
  if (item?.card) return rowsOf(v).map((card) => maskedConfig(item.card.scope, card));
  if (item?.parts) {
    const secret = new Set(item.parts.filter((p) => p.isSecret).map((p) => p.key));
    return rowsOf(v).map((row) => Object.fromEntries(Object.entries(row).map(([k, e]) => [k, isHandle(e) || secret.has(k) && !isEmpty(e) ? mask : e])));
  }
  if (Array.isArray(v)) return v.map((e) => maskedValue(undefined, e));
  if (isObject(v)) return Object.fromEntries(Object.entries(v).map(([k, e]) => [k, maskedValue(undefined, e)]));
  return v;
}

export function shownValue(item, v) {
  if (isHandle(v) || item.isSecret && !isEmpty(v)) return mask;
  if (isEmpty(v)) return item.isSecret && item.hasInitial && v !== "" ? mask : "";
  if (boxTypes.has(item.type)) return flag(v) ? "Yes" : "No";
  if (item.options.length > 0) return item.options.find((o) => o.value === String(v))?.label ?? String(v);
  if (item.card) return rowsOf(v).map((card, i) => cardTitle(item.card, card, i)).join(", ");
  if (item.parts) return rowsOf(v).map((row) => item.parts.map((p) => shownPart(p, member(row, p.key))).join(": ")).join(", ");
  return elementsOf(v).map(elementText).join(", ");
}

const shownPart = (part, v) => (isEmpty(v) ? "" : part.isSecret || isHandle(v) ? mask : String(v));

export function cardTitle(card, values, position) {
  return cardLine(card, card.titleKey, values) || `Card ${position + 1}`;
}

export function cardSubtitle(card, values) {
  return cardLine(card, card.subtitleKey, values);
}

function cardLine(card, key, values) {
  const item = card.scope.find((i) => i.key === key);
  return item ? shownValue(item, valueOf(item, values)) : "";
}

export function reviewOf(form, values) {
  const visible = visibleItems(form.scope, values);
  return form.menus.map((menu) => ({
    label: menu.label,
    id: menu.id,
    rows: menu.sections.flatMap((s) => s.items).filter((item) => visible.has(item)).map((item) => [item.label, shownValue(item, valueOf(item, values))]),
  }));
}

// adopt replaces the secrets in a draft with the handles from the Go side, unless the draft has
// changed since they were sent. keep says which values stay, such as the one being typed.
export function adopt(draft, sent, received, keep = () => false) {
  if (isHandle(received) && typeof sent === "string") return draft === sent && !keep(draft) ? received : draft;
  if (Array.isArray(received) && Array.isArray(sent) && Array.isArray(draft)) {
    return draft.length === sent.length && sent.length === received.length ? mapped(draft, (v, i) => adopt(v, sent[i], received[i], keep)) : draft;
  }
  if (isObject(received) && isObject(sent) && isObject(draft)) {
    const entries = Object.entries(draft);
    const next = entries.map(([k, v]) => [k, adopt(v, member(sent, k), member(received, k), keep)]);
    return next.some(([, v], i) => v !== entries[i][1]) ? Object.fromEntries(next) : draft;
  }
  return draft;
}

function mapped(list, f) {
  const next = list.map(f);
  return next.some((v, i) => v !== list[i]) ? next : list;
}
