package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/url"
	"strconv"
	"strings"

	"github.com/conngen/conngen/templates/sdk"
	"github.com/conngen/conngen/templates/sdk/internal/jsontext"
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

// Secret reads a text that must not be seen.
func (items *Items) Secret(key string, p *sdk.Secret, opts ...ItemOption) {
	items.visit(key, opts, func(raw json.RawMessage, _ item) error { return p.UnmarshalJSON(raw) })
}

// Checkbox reads a box or toggle. Absent is false.
func (items *Items) Checkbox(key string, p *bool, opts ...ItemOption) {
	items.visit(key, opts, func(raw json.RawMessage, _ item) (err error) {
		*p, err = jsontext.ReadBool(raw)
		return err
	})
}

// Number reads a number within its limits. Absent is 0.
func (items *Items) Number(key string, p *float64, opts ...ItemOption) {
	items.visit(key, opts, func(raw json.RawMessage, it item) error {
		text, err := jsontext.ReadText(raw)
		if err != nil {
			return fmt.Errorf("must be a number, not %s", jsontext.Describe(raw))
		}
		n, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
		if err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
			return fmt.Errorf("must be a number, not %s", jsontext.Describe(raw))
		}
		*p = n
		switch {
		case it.min != nil && n < *it.min:
			return fmt.Errorf("must be at least %v", *it.min)
		case it.max != nil && n > *it.max:
			return fmt.Errorf("must be at most %v", *it.max)
		}
		return nil
	})
}

// List reads a list of texts.
func (items *Items) List(key string, p *[]string, opts ...ItemOption) {
	items.visit(key, opts, func(raw json.RawMessage, it item) (err error) {
		*p, err = jsontext.ReadList(raw, jsontext.ReadText)
		if err == nil && len(*p) == 0 && it.required {
			return errors.New("is required")
		}
		return err
	})
}

// KeyValues reads a list of pairs, whose members have the names name and value.
func (items *Items) KeyValues(key, name, value string, p *sdk.KeyValues, opts ...ItemOption) {
	items.visit(key, opts, func(raw json.RawMessage, it item) error {
		raws, err := jsontext.Elements(raw)
		if err != nil {
			return err
		}
		pairs := make(sdk.KeyValues, 0, len(raws))
		for i, raw := range raws {
			pair, err := readPair(raw, name, value)
			if err != nil {
				return fmt.Errorf("pair %d %w", i+1, err)
			}
			pairs = append(pairs, pair)
		}
		*p = pairs
		if len(pairs) == 0 && it.required {
			return errors.New("is required")
		}
		return nil
	})
}

func readPair(raw json.RawMessage, name, value string) (pair sdk.KeyValue, err error) {
	members, err := jsontext.Members(raw)
	if err != nil {
		return pair, err
	}
	if pair.Key, err = jsontext.ReadAnyText(members[name]); err != nil {
		return pair, err
	}
	pair.Value, err = jsontext.ReadAnyText(members[value])
	return pair, err
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
				found = append(found, path+" "+err.Error())
				continue
			}
			found = append(found, readScope(card(i), members, path+".")...)
		}
		switch {
		case len(raws) == 0 && it.required:
			return errors.New("is required")
		case len(found) > 0:
			return found
		}
		return nil
	})
}
