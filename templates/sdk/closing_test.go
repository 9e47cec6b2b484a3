package sdk

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestClosingLine: who asks for a closing line gets one, with the error's type, and
// always status 200.
func TestClosingLine(t *testing.T) {
	t.Parallel()
	r := newTester([]Handler[nothing]{
		raw("ok", func(_ context.Context, _ nothing, _ json.RawMessage, out *Writer) error { return out.Send(1) }),
		raw("missing", func(context.Context, nothing, json.RawMessage, *Writer) error {
			return NotFound("<é>\n\u2028")
		}),
		raw("untyped", func(context.Context, nothing, json.RawMessage, *Writer) error { return &Error{Message: "m"} }),
		raw("plain", func(_ context.Context, _ nothing, _ json.RawMessage, out *Writer) error {
			return errors.Join(out.Send(1), errors.New("p"))
		}),
	})
	for command, want := range map[string]string{
		"ok":      `{"data":1,"type":"output"}` + "\n" + `{"data":{},"type":"end"}`,
		"missing": `{"data":{"type":"notFound","message":"<é>\n` + "\u2028" + `"},"type":"error"}`,
		"untyped": `{"data":{"type":"generic","message":"m"},"type":"error"}`,
		"plain":   `{"data":1,"type":"output"}` + "\n" + `{"data":{"message":"p"},"type":"error"}`,
		"none":    `{"data":{"message":"unsupported command: none"},"type":"error"}`,
	} {
		req := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(`{"type":"`+command+`"}`))
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set(closingHeader, "true")
		w := httptest.NewRecorder()
		r.ServeHTTP(w, req)
		if w.Code != http.StatusOK || w.Header().Get(closingHeader) == "" || w.Body.String() != want+"\n" {
			t.Errorf("%s: status %d, header %q, body\n%s", command, w.Code, w.Header().Get(closingHeader), w.Body)
		}
		if got := w.Header().Get("X-Accel-Buffering"); got != "no" {
			t.Errorf("%s: X-Accel-Buffering is %q, so nginx holds the answer back", command, got)
		}
	}
}
