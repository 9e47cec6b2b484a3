package sdk

import (
	"encoding/json"

	"github.com/conngen/conngen/templates/sdk/internal/jsontext"
)

// applyExtra carries out a change on an extra member. It is not a method of AttributeChange, see typeAt.
func applyExtra(c AttributeChange, f extraField) error {
	raw := c.Value.Reveal()
	switch c.Op {
	case ChangeSet:
		f.clear()
		if jsontext.IsNull(raw) {
			return nil
		}
		return setExtra(f.members, f.name, raw)
	case ChangeAdd:
		return f.add(raw)
	case ChangeRemove:
		return f.remove(raw)
	}
	return errUnknownOp
}

// An extraList is a list in the making among extra members. Its values have their JSON as
// keys, since they may be lists and objects.
type extraList = gathered[any, any]

// extras are the members that no field has, while they change.
type extras struct {
	members *map[string]any
	lists   map[string]*extraList // those that take the place of members
}

// settle puts the lists in their places.
func (e extras) settle() {
	for name, list := range e.lists {
		store(e.members, name, list.list())
	}
}

// An extraField is one of the extra members: a list once values have been added to it,
// else what it was set to.
type extraField struct {
	extras
	name   string
	isList bool // the template says so, if it holds one value
}

func (f extraField) clear() {
	delete(f.lists, f.name)
	delete(*f.members, f.name)
}

// list returns the member as a list to change.
func (f extraField) list() *extraList {
	list, ok := f.lists[f.name]
	if ok {
		return list
	}
	list = new(extraList)
	f.lists[f.name] = list
	switch v := (*f.members)[f.name].(type) {
	case nil:
	case []any:
		for _, one := range v {
			list.push(keyOf(one), one)
		}
	default:
		list.push(keyOf(v), v)
	}
	return list
}

func (f extraField) add(raw json.RawMessage) error {
	values, err := extraValues(raw)
	if err != nil || len(values) == 0 {
		return err
	}
	list := f.list()
	for _, v := range values {
		list.add(keyOf(v), v)
	}
	return nil
}

// remove takes values out of a list and clears anything else.
func (f extraField) remove(raw json.RawMessage) error {
	if jsontext.IsNull(raw) || !f.holdsList() {
		f.clear()
		return nil
	}
	values, err := extraValues(raw)
	if err != nil {
		return err
	}
	list := f.list()
	for _, v := range values {
		list.remove(keyOf(v))
	}
	return nil
}

func (f extraField) holdsList() bool {
	if f.lists[f.name] != nil {
		return true
	}
	value, ok := (*f.members)[f.name]
	_, isList := value.([]any)
	return isList || ok && f.isList
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

// keyOf returns what values have in common that are the same JSON.
func keyOf(v any) any {
	text, err := appendValue(nil, v)
	if err != nil {
		return &err // it equals no other
	}
	return string(text)
}
