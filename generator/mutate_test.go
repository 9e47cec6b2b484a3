package generator

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/conngen/conngen/schema"
	"github.com/conngen/conngen/schema/protocol"
)

var mutations = flag.Int("mutations", 300, "how many changes of specs TestCompareMutations makes")

// TestCompareMutations changes golden and public specs in structured ways, one by one, and compares
// what [CompareAPI] says about each change and its reverse with the exports of the two packages.
func TestCompareMutations(t *testing.T) {
	t.Parallel()
	bases := mutationBases(t)
	var counts verdicts
	for i, b := range bases {
		n := *mutations / len(bases)
		if i < *mutations%len(bases) {
			n++
		}
		t.Run(b.name, func(t *testing.T) {
			t.Parallel()
			b.mutate(t, rand.New(rand.NewPCG(uint64(i), 1)), n, &counts)
		})
	}
	t.Cleanup(func() { t.Logf("pairs by verdict: %v", counts.by) })
}

// verdicts counts pairs of specs.
type verdicts struct {
	mu sync.Mutex
	by map[string]int
}

func (v *verdicts) add(impact GoImpact) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.by == nil {
		v.by = make(map[string]int)
	}
	v.by[impact.String()]++
}

// A mutationBase is the spec that a chain of changes starts from.
type mutationBase struct {
	name string
	text []byte
	opts Options
}

func mutationBases(t *testing.T) []mutationBase {
	t.Helper()
	var bases []mutationBase
	for _, c := range goldenCases(t) {
		bases = append(bases, mutationBase{c.name, readFile(t, c.spec), c.opts})
	}
	for _, path := range glob(t, corpus, "specs", "*.json") {
		if spec := readValid(t, path); spec != nil {
			bases = append(bases, mutationBase{filepath.Base(path), spec.File.Text(), testOptions})
		}
	}
	return bases
}

// longestChain is the number of consecutive changes before the next one starts from the base again.
const longestChain = 12

func (b mutationBase) mutate(t *testing.T, r *rand.Rand, n int, counts *verdicts) {
	t.Helper()
	first, err := newMutant(b.text, b.opts)
	if err != nil {
		t.Fatal(err)
	}
	old := first
	for done, tries := 0, 0; done < n; tries++ {
		if tries > 50*n {
			t.Fatalf("only %d of %d changes give a valid spec", done, n)
		}
		if r.IntN(longestChain) == 0 {
			old = first
		}
		current, what, err := old.mutated(r)
		var invalid *invalidError
		switch {
		case errors.As(err, &invalid):
			continue
		case err != nil:
			t.Fatalf("%s: %v", what, err)
		}
		done++
		current.checkAPI(t, what)
		counts.add(checkVerdict(t, what, old, current))
		counts.add(checkVerdict(t, what+", and back", current, old))
		old = current
	}
}

// checkVerdict compares what [CompareAPI] says about a change with what the two packages
// export, and returns that.
func checkVerdict(t *testing.T, what string, old, current mutant) GoImpact {
	t.Helper()
	c := CompareAPI(old.spec, current.spec, old.opts, current.opts)
	want := impactOn(old.api, current.api)
	if c.Go != want {
		t.Errorf("%s: the impact on Go code is %v, the packages say %v%s", what, c.Go, want, apiChanges(old.api, current.api))
	}
	checkComparison(t, c, planAPI(old.spec, old.opts), planAPI(current.spec, current.opts))
	return want
}

// checkAPI compares the API that the plan lists with what the package exports.
func (m mutant) checkAPI(t *testing.T, what string) {
	t.Helper()
	listed := textsOf(planAPI(m.spec, m.opts))
	if !maps.Equal(apiMap(listed), m.api) || len(listed) != len(m.api) {
		t.Errorf("%s: the plan lists another API than the package has%s", what, apiChanges(m.api, apiMap(listed)))
	}
}

// A mutant is a changing spec, with its package's API.
type mutant struct {
	version
	text []byte
	opts Options
}

// An invalidError says that a spec has errors, or unsuitable settings.
type invalidError struct{ reason error }

func (e *invalidError) Error() string { return e.reason.Error() }

func newMutant(text []byte, opts Options) (mutant, error) {
	spec, err := readSource(text, opts)
	if err != nil {
		return mutant{}, err
	}
	v := newVersion(spec, opts)
	return mutant{v, text, opts}, v.err
}

// readSource reads a spec with its settings, which must fit.
func readSource(text []byte, opts Options) (*schema.Spec, error) {
	spec, found := schema.Parse("connector-spec.json", text)
	if found.HasErrors() {
		return nil, &invalidError{errors.New(found[0].String())}
	}
	if problems, _ := CheckNames(spec, opts); len(problems) > 0 {
		return nil, &invalidError{errors.New(problems[0].Message)}
	}
	return spec, nil
}

// mutated returns a changed copy, and what changed: usually one thing, sometimes more.
func (m mutant) mutated(r *rand.Rand) (mutant, string, error) {
	text, opts, what, err := changed(m.text, m.opts, r)
	if err != nil {
		return mutant{}, what, err
	}
	current, err := newMutant(text, opts)
	return current, what, err
}

// changed returns a changed copy of a spec and its settings, and what changed.
func changed(text []byte, opts Options, r *rand.Rand) ([]byte, Options, string, error) {
	c := changer{Rand: r, opts: opts}
	c.opts.Names = maps.Clone(opts.Names)
	if err := json.Unmarshal(text, &c.spec); err != nil {
		return nil, opts, "", err
	}
	var done []string
	for range 1 + r.IntN(4)/3 {
		names := slices.Sorted(maps.Keys(changes))
		name := names[r.IntN(len(names))]
		if !changes[name](&c) {
			return nil, opts, name, &invalidError{errors.New("there is nothing to change")}
		}
		done = append(done, name)
	}
	text, err := json.MarshalIndent(c.spec, "", " ")
	return text, c.opts, strings.Join(done, ", "), err
}

type object = map[string]any

// A changer changes a spec, which is JSON.
type changer struct {
	*rand.Rand
	spec object
	opts Options
}

// changes are all ways to change a spec. They report false if there is nothing to change.
var changes = map[string]func(*changer) bool{
	"add attribute": func(c *changer) bool {
		return c.onSchema(func(s object) bool { return c.insert(s, "attributes", c.attribute()) })
	},
	"remove attribute":   func(c *changer) bool { return c.onSchema(func(s object) bool { return c.remove(s, "attributes") }) },
	"rename attribute":   func(c *changer) bool { return c.onAttribute(func(s, a object) bool { return c.renameAttribute(s, a) }) },
	"retype attribute":   func(c *changer) bool { return c.onAttribute(func(_, a object) bool { return c.setType(a) }) },
	"reorder attributes": func(c *changer) bool { return c.onSchema(func(s object) bool { return c.shuffle(s, "attributes") }) },
	"multi":              func(c *changer) bool { return c.onAttribute(func(_, a object) bool { return toggle(a, "multi") }) },
	"required":           func(c *changer) bool { return c.onAttribute(func(_, a object) bool { return toggle(a, "required") }) },
	"entitlement": func(c *changer) bool {
		return c.onAttribute(func(_, a object) bool { return toggle(a, "entitlement") })
	},
	"description": func(c *changer) bool {
		return c.onAttribute(func(_, a object) bool { return c.setText(a, "description") })
	},
	"identity attribute": func(c *changer) bool {
		return c.onAttribute(func(s, a object) bool { s["identityAttribute"] = a["name"]; return true })
	},
	"display attribute": func(c *changer) bool {
		return c.onAttribute(func(s, a object) bool { s["displayAttribute"] = a["name"]; return true })
	},
	"key type":         (*changer).keyType,
	"add command":      func(c *changer) bool { return c.insert(c.spec, "commands", c.command()) },
	"remove command":   func(c *changer) bool { return c.remove(c.spec, "commands") },
	"reorder commands": func(c *changer) bool { return c.shuffle(c.spec, "commands") },
	"add type":         func(c *changer) bool { return c.insert(c.spec, "entitlementSchemas", c.objectSchema(c.name())) },
	"remove type":      func(c *changer) bool { return c.remove(c.spec, "entitlementSchemas") },
	"rename type":      (*changer).renameType,
	"reorder types":    func(c *changer) bool { return c.shuffle(c.spec, "entitlementSchemas") },
	"account schema":   (*changer).accountSchema,
	"create template":  (*changer).createTemplate,
	"add field": func(c *changer) bool {
		return c.onTemplate(func(s object) bool { return c.insert(s, "fields", c.field(c.name())) })
	},
	"add field of schema": (*changer).fieldOfSchema,
	"remove field":        func(c *changer) bool { return c.onTemplate(func(s object) bool { return c.remove(s, "fields") }) },
	"rename field": func(c *changer) bool {
		return c.onField(func(f object) bool { f[fieldKey(f)] = c.name(); return true })
	},
	"retype field":       func(c *changer) bool { return c.onField(c.setType) },
	"require field":      func(c *changer) bool { return c.onField(func(f object) bool { return toggle(f, "required") }) },
	"multi-valued field": func(c *changer) bool { return c.onField(func(f object) bool { return toggle(f, "isMultiValued") }) },
	"reorder fields":     func(c *changer) bool { return c.onTemplate(func(s object) bool { return c.shuffle(s, "fields") }) },
	"add item": func(c *changer) bool {
		return c.onItems(func(holder object, list string) bool { return c.insert(holder, list, c.item(1)) })
	},
	"remove item": func(c *changer) bool {
		return c.onItems(func(holder object, list string) bool { return c.remove(holder, list) })
	},
	"reorder items": func(c *changer) bool {
		return c.onItems(func(holder object, list string) bool { return c.shuffle(holder, list) })
	},
	"alternative item": func(c *changer) bool { return c.onItems(c.alternative) },
	"rename item":      func(c *changer) bool { return c.onItem(func(i object) bool { i["key"] = c.name(); return true }) },
	"retype item":      func(c *changer) bool { return c.onItem(c.retypeItem) },
	"require item":     func(c *changer) bool { return c.onItem(func(i object) bool { return toggle(i, "required") }) },
	"item label":       func(c *changer) bool { return c.onItem(func(i object) bool { return c.setText(i, "label") }) },
	"limits":           func(c *changer) bool { return c.onItem(c.setLimits) },
	"initial value":    (*changer).initialValue,
	"add option": func(c *changer) bool {
		return c.onOptions(func(i object) bool { return c.insert(i, "options", c.option()) })
	},
	"remove option":       func(c *changer) bool { return c.onOptions(func(i object) bool { return c.remove(i, "options") }) },
	"rename option":       func(c *changer) bool { return c.onOptions(c.renameOption) },
	"reorder options":     func(c *changer) bool { return c.onOptions(func(i object) bool { return c.shuffle(i, "options") }) },
	"description of spec": func(c *changer) bool { return c.setText(c.spec, "description") },
	"name in settings":    (*changer).setting,
	"initialism":          (*changer).initialism,
}

// names collide with each other, and with what generated code declares.
var names = []string{
	"userId", "user_id", "user-id", "USER.ID", "user id 2", "extra", "Extra", "wireFields", "configItems", "id", "ID", "mail", "e-mail", "eMail",
	"a.b", "a_b", "a", "1st", "😀", "🚀", "!=", "==", "not equal", "名前", "group", "groups", "group list", "group attributes", "account", "action",
	"account attributes", "account create input", "config", "config mode", "client", "memory", "new", "main", "mode", "Mode", "sources", "source", "K", "\u212a",
	"account:list", "group:list", "std-account-list", "erpNumber", "password", "apiToken", "x/y", "x~y", "Unimplemented client", "\"", "decode config",
}

func (c *changer) name() string {
	if c.chance(8) {
		return c.oddName()
	}
	return names[c.IntN(len(names))]
}

// oddName makes up a name that is hard to turn into a Go name.
func (c *changer) oddName() string {
	var b strings.Builder
	for range 1 + c.IntN(4) {
		b.WriteString(pick(c, nameParts))
	}
	return b.String()
}

// nameParts cover all classes of letters, word endings, and characters special to Go, JSON,
// comments and shells.
var nameParts = []string{
	"a", "B", "user", "Id", "ID", "URL", "List", "Attributes", "7", "0", "_", "-", ".", ":", "/", "~", "~1", " ", "$", "{{", "}}", "%", "%d", "\\", "\"", "'", "`",
	"*/", "//", "\n", "\t", "\u00a0", "\u2028", "\u200b", "\u202e", "ǅ", "ß", "ʰ", "ⅷ", "٣", "é", "e\u0301", "名", "😀", "\ufeff", "type", "range", "nil", "init", "<", "&", "=",
}

func (c *changer) chance(n int) bool { return c.IntN(n) == 0 }

func pick[T any](c *changer, list []T) T { return list[c.IntN(len(list))] }

// list returns an array of an object.
func list(o object, member string) []any {
	l, _ := o[member].([]any)
	return l
}

// objects returns the objects of an array.
func objects(o object, member string) []object {
	var all []object
	for _, e := range list(o, member) {
		if e, ok := e.(object); ok {
			all = append(all, e)
		}
	}
	return all
}

func (c *changer) insert(o object, member string, value any) bool {
	l := list(o, member)
	o[member] = slices.Insert(slices.Clone(l), c.IntN(len(l)+1), value)
	return true
}

func (c *changer) remove(o object, member string) bool {
	l := list(o, member)
	if len(l) == 0 {
		return false
	}
	i := c.IntN(len(l))
	o[member] = slices.Delete(slices.Clone(l), i, i+1)
	return true
}

func (c *changer) shuffle(o object, member string) bool {
	l := list(o, member)
	c.Shuffle(len(l), func(i, j int) { l[i], l[j] = l[j], l[i] })
	return len(l) > 1
}

func toggle(o object, member string) bool {
	if o[member] == true {
		delete(o, member)
	} else {
		o[member] = true
	}
	return true
}

func (c *changer) setText(o object, member string) bool {
	o[member] = fmt.Sprintf("Text %d", c.IntN(100))
	return true
}

func (c *changer) setType(o object) bool {
	o["type"] = pick(c, []string{"string", "boolean", "int", "long", "string"})
	return true
}

// onSchema changes the schema of accounts or of a type.
func (c *changer) onSchema(change func(s object) bool) bool {
	schemas := objects(c.spec, "entitlementSchemas")
	if s, ok := c.spec["accountSchema"].(object); ok {
		schemas = append(schemas, s, s) // accounts matter most
	}
	return len(schemas) > 0 && change(pick(c, schemas))
}

func (c *changer) onAttribute(change func(s, attribute object) bool) bool {
	return c.onSchema(func(s object) bool {
		attributes := objects(s, "attributes")
		return len(attributes) > 0 && change(s, pick(c, attributes))
	})
}

// renameAttribute updates everything that refers to the attribute.
func (c *changer) renameAttribute(s, attribute object) bool {
	was := attribute["name"]
	attribute["name"] = c.name()
	for _, member := range []string{"identityAttribute", "displayAttribute", "groupAttribute", "hierarchyAttribute"} {
		if s[member] == was {
			s[member] = attribute["name"]
		}
	}
	return true
}

func (c *changer) attribute() object {
	a := object{"name": c.name(), "description": "d"}
	c.setType(a)
	if c.chance(3) {
		a["multi"] = true
	}
	return a
}

func (c *changer) objectSchema(typ string) object {
	return object{"type": typ, "displayAttribute": "id", "identityAttribute": "id", "attributes": []any{
		object{"name": "id", "type": "string", "description": "d"}, object{"name": "label", "type": "string", "description": "d"},
	}}
}

func (c *changer) keyType() bool {
	t := pick(c, []string{"simple", "compound", ""})
	if t == "" {
		delete(c.spec, "keyType")
	} else {
		c.spec["keyType"] = t
	}
	return true
}

func (c *changer) command() string {
	if c.chance(3) {
		return c.name()
	}
	return pick(c, protocol.Names())
}

func (c *changer) renameType() bool {
	types := objects(c.spec, "entitlementSchemas")
	if len(types) == 0 {
		return false
	}
	s := pick(c, types)
	was := s["type"]
	s["type"] = c.name()
	account, _ := c.spec["accountSchema"].(object)
	for _, a := range objects(account, "attributes") {
		if a["schemaObjectType"] == was {
			a["schemaObjectType"] = s["type"]
		}
	}
	return true
}

func (c *changer) accountSchema() bool {
	if _, ok := c.spec["accountSchema"]; ok && !c.chance(3) {
		delete(c.spec, "accountSchema")
	} else {
		s := c.objectSchema("")
		delete(s, "type")
		c.spec["accountSchema"] = s
	}
	return true
}

func (c *changer) createTemplate() bool {
	if _, ok := c.spec["accountCreateTemplate"]; ok {
		delete(c.spec, "accountCreateTemplate")
	} else {
		c.spec["accountCreateTemplate"] = object{"fields": []any{c.field("login"), c.field(c.name())}}
	}
	return true
}

func (c *changer) field(key string) object {
	f := object{"key": key, "label": "l", "initialValue": object{"type": "static", "attributes": object{"value": "x"}}}
	c.setType(f)
	return f
}

// fieldKey is the member that names a field.
func fieldKey(f object) string {
	if _, ok := f["key"]; ok {
		return "key"
	}
	return "name"
}

func (c *changer) onTemplate(change func(template object) bool) bool {
	template, ok := c.spec["accountCreateTemplate"].(object)
	return ok && change(template)
}

func (c *changer) onField(change func(field object) bool) bool {
	return c.onTemplate(func(template object) bool {
		fields := objects(template, "fields")
		return len(fields) > 0 && change(pick(c, fields))
	})
}

func (c *changer) fieldOfSchema() bool {
	account, _ := c.spec["accountSchema"].(object)
	attributes := objects(account, "attributes")
	return len(attributes) > 0 && c.onTemplate(func(template object) bool {
		name, _ := pick(c, attributes)["name"].(string)
		return c.insert(template, "fields", c.field(name))
	})
}

// A holder is an object with a list of config items.
type holder struct {
	object
	list string
}

// holders returns all lists of config items.
func holders(o object, member string) []holder {
	all := []holder{{o, member}}
	for _, e := range objects(o, member) {
		if _, ok := e["items"]; ok {
			all = append(all, holders(e, "items")...)
		}
		for _, m := range objects(e, "subMenus") {
			all = append(all, holders(m, "items")...)
		}
	}
	return all
}

func (c *changer) onItems(change func(holder object, list string) bool) bool {
	all := holders(c.spec, "sourceConfig")
	if len(all) > 1 {
		all = all[1:] // items belong in menus
	}
	h := pick(c, all)
	return change(h.object, h.list)
}

// onItem changes a config item.
func (c *changer) onItem(change func(item object) bool) bool {
	var items []object
	for _, h := range holders(c.spec, "sourceConfig") {
		for _, i := range objects(h.object, h.list) {
			if _, ok := i["key"]; ok {
				items = append(items, i)
			}
		}
	}
	return len(items) > 0 && change(pick(c, items))
}

var itemTypes = []string{
	"text", "secret", "textarea", "secrettextarea", "url", "number", "checkbox", "toggle", "radio", "select", "list", "keyValue", "cardList", "password",
}

// item makes a config item, with cards to a depth.
func (c *changer) item(depth int) object {
	i := object{"key": c.name(), "label": "l"}
	c.setItemType(i, depth)
	return i
}

func (c *changer) setItemType(i object, depth int) {
	types := itemTypes
	if depth == 0 {
		types = types[:len(types)-2]
	}
	typ := pick(c, types)
	i["type"] = typ
	switch typ {
	case "radio", "select":
		i["options"] = []any{c.option(), c.option(), object{"label": "l", "value": "fixed"}}
	case "keyValue":
		part := func(key, typ string) object { return object{"key": key, "label": "l", "type": typ} }
		i["keyValueKey"], i["keyValueValue"] = part("k", "text"), part(pick(c, []string{"v", "password"}), pick(c, []string{"text", "secret"}))
	case "cardList":
		i["titleKey"] = "title"
		i["subMenus"] = []any{object{"label": "l", "items": []any{
			object{"key": "title", "label": "l", "type": "text"}, c.item(depth - 1), c.item(depth - 1),
		}}}
	}
}

func (c *changer) retypeItem(i object) bool {
	for _, member := range []string{"options", "keyValueKey", "keyValueValue", "subMenus", "titleKey", "subtitleKey", "indexKey", "buttonLabel", "min", "max", "maxLength", "value"} {
		delete(i, member)
	}
	c.setItemType(i, 1)
	return true
}

// alternative adds a second item for a key, shown in its place.
func (c *changer) alternative(holder object, list string) bool {
	items := objects(holder, list)
	if len(items) == 0 {
		return false
	}
	first := pick(c, items)
	if _, ok := first["key"]; !ok {
		return false
	}
	second := c.item(1)
	second["key"] = first["key"]
	first["parentKey"], first["parentValue"] = "fork", "a"
	second["parentKey"], second["parentValue"] = "fork", "b"
	c.insert(holder, list, second)
	if !slices.ContainsFunc(items, func(i object) bool { return i["key"] == "fork" }) {
		c.insert(holder, list, object{"key": "fork", "label": "l", "type": "radio", "options": []any{object{"label": "l", "value": "a"}, object{"label": "l", "value": "b"}}})
	}
	return true
}

// setLimits turns an item into a number and changes it.
func (c *changer) setLimits(i object) bool {
	if i["type"] != "number" && !c.chance(4) {
		return false
	}
	i["type"], i["min"], i["max"] = "number", fmt.Sprint(c.number(5)), fmt.Sprint(10+c.number(5))
	return true
}

// number is one below n, sometimes with a fraction.
func (c *changer) number(n int) float64 {
	if c.chance(3) {
		return float64(c.IntN(n)) + 0.5
	}
	return float64(c.IntN(n))
}

func (c *changer) initialValue() bool {
	return c.onItem(func(i object) bool {
		values, _ := c.spec["sourceConfigInitialValues"].(object)
		if values == nil {
			values = object{}
			c.spec["sourceConfigInitialValues"] = values
		}
		key, _ := i["key"].(string)
		switch i["type"] {
		case "number":
			values[key] = c.number(9)
		case "checkbox", "toggle":
			values[key] = c.chance(2)
		case "list", "keyValue", "cardList":
			values[key] = []any{}
		case "radio", "select":
			if o := objects(i, "options"); len(o) > 0 {
				values[key] = pick(c, o)["value"]
			}
		default:
			values[key] = "x"
		}
		return true
	})
}

func (c *changer) option() object { return object{"label": "l", "value": c.name()} }

// onOptions changes an item that has options.
func (c *changer) onOptions(change func(item object) bool) bool {
	var items []object
	for _, h := range holders(c.spec, "sourceConfig") {
		for _, i := range objects(h.object, h.list) {
			if len(list(i, "options")) > 0 {
				items = append(items, i)
			}
		}
	}
	return len(items) > 0 && change(pick(c, items))
}

func (c *changer) renameOption(i object) bool {
	pick(c, objects(i, "options"))["value"] = c.name()
	return true
}

// setting names something in the settings.
func (c *changer) setting() bool {
	if c.opts.Names == nil {
		c.opts.Names = make(map[string]string)
	}
	goName := pick(c, []string{"Login", "UserID", "Group", "Team", "ID", "Mode"})
	switch c.IntN(4) {
	case 0:
		return c.onAttribute(func(s, a object) bool {
			elements := []string{fmt.Sprint(a["name"])}
			kind := schema.WireAccount
			if typ, ok := s["type"].(string); ok {
				kind, elements = schema.WireEntitlement, append([]string{typ}, elements...)
			}
			c.opts.Names[schema.WireName(kind, elements...)] = goName
			return true
		})
	case 1:
		types := objects(c.spec, "entitlementSchemas")
		if len(types) == 0 {
			return false
		}
		c.opts.Names[schema.WireName(schema.WireEntitlement, fmt.Sprint(pick(c, types)["type"]))] = goName
	case 2:
		commands := list(c.spec, "commands")
		if len(commands) == 0 {
			return false
		}
		c.opts.Names[schema.WireName(schema.WireCommand, fmt.Sprint(pick(c, commands)))] = goName
	default:
		return c.onField(func(f object) bool {
			c.opts.Names[schema.WireName(schema.WireCreate, fmt.Sprint(f[fieldKey(f)]))] = goName
			return true
		})
	}
	return true
}

func (c *changer) initialism() bool {
	c.opts.Initialisms = []string{pick(c, []string{"erp", "mail", "first"})}
	return true
}
