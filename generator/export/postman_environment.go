package export

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/tailscale/hujson"
)

// environment returns the environment, which holds the secrets.
func (w *postmanWriter) environment() postmanEnvironment {
	e := postmanEnvironment{ID: w.id("environment"), Name: w.name, Scope: "environment"}
	add := func(name string) {
		e.Values = append(e.Values, environmentValues{Key: name, Type: "secret", Enabled: true})
	}
	add(tokenVariable)
	for _, s := range w.config.settings() {
		if s.secret {
			add(s.name)
		}
	}
	return e
}

// keeping returns the environment with the values that the user filled in. The file may come from
// Postman, which gives it another ID.
func (e postmanEnvironment) keeping(old []byte) ([]byte, error) {
	var file struct {
		ID, Name string
		Values   []struct{ Key string }
		Scope    string `json:"_postman_variable_scope"`
	}
	if json.Unmarshal(old, &file) != nil || file.ID != e.ID && (file.Name != e.Name || file.Scope != e.Scope) {
		return nil, fmt.Errorf("is not the environment that %s writes for this spec; name another collection with --out", postmanCommand)
	}
	has := make(map[string]bool)
	for _, v := range file.Values {
		has[v.Key] = true
	}
	var patch []map[string]any
	for _, v := range e.Values {
		if !has[v.Key] {
			patch = append(patch, map[string]any{"op": "add", "path": "/values/-", "value": v})
		}
	}
	if len(patch) == 0 {
		return old, nil
	}
	tree, err := hujson.Parse(old)
	if err != nil {
		return nil, err // it was read as JSON
	}
	if err := tree.Patch(jsonOf(patch)); err != nil {
		return nil, errors.New("has no list of values; move it away, or name another collection with --out")
	}
	tree.Standardize()
	var b bytes.Buffer
	err = json.Indent(&b, tree.Pack(), "", "  ")
	return b.Bytes(), err
}
