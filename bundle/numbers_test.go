package bundle

import (
	"slices"
	"testing"
)

func TestLongAttributes(t *testing.T) {
	t.Parallel()
	spec := parsedSpec(t, `{"name":"N","commands":["std:test-connection"],"sourceConfig":[],
"accountSchema":{"displayAttribute":"id","identityAttribute":"id","attributes":[
 {"name":"id","type":"string","description":"D"},
 {"name":"serial","type":"long","description":"D"},
 {"name":"logins","type":"int","description":"D"}]},
"entitlementSchemas":[{"type":"group","displayAttribute":"id","identityAttribute":"id","attributes":[
 {"name":"id","type":"string","description":"D"},
 {"name":"sizes","type":"long","multi":true,"description":"D"}]}]}`)
	var got []string
	for _, w := range LongAttributes("some/connector-spec.json", spec) {
		got = append(got, warningText(w))
	}
	want := []string{
		`some/connector-spec.json:4:26: warning: attribute "serial" is a long: values over 9007199254740991 fail in a bundle; declare it as a string if the source has them`,
		`some/connector-spec.json:8:25: warning: attribute "sizes" is a long: values over 9007199254740991 fail in a bundle; declare it as a string if the source has them`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	if got := LongAttributes("x", parsedSpec(t, `{"name":"N","commands":[],"sourceConfig":[]}`)); got != nil {
		t.Errorf("got %v", got)
	}
}
