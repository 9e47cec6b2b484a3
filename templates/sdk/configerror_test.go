package sdk

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

// TestLenient: what is tolerable becomes a warning with the option, and nothing else does.
func TestLenient(t *testing.T) {
	t.Parallel()
	size := ConfigProblem{Item: "size", Problem: "must be at most 5", Tolerable: true}
	name := ConfigProblem{Item: "cards[0].name", Problem: "is required", Tolerable: true}
	address := ConfigProblem{Item: "url", Problem: "must be a URL"}
	problems := func(all ...ConfigProblem) error { return Errorf("%w", &ConfigError{Problems: all}) }
	for _, tt := range []struct {
		err     error
		lenient bool
		fails   string
		logged  []string
	}{
		{err: nil, lenient: true},
		{err: problems(size, name), fails: "config: size must be at most 5; cards[0].name is required"},
		{err: problems(size, name), lenient: true, logged: []string{"config: size must be at most 5", "config: cards[0].name is required"}},
		{err: problems(size, address), lenient: true, fails: "config: size must be at most 5; url must be a URL"},
		{err: errors.New("config: is not JSON"), lenient: true, fails: "config: is not JSON"},
	} {
		var log bytes.Buffer
		opts := []Option{WithLogger(NewLogger(&log))}
		if tt.lenient {
			opts = append(opts, Lenient())
		}
		opened := 0
		c := New(testSpec, func(json.RawMessage) (int, error) { return 7, tt.err }, func(_ context.Context, config int) (nothing, error) {
			opened = config
			return nothing{}, nil
		}, []Handler[nothing]{action("a:b", func(nothing, context.Context, struct{}) error { return nil })}, opts...)
		_, err := run(t.Context(), c, "a:b", `{}`)
		if tt.fails == "" && (err != nil || opened != 7) || tt.fails != "" && opened != 0 {
			t.Errorf("%v, lenient %t: %v, opened with %d", tt.err, tt.lenient, err, opened)
		}
		if tt.fails != "" {
			mentions(t, err, tt.fails)
		}
		lines := strings.Count(log.String(), "\n")
		for _, want := range tt.logged {
			if !strings.Contains(log.String(), `"level":"WARN","message":"`+want+`"`) {
				t.Errorf("%v: logged\n%s", tt.err, log.String())
			}
		}
		if lines != len(tt.logged) {
			t.Errorf("%v: %d lines: %s", tt.err, lines, log.String())
		}
	}
}
