package sdktest

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
)

// rewriteURL returns a URL that is the same for equal ones. Its parameters are in the order of
// their names, and segment and value rewrite its parts.
func rewriteURL(u *url.URL, segment func(string) string, value func(name, value string) string) string {
	parts := strings.Split(u.EscapedPath(), "/")
	for i, part := range parts {
		if plain, err := url.PathUnescape(part); err == nil {
			parts[i] = url.PathEscape(segment(plain))
		}
	}
	var b strings.Builder
	if u.Host != "" {
		b.WriteString(u.Scheme + "://")
		if u.User != nil {
			b.WriteString(segment(u.User.String()) + "@")
		}
		b.WriteString(segment(u.Host))
	}
	b.WriteString(strings.Join(parts, "/"))
	if u.Opaque != "" {
		b.WriteString(u.Scheme + ":" + segment(u.Opaque))
	}
	if u.RawQuery != "" {
		b.WriteString("?" + rewriteForm(u.RawQuery, value))
	}
	if u.Fragment != "" {
		b.WriteString("#" + url.PathEscape(segment(u.Fragment)))
	}
	return b.String()
}

// rewriteForm returns the pairs of a form or query in the order of their names. value rewrites
// each value.
func rewriteForm(form string, value func(name, value string) string) string {
	type pair struct{ name, text string }
	var pairs []pair
	for _, p := range strings.Split(form, "&") {
		name, text, hasValue := strings.Cut(p, "=")
		plainName, nameErr := url.QueryUnescape(name)
		plain, err := url.QueryUnescape(text)
		switch {
		case p == "":
			continue
		case err != nil || nameErr != nil:
			pairs = append(pairs, pair{name, value("", p)})
		case !hasValue:
			pairs = append(pairs, pair{plainName, url.QueryEscape(value("", plainName))})
		default:
			pairs = append(pairs, pair{plainName, url.QueryEscape(value("", plainName)) + "=" + url.QueryEscape(value(plainName, plain))})
		}
	}
	slices.SortStableFunc(pairs, func(a, b pair) int { return cmp.Compare(a.name, b.name) })
	texts := make([]string, len(pairs))
	for i, p := range pairs {
		texts[i] = p.text
	}
	return strings.Join(texts, "&")
}

// canonicalURL returns a text that is the same for equal URLs.
func canonicalURL(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return text
	}
	return rewriteURL(u, func(s string) string { return s }, func(_, value string) string { return value })
}
