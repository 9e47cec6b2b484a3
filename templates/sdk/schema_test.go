package sdk

import (
	"slices"
	"testing"
)

// TestAccountSchema: the schema has the attributes that it names, and the spec is as it was.
func TestAccountSchema(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		identity, display string
		want              []string // names of attributes
	}{
		{"id", "id", []string{"id", "mail"}},
		{"", "", []string{"id", "mail"}},
		{"uuid", "uuid", []string{"id", "mail", "uuid"}},
		{"uuid", "name", []string{"id", "mail", "uuid", "name"}},
	} {
		attributes := append(make([]SchemaAttribute, 0, 8), SchemaAttribute{Name: "id"}, SchemaAttribute{Name: "mail"})
		spec := Spec{Account: &AccountSchema{IdentityAttribute: tt.identity, DisplayAttribute: tt.display, Attributes: attributes}}
		var names []string
		for _, a := range spec.AccountSchema().Attributes {
			names = append(names, a.Name)
		}
		if !slices.Equal(names, tt.want) || len(spec.Account.Attributes) != 2 || attributes[:3][2].Name != "" {
			t.Errorf("identity %q, display %q: attributes %q, want %q", tt.identity, tt.display, names, tt.want)
		}
	}
}
