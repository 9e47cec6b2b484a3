package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/conngen/conngen/templates/sdk"
	"github.com/conngen/conngen/templates/sdk/internal/jsontext"
)

type choice string

// settings is a config as generated code has it, with an item of every kind.
type settings struct {
	Text   string
	URL    string
	Token  sdk.Secret
	Box    bool
	Whole  int64
	Number float64
	Count  *int64
	Ratio  *float64
	List   []string
	Pairs  sdk.KeyValues
	Tokens sdk.SecretKeyValues
	Choice choice
	Cards  []card
	Auth   string
	Client string
	Pass   sdk.Secret
	Deep   string
	Size   int64

	Extra map[string]sdk.SecretJSON
}

func (s *settings) ConfigItems(items *Items) {
	items.Text("text", &s.Text, Required)
	items.URL("url", &s.URL)
	items.Secret("token", &s.Token)
	items.Checkbox("box", &s.Box, Initial(`true`))
	items.Int("whole", &s.Whole, Required, Initial(`250`), Min(1), Max(1000))
	items.Float("number", &s.Number, Initial(`10.5`), Min(1), Max(100.5))
	items.OptionalInt("count", &s.Count, Max(5))
	items.OptionalFloat("ratio", &s.Ratio, Max(0.5))
	items.List("list", &s.List, Initial(`["i"]`))
	items.KeyValues("pairs", "name", "value", &s.Pairs)
	items.SecretKeyValues("tokens", "name", "value", &s.Tokens)
	Choice(items, "choice", &s.Choice, Initial(`"eu"`))
	Cards(items, "cards", &s.Cards)
	Choice(items, "auth", &s.Auth)
	items.Text("client", &s.Client, Required, When("auth", "oauth"))
	items.Secret("pass", &s.Pass, Required, When("auth", "basic"))
	items.Secret("pass", &s.Pass, Required, When("auth", "digest"))
	items.Text("deep", &s.Deep, Required, When("client", "special"), When("client", "more"))
	items.Int("size", &s.Size, Required, Initial(`7`), When("auth", "oauth"))
	items.Extra(&s.Extra)
}

type card struct {
	Name  string
	Limit int64
	Inner []inner

	Extra map[string]sdk.SecretJSON
}

func (c *card) ConfigItems(items *Items) {
	items.Text("name", &c.Name, Required)
	items.Int("limit", &c.Limit, Initial(`3`), Max(5), When("name", "limited"))
	Cards(items, "inner", &c.Inner)
	items.Extra(&c.Extra)
}

type inner struct{ On bool }

func (i *inner) ConfigItems(items *Items) { items.Checkbox("on", &i.On, Required) }

func secretJSON(text string) sdk.SecretJSON { return sdk.NewSecretJSON(json.RawMessage(text)) }

func TestRead(t *testing.T) {
	t.Parallel()
	initial := settings{Text: "t", Box: true, Whole: 250, Number: 10.5, List: []string{"i"}, Choice: "eu", Size: 7}
	with := func(change func(*settings)) settings {
		s := initial
		change(&s)
		return s
	}
	for _, tt := range []struct {
		name, text string
		want       settings
	}{
		{"initial values", `{"text":"t"}`, initial},
		{"null", `{"text":"t","box":null,"number":null,"list":null,"choice":null}`, initial},
		{"unknown keys", `{"text":"t","spConnDebugLoggingEnabled":true,"state":{"a": [1]},"none":null,"cards":[{"name":"a","indexKey":2}]}`, with(func(s *settings) {
			s.Extra = map[string]sdk.SecretJSON{"spConnDebugLoggingEnabled": secretJSON(`true`), "state": secretJSON(`{"a": [1]}`), "none": secretJSON(`null`)}
			s.Cards = []card{{Name: "a", Limit: 3, Extra: map[string]sdk.SecretJSON{"indexKey": secretJSON(`2`)}}}
		})},
		{"false and empty", `{"text":"t","box":false,"list":[]}`, with(func(s *settings) { s.Box, s.List = false, []string{} })},
		{"empty texts", `{"text":"t","number":"","box":"","choice":"","url":"","token":"","cards":"","pairs":""}`, settings{Text: "t", Whole: 250, List: []string{"i"}, Size: 7}},
		{"loose values", `{"text":5,"box":"false","number":" 20.5 ","whole":" 30 ","count":"-1","ratio":"1e-1","list":"a","choice":7}`, settings{
			Text: "5", Number: 20.5, Whole: 30, Count: sdk.Ptr[int64](-1), Ratio: sdk.Ptr(0.1), List: []string{"a"}, Choice: "7", Size: 7,
		}},
		{"whole numbers", `{"text":"t","whole":1e2,"count":4.0}`, with(func(s *settings) { s.Whole, s.Count = 100, sdk.Ptr[int64](4) })},
		{"great numbers", `{"text":"t","count":-9223372036854775807}`, with(func(s *settings) { s.Count = sdk.Ptr[int64](-math.MaxInt64) })},
		{"zero", `{"text":"t","count":0,"ratio":0}`, with(func(s *settings) { s.Count, s.Ratio = sdk.Ptr[int64](0), sdk.Ptr(0.0) })},
		{"an unknown type's value", `{"text":{"a": [1]}}`, with(func(s *settings) { s.Text = `{"a":[1]}` })},
		{"URL", `{"text":"t","url":"https://a.example/x?y=z"}`, with(func(s *settings) { s.URL = "https://a.example/x?y=z" })},
		{"pairs", `{"text":"t","pairs":[{"name":"b","value":"1"},{"value":2,"name":"a"},{"name":"b"}]}`, with(func(s *settings) {
			s.Pairs = sdk.KeyValues{{Key: "b", Value: "1"}, {Key: "a", Value: "2"}, {Key: "b"}}
		})},
		{"secret pairs", `{"text":"t","tokens":[{"name":"b","value":"1"},{"value":{"x": 2},"name":"a"}]}`, with(func(s *settings) {
			s.Tokens = sdk.SecretKeyValues{{Key: "b", Value: sdk.NewSecret("1")}, {Key: "a", Value: sdk.NewSecret(`{"x":2}`)}}
		})},
		{"a secret of another kind", `{"text":"t","token":["a", 1]}`, with(func(s *settings) { s.Token = sdk.NewSecret(`["a",1]`) })},
		{"an option that is gone", `{"text":"t","choice":"mars"}`, with(func(s *settings) { s.Choice = "mars" })},
		{"cards", `{"text":"t","cards":[{"name":"a","limit":9},{"name":"limited","inner":[{"on":"true"}]}]}`, with(func(s *settings) {
			s.Cards = []card{{Name: "a", Limit: 9}, {Name: "limited", Limit: 3, Inner: []inner{{On: true}}}}
		})},
		{"no cards", `{"text":"t","cards":[]}`, with(func(s *settings) { s.Cards = []card{} })},
		{"a hidden value is kept", `{"text":"t","client":"c","deep":"d"}`, with(func(s *settings) { s.Client, s.Deep = "c", "d" })},
		{"hidden alternatives", `{"text":"t","pass":"p"}`, with(func(s *settings) { s.Pass = sdk.NewSecret("p") })},
		{"parents", `{"text":"t","auth":"oauth","client":"more","deep":"d"}`, with(func(s *settings) {
			s.Auth, s.Client, s.Deep = "oauth", "more", "d"
		})},
	} {
		got, err := Read[settings](json.RawMessage(tt.text))
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
		} else if !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: %+v\nwant %+v", tt.name, got, tt.want)
		}
	}
	for _, auth := range []string{"basic", "digest"} {
		got, err := Read[settings](json.RawMessage(`{"text":"t","pass":"p","token":5,"auth":"` + auth + `"}`))
		if err != nil || got.Pass.Reveal() != "p" || got.Token.Reveal() != "5" {
			t.Errorf("%s: secrets %q and %q, %v", auth, got.Pass.Reveal(), got.Token.Reveal(), err)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		text string
		want string
	}{
		{``, "text is required"},
		{`null`, "text is required"},
		{`{"text":""}`, "text is required"},
		{`[]`, "config: must be an object, not a list"},
		{`{"text":"hush"`, "config: is not JSON"},
		{`{"text":"t","url":"hush"}`, "url must be a URL such as https://example.com"},
		{`{"text":"t","url":"hush://%zz"}`, "url must be a URL"},
		{`{"text":"t","url":["hush"]}`, "url must be a string, not a list"},
		{`{"text":"t","box":"hush"}`, "box must be true or false, not another text"},
		{`{"text":"t","number":"hush"}`, "number must be a number, not another text"},
		{`{"text":"t","number":"Infinity"}`, "number must be a number, not another text"},
		{`{"text":"t","number":"NaN"}`, "number must be a number, not another text"},
		{`{"text":"t","number":1e400}`, "number is out of range"},
		{`{"text":"t","whole":1e400}`, "whole is out of range"},
		{`{"text":"t","whole":"1_000"}`, "whole must be a number, not another text"},
		{`{"text":"t","number":"0x1p4"}`, "number must be a number, not another text"},
		{`{"text":"t","whole":1e-400}`, "whole must be at least 1"},
		{`{"text":"t","count":1e-400}`, "count must be a whole number"},
		{`{"text":"t","whole":1e30}`, "whole is out of range for a 64-bit whole number"},
		{`{"text":"t","count":9223372036854775808}`, "count is out of range for a 64-bit whole number"},
		{`{"text":"t","whole":250.5}`, "whole must be a whole number"},
		{`{"text":"t","whole":"hush"}`, "whole must be a number, not another text"},
		{`{"text":"t","whole":0}`, "whole must be at least 1"},
		{`{"text":"t","count":[6]}`, "count must be a number, not a list"},
		{`{"text":"t","count":6}`, "count must be at most 5"},
		{`{"text":"t","ratio":0.75}`, "ratio must be at most 0.5"},
		{`{"text":"t","tokens":["hush"]}`, "tokens pair 1 must be an object, not a string"},
		{`{"text":"t","number":true}`, "number must be a number, not a boolean"},
		{`{"text":"t","number":{"hush":1}}`, "number must be a number, not an object"},
		{`{"text":"t","number":0.5}`, "number must be at least 1"},
		{`{"text":"t","number":101}`, "number must be at most 100.5"},
		{`{"text":"t","list":["a",["hush"]]}`, "list value 2 must be a string, not a list"},
		{`{"text":"t","pairs":["hush"]}`, "pairs pair 1 must be an object, not a string"},
		{`{"text":"t","choice":["hush"]}`, "choice must be a string, not a list"},
		{`{"text":"t","cards":"hush"}`, "cards[0] must be an object, not a string"},
		{
			`{"text":"t","cards":[{"name":"a"},{},{"name":"limited","limit":6,"inner":[{"on":true},{"on":"hush"},{}]}]}`,
			"config: cards[1].name is required; cards[2].limit must be at most 5; cards[2].inner[1].on must be true or false, not another text; cards[2].inner[2].on is required",
		},
		{`{"text":"t","auth":"oauth"}`, "client is required"},
		{`{"text":"t","auth":"digest"}`, "config: pass is required"},
		{`{"text":"t","auth":"oauth","client":"special"}`, "deep is required"},
		{`{"url":"hush","number":"hush","box":"hush"}`, "text is required; url must be a URL such as https://example.com; box must be true or false, not another text; number must be"},
	} {
		_, err := Read[settings](json.RawMessage(tt.text))
		mentions(t, err, tt.want)
		if err != nil && strings.Contains(err.Error(), "hush") {
			t.Errorf("error %q shows a value", err)
		}
	}
}

// scope is a config whose items are made by a test.
type scope struct {
	values map[string]string
	visit  func(items *Items, s *scope)
}

func (s *scope) ConfigItems(items *Items) {
	if s.values == nil {
		s.values = make(map[string]string)
	}
	s.visit(items, s)
}

func (s *scope) text(items *Items, key string, opts ...ItemOption) {
	value := s.values[key]
	items.Text(key, &value, opts...)
	s.values[key] = value
}

// problemsOf returns what is wrong with a config, as one text.
func problemsOf(config string, visit func(items *Items, s *scope)) string {
	members, err := jsontext.Members(json.RawMessage(config))
	if err != nil {
		return err.Error()
	}
	var texts []string
	for _, p := range readScope(&scope{visit: visit}, members, "") {
		texts = append(texts, p.String())
	}
	return strings.Join(texts, "; ")
}

func TestConfigVisibility(t *testing.T) {
	t.Parallel()
	chain := func(items *Items, s *scope) { // against the order of the keys
		s.text(items, "a", Required, When("b", "1"))
		s.text(items, "b", Required, When("c", "1"))
		s.text(items, "c", Required, When("d", "1"))
		s.text(items, "d")
	}
	circle := func(items *Items, s *scope) {
		s.text(items, "a", Required, When("b", "1"), When("b", "2"), When("x", "1"))
		s.text(items, "b", Required, When("a", "1"))
		s.text(items, "self", Required, When("self", "1"))
	}
	initial := func(items *Items, s *scope) {
		s.text(items, "mode", Initial(`"on"`))
		s.text(items, "a", Required, When("mode", "on"))
		s.text(items, "b", Required, When("box", "false"))
		s.text(items, "c", Required, When("number", "5"))
		s.text(items, "box")
		s.text(items, "number")
	}
	alternatives := func(items *Items, s *scope) {
		s.text(items, "mode")
		s.text(items, "a", Required, When("mode", "1"), When("mode", "2"))
		s.text(items, "a", Required, When("mode", "2"))
		s.text(items, "a", Initial(`"x"`), When("mode", "3"))
		s.text(items, "child", Required, When("a", "x"))
	}
	for _, tt := range []struct {
		name, config, want string
		visit              func(items *Items, s *scope)
	}{
		{"no link", `{}`, "", chain},
		{"first link", `{"d":"1"}`, "c is required", chain},
		{"all links", `{"d":"1","c":"1","b":"1"}`, "a is required", chain},
		{"a link is missing", `{"c":"1","b":"1"}`, "", chain},
		{"a link has another value", `{"d":"1","c":"2","b":"1"}`, "", chain},

		{"nothing opens the circle", `{"a":"1","b":"1","self":"1"}`, "", circle},
		{"an unknown parent opens it", `{"x":"1"}`, "a is required", circle},
		{"and the rest of it", `{"x":1,"a":"1"}`, "b is required", circle},

		{"initial value", `{"box":true}`, "a is required", initial},
		{"another value", `{"mode":"off","box":true}`, "", initial},
		{"absent is false", `{"mode":"off"}`, "b is required", initial},
		{"false is false", `{"mode":"off","box":"false"}`, "b is required", initial},
		{"number", `{"mode":"off","box":true,"number":5}`, "c is required", initial},
		{"list", `{"mode":["on"],"box":true}`, "", initial},

		{"no alternative", `{}`, "", alternatives},
		{"one alternative", `{"mode":"1"}`, "a is required", alternatives},
		{"two at once", `{"mode":"2"}`, "a is required", alternatives},
		{"initial of one", `{"mode":"3"}`, "child is required", alternatives},
		{"value over it", `{"mode":"3","a":"y"}`, "", alternatives},
	} {
		if got := problemsOf(tt.config, tt.visit); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// TestConfigVisibilityOfMany would not end if each item asked all its parents.
func TestConfigVisibilityOfMany(t *testing.T) {
	t.Parallel()
	const n = 100
	key := func(i int) string { return fmt.Sprintf("k%02d", i%n) }
	for _, circle := range []bool{true, false} {
		got := problemsOf(`{}`, func(items *Items, s *scope) {
			for i := range n {
				if i == n-1 && !circle {
					s.text(items, key(i), Initial(`"1"`))
					continue
				}
				s.text(items, key(i), Initial(`"1"`), When(key(i+1), "0"), When(key(i+1), "1"), When(key(i+2), "2"))
			}
			s.text(items, "last", Required, When("k00", "1"))
		})
		want := "last is required"
		if circle {
			want = ""
		}
		if got != want {
			t.Errorf("circle %t: %q, want %q", circle, got, want)
		}
	}
}

// hiding has a list of cards that shows only while a box is checked.
type hiding struct {
	Box   bool
	Cards []card
	URL   string
}

func (h *hiding) ConfigItems(items *Items) {
	items.Checkbox("box", &h.Box)
	Cards(items, "cards", &h.Cards, Required, When("box", "true"))
	items.URL("url", &h.URL, When("box", "true"))
}

func TestHiddenItemsAreNotChecked(t *testing.T) {
	t.Parallel()
	for _, hidden := range []string{`{}`, `{"cards":[{}],"url":"x"}`, `{"cards":["x"],"box":false}`, `{"cards":[]}`} {
		if _, err := Read[hiding](json.RawMessage(hidden)); err != nil {
			t.Errorf("%s: %v", hidden, err)
		}
	}
	_, err := Read[hiding](json.RawMessage(`{"box":true,"cards":[{}],"url":"x"}`))
	mentions(t, err, "cards[0].name is required; url must be a URL")
	for _, none := range []string{`{"box":true}`, `{"box":true,"cards":[]}`} {
		_, err = Read[hiding](json.RawMessage(none))
		mentions(t, err, "config: cards is required")
	}
}

// mentions reports a text that an error should have and has not.
func mentions(t *testing.T, err error, text string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), text) {
		t.Errorf("the error is %v, want one with %q", err, text)
	}
}

// TestErrorsAreTyped: a config that cannot be read is an error of the connector's.
func TestErrorsAreTyped(t *testing.T) {
	t.Parallel()
	for _, text := range []string{`{}`, `[]`} {
		_, err := Read[settings](json.RawMessage(text))
		var typed *sdk.Error
		if !errors.As(err, &typed) || typed.Type != sdk.GenericError {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// TestTolerable: what is missing, out of limits or has a fraction is tolerable, and the
// config has what could be read.
func TestTolerable(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		text      string
		tolerable bool
		want      []string // problems that are not tolerable
		check     func(s settings) bool
	}{
		{`{"whole":0,"count":9,"cards":[{"limit":4.5},{"name":"limited","limit":4.5}]}`, true, nil, func(s settings) bool {
			return s.Whole == 0 && *s.Count == 9 && s.Cards[0].Limit == 5 && s.Cards[1].Limit == 5 && s.Text == "" && s.Size == 7
		}},
		{`{"auth":"oauth","size":"","whole":-2.5}`, true, nil, func(s settings) bool { return s.Size == 0 && s.Whole == -3 }},
		{`{"url":"example.com","whole":0,"count":true}`, false, []string{"url", "count"}, func(s settings) bool { return s.URL == "example.com" && s.Count == nil }},
		{`{"text":"t","cards":["x"]}`, false, []string{"cards[0]"}, func(s settings) bool { return len(s.Cards) == 1 }},
	} {
		got, err := Read[settings](json.RawMessage(tt.text))
		var found *sdk.ConfigError
		if !errors.As(err, &found) || found.Tolerable() != tt.tolerable || !tt.check(got) {
			t.Errorf("%s: %v; %+v", tt.text, err, got)
			continue
		}
		var hard []string
		for _, p := range found.Problems {
			if !p.Tolerable {
				hard = append(hard, p.Item)
			}
		}
		if !slices.Equal(hard, tt.want) {
			t.Errorf("%s: %q are not tolerable, want %q", tt.text, hard, tt.want)
		}
	}
}

// TestHiddenAlternatives: where none is shown, the first that has a value gives it.
func TestHiddenAlternatives(t *testing.T) {
	t.Parallel()
	for config, want := range map[string]string{`{}`: "second", `{"a":"given"}`: "given", `{"mode":"3"}`: "third", `{"mode":"1"}`: "", `{"mode":"1","a":"given"}`: "given"} {
		s := &scope{visit: func(items *Items, s *scope) {
			s.text(items, "mode")
			s.text(items, "a", When("mode", "1"))
			s.text(items, "a", Initial(`"second"`), When("mode", "2"))
			s.text(items, "a", Initial(`"third"`), When("mode", "3"))
		}}
		members, err := jsontext.Members(json.RawMessage(config))
		if err != nil {
			t.Fatal(err)
		}
		if found := readScope(s, members, ""); len(found) > 0 || s.values["a"] != want {
			t.Errorf("%s: %q, want %q; %v", config, s.values["a"], want, found)
		}
	}
}
