package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/url"
	"slices"

	"github.com/conngen/conngen/templates/sdk"
	"github.com/conngen/conngen/templates/sdk/internal/jsontext"
	"github.com/conngen/conngen/templates/sdk/internal/redact"
)

// Text reads a text. Values of other kinds, which items of unknown types may
// have, are read as their JSON.
func (items *Items) Text(key string, p *string, opts ...ItemOption) {
	items.visit(key, opts, func(raw json.RawMessage, _ item) (err error) {
		*p, err = jsontext.ReadAnyText(raw)
		return err
	})
}

// URL reads an absolute URL.
func (items *Items) URL(key string, p *string, opts ...ItemOption) {
	if items.redacting {
		*p = redact.URL(*p)
	}
	items.visit(key, opts, func(raw json.RawMessage, _ item) (err error) {
		if *p, err = jsontext.ReadText(raw); err != nil {
			return err
		}
		if u, err := url.Parse(*p); err != nil || u.Scheme == "" || u.Host == "" {
			return errors.New("must be a URL such as https://example.com")
		}
		return nil
	})
}

// Secret reads a text that must not be shown. Values of other kinds are read as their JSON.
func (items *Items) Secret(key string, p *sdk.Secret, opts ...ItemOption) {
	items.visit(key, opts, func(raw json.RawMessage, _ item) error {
		text, err := jsontext.ReadAnyText(raw)
		*p = sdk.NewSecret(text)
		return err
	})
}

// Checkbox reads a box or toggle. Absent is false.
func (items *Items) Checkbox(key string, p *bool, opts ...ItemOption) {
	items.visit(key, opts, func(raw json.RawMessage, _ item) (err error) {
		*p, err = jsontext.ReadBool(raw)
		return err
	})
}

// Int reads a whole number within its limits. Absent is 0.
func (items *Items) Int(key string, p *int64, opts ...ItemOption) {
	items.number(key, opts, func(raw json.RawMessage) (_ float64, whole bool, err error) {
		*p, whole, err = readInt(raw)
		return float64(*p), whole, err
	})
}

// OptionalInt reads a whole number within its limits. Absent is nil.
func (items *Items) OptionalInt(key string, p **int64, opts ...ItemOption) {
	items.number(key, opts, func(raw json.RawMessage) (float64, bool, error) {
		n, whole, err := readInt(raw)
		if err == nil {
			*p = &n
		}
		return float64(n), whole, err
	})
}

// Float reads a number within its limits. Absent is 0.
func (items *Items) Float(key string, p *float64, opts ...ItemOption) {
	items.number(key, opts, func(raw json.RawMessage) (_ float64, _ bool, err error) {
		*p, err = jsontext.ReadFloat(raw)
		return *p, true, err
	})
}

// OptionalFloat reads a number within its limits. Absent is nil.
func (items *Items) OptionalFloat(key string, p **float64, opts ...ItemOption) {
	items.number(key, opts, func(raw json.RawMessage) (float64, bool, error) {
		n, err := jsontext.ReadFloat(raw)
		if err == nil {
			*p = &n
		}
		return n, true, err
	})
}

// number reads a number with a function that returns it, and reports whether it is what
// the config has or rounded.
func (items *Items) number(key string, opts []ItemOption, read func(json.RawMessage) (n float64, exact bool, err error)) {
	items.visit(key, opts, func(raw json.RawMessage, it item) error {
		n, exact, err := read(raw)
		switch {
		case err != nil:
			return err
		case it.min != nil && n < *it.min:
			return tolerableError(fmt.Sprintf("must be at least %v", *it.min))
		case it.max != nil && n > *it.max:
			return tolerableError(fmt.Sprintf("must be at most %v", *it.max))
		case !exact:
			return tolerableError("must be a whole number")
		}
		return nil
	})
}

// readInt reads a number, rounds it, and reports whether it was whole.
func readInt(raw json.RawMessage) (n int64, whole bool, err error) {
	n, err = jsontext.ReadInt(raw)
	if err == nil || errors.Is(err, jsontext.ErrRange) {
		return n, true, err
	}
	f, floatErr := jsontext.ReadFloat(raw)
	if floatErr != nil {
		return 0, false, floatErr
	}
	rounded := math.Round(f)
	if rounded < math.MinInt64 || rounded >= -math.MinInt64 {
		return 0, false, jsontext.ErrRange
	}
	return int64(rounded), false, nil
}

// List reads a list of texts.
func (items *Items) List(key string, p *[]string, opts ...ItemOption) {
	items.visit(key, opts, func(raw json.RawMessage, it item) (err error) {
		*p, err = jsontext.ReadList(raw, jsontext.ReadText)
		if err == nil && len(*p) == 0 && it.required {
			return errRequired
		}
		return err
	})
}

// KeyValues reads a list of pairs, whose members have the names name and value.
func (items *Items) KeyValues(key, name, value string, p *sdk.KeyValues, opts ...ItemOption) {
	items.pairs(key, name, value, opts, func(n int) { *p = make(sdk.KeyValues, n) }, func(i int, key, value string) {
		(*p)[i] = sdk.KeyValue{Key: key, Value: value}
	})
}

// SecretKeyValues reads a list of pairs whose values must not be shown.
func (items *Items) SecretKeyValues(key, name, value string, p *sdk.SecretKeyValues, opts ...ItemOption) {
	items.pairs(key, name, value, opts, func(n int) { *p = make(sdk.SecretKeyValues, n) }, func(i int, key, value string) {
		(*p)[i] = sdk.SecretKeyValue{Key: key, Value: sdk.NewSecret(value)}
	})
}

func (items *Items) pairs(key, name, value string, opts []ItemOption, alloc func(n int), set func(i int, key, value string)) {
	items.visit(key, opts, func(raw json.RawMessage, it item) error {
		raws, err := jsontext.Elements(raw)
		if err != nil {
			return err
		}
		alloc(len(raws))
		for i, raw := range raws {
			key, value, err := readPair(raw, name, value)
			if err != nil {
				return fmt.Errorf("pair %d %w", i+1, err)
			}
			set(i, key, value)
		}
		if len(raws) == 0 && it.required {
			return errRequired
		}
		return nil
	})
}

func readPair(raw json.RawMessage, name, value string) (key, text string, err error) {
	members, err := jsontext.Members(raw)
	if err != nil {
		return "", "", err
	}
	if key, err = jsontext.ReadAnyText(members[name]); err != nil {
		return "", "", err
	}
	text, err = jsontext.ReadAnyText(members[value])
	return key, text, err
}

// fewItems is how many items are looked through faster than found by their keys.
const fewItems = 16

// Extra reads the members that no item of the scope has.
func (items *Items) Extra(p *map[string]sdk.SecretJSON) {
	if items.collecting || items.redacting {
		return
	}
	known := items.items
	if known == nil && len(items.all) > fewItems {
		known = byKey(items.all)
	}
	for key, raw := range items.members {
		if len(known[key]) > 0 || len(known) == 0 && slices.ContainsFunc(items.all, func(it keyedItem) bool { return it.key == key }) {
			continue
		}
		if *p == nil {
			*p = make(map[string]sdk.SecretJSON)
		}
		(*p)[key] = sdk.NewSecretJSON(raw)
	}
}

// Choice is for generated code. It reads one of an item's options. A value that is not an
// option, which a source made with an older spec may have, is kept.
func Choice[T ~string](items *Items, key string, p *T, opts ...ItemOption) {
	items.choice(key, opts, func(text string) { *p = T(text) })
}

func (items *Items) choice(key string, opts []ItemOption, set func(string)) {
	items.visit(key, opts, func(raw json.RawMessage, _ item) error {
		text, err := jsontext.ReadText(raw)
		set(text)
		return err
	})
}

// Cards is for generated code. It reads a list of cards, each a scope of keys of its own.
func Cards[T any, P interface {
	*T
	Configured
}](items *Items, key string, p *[]T, opts ...ItemOption) {
	items.cards(key, opts, func(n int) { *p = make([]T, n) }, func(i int) Configured { return P(&(*p)[i]) })
}

func (items *Items) cards(key string, opts []ItemOption, alloc func(n int), card func(i int) Configured) {
	items.visit(key, opts, func(raw json.RawMessage, it item) error {
		raws, err := jsontext.Elements(raw)
		if err != nil {
			return err
		}
		alloc(len(raws))
		var found problems
		for i, raw := range raws {
			path := fmt.Sprintf("%s%s[%d]", items.prefix, key, i)
			members, err := jsontext.Members(raw)
			if err != nil {
				found = append(found, sdk.ConfigProblem{Item: path, Problem: err.Error()})
				continue
			}
			found = append(found, readScope(card(i), members, path+".")...)
		}
		switch {
		case len(raws) == 0 && it.required:
			return errRequired
		case len(found) > 0:
			return found
		}
		return nil
	})
}
