package sdk

import (
	"bytes"
	"context"
	"encoding/json"
)

// The filter of an aggregation is in the source's config: filterString for all
// objects, else one for the kind of object, such as account.filterString.

type filtersKey struct{}

// withFilter compiles the filter in the config of an aggregation.
func withFilter(ctx context.Context, command Command, config json.RawMessage) (context.Context, error) {
	if command != cmdAccountList && command != cmdEntitlementList {
		return ctx, nil
	}
	members, err := object(config)
	if err != nil {
		return ctx, nil // there is no config, or one that its decoder refuses
	}
	filters := make(map[string]*Filter)
	for _, kind := range filterKinds(members) {
		text, err := readText(members[kind])
		if err != nil {
			return ctx, Errorf("config: %s %w", kind, err)
		}
		filter, err := ParseFilter(text)
		if err != nil {
			return ctx, Errorf("config: %s: %w", kind, err)
		}
		if filter.root != nil {
			filters[kind] = filter
		}
	}
	return context.WithValue(ctx, filtersKey{}, filters), nil
}

// filterKinds returns the members of a config that are filters.
func filterKinds(members map[string]json.RawMessage) []string {
	var kinds []string
	for _, name := range sortedKeys(members) {
		if name == filterKey || len(name) > len(filterKey) && name[len(name)-len(filterKey)-1:] == "."+filterKey {
			kinds = append(kinds, name)
		}
	}
	return kinds
}

// filterOf returns the filter for the objects of the command that ctx belongs to,
// nil when all are wanted.
func filterOf(ctx context.Context) *Filter {
	filters, _ := ctx.Value(filtersKey{}).(map[string]*Filter)
	if f := filters[filterKey]; f != nil {
		return f
	}
	kind := "account"
	if Info(ctx).Command == cmdEntitlementList {
		kind, _ = ctx.Value(objectTypeKey{}).(string)
	}
	return filters[kind+"."+filterKey]
}

// filteredOut reports whether the filter leaves an output out. Attributes of typed
// objects count by their fields: those without a value are null.
func filteredOut(f *Filter, output any) (bool, error) {
	bound, ok := output.(Binding)
	if !ok {
		return filteredJSON(f, output)
	}
	return f.Matches(attributesOf(bound))
}

// attributesOf returns the attributes of an object by name.
func attributesOf(object Binding) func(string) (any, bool) {
	var attributes Binding
	object.Bind(&Binder{visit: func(name string, _ bool, f field) {
		if o, ok := f.(objectField); ok && name == "attributes" {
			attributes = o.v
		}
	}})
	if attributes == nil {
		return func(string) (any, bool) { return nil, false }
	}
	return func(wanted string) (value any, found bool) {
		attributes.Bind(&Binder{
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

// filteredJSON is filteredOut for outputs of other types, by the JSON that they give.
func filteredJSON(f *Filter, output any) (bool, error) {
	text, err := appendValue(nil, output)
	if err != nil {
		return false, nil // sending it says what is wrong
	}
	var o struct {
		Attributes map[string]any `json:"attributes"`
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if decoder.Decode(&o) != nil {
		return false, nil // what is no object has no attributes
	}
	return f.Matches(func(name string) (any, bool) {
		value, ok := o.Attributes[name]
		return value, ok
	})
}
