package schema_test

import (
	"fmt"
	"testing"

	"github.com/conngen/conngen/schema"
)

// TestDistinct: of several things with the same name, the first counts.
func TestDistinct(t *testing.T) {
	t.Parallel()
	attributes := []schema.Attribute{{Name: "b", Type: "int"}, {}, {Name: "a"}, {Name: "b", Type: "string"}}
	spec := &schema.Spec{
		Commands:           []schema.Command{{Name: "y"}, {Name: "x"}, {Name: "y"}, {}},
		EntitlementSchemas: []*schema.ObjectSchema{{Type: "g", IdentityAttribute: "1"}, {}, {Type: "g", IdentityAttribute: "2"}},
	}
	if got := fmt.Sprint(spec.DistinctCommands()); got != "[y x]" {
		t.Error(got)
	}
	if got := spec.DistinctEntitlementSchemas(); len(got) != 1 || got[0].IdentityAttribute != "1" {
		t.Error(got)
	}
	if got := (&schema.ObjectSchema{Attributes: attributes}).DistinctAttributes(); len(got) != 2 || got[0].Type != "int" || got[1].Name != "a" {
		t.Error(got)
	}
	if got := (&schema.CreateTemplate{Fields: []schema.Field{{Key: "k", Label: "1"}, {Key: "k", Label: "2"}}}).DistinctFields(); len(got) != 1 || got[0].Label != "1" {
		t.Error(got)
	}
	none := new(schema.Spec)
	if len(none.AccountSchema.DistinctAttributes())+len(none.AccountCreateTemplate.DistinctFields())+len(none.DistinctCommands()) > 0 {
		t.Error("an empty spec has something")
	}
}
