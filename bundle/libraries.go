package bundle

import (
	"path"
	"slices"
	"strings"
)

// A Library is a library for calls to a source that has been tested in bundles for
// WebAssembly.
type Library struct {
	Name     string
	Packages []string // their import paths, as patterns of [path.Match]
	makers   []maker  // the functions and types that fail; the rest works
}

// A maker is a function or type of a library whose clients fail in a bundle unless they get
// another transport.
type maker struct {
	names []string
	cures []string // fields and options; setting one of them fixes the client
	how   string   // how to apply the fix
	fix   string   // Go; $ is the variable that holds the client
}

// The ways to apply a fix.
const (
	addLine     = "add this line after it"
	addArgument = "add this argument"
	addField    = "add this field"
	useInstead  = "use this instead"
)

// throughFetch is the client whose calls go through fetch.
const throughFetch = "http.DefaultClient"

// Libraries are the tested libraries. The module in libraries/ tests them, and
// docs/libraries.md has the results.
var Libraries = []Library{
	{Name: "go-retryablehttp", Packages: []string{"github.com/hashicorp/go-retryablehttp"}, makers: []maker{
		{
			names: []string{"NewClient"},
			cures: []string{"HTTPClient", "HTTPClient.Transport", "HTTPClient.Transport.DialContext"},
			how:   addLine, fix: "$.HTTPClient.Transport = http.DefaultTransport",
		},
		{
			names: []string{"Client"},
			cures: []string{"HTTPClient"},
			how:   addLine, fix: "$.HTTPClient = " + throughFetch,
		},
		{
			names: []string{"Get", "Head", "Post", "PostForm"},
			how:   "use a client from retryablehttp.NewClient, and add this line after it", fix: "$.HTTPClient.Transport = http.DefaultTransport",
		},
	}},
	{Name: "go-cleanhttp", Packages: []string{"github.com/hashicorp/go-cleanhttp"}, makers: []maker{
		{
			names: []string{"DefaultClient", "DefaultPooledClient"},
			cures: []string{"Transport", "Transport.DialContext"},
			how:   useInstead, fix: throughFetch,
		},
		{
			names: []string{"DefaultTransport", "DefaultPooledTransport"},
			cures: []string{"DialContext"},
			how:   useInstead, fix: "http.DefaultTransport",
		},
	}},
	{Name: "resty", Packages: []string{"github.com/go-resty/resty/v2", "resty.dev/v3"}},
	{Name: "oauth2", Packages: []string{
		"golang.org/x/oauth2", "golang.org/x/oauth2/clientcredentials", "golang.org/x/oauth2/google", "golang.org/x/oauth2/jwt",
	}},
	{Name: "x/time/rate", Packages: []string{"golang.org/x/time/rate"}},
	{Name: "go-github", Packages: []string{"github.com/google/go-github/v*/github"}},
	{Name: "slack-go", Packages: []string{"github.com/slack-go/slack"}},
	{Name: "GitLab's client-go", Packages: []string{"gitlab.com/gitlab-org/api/client-go"}, makers: []maker{{
		names: []string{"NewClient", "NewAuthSourceClient", "NewBasicAuthClient", "NewJobClient", "NewOAuthClient"},
		cures: []string{"WithHTTPClient"},
		how:   addArgument, fix: "gitlab.WithHTTPClient(" + throughFetch + ")",
	}}},
	{Name: "aws-sdk-go-v2", Packages: []string{
		"github.com/aws/aws-sdk-go-v2/aws", "github.com/aws/aws-sdk-go-v2/config",
		"github.com/aws/aws-sdk-go-v2/credentials", "github.com/aws/aws-sdk-go-v2/service/*",
	}, makers: []maker{
		{
			names: []string{"LoadDefaultConfig"},
			cures: []string{"HTTPClient", "WithHTTPClient"},
			how:   addArgument, fix: "config.WithHTTPClient(" + throughFetch + ")",
		},
		{
			names: []string{"Config", "Options"},
			cures: []string{"HTTPClient"},
			how:   addField, fix: "HTTPClient: " + throughFetch,
		},
	}},
}

// libraryOf returns the library of a package, or nil.
func libraryOf(importPath string) *Library {
	for i, l := range Libraries {
		if l.has(importPath) {
			return &Libraries[i]
		}
	}
	return nil
}

func (l *Library) has(importPath string) bool {
	return slices.ContainsFunc(l.Packages, func(pattern string) bool {
		matches, _ := path.Match(pattern, importPath)
		return matches
	})
}

// maker returns the maker with a name, or nil.
func (l *Library) maker(name string) *maker {
	for i, m := range l.makers {
		if slices.Contains(m.names, name) {
			return &l.makers[i]
		}
	}
	return nil
}

// Fixes returns the Go code that fixes the library's clients, in a variable named client.
func (l *Library) Fixes() []string {
	var all []string
	for _, m := range l.makers {
		all = append(all, m.fixFor(defaultVariable))
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// defaultVariable is the name of a client that has none yet.
const defaultVariable = "client"

func (m *maker) fixFor(variable string) string { return strings.ReplaceAll(m.fix, "$", variable) }
