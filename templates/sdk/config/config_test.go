package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
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
	Number float64
	List   []string
	Pairs  sdk.KeyValues
	Choice choice
	Cards  []card
	Auth   string
	Client string
	Pass   sdk.Secret
	Deep   string
}

func (s *settings) ConfigItems(items *Items) {
	items.Text("text", &s.Text, Required)
	items.URL("url", &s.URL)
	items.Secret("token", &s.Token)
	items.Checkbox("box", &s.Box, Initial(`true`))
	items.Number("number", &s.Number, Initial(`10`), Min(1), Max(100.5))
	items.List("list", &s.List, Initial(`["i"]`))
	items.KeyValues("pairs", "name", "value", &s.Pairs)
	Choice(items, "choice", &s.Choice, Initial(`"eu"`))
	Cards(items, "cards", &s.Cards)
	Choice(items, "auth", &s.Auth)
	items.Text("client", &s.Client, Required, When("auth", "oauth"))
	items.Secret("pass", &s.Pass, Required, When("auth", "basic"))
	items.Secret("pass", &s.Pass, Required, When("auth", "digest"))
	items.Text("deep", &s.Deep, Required, When("client", "special"), When("client", "more"))
}

type card struct {
	Name  string
	Limit float64
	Inner []inner
}

func (c *card) ConfigItems(items *Items) {
	items.Text("name", &c.Name, Required)
	items.Number("limit", &c.Limit, Initial(`3`), Max(5), When("name", "limited"))
	Cards(items, "inner", &c.Inner)
}

type inner struct{ On bool }

func (i *inner) ConfigItems(items *Items) { items.Checkbox("on", &i.On, Required) }

func TestRead(t *testing.T) {
	t.Parallel()
	initial := settings{Text: "t", Box: true, Number: 10, List: []string{"i"}, Choice: "eu"}
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
		{"unknown keys", `{"text":"t","spConnDebugLoggingEnabled":true,"deleteEmpty":{}}`, initial},
		{"false and empty", `{"text":"t","box":false,"list":[]}`, with(func(s *settings) { s.Box, s.List = false, []string{} })},
		{"empty texts", `{"text":"t","number":"","box":"","choice":"","url":"","token":"","cards":"","pairs":""}`, settings{Text: "t", List: []string{"i"}}},
		{"loose values", `{"text":5,"box":"false","number":" 20.5 ","list":"a","choice":7}`, settings{
			Text: "5", Number: 20.5, List: []string{"a"}, Choice: "7",
		}},
		{"an unknown type's value", `{"text":{"a": [1]}}`, with(func(s *settings) { s.Text = `{"a":[1]}` })},
		{"URL", `{"text":"t","url":"https://a.example/x?y=z"}`, with(func(s *settings) { s.URL = "https://a.example/x?y=z" })},
		{"pairs", `{"text":"t","pairs":[{"name":"b","value":"1"},{"value":2,"name":"a"},{"name":"b"}]}`, with(func(s *settings) {
			s.Pairs = sdk.KeyValues{{Key: "b", Value: "1"}, {Key: "a", Value: "2"}, {Key: "b"}}
		})},
		{"an option that is gone", `{"text":"t","choice":"mars"}`, with(func(s *settings) { s.Choice = "mars" })},
		{"cards", `{"text":"t","cards":[{"name":"a","limit":9},{"name":"limited","inner":[{"on":"true"}]}]}`, with(func(s *settings) {
			s.Cards = []card{{Name: "a", Limit: 9}, {Name: "limited", Limit: 3, Inner: []inner{{On: true}}}}
		})},
		{"no cards", `{"text":"t","cards":[]}`, with(func(s *settings) { s.Cards = []card{} })},
		{"a hidden value is kept", `{"text":"t","client":"c","deep":"d"}`, with(func(s *settings) { s.Client, s.Deep = "c", "d" })},
		{"a hidden alternative is not", `{"text":"t","pass":"p"}`, initial},
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
		{`{"text":"t","token":["hush"]}`, "token must be a string, not a list"},
		{`{"text":"t","box":"hush"}`, "box must be true or false, not another text"},
		{`{"text":"t","number":"hush"}`, "number must be a number, not another text"},
		{`{"text":"t","number":"Infinity"}`, "number must be a number, not another text"},
		{`{"text":"t","number":"NaN"}`, "number must be a number, not another text"},
		{`{"text":"t","number":1e400}`, "number must be a number"},
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
	return readScope(&scope{visit: visit}, members, "").Error()
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
