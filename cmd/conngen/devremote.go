package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/conngen/conngen/console/loop"
	"github.com/conngen/conngen/internal/plainnet"
)

// A remoteConnector is a connector that somebody else runs.
type remoteConnector struct {
	url    string
	header http.Header // that it requires
	client *http.Client
	open   atomic.Bool // it has answered a command, whatever it answers to /healthz
}

// specPatience is how long a connector may take to return its spec.
const specPatience = 30 * time.Second

func newRemoteConnector(url string) *remoteConnector {
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return &remoteConnector{url: url, header: authorization(), client: client}
}

// answers returns nil if the connector answers. Connectors on other SDKs know no /healthz, and
// gateways refuse what they do not know, so a refusal counts only if a command is refused too.
func (r *remoteConnector) answers(ctx context.Context, url string) error {
	response, err := loop.AskHealth(ctx, url, r.header)
	if err != nil {
		return err
	}
	switch response.StatusCode {
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return fmt.Errorf("it answers with status %d, like a gateway whose server is down", response.StatusCode)
	case http.StatusBadRequest:
		return r.refusal(response)
	}
	if r.refusal(response) == nil || r.open.Load() {
		return nil
	}
	answer, err := r.askSpec(ctx)
	if err != nil {
		return err
	}
	return r.refusal(answer.response)
}

// A specAnswer is the answer to std:spec:read.
type specAnswer struct {
	response *http.Response // whose body has been read
	text     []byte
}

func (r *remoteConnector) askSpec(ctx context.Context) (specAnswer, error) {
	ctx, cancel := context.WithTimeout(ctx, specPatience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, r.url, strings.NewReader(`{"type":"std:spec:read","input":{},"config":{}}`))
	if err != nil {
		return specAnswer{}, err
	}
	request.Header = r.header.Clone()
	request.Header.Set("Content-Type", "application/json")
	response, err := r.client.Do(request)
	if err != nil {
		return specAnswer{}, plainnet.Error(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, 2*maxSpecSize))
	if err != nil {
		return specAnswer{}, plainnet.Error(err)
	}
	if response.StatusCode == http.StatusOK {
		r.open.Store(true)
	}
	response.Body = io.NopCloser(bytes.NewReader(text))
	return specAnswer{response, text}, nil
}

// readSpec asks the connector for its spec.
func (r *remoteConnector) readSpec(ctx context.Context) ([]byte, error) {
	name := plainnet.ShownURL(r.url)
	answer, err := r.askSpec(ctx)
	if err == nil {
		err = r.refusal(answer.response)
	}
	if err != nil {
		return nil, fmt.Errorf("%s does not say what its spec is: %w", name, err)
	}
	const pathHelps = "; name the folder of its spec: conngen dev PATH --connector URL"
	if status := answer.response.StatusCode; status != http.StatusOK {
		return nil, fmt.Errorf("%s answers std:spec:read with status %d%s", name, status, pathHelps)
	}
	if isPage(answer.response) {
		return nil, fmt.Errorf("%s answers with a web page, unlike a connector; check the URL", name)
	}
	spec := specIn(answer.text)
	if spec == nil {
		return nil, fmt.Errorf("%s answers std:spec:read without a specification%s", name, pathHelps)
	}
	return spec, nil
}

// refusal says why a server does not accept commands, or nil if it does.
func (r *remoteConnector) refusal(response *http.Response) error {
	status := response.StatusCode
	switch {
	case status == http.StatusBadRequest && speaksHTTPS(response):
		return errors.New("it speaks HTTPS; the URL must begin with https://")
	case status >= 300 && status < 400:
		target, err := response.Location()
		if err != nil {
			return fmt.Errorf("it redirects with status %d", status)
		}
		return fmt.Errorf("it redirects to %s; if the connector is there, give that URL to --connector", plainnet.ShownURL(target.String()))
	case status != http.StatusUnauthorized && status != http.StatusForbidden:
		return nil
	case r.header.Get("Authorization") != "":
		return fmt.Errorf("it refuses the token of %s with status %d", authTokenVariable, status)
	case response.Request != nil && response.Request.URL.User != nil:
		return fmt.Errorf("it refuses the user and password of the URL with status %d; for a token, set %s", status, authTokenVariable)
	case status == http.StatusUnauthorized:
		return fmt.Errorf("it requires a token; set %s", authTokenVariable)
	}
	return fmt.Errorf("it refuses commands with status %d; if it requires a token, set %s", status, authTokenVariable)
}

// speaksHTTPS reports whether a server of HTTPS says so to a client that speaks HTTP.
func speaksHTTPS(response *http.Response) bool {
	text, _ := io.ReadAll(io.LimitReader(response.Body, 1<<12))
	return bytes.Contains(text, []byte("HTTPS server")) || bytes.Contains(text, []byte("HTTPS port"))
}

func isPage(response *http.Response) bool {
	kind, _, _ := mime.ParseMediaType(response.Header.Get("Content-Type"))
	return kind == "text/html"
}

// specIn finds the spec in the answer to std:spec:read, whose output may be without an envelope,
// as old SDKs send it; nil if it has none.
func specIn(answer []byte) []byte {
	type output struct{ Specification json.RawMessage }
	var line struct {
		Type string
		Data output
		output
	}
	for text := range bytes.Lines(answer) {
		if json.Unmarshal(text, &line) != nil || line.Type != "" && line.Type != "output" {
			continue
		}
		if spec := cmp.Or(string(line.Data.Specification), string(line.Specification)); spec != "" && spec != "null" {
			return indented([]byte(spec))
		}
	}
	return nil
}

// indented puts a spec on several lines, for positions to mean something.
func indented(spec []byte) []byte {
	var b bytes.Buffer
	if json.Indent(&b, spec, "", "  ") != nil {
		return spec
	}
	return append(b.Bytes(), '\n')
}
