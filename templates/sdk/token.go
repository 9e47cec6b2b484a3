//go:build !js

package sdk

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"runtime"
	"strings"

	"github.com/conngen/conngen/templates/sdk/internal/cut"
)

// authTokenVariable holds the token where no file does.
const authTokenVariable = "CONNECTOR_AUTH_TOKEN"

// How many characters a token has. Shorter ones can be guessed.
const (
	minToken = 16
	maxToken = 4 << 10
)

// howToToken ends messages about tokens that cannot be used.
const howToToken = "make one with: openssl rand -hex 32"

// readToken returns the token that callers must send, from a file or else from the
// environment; "" where there is neither.
func readToken(file string) (string, error) {
	if file != "" {
		text, err := readTokenFile(file)
		if err != nil {
			return "", err
		}
		return checkedToken(file, text)
	}
	text, ok := os.LookupEnv(authTokenVariable)
	switch {
	case !ok:
		return "", nil
	case strings.TrimSpace(text) == "": // perhaps set from a variable that is not
		return "", fmt.Errorf("%s is blank: unset it to require no token, or %s", authTokenVariable, howToToken)
	}
	return checkedToken(authTokenVariable, text)
}

// readTokenFile reads no more than a token may have, and what tells a longer text: the file may
// be a device.
func readTokenFile(file string) (string, error) {
	f, err := os.Open(file)
	if err == nil {
		defer f.Close()
		var text []byte
		if text, err = io.ReadAll(io.LimitReader(f, 2*maxToken)); err == nil {
			return string(text), nil
		}
	}
	var inner *fs.PathError
	if errors.As(err, &inner) {
		err = inner.Err
	}
	return "", fmt.Errorf("the token file %s cannot be read: %w", file, err)
}

// checkedToken returns a token without the white space around it, such as the line feed that
// editors and secret stores add. One that could be guessed or never sent is an error.
func checkedToken(source, text string) (string, error) {
	token := strings.TrimSpace(text)
	switch {
	case token == "":
		return "", fmt.Errorf("%s is blank: %s", source, howToToken)
	case len(token) > maxToken:
		return "", fmt.Errorf("the token in %s is longer than %d characters: %s", source, maxToken, howToToken)
	case strings.ContainsFunc(token, func(r rune) bool { return r < ' ' || r > '~' }):
		return "", fmt.Errorf("the token in %s must be one line of ASCII characters, or it cannot be sent: %s", source, howToToken)
	case len(token) < minToken:
		return "", fmt.Errorf("the token in %s has %d characters, and must have %d or more: %s", source, len(token), minToken, howToToken)
	}
	return token, nil
}

// warnOfReaders logs that a token file can be read by users other than its owner.
func warnOfReaders(ctx context.Context, log *slog.Logger, file string) {
	if file == "" || runtime.GOOS == "windows" {
		return
	}
	info, err := os.Stat(file)
	if err != nil || !info.Mode().IsRegular() || info.Mode().Perm()&0o044 == 0 {
		return
	}
	log.WarnContext(ctx, "users other than the owner can read the token file: chmod 600 helps, and in Kubernetes defaultMode: 0400 for the volume",
		"file", cut.To(file, cut.Message), "mode", info.Mode().Perm().String())
}
