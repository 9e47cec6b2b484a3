package plan

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/conngen/conngen/templates/sdk"
)

// open are attributes that are all discovered.
type open struct{ Extra map[string]any }

func (o *open) WireFields(w *sdk.Fields) { w.Extra(&o.Extra) }

// TestPasswordNames: the plan and the SDK, which decides about names that no spec lists, agree on
// password names.
func TestPasswordNames(t *testing.T) {
	t.Parallel()
	names := map[string]bool{
		"USERPassword": true, "user.pin": true, "userPIN": true, "new-passphrase": true, "initial pwd": true, "clientSecret": true,
		"passwd ": true, "password!": true, "2pin": false, "Pin2": false, "2Pin": true, "éPin": true,
		"shopping": false, "Shoppin": false, "USERPASSWORD": false, "userpassword": false, "passwordPolicy": false, "password_expiration": false,
		"secrets": false, "token": false, "": false, "!": false, "p": false, "paſſword": false,
	}
	for _, word := range passwordWords {
		capital := strings.ToUpper(word[:1]) + word[1:]
		for _, name := range []string{word, capital, strings.ToUpper(word), "user_" + word, "user" + capital, "USER_" + strings.ToUpper(word)} {
			names[name] = true
		}
		names["x"+word], names[word+"x"] = false, false
	}
	extra := make(map[string]any)
	for name := range names {
		extra[name] = "x"
	}
	var got map[string]any
	method := sdk.NewMethod[open, sdk.None]("test:open")
	type none struct{}
	c := sdk.New(sdk.Spec{}, func(json.RawMessage) (none, error) { return none{}, nil }, func(context.Context, none) (none, error) { return none{}, nil },
		[]sdk.Handler[none]{sdk.Action(method, func(_ none, _ context.Context, in open) error { got = in.Extra; return nil })})
	if _, err := sdk.Call(t.Context(), c, method, open{extra}, nil); err != nil {
		t.Fatal(err)
	}
	for name, want := range names {
		if LooksPassword(name) != want {
			t.Errorf("plan: %q is a password: %v", name, !want)
		}
		if _, secret := got[name].(sdk.Secret); secret != want {
			t.Errorf("sdk: %q is a password: %v", name, secret)
		}
	}
}

// TestPasswords: which account and create fields are secret.
func TestPasswords(t *testing.T) {
	t.Parallel()
	p := planText(t, `{"name":"x","commands":["std:account:create"],"sourceConfig":[],
		"accountSchema":{"identityAttribute":"pin","displayAttribute":"admin secret","attributes":[
			{"name":"pin","type":"string"},{"name":"admin secret","type":"string"},{"name":"door-pin","type":"string"},{"name":"code-pin","type":"int"},
			{"name":"old-pins","type":"string"},{"name":"any-secret","type":"string","multi":true},{"name":"vault-secret","type":"string","entitlement":true},
			{"name":"start","type":"string"},{"name":"number","type":"int"}]},
		"accountCreateTemplate":{"fields":[
			{"key":"password","label":"l","type":"string"},{"key":"pin","label":"l","type":"string"},{"key":"code-pin","label":"l","type":"string"},
			{"key":"start","label":"l","type":"string","initialValue":{"type":"generator","attributes":{"name":"Create Password"}}},
			{"key":"number","label":"l","type":"string","initialValue":{"type":"generator","attributes":{"name":"Create Password"}}},
			{"key":"has-password","label":"l","type":"boolean"}]}}`)
	secret := func(fields []*Field) (names []string) {
		for _, f := range fields {
			if f.Type == SecretField {
				names = append(names, f.Name)
			}
		}
		return names
	}
	if got := secret(p.Account.Attributes.Fields); !slices.Equal(got, []string{"door-pin", "start"}) {
		t.Errorf("of an account: %q", got)
	}
	if got := secret(p.Create.Attributes.Fields); !slices.Equal(got, []string{"password", "start", "door-pin"}) {
		t.Errorf("of a create: %q", got)
	}
	if want := []string{"door-pin", "password", "start"}; !slices.Equal(p.Passwords, want) {
		t.Errorf("the SDK is told %q, want %q", p.Passwords, want)
	}
}
