package docs

import (
	"strings"

	"github.com/conngen/conngen/internal/series"
	"github.com/conngen/conngen/schema"
	"github.com/conngen/conngen/schema/protocol"
)

// The commands that sections ask about.
const (
	testCommand            = "std:test-connection"
	listCommand            = "std:account:list"
	readCommand            = "std:account:read"
	createCommand          = "std:account:create"
	updateCommand          = "std:account:update"
	passwordCommand        = "std:change-password"
	authenticateCommand    = "std:authenticate"
	listEntitlements       = "std:entitlement:list"
	readEntitlement        = "std:entitlement:read"
	optionsCommand         = "std:config-options:read"
	accountPrefix          = "std:account:"
	entitlementPrefix      = "std:entitlement:"
	discoverSchemaCommand  = "std:account:discover-schema"
	identitySecurityCloud  = "SailPoint Identity Security Cloud (ISC)"
	permissionsName        = "permissions"
	permissionsMissingText = "The permissions that the connector needs in the source are not described yet."
)

// introduction has the title, the spec's description, and a sentence on what the connector does.
func (w *writer) introduction() {
	w.add(heading{level: 1, text: []span{plain(strings.TrimSpace(visible(w.spec.Name)))}})
	w.add(paragraphs(w.spec.Description)...)
	w.add(w.summary())
}

// verbs name what ISC does to accounts, by command.
var verbs = []struct{ command, verb string }{
	{createCommand, "create"},
	{updateCommand, "update"},
	{"std:account:enable", "enable"},
	{"std:account:disable", "disable"},
	{"std:account:unlock", "unlock"},
	{"std:account:delete", "delete"},
}

func (w *writer) summary() paragraph {
	var parts [][]span
	part := func(text string) { parts = append(parts, words(text)) }
	if read := w.reads(); len(read) > 0 {
		part("read " + series.And(read))
	}
	var does []string
	for _, v := range verbs {
		if w.has(v.command) {
			does = append(does, v.verb)
		}
	}
	if len(does) > 0 {
		part(series.And(does) + " accounts")
	}
	if w.has(passwordCommand) {
		part("change passwords")
	}
	if w.has(authenticateCommand) {
		part("check the passwords of people who sign in")
	}
	if len(parts) == 0 {
		return sentence("This connector lets " + identitySecurityCloud + " neither read nor change accounts.")
	}
	return append(sentence("This connector lets "+identitySecurityCloud+" "), append(join(parts, ", and "), plain("."))...)
}

// reads are the kinds of objects that ISC reads.
func (w *writer) reads() []string {
	var read []string
	if w.has(listCommand, readCommand) {
		read = append(read, "accounts")
	}
	if w.has(listEntitlements, readEntitlement) {
		read = append(read, "entitlements")
	}
	return read
}

// features lists what the connector can and cannot do.
func (w *writer) features() {
	w.heading(2, "features", "What it can do")
	t := table{head: []string{"Feature", "Effect on the source", "Command"}}
	custom := false
	for _, command := range w.spec.DistinctCommands() {
		feature, effect := "Custom command", "The spec does not say"
		if known, ok := protocol.Find(command); ok {
			feature, effect = known.CapabilityFor(w.spec), "Changes it"
			if known.Reads() || command == authenticateCommand { // which asks about a password
				effect = "Only reads"
			}
		} else {
			custom = true
		}
		t.rows = append(t.rows, [][]span{words(feature), words(effect), {small{name(command)}}})
	}
	if len(t.rows) == 0 {
		w.add(sentence("The spec lists no commands, so the connector can do nothing yet."))
		return
	}
	w.add(t)
	if custom {
		w.add(sentence("Custom commands are the connector's own; its author can say what they do."))
	}
	if cannot := w.cannot(); len(cannot) > 0 {
		w.add(sentence(strong{plain("Not supported:")}, " "+strings.Join(cannot, ", ")+"."))
	}
	if len(w.spec.Features) > 0 {
		w.add(append(sentence("The spec declares these features of a source: "), append(enumerate(names(unique(w.spec.Features))), plain("."))...))
	}
}

// cannot lists common features that this connector lacks, in ISC's words.
func (w *writer) cannot() []string {
	var all []string
	for _, c := range protocol.Commands {
		common := strings.HasPrefix(c.Name, accountPrefix) || strings.HasPrefix(c.Name, entitlementPrefix) || c.Name == passwordCommand || c.Name == testCommand
		if common && !w.has(c.Name) {
			all = append(all, lowerFirst(c.Capability))
		}
	}
	if w.has(listCommand) && !w.spec.SupportsStatefulCommands {
		all = append(all, "delta aggregation")
	}
	return all
}

// unique removes empty texts and duplicates.
func unique(all []string) []string {
	var out []string
	seen := map[string]bool{"": true}
	for _, s := range all {
		if !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	return out
}

// requirements says what an administrator needs before creating the source.
func (w *writer) requirements() {
	w.heading(2, "requirements", "Before you begin")
	var needed list
	requires, more := false, false // any values, and dependent ones without a default
	for e := range w.spec.ConfigItems() {
		requires = requires || e.Required
		switch {
		case !e.Required || !needsInput(e) || w.initially(e, false) != nil:
		case e.ParentKey != "":
			more = true
		case e.Key != "":
			needed = append(needed, []block{sentence(label(e))})
		}
	}
	switch {
	case len(needed) > 0:
		w.add(sentence("Have these values at hand. The form requires them, and has no default for them:"), needed)
		if more {
			w.add(sentence("Depending on what you choose, it requires others too."))
		}
	case more:
		w.add(sentence("What values you need depends on what you choose in the form."))
	case requires:
		w.add(sentence("You need no values: the form has a default, or a choice, wherever it requires something."))
	case len(w.items) > 0:
		w.add(sentence("The form requires no values."))
	}
	w.heading(3, "permissions", "Permissions in the source")
	w.add(missing{permissionsName, sentence(permissionsMissingText)}, keep(permissionsName))
}

// needsInput reports whether someone must look up the value of an item, rather than choose one.
func needsInput(e *schema.Entry) bool {
	return !e.IsSwitch() && !e.IsChoice()
}
