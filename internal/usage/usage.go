// Package usage marks errors that another command line avoids, so the failing command can name
// the help about its flags.
package usage

import "fmt"

// An Error is about the value of a flag, or names the flag to set.
type Error struct{ err error }

// Errorf makes an [Error], as fmt.Errorf does.
func Errorf(format string, args ...any) error { return Error{fmt.Errorf(format, args...)} }

func (e Error) Error() string { return e.err.Error() }

func (e Error) Unwrap() error { return e.err }
