package export

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/conngen/conngen/generator/internal/plan"
	"github.com/conngen/conngen/schema"
	"github.com/conngen/conngen/schema/protocol"
)

// The commands that chain the requests for accounts.
const (
	createCommand = "std:account:create"
	deleteCommand = "std:account:delete"
	listCommand   = "std:account:list"
	readCommand   = "std:account:read"
	updateCommand = "std:account:update"
)

// noTestAccount is the reason for skipping a request that would change an account.
const noTestAccount = "this run has created no account, and only such an account is changed or deleted"

// accounts returns the requests for accounts: first those that read, then the life of an account
// that the run creates. No other account is changed or deleted.
func (c *collection) accounts() *folder {
	f := &folder{id: "accounts", name: "Accounts", about: c.accountsAbout()}
	c.add(f, "std:account:discover-schema", object{})
	if c.has(readCommand) {
		c.object(listedAccount, "an account to read", !c.has(listCommand))
	}
	if c.has(listCommand) {
		var take []string
		if c.has(readCommand) {
			take = c.takeFirst(listedAccount, "The first account is the one that is read.")
		}
		c.add(f, listCommand, object{}, after(take...))
		c.deltas(f, listCommand, "", listedAccount)
	}
	c.add(f, readCommand, c.reference(listedAccount), requires(listedAccount.id(), "there is no account to read"))
	if c.has(createCommand) {
		c.create(f)
		c.addAs(f, readCommand, "the new account", c.reference(testAccount), c.withTestAccount)
	}
	c.update(f)
	for _, command := range []string{"std:account:disable", "std:account:enable", "std:account:unlock"} {
		c.add(f, command, c.reference(testAccount), c.onTestAccount, after(states[command]...))
	}
	c.passwords(f)
	c.delete(f)
	if slices.ContainsFunc(f.requests, func(r *request) bool { return r.uses(testAccount.id()) }) {
		what := "the account that the run has created"
		if !c.has(createCommand) {
			what = "an account that may be changed and deleted"
		}
		c.object(testAccount, what, !c.has(createCommand))
	}
	return f
}

func (c *collection) accountsAbout() string {
	about := "Accounts of the source."
	switch {
	case c.has(createCommand):
		about += " The requests that change or delete an account are about the one that " + strconv.Quote(c.byName[createCommand].Capability) +
			" has created in the same run, and are skipped without it: no listed account is ever touched."
		if !c.has(deleteCommand) {
			about += " The connector cannot delete accounts, so this one stays in the source."
		}
	case c.changesAccounts():
		about += " The connector creates none, so the requests that change or delete an account are skipped, unless " +
			code(allowChanges) + " is `true` and " + code(testAccount.id()) + " names an account to try them on."
	}
	return about
}

// changesAccounts reports whether a command of the spec changes accounts.
func (c *collection) changesAccounts() bool {
	return slices.ContainsFunc(slices.Collect(maps.Values(c.byName)), protocol.Command.ChangesAccount)
}

// uses reports whether a request requires a variable.
func (r *request) uses(name string) bool {
	return slices.ContainsFunc(r.needs, func(n need) bool { return n.variable == name })
}

// withTestAccount makes a request wait for the account that the run creates, or for one that the
// user names.
func (c *collection) withTestAccount(r *request) {
	why := noTestAccount
	if !c.has(createCommand) {
		why = "no account is named that may be changed"
	}
	requires(testAccount.id(), why)(r)
}

// onTestAccount does the same for a request that changes the account. If the run creates none, the
// user must also allow changes.
func (c *collection) onTestAccount(r *request) {
	c.withTestAccount(r)
	r.changes = !c.has(createCommand)
}

// states are scripts that check the state of an account in a command's answer.
var states = map[string][]string{
	"std:account:disable": stateTest("the account is disabled", "disabled", false),
	"std:account:enable":  stateTest("the account is enabled", "disabled", true),
	"std:account:unlock":  stateTest("the account is not locked", "locked", true),
}

func stateTest(name, state string, wrong bool) []string {
	return []string{
		`const account = JSON.parse(pm.variables.get("output") || "null");`,
		fmt.Sprintf("pm.test(%q, () => pm.expect(account?.%s).to.not.equal(%t));", name, state, wrong),
	}
}

func (c *collection) create(f *folder) {
	input, unique, needs := c.newAccount()
	proof := make([]string, len(unique))
	for i, name := range unique {
		c.variable(chainVariable{name: name, about: uniqueAbout[name]})
		proof[i] = strconv.Quote(name)
	}
	c.add(f, createCommand, input,
		before(c.makeUp()...),
		after(slices.Concat([]string{
			"// Later requests change and delete this account, so it must be new: it has a text that this run has made up,",
			"// and is not one that the source listed. If its list failed, that is unknown.",
			`const account = JSON.parse(pm.variables.get("output") || "null");`,
			"const id = " + c.idOf("account") + ";",
			`const listed = JSON.parse(pm.variables.get("listed") || "[]");`,
			"const madeUp = [" + strings.Join(proof, ", ") + "].map((name) => pm.collectionVariables.get(name));",
			`const shows = madeUp.some((text) => JSON.stringify(account).toLowerCase().includes(text));`,
			`const ids = JSON.parse(pm.variables.get("ids") || "[]");`,
			`const isNew = id !== "" && shows && listed !== null && !ids.some((one) => listed.includes(one));`,
			`const about = "the ID is " + JSON.stringify(id) + (listed === null ? ", and the list of accounts has failed" : "");`,
			`pm.test("the account is new", () => pm.expect(isNew, about).to.equal(true));`,
			"if (isNew) {",
		}, indented(c.setIDs(testAccount, "account")), []string{"}"})...),
		func(r *request) { r.needs = needs },
	)
}

// makeUp is a script that forgets the account of an earlier run, and makes up distinct values for a new
// one.
func (c *collection) makeUp() []string {
	lines := []string{
		"// This run touches nothing that an earlier one has made. The new account differs from all others.",
		"for (const name of " + c.testAccountVariables() + ") { pm.collectionVariables.unset(name); }",
		`const random = pm.variables.replaceIn("{{$guid}}").replace(/-/g, "");`,
		"const madeUp = {",
		`    run: random.slice(0, 10),`,
		`    run_number: String(100000000 + (parseInt(random.slice(10, 18), 16) % 900000000)),`,
	}
	if c.declared[passwordVariable] || c.has("std:authenticate") {
		lines = append(lines, `    test_account_password: "aA1!" + random.slice(18, 30),`)
	}
	if c.has("std:change-password") {
		lines = append(lines, `    test_account_new_password: "bB2!" + random.slice(20, 32),`)
	}
	return append(lines, "};",
		"for (const [name, value] of Object.entries(madeUp)) {",
		"    pm.collectionVariables.set(name, value);",
		"    pm.variables.set(name, value); // for this request",
		"}")
}

func indented(lines []string) []string {
	in := make([]string, len(lines))
	for i, line := range lines {
		in[i] = "    " + line
	}
	return in
}

// testAccountVariables lists the variables that identify the account of a run.
func (c *collection) testAccountVariables() string {
	quoted := []string{strconv.Quote(testAccount.id())}
	if c.spec.KeyType == schema.CompoundKeyType {
		quoted = append(quoted, strconv.Quote(testAccount.unique()))
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

// uniqueAbout describes the variables that make accounts unique.
var uniqueAbout = map[string]string{
	runVariable:       "A text that no other account has; each run makes one up.",
	runNumberVariable: "A number that no other account has; each run makes one up.",
	passwordVariable:  "The first password of the account that the run creates.",
	newPassword:       "Its second one.",
}

// newAccount returns the input of a create, and its variables with unique values. The answer shows
// at least one of them: if the schema has no attribute with one, the identity has it.
func (c *collection) newAccount() (input object, unique []string, needs []need) {
	attributes, isShown := object{}, false
	for _, s := range c.pkg.TemplateCreate() {
		value, in := c.sample(s, "")
		if ref, ok := c.entitlementOf(s.Field.Name); ok && s.Kind != plan.SampleStatic {
			if !s.Field.Required {
				continue // an update adds it
			}
			value, in = filled{variable(ref.id())}, ""
			needs = append(needs, need{ref.id(), "there is no entitlement that the new account must have"})
			if s.Field.Type.IsList() {
				value = list{value}
			}
		}
		switch {
		case s.Kind == plan.SamplePassword:
			c.variable(chainVariable{name: passwordVariable, about: uniqueAbout[passwordVariable]})
		case in != "":
			unique = append(unique, in)
			_, known := c.attributes[s.Field.Name]
			isShown = isShown || known
		}
		attributes = append(attributes, member{s.Field.Name, value})
	}
	if !isShown {
		unique = append(unique, runVariable)
		input = object{{"identity", filled{text("conngen-"), variable(runVariable)}}}
	}
	slices.Sort(unique)
	return append(input, member{"attributes", attributes}), slices.Compact(unique), needs
}

// sample returns the value of a field, and its variable. A suffix makes texts differ.
func (c *collection) sample(s plan.FieldSample, suffix string) (value node, in string) {
	switch s.Kind {
	case plan.SampleBool:
		value = raw("true")
	case plan.SampleNumber:
		value = raw("1")
	case plan.SampleNewNumber:
		value, in = variable(runNumberVariable), runNumberVariable
	case plan.SamplePassword:
		value, in = filled{variable(passwordVariable)}, passwordVariable
	case plan.SampleStatic:
		return staticValue(s), ""
	case plan.SampleEmail:
		value, in = filled{text("conngen-"), variable(runVariable), text(suffix + "@example.com")}, runVariable
	default:
		value, in = filled{text("conngen-"), variable(runVariable), text(suffix)}, runVariable
	}
	if s.Field.Type.IsList() {
		value = list{value}
	}
	return value, in
}

// staticValue is the value from the template, unchanged.
func staticValue(s plan.FieldSample) node {
	var t string
	if json.Unmarshal(s.Static, &t) == nil {
		return text(t)
	}
	return raw(s.Static)
}

// entitlementOf returns the listed entitlement that an account attribute can hold.
func (c *collection) entitlementOf(attribute string) (objectRef, bool) {
	a, ok := c.attributes[attribute]
	if !ok || !a.Entitlement {
		return "", false
	}
	ref, ok := c.objects[a.ObjectType()]
	return ref, ok
}

func (c *collection) update(f *folder) {
	if !c.has(updateCommand) {
		return
	}
	changes := list{}
	if s := c.pkg.SampleUpdate(); s != nil {
		value, in := c.sample(*s, "-changed")
		if in != "" {
			c.variable(chainVariable{name: in, value: "1", about: uniqueAbout[in]})
		}
		changes = append(changes, change("Set", s.Field.Name, value))
	}
	c.add(f, updateCommand, append(c.reference(testAccount), member{"changes", changes}), c.onTestAccount)
	for _, a := range c.spec.AccountSchema.DistinctAttributes() {
		if ref, ok := c.entitlementOf(a.Name); ok && a.Managed && a.Name != c.spec.AccountSchema.IdentityAttribute {
			c.provision(f, a, ref)
		}
	}
}

// provision adds the requests that add an entitlement to the account and remove it. An attribute
// with one value is set, because its previous value is unknown.
func (c *collection) provision(f *folder, a schema.Attribute, ref objectRef) {
	none := requires(ref.id(), fmt.Sprintf("there is no entitlement of type %q", plan.OneLine(a.ObjectType())))
	value := filled{variable(ref.id())}
	if !a.Multi {
		c.addAs(f, updateCommand, "set "+plan.OneLine(a.Name), append(c.reference(testAccount), member{"changes", list{change("Set", a.Name, value)}}), c.onTestAccount, none)
		return
	}
	for _, op := range []string{"Add", "Remove"} {
		c.addAs(f, updateCommand, strings.ToLower(op)+" "+plan.OneLine(a.Name),
			append(c.reference(testAccount), member{"changes", list{change(op, a.Name, value)}}), c.onTestAccount, none)
	}
}

func change(op, attribute string, value node) object {
	return object{{"op", text(op)}, {"attribute", text(attribute)}, {"value", value}}
}

func (c *collection) passwords(f *folder) {
	password := passwordVariable
	if c.has("std:change-password") {
		c.variable(chainVariable{name: newPassword, about: uniqueAbout[newPassword], byHand: !c.has(createCommand)})
		c.add(f, "std:change-password", append(c.reference(testAccount), member{"password", filled{variable(newPassword)}}),
			c.onTestAccount, requires(newPassword, "there is no new password"))
		password = newPassword
	}
	if c.has("std:authenticate") {
		c.variable(chainVariable{name: password, about: "The password of the account.", byHand: !c.has(createCommand)})
	}
	c.add(f, "std:authenticate", append(c.reference(testAccount),
		member{"username", filled{variable(testAccount.id())}}, member{"password", filled{variable(password)}}),
		c.withTestAccount, requires(password, "there is no password"))
}

func (c *collection) delete(f *folder) {
	if !c.has(deleteCommand) {
		return
	}
	ids := []string{fmt.Sprintf("for (const name of %s) {", c.testAccountVariables())}
	ids = append(ids,
		`    pm.collectionVariables.set(name.replace("test_", "deleted_"), pm.collectionVariables.get(name));`,
		"    pm.collectionVariables.unset(name);",
		"}")
	c.add(f, deleteCommand, c.reference(testAccount), c.onTestAccount, after(slices.Concat(
		[]string{"// The account is gone, and nothing else may be deleted in its place.", "if (pm.response.code === 200) {"}, indented(ids), []string{"}"})...))
	if c.has(readCommand) {
		c.object(deletedAccount, "the account that the run has deleted", false)
		c.addAs(f, readCommand, "the deleted account", c.reference(deletedAccount),
			requires(deletedAccount.id(), "this run has deleted no account"), func(r *request) { r.fails = true })
	}
}
