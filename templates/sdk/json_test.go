package sdk

import "testing"

func TestAppendValue(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		value any
		want  string
	}{
		{&memberAttributes{ID: "1"}, `{"id":"1","email":""}`},
		{memberAttributes{ID: "1"}, `{"id":"1","email":""}`},
		{[]any{&memberAttributes{ID: "1"}}, `[{"id":"1","email":""}]`},
		{map[string]any{"a": &team{Key: CompoundKey("n", "u")}}, `{"a":{"key":{"compound":{"lookupId":"n","uniqueId":"u"}},"type":"group","attributes":{"id":""}}}`},
		{NewSecret("hush"), `"[redacted]"`},
	} {
		got, err := appendValue(nil, tt.value)
		if err != nil {
			t.Errorf("%#v: %v", tt.value, err)
		} else if string(got) != tt.want {
			t.Errorf("%#v: %s, want %s", tt.value, got, tt.want)
		}
	}
	bound := &memberAttributes{Extra: map[string]any{}}
	bound.Extra["self"], bound.Extra["too"] = bound, bound
	if text, err := appendValue(nil, bound); err == nil {
		t.Errorf("a value that contains itself: %s", text)
	}
}
