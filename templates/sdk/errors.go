package sdk

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/conngen/conngen/templates/sdk/internal/cut"
)

// The error types that ISC knows. Any other text is passed through.
const (
	GenericError  = "generic"
	NotFoundError = "notFound"
)

// An Error is a command's failure with a type that ISC acts on.
type Error struct {
	Type    string // GenericError when empty
	Message string
	Err     error // the cause, may be nil
}

// Errorf returns an error with a message. A %w verb keeps its operand as a cause,
// and the operand's type: a NotFound stays one. Otherwise the error is generic.
func Errorf(format string, args ...any) error {
	return newError("", format, args)
}

// NotFound returns the error for an object that does not exist. When an account read or
// update fails with it during provisioning, ISC creates the account. That makes no
// sense in an aggregation, or when no client can be made: such a command fails with a
// generic error, and the log says so.
func NotFound(format string, args ...any) error {
	return newError(NotFoundError, format, args)
}

// IsNotFound reports whether ISC would see NotFound: the error is an [Error] of that
// type, or wraps one.
func IsNotFound(err error) bool {
	var typed *Error
	return errors.As(err, &typed) && typed.ErrorType() == NotFoundError
}

// The failures that say nothing about one object, whatever their type.
const (
	fromList = "notFound from a command that lists is sent as generic, since ISC would create accounts"
	fromOpen = "notFound from making the client is sent as generic, since ISC would create the account"
)

// asGeneric returns a failure that is not about one object: a missing page or tenant does
// not mean that an account is missing. The log says why.
func asGeneric(ctx context.Context, err error, why string) error {
	if !IsNotFound(err) {
		return err
	}
	Logger(ctx).WarnContext(ctx, why, "err", err)
	return &Error{Type: GenericError, Message: err.Error(), Err: err}
}

func newError(kind, format string, args []any) error {
	err := fmt.Errorf(format, args...)
	cause := errors.Unwrap(err)
	if _, several := err.(interface{ Unwrap() []error }); several {
		cause = err
	}
	var typed *Error
	switch {
	case kind != "":
	case errors.As(cause, &typed) && typed.Type != "":
		kind = typed.Type
	default:
		kind = GenericError
	}
	return &Error{Type: kind, Message: err.Error(), Err: cause}
}

// NotImplemented returns the error of a command that the client does not answer.
func NotImplemented(c Command) error {
	return Errorf("%s is not implemented", c)
}

func (e *Error) Error() string { return e.Message }

// ErrorType returns the type as ISC gets it.
func (e *Error) ErrorType() string { return cmp.Or(e.Type, GenericError) }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// unsupported is the protocol's own answer to a command that has no handler.
// It is a plain error, as the original throws.
func unsupported(command string) error {
	return errors.New("unsupported command: " + cut.To(command, cut.Name))
}

// problems are several failures in one error, each led by what failed.
type problems []string

// add adds a failure. The several failures of a nested object are led by its
// name too: attributes.email.
func (p *problems) add(name string, err error) {
	var nested problems
	if !errors.As(err, &nested) {
		*p = append(*p, name+": "+err.Error())
		return
	}
	for _, problem := range nested {
		*p = append(*p, name+"."+problem)
	}
}

// err returns the problems as an error, nil when there are none.
func (p problems) err() error {
	if len(p) == 0 {
		return nil
	}
	return p
}

func (p problems) Error() string { return strings.Join(p, "; ") }

// errorText renders a failure as the original server does: the error's type,
// then the error as JavaScript inspects it, with one stack line that names the
// command.
func errorText(command Command, err error) string {
	var b strings.Builder
	var typed *Error
	message := withColon(cut.To(err.Error(), cut.Message))
	if !errors.As(err, &typed) {
		fmt.Fprintf(&b, "%s error: \n + Error%s", GenericError, message)
		writeStack(&b, command)
		return b.String()
	}
	kind := typed.ErrorType()
	fmt.Fprintf(&b, "%s error: \n + ConnectorError%s", kind, message)
	writeStack(&b, command)
	fmt.Fprintf(&b, " {\n  type: '%s'\n}", kind)
	return b.String()
}

func withColon(message string) string {
	if message == "" {
		return ""
	}
	return ": " + message
}

func writeStack(b *strings.Builder, command Command) {
	if command == "" {
		command = "connector"
	}
	b.WriteString("\n    at ")
	b.WriteString(cut.To(command, cut.Name))
}
