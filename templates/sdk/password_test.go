package sdk

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// keyedAttributes are attributes with a password, as generated code has them.
type keyedAttributes struct {
	ID       string
	Password Secret
	Extra    map[string]any
}

func (a *keyedAttributes) WireFields(w *Fields) {
	w.Required().String("id", &a.ID)
	w.Required().Secret("password", &a.Password)
	w.Extra(&a.Extra)
}

func (a keyedAttributes) MarshalJSON() ([]byte, error) { return Marshal(&a) }

// TestPasswordsArrive: passwords of a request reach the client, those that no field has
// in Extra, and nobody else sees them.
func TestPasswordsArrive(t *testing.T) {
	t.Parallel()
	type none struct{}
	method := NewMethod[keyedAttributes, keyedAttributes]("test:keyed")
	var got keyedAttributes
	var text string
	c := New(Spec{}, func(json.RawMessage) (none, error) { return none{}, nil }, func(context.Context, none) (none, error) { return none{}, nil },
		[]Handler[none]{Unary(method, func(_ none, _ context.Context, in keyedAttributes) (keyedAttributes, error) {
			got, text = in, fmt.Sprintf("%v %+v %#v %s", in, in, in, marshal(t, &in))
			return keyedAttributes{ID: in.ID, Extra: in.Extra}, nil
		})})
	in := keyedAttributes{ID: "1", Password: NewSecret(hush + "1"), Extra: map[string]any{"user_pin": NewSecret(hush + "2"), "pinned": "3"}}
	result, err := Call(t.Context(), c, method, in, nil)
	if err != nil {
		t.Fatal(err)
	}
	pin, _ := got.Extra["user_pin"].(Secret)
	if got.Password.Reveal() != hush+"1" || pin.Reveal() != hush+"2" || got.Extra["pinned"] != "3" {
		t.Errorf("the client got %q, %q and %q", got.Password.Reveal(), pin.Reveal(), got.Extra["pinned"])
	}
	if strings.Contains(text, hush) {
		t.Errorf("the input prints as %s", text)
	}
	if out := marshal(t, &result.Outputs[0]); out != `{"id":"1","pinned":"3"}` {
		t.Errorf("the client's Extra came back as %s", out)
	}
}

// TestPasswordsThatAreSet: what a client sets itself is sent, and hidden elsewhere.
func TestPasswordsThatAreSet(t *testing.T) {
	t.Parallel()
	a := keyedAttributes{ID: "1", Password: NewSecret(hush)}
	if got := marshal(t, &a); got != `{"id":"1","password":"[redacted]"}` {
		t.Errorf("marshals as %s", got)
	}
	wire := Fields{secrets: secretFields}
	if text, err := wire.encode(nil, &a); err != nil || string(text) != `{"id":"1","password":"`+hush+`"}` {
		t.Errorf("is sent as %s, %v", text, err)
	}
	a = keyedAttributes{ID: "1", Password: NewSecret("")}
	if missing := missingOf(&a); len(missing) != 1 {
		t.Error("an empty password counts as one")
	}
	if got := marshal(t, &a); got != `{"id":"1"}` {
		t.Errorf("an empty password marshals as %s", got)
	}
}
