package sdk

import (
	"errors"
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
