package sdk

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"

	"github.com/conngen/conngen/templates/sdk/filter"
	"github.com/conngen/conngen/templates/sdk/internal/jsontext"
)

// The filter of an aggregation is in the source's config: filterString for all
// objects, else one for the kind of object, such as account.filterString.

// filters are the filters of an aggregation by the members that they are in.
type filters map[string]*filter.Filter

// readFilters compiles the filters in the config of an aggregation.
func readFilters(command Command, config json.RawMessage) (filters, error) {
	if command != cmdAccountList && command != cmdEntitlementList {
		return nil, nil
	}
	members, err := jsontext.Members(config)
	if err != nil {
		return nil, nil // there is no config, or one that its decoder refuses
	}
	found := make(filters)
	for _, kind := range filterKinds(members) {
		text, err := jsontext.ReadText(members[kind])
		if err != nil {
			return nil, Errorf("config: %s %w", kind, err)
		}
		if strings.TrimSpace(text) == "" {
			continue
		}
		if found[kind], err = filter.Parse(text); err != nil {
			return nil, Errorf("config: %s: %w", kind, err)
		}
	}
	return found, nil
}

// filterKinds returns the members of a config that are filters.
func filterKinds(members map[string]json.RawMessage) []string {
	var kinds []string
	for _, name := range jsontext.SortedKeys(members) {
		if name == filterKey || len(name) > len(filterKey) && name[len(name)-len(filterKey)-1:] == "."+filterKey {
			kinds = append(kinds, name)
		}
	}
	return kinds
}

// of returns the filter for the objects of a handler, nil when all are wanted, and the
// member that it is in.
func (f filters) of(at point) (member string, found *filter.Filter) {
	if all := f[filterKey]; all != nil {
		return filterKey, all
	}
	kind := "account"
	if at.command == cmdEntitlementList {
		kind = at.objectType
	}
	member = kind + "." + filterKey
	return member, f[member]
}

// warn logs what in the filter of a handler hardly means what it says.
func (f filters) warn(ctx context.Context, at point) {
	member, found := f.of(at)
	if found == nil {
		return
	}
	for _, w := range found.Warnings() {
		Logger(ctx).WarnContext(ctx, "config: "+member+": "+w)
	}
}

// filteredOut reports whether the filter leaves an output out. Attributes of typed
// objects count by their fields: those without a value are null.
func filteredOut(f *filter.Filter, output any) (bool, error) {
	var attributes func(string) (any, bool)
	if wired, ok := output.(Wired); ok {
		attributes = attributesOf(wired)
	} else {
		attributes = jsonAttributes(output)
	}
	if attributes == nil {
		return false, nil
	}
	out, err := f.Matches(attributes)
	if err != nil {
		return out, Errorf("%w", err)
	}
	return out, nil
}

// attributesOf returns the attributes of an object by name.
func attributesOf(object Wired) func(string) (any, bool) {
	var attributes Wired
	object.WireFields(&Fields{visit: func(name string, _ bool, f field) {
		if o, ok := f.(objectField); ok && name == "attributes" {
			attributes = o.v
		}
	}})
	if attributes == nil {
		return func(string) (any, bool) { return nil, false }
	}
	return func(wanted string) (value any, found bool) {
		attributes.WireFields(&Fields{
			visit: func(name string, _ bool, f field) {
				if name == wanted && !found {
					value, found = f.value(), true
				}
			},
			rest: func(extra *map[string]any) {
				if !found {
					value, found = (*extra)[wanted]
				}
			},
		})
		return value, found
	}
}

// jsonAttributes returns the attributes of an output by name, by the JSON that it
// gives; nil where it has none.
func jsonAttributes(output any) func(string) (any, bool) {
	text, err := appendValue(nil, output)
	if err != nil {
		return nil // sending it says what is wrong
	}
	var o struct {
		Attributes map[string]any `json:"attributes"`
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if decoder.Decode(&o) != nil {
		return nil // only objects have attributes
	}
	return func(name string) (any, bool) {
		value, ok := o.Attributes[name]
		return value, ok
	}
}
