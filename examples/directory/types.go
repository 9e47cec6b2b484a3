package main

import (
	"github.com/conngen/conngen/examples/directory/connector"
	"github.com/conngen/conngen/templates/sdk"
)

// A page is one page of a list.
type page[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next"`  // the cursor of the next page
	AsOf  string `json:"as_of"` // a value for updated_since of a later list
}

// A problem is the body of an error.
type problem struct {
	Error struct{ Code, Message string }
}

// A user is a person in the API's JSON. A new one needs only some of the fields.
type user struct {
	ID          string   `json:"id,omitempty"`
	Login       string   `json:"login"`
	Email       string   `json:"email"`
	DisplayName string   `json:"display_name,omitempty"`
	Contractor  *bool    `json:"contractor,omitempty"`
	Status      string   `json:"status,omitempty"`
	Groups      []string `json:"groups,omitempty"`
	Deleted     bool     `json:"deleted,omitempty"`
}

func toAccount(u user) connector.Account {
	return connector.Account{
		Key:      sdk.SimpleKey(u.ID),
		Disabled: sdk.Ptr(u.Status == "disabled"),
		Deleted:  u.Deleted,
		Attributes: connector.AccountAttributes{
			ID:          u.ID,
			Login:       u.Login,
			Email:       u.Email,
			DisplayName: u.DisplayName,
			Contractor:  u.Contractor,
			Groups:      u.Groups,
		},
	}
}

// A group is a group in the API's JSON.
type group struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Description string `json:"description"`
}

func toGroup(g group) connector.Group {
	return connector.Group{Key: sdk.SimpleKey(g.ID), Attributes: connector.GroupAttributes{ID: g.ID, Name: g.Name, Description: g.Description}}
}
