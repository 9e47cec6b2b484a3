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

func TestSecretKeyValues(t *testing.T) {
	t.Parallel()
	kv := SecretKeyValues{{"a", NewSecret("1")}, {"a", NewSecret("2")}}
	if got, ok := kv.Get("a"); !ok || got.Reveal() != "1" {
		t.Errorf("a: %q, %t", got.Reveal(), ok)
	}
	if got, ok := kv.Get("c"); ok || got.IsSet() {
		t.Errorf("c: %q, %t", got.Reveal(), ok)
	}
}
