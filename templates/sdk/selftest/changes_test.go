package selftest_test

import (
	"encoding/json"

	"github.com/conngen/conngen/templates/sdk"
)

// memberChanges are the changes of a member's attributes, as generated code has them.
type memberChanges struct {
	ID     sdk.Change[string]
	Email  sdk.Change[string]
	Title  sdk.Change[string]
	Active sdk.Change[bool]
	Age    sdk.Change[int64]
	Groups sdk.ListChange[string]
	Flags  sdk.ListChange[bool]
	Levels sdk.ListChange[int64]
}

func (memberChanges) WireTypes() []sdk.Wired { return []sdk.Wired{new(memberAttributes)} }

type updateInput = sdk.AccountUpdateInput[memberChanges]

// withChanges returns an update with other changes.
func withChanges(in updateInput, changes []sdk.AttributeChange) (updateInput, error) {
	var raw []any
	for _, c := range changes {
		raw = append(raw, map[string]any{"op": c.Op, "attribute": c.Attribute, "value": c.Value.Reveal()})
	}
	text, err := json.Marshal(map[string]any{"changes": raw})
	if err != nil {
		return in, err
	}
	next := updateInput{Identity: in.Identity, Key: in.Key}
	return next, sdk.Unmarshal(text, &next)
}

// createAttributes are a member's attributes, none of which a create requires.
type createAttributes struct{ memberAttributes }

func (a *createAttributes) WireFields(w *sdk.Fields) {
	w.String("id", &a.ID)
	w.String("email", &a.Email)
	w.String("title", &a.Title)
	w.Bool("active", &a.Active)
	w.Int("age", &a.Age)
	w.Strings("groups", &a.Groups)
	w.Bools("flags", &a.Flags)
	w.Ints("levels", &a.Levels)
	w.Extra(&a.Extra)
}

// stored returns what makes a table hold a member as it is.
func stored(m member) func(taken func(id string) bool) (member, error) {
	return func(func(string) bool) (member, error) { return m, nil }
}
