// Before each request: the config of the source, and texts in the form that JSON needs.

// The items of the config, and the variables config_* that hold their values.
const items = ITEMS;
// The variables of this collection that requests use: each holds a text or JSON.
const texts = TEXTS;

for (const name of ["url", "output", "ids", "state", "fails"]) { pm.variables.unset(name); } // of the request before

const quote = (text) => JSON.stringify(text).replace(/\{\{/g, "{\\u007b"); // nothing in it is a variable
const textOf = (value) => (value === undefined || value === null ? "" : String(value));

// A secret in a card is the name of a variable.
function reveal(key, value) {
    const name = typeof value === "string" && /^\{\{(config_\w+)\}\}$/.exec(value);
    return name ? textOf(pm.variables.get(name[1])) : value;
}

// What a variable holds, as JSON of the item's type.
function valueOf(item, text) {
    if (item.kind === "number" && /^-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?$/.test(text)) { return text; }
    if (item.kind === "boolean" && /^(true|false)$/.test(text)) { return text; }
    if (item.kind === "json") {
        try {
            return JSON.stringify(JSON.parse(text, reveal)).replace(/\{\{/g, "{\\u007b");
        } catch (error) {
            console.warn(item.variable + " is not JSON, and is sent as a text"); // the error may have a secret
        }
    }
    return quote(text);
}

const members = [];
for (const item of items) {
    const text = textOf(pm.variables.get(item.variable));
    if (text !== "" || item.blank) { members.push(quote(item.key) + ":" + valueOf(item, text)); }
}
pm.variables.set("config", "{" + members.join(",") + "}");

// What requests have filled in is taken from the collection alone, whatever an environment has.
for (const text of texts) {
    const own = pm.collectionVariables.get(text.name);
    const value = textOf(text.byHand && pm.environment.has(text.name) ? pm.environment.get(text.name) : own);
    pm.variables.set(text.name, text.json ? value : quote(value).slice(1, -1));
}
