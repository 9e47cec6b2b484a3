package sdk

import (
	"context"
	"encoding/json"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestRounding: whole numbers that JavaScript would round are sent with all their digits,
// and to a bundle not at all.
func TestRounding(t *testing.T) {
	t.Parallel()
	const large = int64(1<<53 + 1)
	const beyond = " exceeds ±9007199254740991, so a bundle would round it; "
	object := func(a memberAttributes) member { return member{Key: SimpleKey("ada"), Attributes: a} }
	for name, tt := range map[string]struct {
		send func(*Writer) error
		want string // of the line
		says string // to a bundle, "" where it gets the same
	}{
		"largest":  {sends(object(memberAttributes{ID: "ada", Age: Ptr(int64(1<<53 - 1))})), `"age":9007199254740991}`, ""},
		"float":    {sends(1e20), `:100000000000000000000,`, ""},
		"text":     {sends("9007199254740993"), `:"9007199254740993",`, ""},
		"int64":    {sends(object(memberAttributes{ID: "ada", Age: Ptr(int64(-1 << 53))})), `"age":-9007199254740992}`, `x: the output "ada": attribute "age"` + beyond + "declare it as a string in the spec"},
		"list":     {sends(object(memberAttributes{Levels: []int64{1, large}})), `"levels":[1,9007199254740993]`, `attribute "levels"`},
		"extra":    {sends(object(memberAttributes{Extra: map[string]any{"n": map[string]any{"m": uint64(math.MaxUint64)}}})), `"n":{"m":18446744073709551615}`, `attribute "n"`},
		"number":   {sends(map[string]any{"total": json.Number("12345678901234567890123")}), `{"total":12345678901234567890123}`, `x: an output: "total"` + beyond + "send it as a string"},
		"raw":      {sends(json.RawMessage(`{"id":7,"attributes":[9007199254740993]}`)), `{"id":7,"attributes":[9007199254740993]}`, `x: the output "7": "attributes"`},
		"bare":     {sends(large), `:9007199254740993,`, `x: an output: a number` + beyond},
		"state":    {func(w *Writer) error { return w.SaveState(map[string]any{"at": large}) }, `{"at":9007199254740993}`, `x: the state: "at"` + beyond},
		"patch":    {func(w *Writer) error { return w.PatchConfig(ConfigPatch{Op: "add", Path: "/n", Value: large}) }, `[{"op":"add","path":"/n","value":9007199254740993}]`, `x: the config patch: "value"` + beyond},
		"survivor": {func(w *Writer) error { _ = w.Send(large); return w.Send(2) }, `:2,`, ""},
	} {
		r := newTester([]Handler[nothing]{raw("x", func(_ context.Context, _ nothing, _ json.RawMessage, out *Writer) error { return tt.send(out) })})
		answer := func(bundle bool) string {
			req := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(`{"type":"x"}`))
			req.Header.Set("Content-Type", "application/json")
			if bundle {
				req.Header.Set(closingHeader, "true")
			}
			w := httptest.NewRecorder()
			r.ServeHTTP(w, req)
			return w.Body.String()
		}
		if got := answer(false); !strings.Contains(got, tt.want) {
			t.Errorf("%s: %s", name, got)
		}
		got := answer(true)
		if tt.says == "" && !strings.Contains(got, tt.want) {
			t.Errorf("%s: a bundle gets %s", name, got)
		}
		if strings.Contains(got, ":9007199254740993") {
			t.Errorf("%s: a bundle would round %s", name, got)
		}
		if tt.says != "" && (strings.Count(got, "\n") != 1 || !strings.Contains(unquoted(t, got), tt.says)) {
			t.Errorf("%s: a bundle gets %s, want %s", name, got, tt.says)
		}
	}
}

func sends(output any) func(*Writer) error {
	return func(w *Writer) error { return w.Send(output) }
}

// unquoted returns the message of a closing line.
func unquoted(t *testing.T, line string) string {
	t.Helper()
	var closing struct {
		Data struct{ Type, Message string }
	}
	if err := json.Unmarshal([]byte(line), &closing); err != nil {
		t.Errorf("%s: %v", line, err)
	}
	return closing.Data.Message
}
