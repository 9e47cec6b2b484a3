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

// readFilter compiles the filter in the config of an aggregation that is for the objects of
// a handler, and logs what in it probably does not mean what it seems to. It is nil if all
// objects are wanted.
func readFilter(ctx context.Context, at point, config json.RawMessage) (*filter.Filter, error) {
	if at.command != cmdAccountList && at.command != cmdEntitlementList {
		return nil, nil
	}
	members, err := jsontext.Members(config)
	if err != nil {
		return nil, nil // there is no config, or one that its decoder refuses
	}
	kind := "account"
	if at.command == cmdEntitlementList {
		kind = at.objectType
	}
	for _, member := range []string{filterKey, kind + "." + filterKey} {
		text, err := jsontext.ReadText(members[member])
		if err != nil {
			return nil, Errorf("config: %s %w", member, err)
		}
		if strings.TrimSpace(text) == "" {
			continue
		}
		found, err := filter.Parse(text)
		if err != nil {
			return nil, Errorf("config: %s: %w", member, err)
		}
		warnOfEach(ctx, found.Warnings(), func(w string) (string, []any) { return "config: " + member + ": " + w, nil })
		return found, nil
	}
	return nil, nil
}

// filteredOut reports whether the filter leaves an output out. Attributes of typed
// objects count as they are sent: those that are not are missing.
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
		known := false
		attributes.WireFields(&Fields{
			visit: func(name string, required bool, f field) {
				if name == wanted && !known {
					known = true
					_, isText := f.(textField)
					value, found = plainOf(f), !f.absent() || required && isText // which is sent empty
				}
			},
			rest: func(extra *map[string]any) {
				if !known {
					value, found = (*extra)[wanted]
					if _, secret := value.(Secret); secret { // which is not sent
						value, found = nil, false
					}
				}
			},
		})
		return value, found
	}
}

// plainOf returns a field's value as it is sent.
func plainOf(f field) any {
	if secret, ok := f.(secretField); ok {
		return secret.p.Reveal()
	}
	return f.value()
}

// jsonAttributes returns the attributes of an output by name, by the JSON that it gives;
// nil if it has none.
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
