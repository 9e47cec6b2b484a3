// After each request: what all answers have in common, and what the spec says of this one.

// The commands: how many outputs they have, and of what.
const commands = new Map(COMMANDS);
// The attributes of accounts and of each type of entitlements: name, type, and whether there are several.
const schemas = new Map(SCHEMAS);
const keyType = KEYTYPE;

let sent = {};
try { sent = JSON.parse(pm.request.body.raw) || {}; } catch (error) { console.warn("the body is not JSON"); } // it has secrets, and so has the error
const input = sent.input || {};
const command = commands.get(sent.type) || {};

if (pm.variables.get("fails")) {
    pm.test("fails, as it must", () => pm.expect(pm.response.code).to.equal(500));
} else {
    check();
}

function check() {
    const body = pm.response.text();
    const lists = sent.type === "std:account:list" && !input.stateful;
    if (lists) { pm.variables.set("listed", "null"); } // until all accounts are known
    pm.test("status is 200", () => pm.expect(pm.response.code, body.slice(0, 500)).to.equal(200));
    if (pm.response.code !== 200) { return; }
    pm.test("answers with lines of JSON", () => pm.expect(pm.response.headers.get("Content-Type")).to.match(/^application\/x-ndjson\b/));
    const lines = [];
    let whole = false;
    pm.test("each line is one of the protocol", () => {
        for (const line of body.split("\n").filter((line) => line !== "")) {
            const parsed = JSON.parse(line);
            pm.expect(parsed.type, line.slice(0, 200)).to.be.oneOf(["output", "state", "keepAlive", "config"]);
            pm.expect(parsed, line.slice(0, 200)).to.have.property("data");
            lines.push(parsed);
        }
        whole = true;
    });
    const outputs = lines.filter((line) => line.type === "output").map((line) => line.data);
    const state = lines.filter((line) => line.type === "state").pop();
    if (outputs.length > 0) {
        pm.variables.set("output", JSON.stringify(outputs[0]));
        pm.variables.set("ids", JSON.stringify(idsOf(outputs[0])));
    }
    if (state) { pm.variables.set("state", JSON.stringify(state.data)); }
    if (lists && whole) { pm.variables.set("listed", JSON.stringify(outputs.flatMap(idsOf))); }
    if (command.one) { pm.test("has one output", () => pm.expect(outputs.length).to.equal(1)); }
    if (!command.of) { return; }
    pm.test("outputs are what the spec says", () => {
        const problems = outputs.flatMap((output, i) => faults(output).map((fault) => "output " + (i + 1) + " " + fault));
        pm.expect(problems.slice(0, 10), problems.slice(0, 10).join("; ")).to.be.empty;
    });
}

function idOf(object) {
    const key = (object && object.key) || {};
    return key.simple ? key.simple.id : key.compound ? key.compound.lookupId : object && object.identity;
}

// All that an object can be found by. Sources rarely tell capitals from small letters.
function idsOf(object) {
    const { identity, uuid, key } = object || {};
    const { simple, compound } = key || {};
    return [identity, uuid, simple && simple.id, compound && compound.lookupId, compound && compound.uniqueId].filter(isText).map((id) => id.toLowerCase());
}

// What is wrong with an output.
function faults(output) {
    if (command.of === "list") {
        return Array.isArray(output) && output.every((item) => isText(item && item.key) && isText(item && item.label)) ? [] : ["is not a list of keys and labels"];
    }
    if (typeof output !== "object" || output === null || Array.isArray(output)) { return ["is not an object"]; }
    if (command.of === "object" || (command.mayBeEmpty && Object.keys(output).length === 0)) { return []; }
    const found = keyFaults(output);
    if (command.of === "entitlement" && output.type !== input.type) { found.push("has the type " + JSON.stringify(output.type)); }
    const attributes = schemas.get(command.of === "account" ? "" : input.type) || [];
    if (command.mayBeEmpty && output.attributes === undefined) { return found; }
    if (typeof output.attributes !== "object" || output.attributes === null) { return found.concat("has no attributes"); }
    for (const [name, type, multi] of attributes) {
        if (!Object.prototype.hasOwnProperty.call(output.attributes, name)) { continue; }
        const value = output.attributes[name];
        const fits = multi ? Array.isArray(value) && value.every((element) => isOf(type, element)) : value === null || isOf(type, value);
        if (!fits) { found.push("has " + JSON.stringify(value) + " in " + JSON.stringify(name) + ", not " + (multi ? "a list of " : "") + type); }
    }
    return found;
}

function keyFaults(output) {
    const key = output.key || {};
    if (keyType === "compound") { return key.compound && isText(key.compound.lookupId) && isText(key.compound.uniqueId) ? [] : ["has no compound key"]; }
    if (keyType === "simple") { return key.simple && isText(key.simple.id) ? [] : ["has no simple key"]; }
    return isText(output.identity) || isText(idOf(output)) ? [] : ["has no identity"];
}

function isText(value) { return typeof value === "string" && value !== ""; }

function isOf(type, value) {
    if (type === "boolean") { return typeof value === "boolean"; }
    return type === "string" ? typeof value === "string" : Number.isInteger(value);
}
