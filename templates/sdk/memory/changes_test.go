package memory

import "github.com/conngen/conngen/templates/sdk"

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
