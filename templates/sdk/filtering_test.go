package sdk

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
)

// TestFiltering: objects that match are left out of an aggregation, by their typed
// attributes or their JSON.
func TestFiltering(t *testing.T) {
	t.Parallel()
	list := streaming("", func(_ nothing, _ context.Context, _ AccountListInput, out *Stream[member]) error {
		for i, id := range []string{"ada", "bob", "cyd"} {
			a := memberAttributes{ID: id, Age: Ptr(int64(i)), Extra: map[string]any{"home": id + "town"}}
			if err := out.Send(member{Key: SimpleKey(id), Attributes: a}); err != nil {
				return err
			}
		}
		return nil
	})
	groups := streaming("", func(_ nothing, _ context.Context, _ EntitlementListInput, out *Stream[json.RawMessage]) error {
		return errors.Join(out.Send(json.RawMessage(`{"attributes":{"id":"g1","size":3}}`)), out.Send(json.RawMessage(`{"attributes":{"id":"g2"}}`)))
	})
	r := newTester([]Handler[nothing]{
		at(cmdAccountList, list),
		at("std:account:read", list),
		forType(cmdEntitlementList, "group", groups),
		forType(cmdEntitlementList, "role", groups),
	})
	for _, tt := range []struct {
		command     Command
		config      map[string]any
		want, fails string
	}{
		{cmdAccountList, nil, "ada bob cyd", ""},
		{cmdAccountList, map[string]any{"filterString": ""}, "ada bob cyd", ""},
		{cmdAccountList, map[string]any{"filterString": `id == "bob"`}, "ada cyd", ""},
		{cmdAccountList, map[string]any{"account.filterString": `age >= 1`}, "ada", ""},
		{cmdAccountList, map[string]any{"group.filterString": `age >= 1`}, "ada bob cyd", ""},
		{cmdAccountList, map[string]any{"filterString": `age < 1`, "account.filterString": `age >= 1`}, "bob cyd", ""},
		{cmdAccountList, map[string]any{"filterString": `home.startsWith("ada") || title.notNull()`}, "bob cyd", ""},
		{cmdAccountList, map[string]any{"filterString": `title.isEmpty() || title.notNull() || groups.isNull()`}, "ada bob cyd", ""},
		{cmdAccountList, map[string]any{"filterString": `email.isEmpty()`}, "", ""},
		{cmdAccountList, map[string]any{"group.filterString": `id = 1`}, "ada bob cyd", ""},
		{cmdAccountList, map[string]any{"filterString": `id = 1`}, "", "config: filterString: filter, column 4: "},
		{cmdAccountList, map[string]any{"filterString": []int{1}}, "", "config: filterString "},
		{cmdAccountList, map[string]any{"filterString": `age.contains("1")`}, "", "age.contains works on texts and lists, and the attribute is a number"},
		{"std:account:read", map[string]any{"filterString": `id == "bob"`}, "ada bob cyd", ""},
		{cmdEntitlementList, map[string]any{"group.filterString": `size > 2`}, "g2", ""},
		{cmdEntitlementList, map[string]any{"role.filterString": `size > 2`}, "g1 g2", ""},
	} {
		m := NewTypeMethod[map[string]any, struct{ Attributes struct{ ID string } }](tt.command, "group")
		result, err := Call(t.Context(), r, m, nil, tt.config)
		var ids []string
		for _, o := range result.Outputs {
			ids = append(ids, o.Attributes.ID)
		}
		if got := strings.Join(ids, " "); got != tt.want {
			t.Errorf("%s, %v: %s, want %s", tt.command, tt.config, got, tt.want)
		}
		if tt.fails != "" {
			mentions(t, err, tt.fails)
		} else if err != nil {
			t.Errorf("%s, %v: %v", tt.command, tt.config, err)
		}
	}
}

// TestFilteringSecrets: a filter sees what is sent, passwords too, and nothing else.
func TestFilteringSecrets(t *testing.T) {
	t.Parallel()
	attributes := attributesOf(&sealed{Attributes: keyedAttributes{ID: "1", Password: NewSecret("p"), Extra: map[string]any{"pin": NewSecret("q"), "x": 1}}})
	for name, want := range map[string]any{"password": "p", "pin": nil, "x": 1, "id": "1"} {
		if got, found := attributes(name); got != want || found != (want != nil) {
			t.Errorf("%s is %v, %v", name, got, found)
		}
	}
}

// sealed is an account with a password.
type sealed struct{ Attributes keyedAttributes }

func (s *sealed) WireFields(w *Fields) { w.Object("attributes", &s.Attributes) }

// TestFilterWarnings: what is odd in a filter is in the log, once a command, and only for
// the filter that counts.
func TestFilterWarnings(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	list := streaming("", func(_ nothing, _ context.Context, _ AccountListInput, out *Stream[member]) error {
		return errors.Join(
			out.Send(member{Key: SimpleKey("1"), Attributes: memberAttributes{ID: "1", Active: Ptr(true)}}),
			out.Send(member{Key: SimpleKey("2"), Attributes: memberAttributes{ID: "2"}}),
		)
	})
	r := newTester([]Handler[nothing]{at(cmdAccountList, list), forType(cmdEntitlementList, "group", list)}, WithLogger(NewLogger(&log)))
	m := NewMethod[AccountListInput, map[string]any](cmdAccountList)
	result, err := Call(t.Context(), r, m, AccountListInput{}, map[string]any{
		"account.filterString": `active || id !== "hush"`, "group.filterString": "size",
	})
	if err != nil || len(result.Outputs) != 2 {
		t.Errorf("%d outputs, %v", len(result.Outputs), err)
	}
	var messages []string
	for line := range strings.Lines(log.String()) {
		var l struct{ Level, Message string }
		if err := json.Unmarshal([]byte(line), &l); err != nil || l.Level != "WARN" {
			t.Errorf("%s: %v", line, err)
		}
		messages = append(messages, l.Message)
	}
	want := []string{
		`config: account.filterString: column 1: "active" alone is always false; write active == true`,
		`config: account.filterString: column 14: "!==" is always false; write !=`,
	}
	if !slices.Equal(messages, want) {
		t.Errorf("got %q", messages)
	}
}
