package config

import "encoding/json"

type item struct {
	required bool
	initial  json.RawMessage
	min, max *float64
	parents  []parent // visible when one of them holds; always, without any
}

type parent struct{ key, value string }

// An ItemOption is for generated code. It says more about a config item.
type ItemOption func(*item)

// Required is for generated code. It makes a missing value a problem, while the item is
// visible.
func Required(i *item) { i.required = true }

// Initial is for generated code. It sets the value, as JSON, of an item that the config
// does not have.
func Initial(value string) ItemOption {
	return func(i *item) { i.initial = json.RawMessage(value) }
}

// Min is for generated code. It sets the least number.
func Min(n float64) ItemOption { return func(i *item) { i.min = &n } }

// Max is for generated code. It sets the greatest number.
func Max(n float64) ItemOption { return func(i *item) { i.max = &n } }

// When is for generated code. It makes the item visible only while another item of its
// scope, itself visible, has the value; "true" stands for a checked box. With several, one
// is enough.
func When(key, value string) ItemOption {
	return func(i *item) { i.parents = append(i.parents, parent{key, value}) }
}
