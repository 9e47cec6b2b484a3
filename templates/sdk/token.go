//go:build !js

package sdk

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"runtime"
	"strings"
)

// authTokenVariable holds the token when no file is given.
const authTokenVariable = "CONNECTOR_AUTH_TOKEN"

// How many characters a token may have. Shorter ones could be guessed.
const (
	minToken = 16
	maxToken = 4 << 10
)

// howToToken ends messages about unusable tokens.
const howToToken = "make one with: openssl rand -hex 32"

// readToken returns the token that callers must send, from the file or, without one, from the
// environment. It returns "" if there is neither.
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
	case strings.TrimSpace(text) == "": // perhaps set from another variable that is unset
		return "", fmt.Errorf("%s is blank; unset it to require no token, or %s", authTokenVariable, howToToken)
	}
	return checkedToken(authTokenVariable, text)
}

// readTokenFile reads only as much as it takes to see that a token is too long: the file may be
// an endless device.
func readTokenFile(file string) (string, error) {
	f, err := os.Open(file)
	if err == nil {
		defer f.Close()
		var text []byte
		if text, err = io.ReadAll(io.LimitReader(f, 2*maxToken)); err == nil {
			return string(text), nil
		}
	}
	return "", fmt.Errorf("--auth-token-file: %w", fileError(file, err))
}

// checkedToken returns a token without surrounding white space, such as the line feed that editors
// and secret stores add. A token that can be guessed, or that cannot be sent, is an error.
func checkedToken(source, text string) (string, error) {
	token := strings.TrimSpace(text)
	switch {
	case token == "":
		return "", fmt.Errorf("%s is blank; %s", source, howToToken)
	case len(token) > maxToken:
		return "", fmt.Errorf("the token in %s is longer than %d characters; %s", source, maxToken, howToToken)
	case strings.ContainsFunc(token, func(r rune) bool { return r < ' ' || r > '~' }):
		return "", fmt.Errorf("the token in %s must be a single line of ASCII characters; %s", source, howToToken)
	case len(token) < minToken:
		return "", fmt.Errorf("the token in %s has %d characters, and needs at least %d; %s", source, len(token), minToken, howToToken)
	}
	return token, nil
}

// warnOfOthers logs a warning if any user can read or replace the token in a file. The permissions
// of the group do not matter: a Kubernetes volume belongs to root, and a program that runs as another
// user reads it as a member of the volume's group.
func warnOfOthers(ctx context.Context, log *slog.Logger, file string) {
	if file == "" || runtime.GOOS == "windows" {
		return
	}
	info, err := os.Stat(file)
	if err != nil || !info.Mode().IsRegular() || info.Mode().Perm()&0o006 == 0 {
		return
	}
	log.WarnContext(ctx, "any user can read or write the token file: use chmod o-rw, or in Kubernetes defaultMode: 0440 for the volume and an fsGroup for the pod",
		"file", file, "mode", info.Mode().Perm().String())
}
