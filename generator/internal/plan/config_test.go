package plan

import (
	"slices"
	"testing"
)

// TestRequired lists the items that an empty config lacks.
func TestRequired(t *testing.T) {
	t.Parallel()
	p := planText(t, `{"name":"x","commands":["std:test-connection"],"sourceConfigInitialValues":{"initial":1},"sourceConfig":[{"type":"section","items":[
		{"key":"url","label":"l","type":"url","required":true},{"key":"token","label":"l","type":"secret","required":"true"},
		{"key":"box","label":"l","type":"checkbox","required":true},{"key":"toggle","label":"l","type":"toggle","required":true},
		{"key":"initial","label":"l","type":"text","required":true},{"key":"own","label":"l","type":"text","required":true,"value":"x"},
		{"key":"child","label":"l","type":"text","required":true,"parentKey":"initial","parentValue":"1"},{"key":"optional","label":"l","type":"text","required":"false"},
		{"key":"kind","label":"l","type":"text","required":true,"parentKey":"box","parentValue":"true"},{"key":"kind","label":"l","type":"text","required":true},
		{"key":"cards","label":"l","type":"cardList","subMenus":[{"items":[{"key":"inCard","label":"l","type":"text","required":true}]}]}]}]}`)
	if want := []string{"url", "token", "kind"}; !slices.Equal(p.Required, want) {
		t.Errorf("%q, want %q", p.Required, want)
	}
}
