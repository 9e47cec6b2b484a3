//go:build !js

package sdk

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
)

// Remote returns a function that runs commands like [Connector.Run], but on a server: this
// connector's, the dev server with its bundle, or any other that speaks the protocol. It
// takes the token of the server from CONNECTOR_AUTH_TOKEN.
func Remote(url string) func(context.Context, Request, func([]byte) error) error {
	return func(ctx context.Context, req Request, sink func([]byte) error) error {
		body, err := json.Marshal(struct {
			Type   Command         `json:"type"`
			Input  json.RawMessage `json:"input,omitempty"`
			Config json.RawMessage `json:"config,omitempty"`
		}{req.Type, req.Input, req.Config})
		if err != nil {
			return err
		}
		call, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
		if err != nil {
			return err
		}
		call.Header.Set("Content-Type", "application/json")
		token := strings.TrimSpace(os.Getenv(authTokenVariable))
		if token != "" {
			call.Header.Set("Authorization", "Bearer "+token)
		}
		answer, err := http.DefaultClient.Do(call)
		if err != nil {
			return unanswered(ctx, call.URL.Redacted(), err)
		}
		defer answer.Body.Close()
		switch {
		case answer.StatusCode == http.StatusUnauthorized && token != "":
			return fmt.Errorf("%s refused the token in %s", call.URL.Redacted(), authTokenVariable)
		case answer.StatusCode == http.StatusUnauthorized:
			return fmt.Errorf("%s requires a token: set %s to it", call.URL.Redacted(), authTokenVariable)
		}
		if kind := answer.Header.Get("Content-Type"); !strings.HasPrefix(kind, "application/x-ndjson") {
			return fmt.Errorf("%s answered with status %d and content type %q", call.URL.Redacted(), answer.StatusCode, kind)
		}
		return readAnswer(answer.Body, sink)
	}
}

// unanswered words why a server has not answered.
func unanswered(ctx context.Context, url string, err error) error {
	var unknown *net.DNSError
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case isAnyOf(err, syscall.ECONNREFUSED, windowsRefused):
		return fmt.Errorf("no server answers at %s: is it running?", url)
	case errors.As(err, &unknown) && unknown.IsNotFound:
		return fmt.Errorf("no server answers at %s: its host is unknown", url)
	}
	return fmt.Errorf("no server answers at %s: %w", url, innermost(err))
}

// readAnswer hands the lines of an answer to sink, and returns the error whose text
// may follow them.
func readAnswer(body io.Reader, sink func([]byte) error) error {
	lines := bufio.NewReader(body)
	for {
		line, err := lines.ReadBytes('\n')
		switch {
		case len(line) > 0 && line[0] != '{':
			rest, err := io.ReadAll(lines)
			return errors.Join(parseErrorText(string(line)+string(rest)), err)
		case errors.Is(err, io.EOF) && len(line) == 0:
			return nil
		case err != nil:
			return fmt.Errorf("the answer broke off: %w", err)
		}
		if err := sink(line); err != nil {
			return err
		}
	}
}

// parseErrorText is the reverse of [errorText], as far as it can be.
func parseErrorText(text string) error {
	kind, message, ok := strings.Cut(text, " error: \n + ")
	if !ok {
		return fmt.Errorf("the answer has a line that is not JSON: %.200q", text)
	}
	message, _, _ = strings.Cut(message, "\n    at ")
	if _, after, ok := strings.Cut(message, "Error: "); ok {
		message = after
	}
	return &Error{Type: kind, Message: message}
}
