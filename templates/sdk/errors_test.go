package sdk

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

func TestErrors(t *testing.T) {
	t.Parallel()
	cause, other := errors.New("cause"), errors.New("other")
	one := Errorf("one: %w", cause)
	if !errors.Is(one, cause) || one.Error() != "one: cause" {
		t.Errorf("%v lost its cause", one)
	}
	two := NotFound("two: %w, %w", cause, other)
	if !errors.Is(two, cause) || !errors.Is(two, other) {
		t.Errorf("%v lost a cause", two)
	}
	var e *Error
	if !errors.As(two, &e) || e.Type != NotFoundError {
		t.Errorf("%v has type %+v", two, e)
	}
	if errors.Unwrap(Errorf("none")) != nil {
		t.Error("an error without a cause has one")
	}
}

func TestErrorText(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		err  error
		want string
	}{
		{errors.New("plain"), "generic error: \n + Error: plain\n    at std:a"},
		{Errorf("broke"), "generic error: \n + ConnectorError: broke\n    at std:a {\n  type: 'generic'\n}"},
		{Errorf("read: %w", NotFound("gone")), "notFound error: \n + ConnectorError: read: gone\n    at std:a {\n  type: 'notFound'\n}"},
		{&Error{Message: "broke"}, "generic error: \n + ConnectorError: broke\n    at std:a {\n  type: 'generic'\n}"},
		{NotFound("gone"), "notFound error: \n + ConnectorError: gone\n    at std:a {\n  type: 'notFound'\n}"},
		{&Error{Type: "own"}, "own error: \n + ConnectorError\n    at std:a {\n  type: 'own'\n}"},
		{errors.Join(errors.New("a"), NotFound("b")), "notFound error: \n + ConnectorError: a\nb\n    at std:a {\n  type: 'notFound'\n}"},
	} {
		if got := errorText("std:a", tt.err); got != tt.want {
			t.Errorf("%v: %q, want %q", tt.err, got, tt.want)
		}
	}
	if got := errorText("", errors.New("x")); !strings.HasSuffix(got, "at connector") {
		t.Errorf("without a command: %q", got)
	}
}

func TestIsNotFound(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		err  error
		want bool
	}{
		{nil, false},
		{errors.New("plain"), false},
		{Errorf("broke"), false},
		{&Error{}, false},
		{NotFound("gone"), true},
		{&Error{Type: NotFoundError}, true},
		{Errorf("read: %w", NotFound("gone")), true},
		{fmt.Errorf("read: %w", NotFound("gone")), true},
		{errors.Join(errors.New("a"), NotFound("b")), true},
		{&Error{Type: GenericError, Err: NotFound("gone")}, false},
	} {
		if got := IsNotFound(tt.err); got != tt.want {
			t.Errorf("%v: %t", tt.err, got)
		}
	}
}

// TestNotFoundInLists: commands that list fail as generic, whatever part of them has not
// found something, and all others as what they return.
func TestNotFoundInLists(t *testing.T) {
	t.Parallel()
	gone := fmt.Errorf("page 2: %w", NotFound("gone"))
	for command, lists := range map[Command]bool{
		"std:account:list": true, "std:entitlement:list": true, "std:application-discovery:list": true,
		"std:machine-identity:list": true, "std:resource:list": true, "std:agent:list": true,
		"std:account:read": false, "std:account:update": false, "std:source-data:read": false, "std:test-connection": false,
		"acme:list": false,
	} {
		var log bytes.Buffer
		c := newTester([]Handler[nothing]{action(command, func(nothing, context.Context, SSFStreamInput) error { return gone })}, WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
		_, err := run(t.Context(), c, command, `{}`)
		if IsNotFound(err) == lists || !errors.Is(err, gone) || err.Error() != "page 2: gone" {
			t.Errorf("%s: %#v", command, err)
		}
		if warned := strings.Contains(log.String(), fromList); warned != lists {
			t.Errorf("%s: log %q", command, &log)
		}
	}
}

// TestNotFoundInOpen: that no client can be made says nothing about the account.
func TestNotFoundInOpen(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	open := func(context.Context, nothing) (nothing, error) { return nothing{}, NotFound("no such tenant") }
	c := New(Spec{}, func(json.RawMessage) (nothing, error) { return nothing{}, nil }, open,
		[]Handler[nothing]{action("std:account:read", aboutNone[AccountReadInput])}, WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
	if _, err := run(t.Context(), c, "std:account:read", `{"identity":"1"}`); err == nil || IsNotFound(err) || err.Error() != "no such tenant" {
		t.Errorf("%#v", err)
	}
	if !strings.Contains(log.String(), fromOpen) {
		t.Errorf("log %q", &log)
	}
}
