package sdk

// A KeyValue is one pair of a keyValue item.
type KeyValue struct{ Key, Value string }

// KeyValues is a map in the order of entry.
type KeyValues []KeyValue

// Get returns the value of a key, the first one where a key occurs twice.
func (kv KeyValues) Get(key string) (value string, ok bool) {
	for _, pair := range kv {
		if pair.Key == key {
			return pair.Value, true
		}
	}
	return "", false
}

// A SecretKeyValue is one pair of a keyValue item whose values are secret.
type SecretKeyValue struct {
	Key   string
	Value Secret
}

// SecretKeyValues is a map to secrets in the order of entry.
type SecretKeyValues []SecretKeyValue

// Get returns the secret of a key, the first one where a key occurs twice.
func (kv SecretKeyValues) Get(key string) (value Secret, ok bool) {
	for _, pair := range kv {
		if pair.Key == key {
			return pair.Value, true
		}
	}
	return Secret{}, false
}
