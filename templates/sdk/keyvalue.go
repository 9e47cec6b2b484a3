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
