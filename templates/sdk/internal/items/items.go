// Package items reads the members of a source's config from connector-spec.json.
package items

import (
	"cmp"
	"encoding/json"
)

// Keys are the names of a config's members.
type Keys struct {
	Known map[string]bool // of all items, in any scope, and of the members of their values
	Pair  map[string]bool // of the members that name the pairs of keyValue items
}

// An entry is a menu, section, item or card of the source's config.
type entry struct {
	Type      string  `json:"type"`
	Key       string  `json:"key"`
	IndexKey  string  `json:"indexKey"`
	PairKey   part    `json:"keyValueKey"`
	PairValue part    `json:"keyValueValue"`
	Items     []entry `json:"items"`
	SubMenus  []entry `json:"subMenus"`
}

// A part is the key or the value of the pairs of a keyValue item.
type part struct {
	Key string `json:"key"`
}

// Read returns the keys of a spec.
func Read(spec string) (Keys, error) {
	var s struct {
		SourceConfig []entry `json:"sourceConfig"`
	}
	err := json.Unmarshal([]byte(spec), &s)
	keys := Keys{Known: make(map[string]bool), Pair: make(map[string]bool)}
	keys.collect(s.SourceConfig)
	return keys, err
}

func (k Keys) collect(entries []entry) {
	for _, e := range entries {
		k.Known[e.Key], k.Known[e.IndexKey] = true, true
		if e.Type == "keyValue" {
			name := cmp.Or(e.PairKey.Key, "key")
			k.Known[name], k.Known[cmp.Or(e.PairValue.Key, "value")] = true, true
			k.Pair[name] = true
		}
		k.collect(e.Items)
		k.collect(e.SubMenus)
	}
}
