package sdk

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// repeater answers commands whose errors and warnings repeat what is in the request.
func repeater(log *slog.Logger) *Connector {
	return newTester([]Handler[nothing]{
		unary("std:account:update", func(_ nothing, _ context.Context, in AccountUpdateInput[closedChanges]) (None, error) {
			return None{}, in.Apply(new(closedAttributes))
		}),
		unary("std:account:read", func(_ nothing, _ context.Context, in AccountReadInput) (None, error) {
			return None{}, NotFound("%q is not there", in.ID())
		}),
		action("typed", func(nothing, context.Context, struct{ At time.Time }) error { return nil }),
		action("logs", func(_ nothing, ctx context.Context, in string) error {
			Logger(ctx).With("text", in).Warn(in, "err", errors.New(in), "raw", []byte(in), slog.Group("g", "in", in))
			return nil
		}),
		streaming("std:account:list", func(_ nothing, _ context.Context, _ AccountListInput, out *Stream[json.RawMessage]) error {
			return out.Send(json.RawMessage(`{"attributes":{"id":"1"}}`))
		}),
		forType("std:entitlement:read", "group", action("", func(nothing, context.Context, EntitlementReadInput) error { return nil })),
		forType("std:entitlement:read", "role", action("", func(nothing, context.Context, EntitlementReadInput) error { return nil })),
	}, WithLogger(log))
}

// TestRequestsAreNotRepeated: whatever in a request is large, log and answer stay small and
// readable.
func TestRequestsAreNotRepeated(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes long with the race detector")
	}
	const most = 128 << 10 // of a command that logs five long texts
	long := strings.Repeat("é", 1<<17)
	many := func(each string) string { return strings.TrimSuffix(strings.Repeat(each+",", 1<<13), ",") }
	update := func(change string) string {
		return `{"type":"std:account:update","input":{"identity":"1","changes":[` + change + `]}}`
	}
	filtered := func(filter string) string {
		return fmt.Sprintf(`{"type":"std:account:list","config":{"filterString":%q}}`, filter)
	}
	numbered := func() string {
		var b strings.Builder
		for i := range 1 << 12 {
			fmt.Fprintf(&b, `,{"op":"Set","attribute":"a%d","value":1}`, i)
		}
		return b.String()[1:]
	}
	for name, tt := range map[string]struct {
		body   string
		header [2]string
		method string
		path   string
		says   string // what shows that the request came to where its text is repeated
	}{
		"type":               {body: `{"type":"` + long + `"}`, says: "unsupported command: éé"},
		"type, escaped":      {body: `{"type":"` + strings.Repeat(`\u0001`, 1<<18) + `"}`, says: "unsupported command"},
		"type, list":         {body: `{"type":["` + long + `"]}`, says: "éé"},
		"type, number":       {body: `{"type":1` + strings.Repeat("0", 1<<18) + `}`, says: "unsupported command: 1000"},
		"context":            {body: `{"type":"x","context":{"id":"` + long + `","invocationId":"` + long + `","requestId":"` + long + `"}}`, says: "unsupported command"},
		"entitlement type":   {body: `{"type":"std:entitlement:read","input":{"identity":"1","type":"` + long + `"}}`, says: "unknown entitlement type"},
		"identity":           {body: `{"type":"std:account:read","input":{"identity":"` + long + `"}}`, says: "éé"},
		"attribute":          {body: update(`{"op":"Set","attribute":"` + long + `","value":1}`), says: "not in the spec"},
		"attributes":         {body: update(numbered()), says: "further warnings of this kind are omitted"},
		"op":                 {body: update(`{"op":"` + long + `","attribute":"id","value":1}`), says: "unknown operation"},
		"no op":              {body: update(`{"attribute":"` + long + `","value":1}`), says: "has no op"},
		"no ops":             {body: update(many(`{"attribute":"a"}`)), says: "has no op"},
		"input":              {body: `{"type":"typed","input":{"At":"` + long + `"}}`, says: "parsing time"},
		"log":                {body: `{"type":"logs","input":"` + long + `"}`},
		"filter":             {body: filtered(long + "("), says: "column"},
		"filter, not a name": {body: filtered("id == 1" + strings.Repeat("a", 1<<18)), says: "is not a number"},
		"filter, method":     {body: filtered("id." + long + "()"), says: "the method"},
		"filter, warnings":   {body: filtered(strings.Repeat("id && ", 1<<12) + "id"), says: "further warnings of this kind are omitted"},
		"not JSON":           {body: `{` + long, says: "must be a JSON object"},
		"path":               {method: http.MethodGet, path: "/" + strings.Repeat("x", 1<<18), says: "Cannot GET /xxx"},
		"method":             {method: strings.Repeat("X", 1<<18), says: "Cannot XXX"},
		"charset":            {header: [2]string{"Content-Type", "application/json; charset=" + strings.Repeat("x", 1<<18)}, body: "{}", says: "unsupported charset"},
		"encoding":           {header: [2]string{"Content-Encoding", strings.Repeat("x", 1<<18)}, body: "{}", says: "unsupported content encoding"},
	} {
		for _, closing := range []string{"", "true"} {
			var log bytes.Buffer
			req := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(tt.body))
			if tt.method != "" {
				req.Method = tt.method
			}
			if tt.path != "" {
				req.URL.Path = tt.path
			}
			req.Header.Set("Content-Type", "application/json")
			if closing != "" {
				req.Header.Set(closingHeader, closing)
			}
			if tt.header[0] != "" {
				req.Header.Set(tt.header[0], tt.header[1])
			}
			w := httptest.NewRecorder()
			repeater(NewLogger(&log)).ServeHTTP(w, req)
			all := log.String() + w.Body.String()
			if len(all) > most || !utf8.ValidString(all) || !strings.Contains(all, tt.says) {
				t.Errorf("%s: status %d, the log has %d bytes, the answer %d, does not say %q: %.500s", name, w.Code, log.Len(), w.Body.Len(), tt.says, all)
			}
		}
	}
}
