package docs

import (
	"slices"

	"github.com/conngen/conngen/internal/series"
	"github.com/conngen/conngen/schema"
)

// security lists the secrets, who sees them, and where the connector runs.
func (w *writer) security() {
	w.heading(2, "security", "Security")
	w.secretItems()
	w.passwordUse()
	if w.options.Service != nil {
		w.service(w.options.Service)
	}
}

// secretItems lists the items that hold secrets, those that the form shows separately.
func (w *writer) secretItems() {
	var masked, open list
	for e, path := range w.allItems() {
		if !isSecret(e) {
			continue
		}
		item := []span{label(e), plain(" "), small{name(e.Key)}}
		for i := len(path) - 1; i >= 0; i-- {
			item = append(item, plain(" in "), label(path[i]))
		}
		if isMasked(e) {
			masked = append(masked, []block{paragraph(item)})
		} else {
			open = append(open, []block{paragraph(item)})
		}
	}
	switch {
	case len(masked) > 0:
		w.add(sentence("The form masks these items. ISC sends their values to the connector with each command:"), masked)
	case len(open) == 0:
		w.add(sentence("The form has no items that hold secrets."))
	}
	if len(open) > 0 {
		w.add(sentence("These items look like secrets, and the form shows them to everyone who can open the source:"), open)
	}
}

// isMasked reports whether the form hides the value of a secret item.
func isMasked(e *schema.Entry) bool {
	kind := e.Type
	if kind == schema.ItemKeyValue && e.KeyValueValue != nil {
		kind = e.KeyValueValue.Type
	}
	return slices.Contains([]string{schema.ItemSecret, schema.ItemSecretTextArea, schema.ItemPassword}, kind)
}

// allItems yields the items of the form, including those in cards, each with its cards.
func (w *writer) allItems() func(func(*schema.Entry, []*schema.Entry) bool) {
	return func(yield func(*schema.Entry, []*schema.Entry) bool) {
		var walk func(e *schema.Entry, path []*schema.Entry) bool
		walk = func(e *schema.Entry, path []*schema.Entry) bool {
			if !yield(e, path) {
				return false
			}
			for item := range e.CardItems() {
				if !walk(item, append(slices.Clone(path), e)) {
					return false
				}
			}
			return true
		}
		for e := range w.spec.ConfigItems() {
			if !walk(e, nil) {
				return
			}
		}
	}
}

// passwordUse says which of people's passwords the connector receives.
func (w *writer) passwordUse() {
	var gets []string
	if w.has(createCommand) && w.spec.AccountCreateTemplate != nil && len(w.createPasswords()) > 0 {
		gets = append(gets, "when it creates an account")
	}
	if w.has(passwordCommand) {
		gets = append(gets, "when it changes a password")
	}
	if w.has(authenticateCommand) {
		gets = append(gets, "when someone signs in")
	}
	if len(gets) > 0 {
		w.add(sentence("The connector receives people's passwords " + series.And(gets) + "."))
	}
	var read []string
	for _, a := range w.spec.AccountSchema.DistinctAttributes() {
		if _, ok := slices.BinarySearch(w.passwords, a.Name); ok {
			read = append(read, a.Name)
		}
	}
	looks := "this attribute looks like a password: "
	if len(read) > 1 {
		looks = "these attributes look like passwords: "
	}
	if len(read) > 0 {
		w.add(append(sentence("ISC stores what it reads of an account, and "+looks), append(enumerate(names(read)), plain("."))...))
	}
}

// createPasswords are the fields of the create profile that hold passwords.
func (w *writer) createPasswords() []string {
	var fields []string
	for _, f := range w.spec.AccountCreateTemplate.Fields {
		if _, ok := slices.BinarySearch(w.passwords, f.Key); ok {
			fields = append(fields, f.Key)
		}
	}
	return fields
}

// service explains how to tell where the connector runs, and the items of a bundle that forwards,
// except those in the spec.
func (w *writer) service(e *schema.Entry) {
	form := &schema.Spec{SourceConfig: []*schema.Entry{e}}
	s := scopeOf(form.ConfigItems())
	var items list
	for item := range form.ConfigItems() {
		if w.scope.items[item.Key] == nil {
			items = append(items, w.item(item, s, false))
		}
	}
	w.heading(3, "where-it-runs", "Where it runs")
	sends := "ISC then sends each command, with the values of the form and its secrets, to that service by HTTPS."
	if len(items) == 0 {
		w.add(sentence("The connector runs in ISC, or as a service that the form names. " + sends))
		return
	}
	w.add(sentence("The connector runs in ISC, or as a service on servers of your own. It is a service if its form has a menu or section ",
		label(e), ". "+sends+" These are the items:"), items)
}
