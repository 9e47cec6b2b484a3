package golden_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/conngen/conngen/internal/choices"
	"github.com/conngen/conngen/schema"
	"github.com/conngen/conngen/templates/sdk"
)

// The markers that secrets consist of.
const (
	textMarker   = "c0nfidential"
	numberMarker = "731605948271635"
)

// checkHidden fails the test if a text contains a marker.
func checkHidden(t *testing.T, what, text string) {
	t.Helper()
	for _, form := range []string{textMarker, numberMarker, fmt.Sprintf("%x", textMarker), fmt.Sprintf("%X", textMarker), fmt.Sprint([]byte(textMarker))} {
		if strings.Contains(text, form) {
			t.Fatalf("%s shows a secret: %s", what, text)
		}
	}
}

// checkPrints prints a value in every way that should hide its secrets.
func checkPrints(t *testing.T, what string, v any) {
	t.Helper()
	values := []any{v, &v, struct{ V any }{v}, []any{v}, map[string]any{"v": v}}
	if p := reflect.ValueOf(v); p.Kind() == reflect.Pointer {
		values = append(values, p.Elem().Interface())
	}
	for _, v := range values {
		for _, format := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%10.3v", "%z"} {
			checkHidden(t, what+" by "+format, fmt.Sprintf(format, v))
		}
		text, err := json.Marshal(v)
		checkHidden(t, what+" as JSON", fmt.Sprint(string(text), err))
		var log bytes.Buffer
		for _, h := range []slog.Handler{slog.NewTextHandler(&log, nil), slog.NewJSONHandler(&log, nil), sdk.NewLogger(&log).Handler()} {
			slog.New(h).With("v", v).WithGroup("g").Info("m", "v", v, slog.Group("g", "v", v))
		}
		checkHidden(t, what+" in a log", log.String())
	}
}

// A secretConfig makes up configs whose secrets consist of markers.
type secretConfig struct {
	*rand.Rand
	secrets []string // keys of items
}

func (c secretConfig) chance(n int) bool { return c.IntN(n) == 0 }

func pick[T any](c secretConfig, all ...T) T { return all[c.IntN(len(all))] }

// scope makes up the whole config, or a card.
func (c secretConfig) scope(items iter.Seq[*schema.Entry]) map[string]any {
	values := make(map[string]any)
	for range c.IntN(4) {
		values[pick(c, "proxyUrl", "spConnState", "delta token", "Extra")] = c.secret()
	}
	for e := range items {
		delete(values, e.Key)
		if !c.chance(6) {
			values[e.Key] = c.value(e)
		}
	}
	return values
}

// secret makes up a secret value of any kind.
func (c secretConfig) secret() any {
	return pick[any](c, textMarker, textMarker+"\n\"x", json.Number(numberMarker), []any{textMarker, 1}, map[string]any{"a": textMarker}, "https://"+textMarker+"@host.example")
}

func (c secretConfig) value(e *schema.Entry) any {
	isText := slices.Contains([]string{schema.ItemSecret, schema.ItemSecretTextArea, schema.ItemPassword, schema.ItemText, schema.ItemTextArea}, e.Type)
	switch isSecret := slices.Contains(c.secrets, e.Key); {
	case isSecret && isText:
		return c.secret()
	case isSecret && e.Type == schema.ItemKeyValue:
		return []any{map[string]any{e.KeyValueKey.Key: "name", e.KeyValueValue.Key: c.secret()}}
	case c.chance(8):
		return pick[any](c, nil, "", "plain", true, -0.5, []any{[]any{1}}, map[string]any{"a": 1})
	}
	switch e.Type {
	case schema.ItemURL:
		user := textMarker + pick(c, "", ":"+textMarker, ":"+textMarker+"/", ":%zz", ":\x7f", "%40")
		return pick(c, "https://", "https://", "//", "", "ht tp://", "https:/") + user + "@" + pick(c, "host.example", "host.example/@me?q=@", "")
	case schema.ItemCheckbox, schema.ItemToggle:
		return pick[any](c, true, false, "true")
	case schema.ItemNumber:
		return pick[any](c, 1, 25.5, "300", 1e30)
	case schema.ItemList:
		return pick[any](c, []any{"a", "b"}, "a", []any{})
	case schema.ItemKeyValue:
		return []any{map[string]any{"key": "k", "value": "v"}, map[string]any{"name": "n"}}
	case schema.ItemCardList:
		cards := []any{}
		for range c.IntN(3) {
			cards = append(cards, c.scope(e.CardItems()))
		}
		return cards
	case schema.ItemRadio, schema.ItemSelect:
		if len(e.Options) > 0 {
			return pick(c, e.Options...).Value
		}
	}
	return "plain"
}

// FuzzSecretsStayHidden: whatever a config contains, no print, log, error or panic shows its
// secrets, values that its spec does not list, or the user info of a URL.
func FuzzSecretsStayHidden(f *testing.F) {
	all := specs(f)
	cases := slices.Sorted(maps.Keys(all))
	for i := range cases {
		for seed := range byte(6) {
			f.Add(uint8(i), []byte{seed})
		}
	}
	f.Fuzz(func(t *testing.T, i uint8, data []byte) {
		name := cases[int(i)%len(cases)]
		c := secretConfig{Rand: choices.New(data), secrets: goldens[name].new(nil).Spec().Secrets}
		raw, err := json.Marshal(c.scope(all[name].ConfigItems()))
		if err != nil {
			t.Fatal(err)
		}
		if c.chance(20) {
			raw = raw[:c.IntN(len(raw))]
		}
		config, err := goldens[name].decode(raw)
		checkPrints(t, "the config", config)
		if err != nil {
			checkPrints(t, "the error", err)
			var found *sdk.ConfigError
			if errors.As(err, &found) {
				checkPrints(t, "the problem", found)
			}
		}
		checkCommand(t, c, goldens[name], all[name].Commands[0].Name, raw)
	})
}

// failures are ways in which a client fails while holding its config.
var failures = []func(config any) error{
	func(config any) error { panic(config) },
	func(config any) error { panic(reflect.ValueOf(config).Elem().Interface()) },
	func(config any) error { panic(fmt.Sprintf("%+v", config)) },
	func(config any) error { panic(fmt.Errorf("with %#v", config)) },
	func(config any) error { return sdk.Errorf("with %v", config) },
	func(config any) error { return fmt.Errorf("with %+v", config) },
	func(any) error { return nil },
}

// checkCommand runs a command whose client logs its config, and fails.
func checkCommand(t *testing.T, r secretConfig, g golden, command string, config json.RawMessage) {
	t.Helper()
	var log bytes.Buffer
	opts := []sdk.Option{sdk.WithLogger(sdk.NewLogger(&log))}
	if r.chance(2) {
		opts = append(opts, sdk.Lenient())
	}
	fail := pick(r, failures...)
	c := g.new(func(ctx context.Context, config any) error {
		sdk.Logger(ctx).InfoContext(ctx, "opened", "config", config, "value", reflect.ValueOf(config).Elem().Interface())
		return fail(config)
	}, opts...)
	if err := c.Run(t.Context(), sdk.Request{Type: sdk.Command(command), Config: config}, func([]byte) error { return nil }); err != nil {
		checkPrints(t, "the failure of the command", err)
	}
	body := fmt.Sprintf(`{"type":%q,"config":%s}`, command, config)
	w := httptest.NewRecorder()
	c.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body)))
	checkHidden(t, "the answer", w.Body.String())
	checkHidden(t, "the log", log.String())
}
