package sdk

import "testing"

func TestKeyValues(t *testing.T) {
	t.Parallel()
	kv := KeyValues{{"a", "1"}, {"b", ""}, {"a", "2"}}
	for key, want := range map[string]string{"a": "1", "b": ""} {
		if got, ok := kv.Get(key); !ok || got != want {
			t.Errorf("%s: %q, %t", key, got, ok)
		}
	}
	if got, ok := kv.Get("c"); ok || got != "" {
		t.Errorf("c: %q, %t", got, ok)
	}
}
