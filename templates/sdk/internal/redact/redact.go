// Package redact says what replaces secrets, and where URLs have them.
package redact

import (
	"net/url"
	"strings"
)

// Text is shown in place of a secret.
const Text = "[redacted]"

// UserInfo returns where the user info of a URL is, "user:password", without the @ that
// ends it; start and end are equal where there is none. A password may have a character
// that should be escaped and is not: where the authority has no @, or the text is not a
// URL, everything up to the last @ counts.
func UserInfo(text string) (start, end int) {
	start = authority(text)
	rest := text[start:]
	if u, err := url.Parse(text); err == nil && u.Host != "" {
		host := rest
		if i := strings.IndexAny(rest, "/?#"); i >= 0 {
			host = rest[:i]
		}
		if at := strings.LastIndexByte(host, '@'); at >= 0 {
			return start, start + at
		}
	}
	return start, start + max(0, strings.LastIndexByte(rest, '@'))
}

// UserInfoParts returns the user info of a URL, "user:password", and its parts, both as written
// and without escapes; nil if there is none.
func UserInfoParts(text string) []string {
	start, end := UserInfo(text)
	info := text[start:end]
	if info == "" || start == 0 && !strings.Contains(info, ":") {
		return nil // an email address has neither a scheme nor a password
	}
	user, password, _ := strings.Cut(info, ":")
	found := []string{info, user, password}
	for _, part := range []string{user, password} {
		if plain, err := url.PathUnescape(part); err == nil {
			found = append(found, plain)
		}
	}
	return found
}

// URL returns a URL without its user info.
func URL(text string) string {
	start, end := UserInfo(text)
	if start == end {
		return text
	}
	return text[:start] + Text + text[end:]
}

// authority returns where the authority of a URL begins, with the user info.
func authority(text string) int {
	i := strings.Index(text, "//")
	if i > 0 && strings.IndexByte(text, ':') == i-1 || i == 0 {
		return i + len("//")
	}
	return 0
}
