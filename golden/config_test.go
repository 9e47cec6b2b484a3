package golden_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"iter"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/conngen/conngen/internal/choices"
	"github.com/conngen/conngen/schema"
	"github.com/conngen/conngen/templates/sdk"
)

// FuzzConfig reads texts as configs of golden packages, and makes up configs from texts that are
// not JSON. It checks everything that is known without decoding a config as the SDK does.
func FuzzConfig(f *testing.F) {
	all := specs(f)
	cases := slices.Sorted(maps.Keys(all))
	for i := range cases {
		f.Add(uint8(i), []byte("{}"))
	}
	f.Fuzz(func(t *testing.T, i uint8, data []byte) {
		name := cases[int(i)%len(cases)]
		spec := all[name]
		c := configCase{T: t, golden: goldens[name], spec: spec, raw: data}
		if !json.Valid(data) {
			made := secretConfig{Rand: choices.New(data), secrets: c.new(nil).Spec().Secrets}
			raw, err := json.Marshal(made.scope(spec.ConfigItems()))
			if err != nil {
				t.Fatal(err)
			}
			c.raw = raw
		}
		c.config, c.err = c.decode(c.raw)
		c.checkError()
		c.checkLenient()
		if json.Unmarshal(c.raw, &c.members) != nil {
			if c.err == nil {
				t.Errorf("%s is a config", c.raw)
			}
			return
		}
		c.checkRequired()
		c.checkExtra()
		c.checkSame("with the initial values", c.withInitial())
		c.checkSame("with numbers and booleans as texts", c.asTexts())
	})
}

// A configCase is a config and its decoded value.
type configCase struct {
	*testing.T
	golden
	spec    *schema.Spec
	raw     json.RawMessage
	members map[string]json.RawMessage
	config  any
	err     error
}

// problems returns the problems of the config, by item.
func (c *configCase) problems() []sdk.ConfigProblem {
	var found *sdk.ConfigError
	if errors.As(c.err, &found) {
		return found.Problems
	}
	return nil
}

// leaf matches texts that no message contains itself: a long word with a digit.
var leaf = regexp.MustCompile(`[\pL\pN]{2,}\pN[\pL\pN]{4,}`)

// checkError: an error names items of the spec, and shows no values of the config.
func (c *configCase) checkError() {
	if c.err == nil {
		return
	}
	message := c.err.Error()
	for _, p := range c.problems() {
		if !isItem(p.Item, c.spec.ConfigItems()) || p.Problem == "" {
			c.Errorf("%s: the problem %q is not about an item", c.raw, p)
		}
	}
	known := c.new(nil).Spec().JSON
	for _, word := range leaf.FindAllString(string(c.raw), -1) {
		if !strings.Contains(known, word) && strings.Contains(message, word) {
			c.Errorf("the error about %s shows %q: %s", c.raw, word, message)
		}
	}
}

var index = regexp.MustCompile(`^\[[0-9]+\](\.|$)`)

// isItem reports whether a path, such as cards[0].name, names an item.
func isItem(path string, items iter.Seq[*schema.Entry]) bool {
	for e := range items {
		rest, ok := strings.CutPrefix(path, e.Key)
		if !ok {
			continue
		}
		if rest == "" {
			return true
		}
		if at := index.FindString(rest); at == rest && at != "" || at != "" && isItem(rest[len(at):], e.CardItems()) {
			return true
		}
	}
	return false
}

// checkLenient: a connector accepts a config without errors. A lenient one also accepts the usable
// part of a config with problems. Both pass on the decoded value.
func (c *configCase) checkLenient() {
	tolerable := c.problems() != nil && !slices.ContainsFunc(c.problems(), func(p sdk.ConfigProblem) bool { return !p.Tolerable })
	for _, lenient := range []bool{false, true} {
		var opened any
		opts := []sdk.Option{sdk.WithLogger(sdk.NewLogger(new(bytes.Buffer)))}
		if lenient {
			opts = append(opts, sdk.Lenient())
		}
		connector := c.new(func(_ context.Context, config any) error { opened = config; return nil }, opts...)
		_ = connector.Run(c.Context(), sdk.Request{Type: sdk.Command(c.spec.Commands[0].Name), Config: c.raw}, func([]byte) error { return nil })
		if want := c.err == nil || lenient && tolerable; (opened != nil) != want {
			c.Errorf("%s: lenient is %t, the client is opened: %t, with the problems %v", c.raw, lenient, opened != nil, c.problems())
		}
		if opened != nil && !reflect.DeepEqual(opened, c.config) {
			c.Errorf("%s: lenient is %t, the client gets another config", c.raw, lenient)
		}
	}
}

// checkRequired: among the always visible items, exactly the required ones without a value are
// reported missing.
func (c *configCase) checkRequired() {
	count := make(map[string]int)
	for e := range c.spec.ConfigItems() {
		count[e.Key]++
	}
	for e := range c.spec.ConfigItems() {
		if e.ParentKey != "" || count[e.Key] > 1 || e.Key == "" {
			continue
		}
		raw := c.members[e.Key]
		isAbsent := raw == nil || string(raw) == "null"
		isEmpty := string(raw) == `""`
		missing := slices.ContainsFunc(c.problems(), func(p sdk.ConfigProblem) bool { return p.Item == e.Key && p.Problem == "is required" })
		switch {
		case isEmpty || isAbsent && !c.hasInitial(e):
			if missing != e.Required {
				c.Errorf("%s: %q is missing: %t", c.raw, e.Key, missing)
			}
		case missing && string(bytes.TrimSpace(raw)) != "[]" && string(raw) != "{}" && e.Type != schema.ItemList:
			c.Errorf("%s: %q is missing, with the value %s", c.raw, e.Key, raw)
		}
	}
}

func (c *configCase) hasInitial(e *schema.Entry) bool {
	return e.Value != nil || slices.ContainsFunc(c.spec.InitialValues, func(v schema.InitialValue) bool { return v.Key == e.Key })
}

// checkExtra: Extra holds exactly what the spec does not list, unchanged.
func (c *configCase) checkExtra() {
	want := make(map[string]string)
	for key, raw := range c.members {
		if !slices.ContainsFunc(slices.Collect(c.spec.ConfigItems()), func(e *schema.Entry) bool { return e.Key == key }) {
			want[key] = compact(raw)
		}
	}
	got := make(map[string]string)
	for key, value := range reflect.ValueOf(c.config).Elem().FieldByName("Extra").Interface().(map[string]sdk.SecretJSON) {
		got[key] = compact(value.Reveal())
	}
	if d := cmp.Diff(want, got); d != "" {
		c.Errorf("%s has other values in Extra: %s", c.raw, d)
	}
}

func compact(raw json.RawMessage) string {
	var b bytes.Buffer
	if err := json.Compact(&b, raw); err != nil {
		return err.Error()
	}
	return b.String()
}

// checkSame: the config is the same with additional members, and in another order.
func (c *configCase) checkSame(how string, members map[string]json.RawMessage) {
	c.Helper()
	config, err := c.decode(encoded(c.T, c.members))
	if text(err) != text(c.err) || !sameBut(config, c.config) {
		c.Errorf("%s, %v, is another config in another order: %v", c.raw, c.err, err)
	}
	raw := encoded(c.T, members)
	other, err := c.decode(raw)
	if text(err) != text(c.err) || !reflect.DeepEqual(config, other) {
		c.Errorf("%s, %v, is another config %s: %s, %v", c.raw, c.err, how, raw, err)
	}
}

func encoded(t *testing.T, members map[string]json.RawMessage) json.RawMessage {
	t.Helper()
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(members); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// sameBut compares configs, ignoring white space in values that the spec does not list.
func sameBut(a, b any) bool {
	x, y := reflect.ValueOf(a).Elem(), reflect.ValueOf(b).Elem()
	for i := range x.NumField() {
		f := x.Type().Field(i)
		isCards := f.Type.Kind() == reflect.Slice && f.Type.Elem().Kind() == reflect.Struct && strings.HasPrefix(f.Type.Elem().Name(), "Config")
		if f.Name != "Extra" && !isCards && !reflect.DeepEqual(x.Field(i).Interface(), y.Field(i).Interface()) {
			return false
		}
	}
	return true
}

// withInitial returns the members with the initial values that the spec lists for items.
func (c *configCase) withInitial() map[string]json.RawMessage {
	members := maps.Clone(c.members)
	for _, v := range c.spec.InitialValues {
		isItem := slices.ContainsFunc(slices.Collect(c.spec.ConfigItems()), func(e *schema.Entry) bool { return e.Key == v.Key })
		if raw := members[v.Key]; isItem && (raw == nil || string(raw) == "null") && string(v.Value) != "null" && members != nil {
			members[v.Key] = json.RawMessage(v.Value)
		}
	}
	return members
}

// asTexts returns the members with texts instead of booleans and whole numbers, as forms and older
// sources send them.
func (c *configCase) asTexts() map[string]json.RawMessage {
	members := maps.Clone(c.members)
	for e := range c.spec.ConfigItems() {
		raw := string(members[e.Key])
		isNumber := e.Type == schema.ItemNumber && regexp.MustCompile(`^-?[0-9]{1,15}$`).MatchString(raw)
		isBox := (e.Type == schema.ItemCheckbox || e.Type == schema.ItemToggle) && (raw == "true" || raw == "false")
		if isNumber || isBox {
			members[e.Key] = json.RawMessage(`"` + raw + `"`)
		}
	}
	return members
}
