package sdk

import (
	"context"
	"errors"
	"slices"
	"strings"
)

// A ConfigError lists the problems of a source's config. The generated package's
// DecodeConfig returns it within an [Error], along with the config as far as it can be
// read. It shows no values.
type ConfigError struct {
	Problems []ConfigProblem
}

// A ConfigProblem is a problem of one item.
type ConfigProblem struct {
	Item      string // the item's path: "pageSize", "cards[0].name"
	Problem   string // "is required"
	Tolerable bool   // [Lenient] turns it into a warning
}

// String returns the item and its problem.
func (p ConfigProblem) String() string { return p.Item + " " + p.Problem }

func (e *ConfigError) Error() string {
	texts := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		texts[i] = p.String()
	}
	return "config: " + strings.Join(texts, "; ")
}

// Tolerable reports whether [Lenient] turns all problems into warnings.
func (e *ConfigError) Tolerable() bool {
	return !slices.ContainsFunc(e.Problems, func(p ConfigProblem) bool { return !p.Tolerable })
}

// tolerate logs the problems of a config as warnings, and reports whether they are all
// that is wrong.
func tolerate(ctx context.Context, err error) bool {
	var found *ConfigError
	if !errors.As(err, &found) || !found.Tolerable() {
		return false
	}
	warnOfEach(ctx, found.Problems, func(p ConfigProblem) (string, []any) { return "config: " + p.String(), nil })
	return true
}
