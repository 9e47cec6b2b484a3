package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/conngen/conngen/examples/directory/connector"
	"github.com/conngen/conngen/templates/sdk"
)

// A roll is a client that repeatedly lists accounts from memory.
type roll struct {
	connector.UnimplementedClient
	accounts []connector.Account
	times    int
}

func (l *roll) AccountList(_ context.Context, _ sdk.AccountListInput, out *sdk.Stream[connector.Account]) error {
	for range l.times {
		for _, a := range l.accounts {
			if err := out.Send(a); err != nil {
				return err
			}
		}
	}
	return nil
}

// generated lists accounts as every connector does.
func generated(l *roll) *sdk.Connector {
	open := func(context.Context, connector.Config) (connector.Client, error) { return l, nil }
	return connector.New(open, sdk.WithLogger(slog.New(slog.DiscardHandler)))
}

// byHand lists the same accounts without an SDK: with a dedicated encoder whose buffer is sent when
// full.
func byHand(l *roll) http.Handler {
	const full = 60 << 10
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		_, _ = io.Copy(io.Discard, req.Body)
		w.Header().Set("Content-Type", "application/x-ndjson")
		flusher := http.NewResponseController(w)
		buf := make([]byte, 0, full+4<<10)
		for range l.times {
			for i := range l.accounts {
				if buf = appendLine(buf, &l.accounts[i]); len(buf) < full {
					continue
				}
				if _, err := w.Write(buf); err != nil {
					return
				}
				if err := flusher.Flush(); err != nil {
					return
				}
				buf = buf[:0]
			}
		}
		_, _ = w.Write(buf)
	})
}

func appendLine(b []byte, a *connector.Account) []byte {
	b = append(b, `{"data":{"key":{"simple":{"id":`...)
	b = append(appendText(b, a.Key.SimpleID), `}}`...)
	if a.Disabled != nil {
		b = strconv.AppendBool(append(b, `,"disabled":`...), *a.Disabled)
	}
	if a.Locked != nil {
		b = strconv.AppendBool(append(b, `,"locked":`...), *a.Locked)
	}
	b = appendAttributes(append(b, `,"attributes":{"id":`...), &a.Attributes)
	return append(b, "}},\"type\":\"output\"}\n"...)
}

func appendAttributes(b []byte, a *connector.AccountAttributes) []byte {
	b = appendText(b, a.ID)
	b = appendText(append(b, `,"login":`...), a.Login)
	if a.Email != "" {
		b = appendText(append(b, `,"email":`...), a.Email)
	}
	if a.DisplayName != "" {
		b = appendText(append(b, `,"displayName":`...), a.DisplayName)
	}
	if a.Contractor != nil {
		b = strconv.AppendBool(append(b, `,"contractor":`...), *a.Contractor)
	}
	if a.Groups == nil {
		return b
	}
	b = append(b, `,"groups":[`...)
	for i, group := range a.Groups {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendText(b, group)
	}
	return append(b, ']')
}

func appendText(b []byte, s string) []byte {
	if !utf8.ValidString(s) {
		s = string([]rune(s)) // with U+FFFD for each invalid UTF-8 byte
	}
	b = append(b, '"')
	start := 0
	for i := range len(s) {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		escaped, _ := json.Marshal(string(rune(c)))
		b = append(append(b, s[start:i]...), escaped[1:len(escaped)-1]...)
		start = i + 1
	}
	return append(append(b, s[start:]...), '"')
}

// people are typical accounts of a directory: one in eight has a non-ASCII name.
func people(n int) []connector.Account {
	all := make([]connector.Account, n)
	for i := range all {
		id := strconv.Itoa(1_000_000 + i)
		name := "Ada Lovelace"
		if i%8 == 0 {
			name = "Zoë Müller-Lüdenscheidt"
		}
		all[i] = connector.Account{
			Key:      sdk.SimpleKey(id),
			Disabled: sdk.Ptr(i%16 == 0),
			Attributes: connector.AccountAttributes{
				ID: id, Login: "user" + id, Email: "user" + id + "@directory.example", DisplayName: name,
				Contractor: sdk.Ptr(i%4 == 0), Groups: []string{"employees", "engineering", "g" + id[3:]},
			},
		}
	}
	return all
}

// oddPeople have rare features.
func oddPeople() []connector.Account {
	all := people(3)
	all[0].Attributes = connector.AccountAttributes{ID: "\x00\"\\\n", Login: "bad\xff\xffbytes"}
	all[0].Disabled = nil
	all[1].Locked, all[1].Attributes.Groups = sdk.Ptr(true), []string{}
	all[2].Attributes.Groups = []string{"\u2028", "</script>", "\x7f"}
	return all
}

// listed requests a list, and returns the time to its first byte, and the result of take for the
// whole list.
func listed[T any](tb testing.TB, server *httptest.Server, config json.RawMessage, take func(io.Reader) (T, error)) (time.Duration, T) {
	tb.Helper()
	body, err := json.Marshal(map[string]any{"type": "std:account:list", "config": config})
	if err != nil {
		tb.Fatal(err)
	}
	start := time.Now()
	res, err := server.Client().Post(server.URL, "application/json", bytes.NewReader(body))
	if err != nil {
		tb.Fatal(err)
	}
	defer res.Body.Close()
	first := make([]byte, 1)
	if _, err := io.ReadFull(res.Body, first); err != nil || res.StatusCode != http.StatusOK {
		tb.Fatalf("status %d, %v", res.StatusCode, err)
	}
	waited := time.Since(start)
	v, err := take(io.MultiReader(bytes.NewReader(first), res.Body))
	if err != nil {
		tb.Fatal(err)
	}
	return waited, v
}

func exampleConfigJSON(tb testing.TB) json.RawMessage {
	tb.Helper()
	text, err := json.Marshal(exampleConfig(tb))
	if err != nil {
		tb.Fatal(err)
	}
	return text
}

// TestByHand: both implementations send the same.
func TestByHand(t *testing.T) {
	t.Parallel()
	l := &roll{accounts: append(people(20), oddPeople()...), times: 20}
	var texts []string
	for _, h := range []http.Handler{generated(l), byHand(l)} {
		server := httptest.NewServer(h)
		defer server.Close()
		_, text := listed(t, server, exampleConfigJSON(t), io.ReadAll)
		texts = append(texts, string(text))
	}
	if texts[0] != texts[1] {
		t.Errorf("generated code sends %s\nand an encoder written by hand %s", texts[0], texts[1])
	}
	if lines := strings.Count(texts[0], "\n"); lines != len(l.accounts)*l.times {
		t.Errorf("%d lines, want %d", lines, len(l.accounts)*l.times)
	}
}

// TestListAllocatesNothing: a list makes as many allocations for many accounts as for a few. It is
// not parallel, since it counts what the whole program allocates.
func TestListAllocatesNothing(t *testing.T) {
	l := &roll{accounts: people(1000)}
	c := generated(l)
	req := sdk.Request{Type: "std:account:list", Config: exampleConfigJSON(t)}
	allocations := func(times int) float64 {
		l.times = times
		return testing.AllocsPerRun(3, func() {
			if err := c.Run(t.Context(), req, func([]byte) error { return nil }); err != nil {
				t.Fatal(err)
			}
		})
	}
	few, many := allocations(1), allocations(11)
	if more := many - few; more > 100 {
		t.Errorf("10,000 accounts more allocate %v times more", more)
	}
}

// BenchmarkAccountList lists 100,000 accounts over HTTP to a client that discards them: with
// generated code, and with a handwritten encoder.
func BenchmarkAccountList(b *testing.B) {
	l := &roll{accounts: people(1000), times: 100}
	config := exampleConfigJSON(b)
	for _, bench := range []struct {
		name    string
		handler http.Handler
	}{{"generated", generated(l)}, {"byhand", byHand(l)}} {
		b.Run(bench.name, func(b *testing.B) {
			server := httptest.NewServer(bench.handler)
			defer server.Close()
			var first time.Duration
			for b.Loop() {
				waited, size := listed(b, server, config, func(r io.Reader) (int64, error) { return io.Copy(io.Discard, r) })
				first += waited
				b.SetBytes(size)
			}
			accounts := float64(len(l.accounts) * l.times * b.N)
			b.ReportMetric(accounts/b.Elapsed().Seconds(), "accounts/s")
			b.ReportMetric(float64(first.Microseconds())/float64(b.N), "first-byte-µs")
		})
	}
}
