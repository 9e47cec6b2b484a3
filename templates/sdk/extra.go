package sdk

import (
	"encoding/json"

	"github.com/conngen/conngen/templates/sdk/internal/jsontext"
)

func (c AttributeChange) apply(f extraField) error {
	switch c.Op {
	case ChangeSet:
		if jsontext.IsNull(c.Value.Reveal()) {
			return f.remove(nil)
		}
		return setExtra(f.extra, f.name, c.Value.Reveal())
	case ChangeAdd:
		return f.add(c.Value.Reveal())
	case ChangeRemove:
		return f.remove(c.Value.Reveal())
	}
	return errUnknownOp
}

// An extraField is a member that no field has: a list once values have been
// added to it, else what it was set to.
type extraField struct {
	extra  *map[string]any
	name   string
	isList bool // the template says so, if it holds one value
}

func (f extraField) list() []any {
	switch v := (*f.extra)[f.name].(type) {
	case nil:
		return nil
	case []any:
		return v
	default:
		return []any{v}
	}
}

func (f extraField) add(raw json.RawMessage) error {
	values, err := extraValues(raw)
	if err != nil || len(values) == 0 {
		return err
	}
	next := append([]any{}, f.list()...)
	for _, v := range values {
		if !containsValue(next, v) {
			next = append(next, v)
		}
	}
	store(f.extra, f.name, next)
	return nil
}

// remove takes values out of a list and clears anything else.
func (f extraField) remove(raw json.RawMessage) error {
	list, isList := (*f.extra)[f.name].([]any)
	if _, ok := (*f.extra)[f.name]; ok && f.isList && !isList {
		list, isList = f.list(), true
	}
	if !isList || jsontext.IsNull(raw) {
		delete(*f.extra, f.name)
		return nil
	}
	values, err := extraValues(raw)
	if err != nil {
		return err
	}
	next := []any{}
	for _, v := range list {
		if !containsValue(values, v) {
			next = append(next, v)
		}
	}
	store(f.extra, f.name, next)
	return nil
}

func extraValues(raw json.RawMessage) ([]any, error) {
	raws, err := jsontext.Elements(raw)
	if err != nil {
		return nil, err
	}
	values := make([]any, 0, len(raws))
	for _, raw := range raws {
		v, err := jsontext.ReadValue(raw)
		if err != nil {
			return nil, err
		}
		values = append(values, v)
	}
	return values, nil
}

// containsValue compares as JSON text, since values may be lists and objects.
func containsValue(list []any, v any) bool {
	text, err := appendValue(nil, v)
	if err != nil {
		return false
	}
	for _, other := range list {
		if o, err := appendValue(nil, other); err == nil && string(o) == string(text) {
			return true
		}
	}
	return false
}
