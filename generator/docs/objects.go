package docs

import (
	"slices"
	"strconv"
	"strings"

	"github.com/conngen/conngen/internal/plural"
	"github.com/conngen/conngen/schema"
	"github.com/conngen/conngen/schema/protocol"
)

// accounts explains what ISC reads of an account.
func (w *writer) accounts() {
	s := w.spec.AccountSchema
	if s == nil && !w.has(listCommand, readCommand, createCommand, updateCommand) {
		return
	}
	w.heading(2, "accounts", "Accounts")
	if !w.has(listCommand) {
		w.add(sentence("The connector does not aggregate accounts."))
	}
	if s != nil {
		w.naming(s, "an account")
		w.unlisted(s)
		if g := s.GroupAttribute; g != "" {
			w.add(sentence("The attribute ", name(g), " holds the groups of an account."))
		}
	}
	if w.spec.KeyType == schema.CompoundKeyType {
		w.add(sentence("An account has a compound key: an ID that finds it in the source, and one that never changes."))
	}
	if s == nil || len(s.Attributes) == 0 {
		w.add(sentence("The spec lists no attributes of accounts."))
	} else {
		w.attributes(s)
	}
	if w.spec.IsDynamic() {
		w.add(sentence("ISC can ask the connector for the attributes that the source has (discover schema). A source may have more of them than this page lists."))
	}
	if w.spec.SupportsCustomSchemas {
		w.add(sentence("Administrators can change and extend the account schema of a source."))
	}
}

// naming says which attributes ISC uses to identify and display objects of a schema.
func (w *writer) naming(s *schema.ObjectSchema, object string) {
	id, display := s.IdentityAttribute, s.DisplayAttribute
	switch {
	case id == "" && display == "":
	case id == display:
		w.add(sentence("ISC identifies and shows "+object+" by ", name(id), "."))
	case display == "":
		w.add(sentence("ISC identifies "+object+" by ", name(id), "."))
	case id == "":
		w.add(sentence("ISC shows "+object+" as ", name(display), "."))
	default:
		w.add(sentence("ISC identifies "+object+" by ", name(id), ", and shows it as ", name(display), "."))
	}
}

// unlisted names the attributes that a schema refers to but does not have.
func (w *writer) unlisted(s *schema.ObjectSchema) {
	listed := map[string]bool{"": true}
	for _, a := range s.Attributes {
		listed[a.Name] = true
	}
	if len(s.Attributes) == 0 {
		return
	}
	for _, n := range unique([]string{s.IdentityAttribute, s.DisplayAttribute}) {
		if !listed[n] {
			w.add(sentence("The spec does not list ", name(n), " among the attributes."))
		}
	}
}

// attributes is the table of a schema's attributes. Empty columns are left out.
func (w *writer) attributes(s *schema.ObjectSchema) {
	var (
		list    = s.DistinctAttributes()
		links   = slices.ContainsFunc(list, func(a schema.Attribute) bool { return a.Entitlement })
		explain = slices.ContainsFunc(list, func(a schema.Attribute) bool { return len(describe(s, a)) > 0 })
		t       = table{head: []string{"Attribute", "Type"}}
	)
	if links {
		t.head = append(t.head, "Entitlements")
	}
	if explain {
		t.head = append(t.head, "Description")
	}
	for _, a := range list {
		row := [][]span{{name(a.Name)}, words(attributeType(a))}
		if links {
			row = append(row, w.entitlementLink(a))
		}
		if explain {
			row = append(row, describe(s, a))
		}
		t.rows = append(t.rows, row)
	}
	w.add(t)
}

// attributeTypes are the types of attributes and fields in plain words.
var attributeTypes = map[string]string{
	schema.TypeString: "text", schema.TypeBoolean: "true or false", schema.TypeInt: "number", schema.TypeLong: "number", schema.TypeArray: "list",
}

func attributeType(a schema.Attribute) string {
	text := attributeTypes[a.Type]
	if text == "" {
		text = a.Type
	}
	if a.Multi {
		text += ", several values"
	}
	return text
}

// describe returns the spec's description of an attribute, and its other properties.
func describe(s *schema.ObjectSchema, a schema.Attribute) []span {
	spans := lines(a.Description)
	note := func(text string) {
		if len(spans) > 0 {
			if last, ok := spans[len(spans)-1].(plain); ok && !strings.HasSuffix(string(last), ".") {
				spans[len(spans)-1] = last + "."
			}
			text = " " + text
		}
		spans = append(spans, plain(text))
	}
	if a.Name == s.HierarchyAttribute {
		note("Names the parent of the entitlement.")
	}
	if a.Required {
		note("Required.")
	}
	if a.Writable {
		note("Can be changed.")
	}
	return spans
}

// entitlementLink says which entitlements an attribute holds.
func (w *writer) entitlementLink(a schema.Attribute) []span {
	if !a.Entitlement {
		return nil
	}
	text := []span{name(a.ObjectType())}
	if id := w.typeIDs[a.ObjectType()]; id != "" {
		text = []span{link{"#" + id, text}}
	}
	return text
}

// nameTypes assigns IDs to the sections of entitlement types; earlier sections link to them.
func (w *writer) nameTypes() {
	for _, s := range w.spec.EntitlementSchemas {
		if _, ok := w.typeIDs[s.Type]; !ok {
			w.typeIDs[s.Type] = w.id(idOf("entitlement", s.Type))
		}
	}
}

// entitlements explains the entitlement types, and which of them people can request.
func (w *writer) entitlements() {
	holders := w.holders()
	if len(w.spec.EntitlementSchemas) == 0 && len(holders) == 0 && !w.has(listEntitlements) {
		return
	}
	w.heading(2, "entitlements", "Entitlements")
	if len(w.spec.EntitlementSchemas) > 0 && !w.has(listEntitlements) {
		w.add(sentence("The connector does not aggregate entitlements: ISC knows only those that accounts have."))
	}
	if len(w.spec.EntitlementSchemas) == 0 && w.has(listEntitlements) {
		w.add(sentence("The spec lists no types of entitlements."))
	}
	w.requestable(holders)
	for _, s := range w.spec.DistinctEntitlementSchemas() {
		w.entitlement(s, slices.ContainsFunc(holders, func(a holder) bool { return a.ObjectType() == s.Type }))
	}
}

// A holder is an account attribute that holds entitlements.
type holder = schema.Attribute

// holders are the account attributes that hold entitlements.
func (w *writer) holders() []holder {
	return slices.DeleteFunc(w.spec.AccountSchema.DistinctAttributes(), func(a schema.Attribute) bool { return !a.Entitlement })
}

// requestable says which entitlements accounts hold, and which of these ISC can add and remove.
func (w *writer) requestable(holders []holder) {
	if len(holders) == 0 {
		return
	}
	t := table{head: []string{"Type", "Account attribute", "Per account", "Can be requested"}}
	for _, a := range holders {
		kind, per, can := []span{name(a.ObjectType())}, "one", "no"
		if id := w.typeIDs[a.ObjectType()]; id != "" {
			kind = []span{link{"#" + id, kind}}
		}
		if a.Multi {
			per = "any number"
		}
		switch {
		case !a.Managed:
		case w.has(updateCommand):
			can = "yes"
		case w.has(createCommand):
			can = "with a new account only"
		}
		t.rows = append(t.rows, [][]span{kind, {name(a.Name)}, words(per), words(can)})
	}
	w.add(t)
	if w.has(updateCommand) && slices.ContainsFunc(holders, func(a holder) bool { return a.Managed }) {
		w.add(sentence("ISC can also revoke what can be requested."))
	}
}

// entitlement explains one type, which account attributes may hold.
func (w *writer) entitlement(s *schema.ObjectSchema, held bool) {
	w.add(heading{3, w.typeIDs[s.Type], words("Type ", name(s.Type))})
	w.naming(s, "an entitlement of this type")
	if !held && !w.spec.IsDynamic() {
		w.add(sentence("No attribute of accounts holds entitlements of this type, so nobody can request them."))
	}
	if s.IncludePermissions {
		w.add(sentence("ISC also asks for the permissions of an entitlement."))
	}
	if len(s.Attributes) == 0 {
		w.add(sentence("The spec lists no attributes of this type."))
		return
	}
	w.attributes(s)
}

// create explains what ISC sends to create an account.
func (w *writer) create() {
	t := w.spec.AccountCreateTemplate
	if !w.has(createCommand) {
		return
	}
	w.heading(2, "creating-accounts", "Creating an account")
	if t == nil || len(t.Fields) == 0 {
		w.add(sentence("The spec has no create profile. Administrators say in the source which attributes ISC sends for a new account."))
	} else {
		w.add(sentence("A new source has this create profile, which administrators can change. ISC sends these fields for a new account:"), w.fields(t.DistinctFields()))
		if slices.ContainsFunc(t.Fields, func(f schema.Field) bool { return f.Required }) {
			w.add(sentence("ISC creates no account for an identity that lacks a required value."))
		}
	}
	if slices.ContainsFunc(w.holders(), func(a holder) bool { return a.Managed }) {
		w.add(sentence("Entitlements that are requested with the account are sent too, in the attributes that hold them."))
	}
}

func (w *writer) fields(fields []schema.Field) table {
	t := table{head: []string{"Field", "Type", "Required", "Filled from"}}
	attributes := make(map[string]schema.Attribute)
	for _, a := range w.spec.AccountSchema.DistinctAttributes() {
		attributes[a.Name] = a
	}
	for _, f := range fields {
		field := []span{name(f.Key)}
		if text := strings.TrimSpace(visible(f.Label)); text != "" && text != f.Key {
			field = append(field, lineBreak{}, small(words(text)))
		}
		required := "no"
		if f.Required {
			required = "yes"
		}
		t.rows = append(t.rows, [][]span{field, words(fieldType(f, attributes)), words(required), w.source(f)})
	}
	return t
}

// fieldType is the type of a field in plain words: that of the account attribute, if there is one.
func fieldType(f schema.Field, attributes map[string]schema.Attribute) string {
	a, ok := attributes[f.Key]
	if !ok {
		a = schema.Attribute{Type: f.Type, Multi: f.IsMultiValued && f.Type != schema.TypeArray}
	}
	return attributeType(a)
}

// source says where ISC takes the value of a field from.
func (w *writer) source(f schema.Field) []span {
	v := f.InitialValue
	switch {
	case v == nil && f.IdentityAttribute != "":
		return words("identity attribute ", name(f.IdentityAttribute))
	case v == nil:
		return words("nothing yet: an administrator must say")
	case v.Type == schema.ValueIdentityAttribute:
		return words("identity attribute ", name(v.Name))
	case v.Type == schema.ValueStatic:
		return w.static(f)
	case v.Name == schema.CreatePassword:
		return words("a password that ISC generates")
	case v.Name == schema.CreateUniqueAccountID:
		return uniqueID(v)
	}
	return words("the generator ", name(v.Name))
}

// static explains a value that the spec sets. It hides passwords.
func (w *writer) static(f schema.Field) []span {
	text := value(f.InitialValue.Value)
	_, isPassword := slices.BinarySearch(w.passwords, f.Key)
	switch {
	case text == "":
		return words("an empty value")
	case w.secrets[f.InitialValue.Pointer.Member("attributes").Member("value")], isPassword && !strings.HasPrefix(text, "$"):
		return words("a fixed value, which this page does not show")
	case isPassword && hasFixedText(text):
		return words("an expression, which this page does not show")
	case strings.Contains(text, "$"):
		return expression(text)
	}
	return words("always ", name(text))
}

// behaviour explains what ISC does with the connector's answers, and its timeouts.
func (w *writer) behaviour() {
	before := len(w.blocks)
	w.heading(2, "behaviour", "Behaviour")
	w.delta()
	w.errors()
	w.bounds()
	if len(w.blocks) == before+1 {
		w.blocks = w.blocks[:before]
	}
}

func (w *writer) delta() {
	if !w.spec.SupportsStatefulCommands {
		return
	}
	text := sentence("The connector supports delta aggregation: it saves a state at the end of an aggregation, and sends what has changed since in the next. ")
	if e := w.scope.items[schema.StatefulKey]; e != nil {
		text = append(text, words(label(e), " in the form turns it on.")...)
	} else {
		text = append(text, words("The form has no item that turns it on.")...)
	}
	w.add(text)
}

// errors says which errors ISC reacts to.
func (w *writer) errors() {
	if !w.has(createCommand) || !w.has(readCommand, updateCommand) {
		return
	}
	w.add(sentence("ISC acts on one error: if the source no longer has an account that ISC is about to change, the connector answers ", name("notFound"),
		", and ISC creates the account. Any other error fails the command, and ISC shows its message."))
}

// bounds are the limits that ISC sets.
func (w *writer) bounds() {
	t := table{head: []string{"Limit", "Value"}}
	row := func(limit string, value ...any) { t.rows = append(t.rows, [][]span{words(limit), words(value...)}) }
	if n := w.spec.TestConnectionTimeout; n > 0 {
		row("Test of the connection", seconds(n))
	}
	if w.changesAccounts() {
		row("A change to an account", w.provisioningTimeout()...)
	}
	if w.has(listCommand, listEntitlements) {
		row("Silence during an aggregation", "3 minutes")
		row("Size of one account or entitlement", strconv.Itoa(protocol.OutputLimit>>10)+" KiB")
	}
	if len(t.rows) > 0 {
		w.add(sentence("ISC ends a command that exceeds one of these limits:"), t)
	}
}

// changesAccounts reports whether a command of the spec changes accounts.
func (w *writer) changesAccounts() bool {
	return slices.ContainsFunc(w.spec.Commands, func(c schema.Command) bool {
		p, _ := protocol.Find(c.Name)
		return p.ChangesAccount()
	})
}

// provisioningTimeout is how long ISC waits; an item of the form may change it.
func (w *writer) provisioningTimeout() []any {
	n := int64(schema.DefaultProvisioningTimeout)
	if v, ok := w.initial[schema.ProvisioningTimeoutKey]; ok {
		if own, err := strconv.ParseInt(value(v.Value), 10, 64); err == nil && own > 0 {
			n = own
		}
	}
	if e := w.scope.items[schema.ProvisioningTimeoutKey]; e != nil {
		return []any{seconds(n) + ", unless ", label(e), " in the form says otherwise"}
	}
	return []any{seconds(n)}
}

func seconds(n int64) string { return plural.Count(int(n), "second") }
