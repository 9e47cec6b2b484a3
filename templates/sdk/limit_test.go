package sdk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/conngen/conngen/schema/protocol"
)

// TestLimitOfProtocol: the default is the limit that the table of the protocol has.
func TestLimitOfProtocol(t *testing.T) {
	t.Parallel()
	if got := defaultWriterOptions.outputLimit; got != protocol.OutputLimit {
		t.Errorf("%d, want %d", got, protocol.OutputLimit)
	}
}

func TestOutputLimit(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 256<<10)
	for name, tt := range map[string]struct {
		output any
		fails  string // the error has this
	}{
		"typed":           {member{Key: SimpleKey("ada"), Attributes: memberAttributes{Title: long}}, `cmd: the output "ada" is 262`},
		"typed, compound": {&team{Key: CompoundKey("look", "unique"), Attributes: teamAttributes{Name: long}}, `cmd: the output "look" is 262`},
		"identity":        {json.RawMessage(`{"identity":"ada","x":"` + long + `"}`), `cmd: the output "ada" is 262`},
		"key of a map":    {map[string]any{"key": map[string]any{"simple": map[string]any{"id": "ada"}}, "x": long}, `cmd: the output "ada" is 262`},
		"uuid":            {map[string]any{"uuid": "u-1", "x": long}, `cmd: the output "u-1" is 262`},
		"application":     {Application{ID: "app", Description: long}, `cmd: the output "app" is 262`},
		"number":          {map[string]any{"identity": 7, "x": long}, `cmd: the output "7" is 262`},
		"odd members":     {map[string]any{"key": 7, "identity": []any{1}, "x": long}, `cmd: an output is 262`},
		"list":            {[]any{long}, `cmd: an output is 262174 bytes; the limit is 262144`},
		"long ID":         {map[string]any{"identity": long}, `cmd: the output "` + strings.Repeat("x", 97) + `…" is 262`},
	} {
		r := newTester([]Handler[nothing]{raw("cmd", func(_ context.Context, _ nothing, _ json.RawMessage, out *Writer) error {
			err := out.Send(tt.output)
			mentions(t, err, tt.fails)
			var typed *Error
			if !errors.As(err, &typed) || len(err.Error()) > 200 {
				t.Errorf("%s: the error is %v", name, err)
			}
			return out.Send(1)
		})})
		if got, err := run(t.Context(), r, "cmd", ""); err != nil || got != oneLine {
			t.Errorf("%s: %.200q, %v", name, got, err)
		}
	}
}

// TestOutputLimitOfStream is about the outputs of a stream, around the limit.
func TestOutputLimitOfStream(t *testing.T) {
	t.Parallel()
	const limit, envelope = 100, len(`{"data":"","type":"output"}` + "\n")
	for _, tt := range []struct {
		limit, size int
		fails       bool
	}{
		{limit, limit, false},
		{limit, limit + 1, true},
		{0, 1 << 20, false},
		{-1, 1 << 20, false},
	} {
		text := strings.Repeat("x", tt.size-envelope)
		r := newTester([]Handler[nothing]{streaming("a", func(_ nothing, _ context.Context, _ json.RawMessage, out *Stream[string]) error {
			return errors.Join(out.Send("before"), out.Send(text), out.Send("after"))
		})}, WithOutputLimit(tt.limit))
		want := `{"data":"` + text + `","type":"output"}` + "\n"
		if tt.fails {
			want = ""
		}
		want = `{"data":"before","type":"output"}` + "\n" + want + `{"data":"after","type":"output"}` + "\n"
		got, err := run(t.Context(), r, "a", "")
		if got != want {
			t.Errorf("limit %d, size %d: %.200q", tt.limit, tt.size, got)
		}
		if tt.fails {
			mentions(t, err, fmt.Sprintf("a: an output is %d bytes; the limit is %d", tt.size, tt.limit))
		} else if err != nil {
			t.Error(err)
		}
	}
}

// TestOutputLimitIsForOutputs: state and config have no such limit.
func TestOutputLimitIsForOutputs(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 100)
	r := newTester([]Handler[nothing]{raw("a", func(_ context.Context, _ nothing, _ json.RawMessage, out *Writer) error {
		return errors.Join(out.PatchConfig(ConfigPatch{Op: "add", Path: "/a", Value: long}), out.SaveState(long))
	})}, WithOutputLimit(50))
	want := `{"data":[{"op":"add","path":"/a","value":"` + long + `"}],"type":"config"}` + "\n" + `{"data":"` + long + `","type":"state"}` + "\n"
	if got, err := run(t.Context(), r, "a", ""); err != nil || got != want {
		t.Errorf("%q, %v", got, err)
	}
}
