package export

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/conngen/conngen/generator/internal/plan"
	"github.com/conngen/conngen/schema"
	"github.com/conngen/conngen/schema/protocol"
)

// A folder holds the requests for one area of the connector.
type folder struct {
	id       string // the same in every export of a spec
	name     string
	about    string // Markdown
	folders  []*folder
	requests []*request
}

// isEmpty reports whether a folder has no request.
func (f *folder) isEmpty() bool { return len(f.folders) == 0 && len(f.requests) == 0 }

// A request sends a command.
type request struct {
	id      string
	name    string
	about   string // Markdown
	command string
	input   node

	needs   []need // values that it needs before it can be sent
	changes bool   // it changes something that this collection did not make: only with allowChanges
	fails   bool   // an error is the right answer
	hooks   hooks
}

// A need is a variable that a request requires.
type need struct {
	variable string
	why      string // what is missing, after "skipped: "
}

// hooks are scripts of one request.
type hooks struct {
	before, after []string // lines
}

// A chainVariable is one that a request fills in for later ones.
type chainVariable struct {
	name, value, about string
	byHand             bool // the user fills it in: no request does
	isJSON             bool // the value is JSON, not text
}

// The variables of every collection, and those of the account that it creates.
const (
	urlVariable    = "url"
	tokenVariable  = "token"
	configVariable = "config"
	allowChanges   = "allow_changes"

	runVariable       = "run"        // a text that no account has
	runNumberVariable = "run_number" // a number that none has
	passwordVariable  = "test_account_password"
	newPassword       = "test_account_new_password"
)

// tokenAbout describes the variable of the token.
func tokenAbout(name string) string {
	return name + " is only needed if the server has a CONNECTOR_AUTH_TOKEN."
}

// An objectRef is an object, identified by the prefix of the variables that hold its IDs.
type objectRef string

func (r objectRef) id() string     { return string(r) + "_id" }
func (r objectRef) unique() string { return string(r) + "_unique" }
func (r objectRef) state() string  { return string(r) + "_state" }

// The objects that accounts' requests are about.
const (
	listedAccount  objectRef = "account"
	testAccount    objectRef = "test_account"
	deletedAccount objectRef = "deleted_account"
	testResource   objectRef = "test_resource"
)

// A collection has the requests for a connector, in the order in which a run sends them.
type collection struct {
	pkg     *plan.Package
	spec    *schema.Spec
	folders []*folder
	chain   []chainVariable
	config  configuration

	names      names
	declared   map[string]bool // the names of chain
	byName     map[string]protocol.Command
	attributes map[string]schema.Attribute // of accounts
	objects    map[string]objectRef        // listed entitlements, by type
}

func newCollection(spec *schema.Spec) *collection {
	c := &collection{
		pkg: plan.New(spec, plan.Options{}), spec: spec,
		names: make(names), declared: make(map[string]bool), byName: make(map[string]protocol.Command),
		attributes: make(map[string]schema.Attribute), objects: make(map[string]objectRef),
	}
	for _, a := range spec.AccountSchema.DistinctAttributes() {
		c.attributes[a.Name] = a
	}
	c.config = newConfiguration(c.pkg)
	for _, command := range spec.Commands {
		if p, ok := protocol.Find(command.Name); ok {
			c.byName[command.Name] = p
		}
	}
	for _, area := range []*folder{
		c.connection(), c.entitlements(), c.accounts(), c.sourceData(), c.discovery(), c.resources(), c.streams(), c.custom(),
	} {
		if !area.isEmpty() {
			c.folders = append(c.folders, area)
		}
	}
	tellApart(c.folders, make(map[string]int))
	return c
}

// specName is the name of the spec's file, for use in a sentence.
func (c *collection) specName() string { return cmp.Or(c.pkg.SpecFile, "standard input") }

// tellApart changes the IDs of requests whose spec names are identical once their invisible
// characters are removed.
func tellApart(folders []*folder, taken map[string]int) {
	for _, f := range folders {
		tellApart(f.folders, taken)
		for _, r := range f.requests {
			same := r.id
			for taken[r.id] > 0 {
				taken[same]++
				r.id = same + " #" + strconv.Itoa(taken[same])
			}
			taken[r.id] = 1
		}
	}
}

// has reports whether the spec lists a command.
func (c *collection) has(command string) bool {
	_, ok := c.byName[command]
	return ok
}

// variable adds a variable that is not from the config, once.
func (c *collection) variable(v chainVariable) {
	if !c.declared[v.name] {
		c.declared[v.name] = true
		c.chain = append(c.chain, v)
	}
}

// object adds the variables of an object.
func (c *collection) object(r objectRef, what string, byHand bool) objectRef {
	c.variable(chainVariable{name: r.id(), about: "The ID of " + what + ".", byHand: byHand})
	if c.spec.KeyType == schema.CompoundKeyType {
		c.variable(chainVariable{name: r.unique(), about: "The unique ID of " + what + ".", byHand: byHand})
	}
	return r
}

// reference returns the members of an input that identify its object.
func (c *collection) reference(r objectRef) object {
	id := filled{variable(r.id())}
	o := object{{"identity", id}}
	switch c.spec.KeyType {
	case schema.SimpleKeyType:
		o = append(o, member{"key", object{{"simple", object{{"id", id}}}}})
	case schema.CompoundKeyType:
		o = append(o, member{"key", object{{"compound", object{{"lookupId", id}, {"uniqueId", filled{variable(r.unique())}}}}}})
	}
	return o
}

// request returns a request for a command of the protocol.
func (c *collection) request(command, suffix string, input object) *request {
	p := c.byName[command]
	r := &request{id: command + suffix, name: p.Capability, command: command, input: input}
	if suffix != "" {
		r.name += ": " + suffix
	}
	r.about = fmt.Sprintf("`%s` %s", command, p.Summary())
	r.about += inputsAbout(p.InputsFor(c.spec))
	return r
}

// inputsAbout describes the members of an input.
func inputsAbout(inputs []protocol.Input) string {
	var b strings.Builder
	for i, in := range inputs {
		if i == 0 {
			b.WriteString("\n\nInput:\n")
		}
		must := ""
		if in.Required {
			must = " (always sent)"
		}
		fmt.Fprintf(&b, "\n- `%s`%s: %s", in.Name, must, in.Help)
	}
	return b.String()
}

// add adds a request for a command if the spec lists it.
func (c *collection) add(f *folder, command string, input object, more ...func(*request)) {
	c.addAs(f, command, "", input, more...)
}

// addAs is add for one of several requests for the same command.
func (c *collection) addAs(f *folder, command, suffix string, input object, more ...func(*request)) {
	if !c.has(command) {
		return
	}
	r := c.request(command, suffix, input)
	for _, change := range more {
		change(r)
	}
	f.requests = append(f.requests, r)
}

// requires makes a request wait for a variable.
func requires(name, why string) func(*request) {
	return func(r *request) { r.needs = append(r.needs, need{name, why}) }
}

// changing marks a request that changes something the collection has not created.
func changing(r *request) { r.changes = true }

// after adds lines of script that run after the answer.
func after(lines ...string) func(*request) {
	return func(r *request) { r.hooks.after = append(r.hooks.after, lines...) }
}

// before adds lines of script that run before the request is sent.
func before(lines ...string) func(*request) {
	return func(r *request) { r.hooks.before = append(r.hooks.before, lines...) }
}

func (c *collection) connection() *folder {
	f := &folder{id: "connection", name: "Connection", about: "Whether the connector answers, and whether its source can be reached with the config."}
	c.add(f, protocol.SpecRead, object{})
	c.add(f, "std:test-connection", object{})
	if key := c.optionsItem(); key != "" {
		c.add(f, "std:config-options:read", object{{"key", text(key)}})
	} else if c.has("std:config-options:read") {
		const item = "config_options_key"
		c.variable(chainVariable{name: item, about: "The key of a config item.", byHand: true})
		c.add(f, "std:config-options:read", object{{"key", filled{variable(item)}}}, requires(item, "the spec has no config item"))
	}
	return f
}

// optionsItem returns the key of the item whose options the connector is asked for: one whose
// options the spec does not list, or else one that has options.
func (c *collection) optionsItem() string {
	key, listed := "", ""
	for e := range c.spec.ConfigItems() {
		switch {
		case e.IsChoice() && len(e.Options) == 0:
			return e.Key
		case e.IsChoice() && listed == "":
			listed = e.Key
		case key == "":
			key = e.Key
		}
	}
	if listed != "" {
		return listed
	}
	return key
}

func (c *collection) entitlements() *folder {
	f := &folder{id: "entitlements", name: "Entitlements", about: "What accounts can be given, by type. Requests for accounts use the first of each type."}
	for _, objectType := range c.entitlementTypes() {
		if area := c.entitlementType(objectType); !area.isEmpty() {
			f.folders = append(f.folders, area)
		}
	}
	return f
}

// entitlementTypes are those with a schema, or else those that account attributes hold, or else the
// usual one.
func (c *collection) entitlementTypes() []string {
	var types []string
	for _, e := range c.pkg.Entitlements {
		if !e.Open {
			types = append(types, e.Type)
		}
	}
	if s := c.spec.AccountSchema; len(types) == 0 && s != nil {
		for _, a := range s.Attributes {
			if a.Entitlement && !slices.Contains(types, a.ObjectType()) {
				types = append(types, a.ObjectType())
			}
		}
	}
	if len(types) == 0 {
		types = []string{schema.Attribute{}.ObjectType()}
	}
	return types
}

func (c *collection) entitlementType(objectType string) *folder {
	name := cmp.Or(plan.OneLine(objectType), "entitlement")
	f := &folder{id: "entitlements/" + objectType, name: name, about: fmt.Sprintf("Entitlements of type %s.", code(name))}
	ref := objectRef(c.names.add("entitlement", objectType))
	if c.has("std:entitlement:list") || c.has("std:entitlement:read") {
		c.object(ref, fmt.Sprintf("an entitlement of type %q", name), !c.has("std:entitlement:list"))
	}
	if c.has("std:entitlement:list") {
		c.objects[objectType] = ref
	}
	ofType := member{"type", text(objectType)}
	c.addAs(f, "std:entitlement:list", name, object{ofType}, after(c.takeFirst(ref, "The first entitlement is what other requests use.")...))
	c.deltas(f, "std:entitlement:list", name, ref, ofType)
	c.addAs(f, "std:entitlement:read", name, append(c.reference(ref), ofType), requires(ref.id(), "there is no entitlement of this type to read"))
	return f
}

// deltas adds the two requests of a delta aggregation.
func (c *collection) deltas(f *folder, command, suffix string, ref objectRef, members ...member) {
	if !c.has(command) || !c.spec.SupportsStatefulCommands {
		return
	}
	c.variable(chainVariable{name: ref.state(), about: "What the last delta aggregation saved, as JSON.", isJSON: true})
	if suffix != "" {
		suffix += ", "
	}
	stateful := append(object(members), member{"stateful", raw("true")})
	c.addAs(f, command, suffix+"first delta run", stateful, after(
		"// The next run sends what this one has saved.",
		fmt.Sprintf(`pm.collectionVariables.set(%q, pm.variables.get("state") || "");`, ref.state()),
	))
	c.addAs(f, command, suffix+"next delta run", append(stateful[:len(stateful):len(stateful)], member{"state", variable(ref.state())}),
		requires(ref.state(), "no run has saved a state"))
}

// takeFirst is a script that puts the IDs of the first output into variables.
func (c *collection) takeFirst(ref objectRef, comment string) []string {
	return append([]string{"// " + comment, `const first = JSON.parse(pm.variables.get("output") || "null");`}, c.setIDs(ref, "first")...)
}

// setIDs is a script that puts the IDs of an object into variables.
func (c *collection) setIDs(ref objectRef, from string) []string {
	lines := []string{fmt.Sprintf("pm.collectionVariables.set(%q, %s);", ref.id(), c.idOf(from))}
	if c.spec.KeyType == schema.CompoundKeyType {
		lines = append(lines, fmt.Sprintf("pm.collectionVariables.set(%q, %s?.key?.compound?.uniqueId ?? \"\");", ref.unique(), from))
	}
	return lines
}

// idOf is an expression for the ID of an object.
func (c *collection) idOf(from string) string {
	switch c.spec.KeyType {
	case schema.SimpleKeyType:
		return from + `?.key?.simple?.id ?? ""`
	case schema.CompoundKeyType:
		return from + `?.key?.compound?.lookupId ?? ""`
	}
	return from + `?.identity ?? ""`
}

func (c *collection) sourceData() *folder {
	f := &folder{id: "source-data", name: "Source data", about: "Data of the source that forms in Identity Security Cloud offer."}
	const key = "source_data_key"
	if c.has("std:source-data:read") {
		c.variable(chainVariable{name: key, about: "A kind of source data, as discovery names it.", byHand: !c.has("std:source-data:discover")})
	}
	c.add(f, "std:source-data:discover", object{{"queryInput", object{{"limit", raw("10")}}}}, after(
		"// The first kind of data is what the next request reads.",
		`const kinds = JSON.parse(pm.variables.get("output") || "null") || [];`,
		fmt.Sprintf(`pm.collectionVariables.set(%q, kinds[0]?.key ?? "");`, key),
	))
	c.add(f, "std:source-data:read", object{{"sourceDataKey", filled{variable(key)}}, {"queryInput", object{{"limit", raw("10")}}}},
		requires(key, "the source names no kind of data"))
	return f
}

func (c *collection) discovery() *folder {
	f := &folder{id: "discovery", name: "Applications and machine identities", about: "What the source knows besides accounts, by dataset."}
	c.add(f, "std:application-discovery:list", object{})
	c.addDataset(f, "std:machine-identity:list")
	c.addDataset(f, "std:agent:list")
	return f
}

// addDataset adds a request for a command that reads a dataset, whose ID no command
// returns.
func (c *collection) addDataset(f *folder, command string) {
	if !c.has(command) {
		return
	}
	const dataset = "dataset_id"
	c.variable(chainVariable{name: dataset, about: "The ID of a dataset of the source.", byHand: true})
	c.add(f, command, object{{"datasetIds", list{filled{variable(dataset)}}}}, requires(dataset, "no dataset is named"))
}

func (c *collection) resources() *folder {
	f := &folder{id: "resources", name: "Resources", about: "The requests that change a resource are only sent with " + code(testResource.id()) + ", which only you can fill in."}
	c.addDataset(f, "std:resource:list")
	for _, command := range []string{"std:resource:disable", "std:resource:enable", "std:resource:delete"} {
		if c.has(command) {
			c.object(testResource, "a resource that may be changed and deleted", true)
		}
		c.add(f, command, c.reference(testResource), changing, requires(testResource.id(), "no resource is named that may be changed"))
	}
	return f
}

func (c *collection) streams() *folder {
	f := &folder{id: "streams", name: "Shared signals", about: "Shared signals streams. Put the stream into the input of each request."}
	input := object{{"stream", object{}}}
	c.add(f, "std:ssf-stream:discover", input)
	c.add(f, "std:ssf-stream:read", input)
	for _, verb := range []string{"create", "update", "replace", "status-update", "verify", "delete"} {
		c.add(f, "std:ssf-stream:"+verb, input, changing)
	}
	return f
}

func (c *collection) custom() *folder {
	f := &folder{id: "custom", name: "Custom", about: "Commands of this connector's own. Only their author knows what they take and do, so each is sent with an empty input, and only where " + code(allowChanges) + " says so."}
	for _, command := range c.pkg.Commands {
		if _, ok := protocol.Find(command.Name); ok {
			continue
		}
		name := cmp.Or(plan.OneLine(command.Name), "command")
		f.requests = append(f.requests, &request{
			id: command.Name, name: name, command: command.Name, input: object{}, changes: true,
			about: fmt.Sprintf("A custom command of this connector: %s.", code(name)),
		})
	}
	return f
}

// code formats a text as Markdown code, unchanged.
func code(t string) string {
	fence := "`"
	for strings.Contains(t, fence) {
		fence += "`"
	}
	if len(fence) > 1 {
		return fence + " " + t + " " + fence
	}
	return fence + t + fence
}
