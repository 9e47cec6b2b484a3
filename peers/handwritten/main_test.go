package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestAnswer(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		body   string
		status int
		lines  int
	}{
		{`{"type":"std:test-connection"}`, http.StatusOK, 1},
		{`{"type":"std:account:list","config":{"token":"1000"}}`, http.StatusOK, 1000},
		{`{"type":"std:account:list","config":{"token":"0"}}`, http.StatusOK, 0},
		{`{"type":"std:account:read"}`, http.StatusBadRequest, 1},
		{`{`, http.StatusBadRequest, 1},
	} {
		w := httptest.NewRecorder()
		answer(w, httptest.NewRequest(http.MethodPost, "/", strings.NewReader(c.body)))
		text := w.Body.Bytes()
		if n := bytes.Count(text, []byte("\n")); w.Code != c.status || n != c.lines {
			t.Errorf("%s: status %d, %d lines", c.body, w.Code, n)
		}
		for line := range bytes.Lines(text) {
			if w.Code == http.StatusOK && !json.Valid(line) {
				t.Fatalf("%s: not JSON: %s", c.body, line)
			}
		}
	}
}

func TestAppendString(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", "plain", `a "quoted" \ one`, "é", "line\nbreak", "\x7f", "\x00"} {
		var got string
		if err := json.Unmarshal(appendString(nil, s), &got); err != nil || got != s {
			t.Errorf("%q has become %q, error %v", s, got, err)
		}
	}
}
