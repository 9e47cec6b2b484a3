package schema

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// TestShapes: a spec is valid if one element of each shape is valid.
func TestShapes(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	right, wrong := 0, 0
	for _, text := range goldenTexts(t) {
		for range 25 {
			var spec any
			if err := json.Unmarshal(text, &spec); err != nil {
				t.Fatal(err)
			}
			for range r.IntN(4) {
				spec = disturbed(spec, r)
			}
			changed, err := json.Marshal(spec)
			if err != nil {
				t.Fatal(err)
			}
			root, _ := newTree(changed)
			all := instancer{names: constrainedNames()}
			want := compiledSchema().Validate(all.instance(root)) == nil
			one := instancer{names: constrainedNames(), shapes: true}
			if got := compiledSchema().Validate(one.instance(root)) == nil; got != want {
				t.Fatalf("one element of each shape is right: %v, all are: %v in\n%s", got, want, changed)
			}
			if want {
				right++
			} else {
				wrong++
			}
		}
	}
	if right < 100 || wrong < 100 {
		t.Errorf("%d specs right and %d wrong, which tells little", right, wrong)
	}
}

// disturbed changes, copies or removes one value in another.
func disturbed(value any, r *rand.Rand) any {
	others := []any{nil, true, "true", "", "x", "string", "select", "menu", "static", 1.5, []any{}, map[string]any{}, []any{""}, []any{nil}}
	switch value := value.(type) {
	case map[string]any:
		if len(value) == 0 {
			break
		}
		names := slices.Sorted(maps.Keys(value))
		name := names[r.IntN(len(names))]
		switch r.IntN(8) {
		case 0:
			delete(value, name)
		case 1:
			value[name] = others[r.IntN(len(others))]
		default:
			value[name] = disturbed(value[name], r)
		}
		return value
	case []any:
		if len(value) == 0 {
			break
		}
		at := r.IntN(len(value))
		if r.IntN(4) == 0 {
			return append(value, others[r.IntN(len(others))])
		}
		value[at] = disturbed(value[at], r)
		return value
	}
	return others[r.IntN(len(others))]
}

// TestShapesAreFew: the validator sees one attribute per shape, not all.
func TestShapesAreFew(t *testing.T) {
	t.Parallel()
	attributes := make([]string, 1000)
	for i := range attributes {
		attributes[i] = fmt.Sprintf(`{"name": "a%d", "type": "%s", "description": "Attribute %d"}`, i, []string{"string", "int", "long"}[i%3], i)
	}
	root, _ := newTree([]byte(`{"accountSchema": {"attributes": [` + strings.Join(attributes, ",") + `]}}`))
	one := instancer{names: constrainedNames(), shapes: true}
	account := one.instance(root).(map[string]any)["accountSchema"].(map[string]any)
	if n := len(account["attributes"].([]any)); n != 3 {
		t.Errorf("%d attributes of 3 shapes", n)
	}
}

// TestShape: values that the schema distinguishes have different shapes.
func TestShape(t *testing.T) {
	t.Parallel()
	names := map[string]constrained{"name": {number: 1}, "type": {number: 2, exact: true}}
	shape := func(text string) string {
		i := instancer{names: names, shapes: true}
		root, _ := newTree([]byte(text))
		key, ok := i.shape(nil, root, constrained{})
		if !ok {
			return ""
		}
		return string(key)
	}
	for _, same := range [][2]string{
		{`{"name": "a"}`, `{"name": "b", "other": [1]}`},
		{`{"name": 1}`, `{"name": -2.5}`},
		{`{"name": {}}`, `{"name": {"x": 1}}`},
		{`{"type": "ab"}`, `{"type": "\u0061b"}`},
	} {
		if shape(same[0]) == "" || shape(same[0]) != shape(same[1]) {
			t.Errorf("%s and %s have different shapes", same[0], same[1])
		}
	}
	for _, different := range [][2]string{
		{`{"name": "a"}`, `{"name": ""}`},
		{`{"name": "a"}`, `{"name": null}`},
		{`{"name": true}`, `{"name": false}`},
		{`{"name": "a"}`, `{"name": "a", "type": null}`},
		{`{"name": "a"}`, `{"type": "a"}`},
		{`{"type": "a"}`, `{"type": "b"}`},
		{`{"name": {"type": "a"}}`, `{"name": {}, "type": "a"}`},
		{`"a"`, `{}`},
	} {
		if shape(different[0]) == shape(different[1]) {
			t.Errorf("%s and %s have one shape", different[0], different[1])
		}
	}
	if shape(`{"name": {"type": []}}`) != "" {
		t.Error("an object with an array has a shape")
	}
}
