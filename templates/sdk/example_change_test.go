package sdk_test

import (
	"encoding/json"
	"fmt"

	"github.com/conngen/conngen/golden/complete/connector"
	"github.com/conngen/conngen/templates/sdk"
)

// This connector can change titles and groups, and nothing else.
func ExampleUnhandled() {
	update := func(in connector.AccountUpdateInput) error {
		if err := sdk.Unhandled(&in, &in.Changed.Title, &in.Changed.Groups); err != nil {
			return err
		}
		return nil // call the source here
	}

	fmt.Println(update(connector.AccountUpdateInput{
		Identity: "17",
		Changed:  connector.AccountChanges{Title: sdk.Change[string]{Set: sdk.Ptr("Admiral")}},
	}))
	fmt.Println(update(connector.AccountUpdateInput{
		Identity: "17",
		Changed: connector.AccountChanges{
			Title: sdk.Change[string]{Set: sdk.Ptr("Admiral")},
			Email: sdk.Change[string]{Cleared: true},
		},
	}))
	// Output:
	// <nil>
	// this connector cannot change "email"
}

// Some sources take the whole account: read it, apply the update, and send it back.
func ExampleAccountUpdateInput_Apply() {
	account := connector.AccountAttributes{ID: "17", UserName: "ada", Title: "Countess", Groups: []string{"1", "2"}}
	in := connector.AccountUpdateInput{
		Identity: "17",
		Changed: connector.AccountChanges{
			Title:  sdk.Change[string]{Cleared: true},
			Groups: sdk.ListChange[string]{Added: []string{"3"}, Removed: []string{"1"}},
		},
	}

	if err := in.Apply(&account); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%q %q\n", account.Title, account.Groups)
	// Output: "" ["2" "3"]
}

// A request that patches an account holds what changes, and null for what is cleared.
func ExampleChange_Put() {
	changed := connector.AccountChanges{
		Title: sdk.Change[string]{Set: sdk.Ptr("Admiral")},
		Email: sdk.Change[string]{Cleared: true},
	}

	body := map[string]any{}
	changed.UserName.Put(body, "login")
	changed.Title.Put(body, "job_title")
	changed.Email.Put(body, "mail")
	text, err := json.Marshal(body)
	fmt.Println(string(text), err)
	// Output: {"job_title":"Admiral","mail":null} <nil>
}

// Some sources add and remove groups one by one. Diff says which, also where ISC replaces the
// whole list.
func ExampleListChange_Diff() {
	groups := sdk.ListChange[string]{Set: []string{"2", "3"}}
	add, remove := groups.Diff([]string{"1", "2"})
	fmt.Println("add", add, "remove", remove)
	// Output: add [3] remove [1]
}

// The account was created without its license, and ISC shows why.
func ExampleResult() {
	account := connector.Account{
		Key:        sdk.SimpleKey("17"),
		Attributes: connector.AccountAttributes{ID: "17", UserName: "ada"},
		Results: []sdk.Result{{
			Attribute: "license",
			Status:    "error",
			Messages:  []sdk.ResultMessage{{Level: "ERROR", Message: "no seat is left for the license editor"}},
		}},
	}
	text, err := json.Marshal(account.Results)
	fmt.Println(string(text), err)
	// Output: [{"attribute":"license","status":"error","messages":[{"level":"ERROR","message":"no seat is left for the license editor"}]}] <nil>
}
