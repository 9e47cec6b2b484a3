//go:build !js

package sdk

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"html"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"github.com/conngen/conngen/templates/sdk/internal/loopback"
)

// welcoming shows a page to browsers that ask for the root, and passes on all other requests.
func welcoming(next, page http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if req.URL.Path == "/" && isRead(req) && wantsPage(req) {
			page.ServeHTTP(w, req)
			return
		}
		next.ServeHTTP(w, req)
	})
}

// isRead reports whether a request only reads. HEAD is GET without the body.
func isRead(req *http.Request) bool {
	return req.Method == http.MethodGet || req.Method == http.MethodHead
}

// wantsPage reports whether a request names HTML among what it accepts, as browsers do. */*, which
// curl and programs send, does not name it.
func wantsPage(req *http.Request) bool {
	for _, header := range req.Header.Values("Accept") {
		for accepted := range strings.SplitSeq(header, ",") {
			kind, params, err := mime.ParseMediaType(accepted)
			if err != nil || kind != "text/html" {
				continue
			}
			if q, err := strconv.ParseFloat(params["q"], 64); err != nil || q > 0 {
				return true
			}
		}
	}
	return false
}

// A welcomePage explains a server to a browser. It never shows the token.
type welcomePage struct {
	connector *Connector
	scheme    string
	addr      string // of the server, for a request whose own host cannot be shown
	token     bool   // callers must send one
}

func (p welcomePage) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	page := p.html(p.scheme + "://" + p.host(req))
	h := w.Header()
	h.Set("Content-Security-Policy", welcomePolicy())
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	h.Set("Vary", "Accept")
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(len(page)))
	_, _ = io.WriteString(w, page)
}

// host returns the host that the request was sent to, which a shell must be able to take.
func (p welcomePage) host(req *http.Request) string {
	if hostProblem(loopback.Host(req.Host)) == "" {
		return req.Host
	}
	return p.addr
}

// html returns the page for a server at a URL.
func (p welcomePage) html(url string) string {
	var b strings.Builder
	name := html.EscapeString(p.connector.spec.Name)
	fmt.Fprintf(&b, welcomeStart, name, welcomeStyle)
	fmt.Fprintf(&b, "<h1>%s</h1>\n<p>A connector for SailPoint Identity Security Cloud. It answers commands sent by <code>POST</code>, to any path.</p>\n", name)
	b.WriteString("<h2>Call it</h2>\n")
	if p.token {
		fmt.Fprintf(&b, "<p>The server requires a token. Put it into the variable <code>%s</code> first.</p>\n", authTokenVariable)
	}
	b.WriteString("<p>Ask for the connector’s spec, which needs no config:</p>\n")
	p.writeCall(&b, `'{"type":"`+string(stdSpecRead)+`"}'`, url)
	if example := p.connector.exampleCommand(); example != stdSpecRead {
		b.WriteString("<p>Run a command, with the source’s config in <code>config.json</code>:</p>\n")
		p.writeCall(&b, `'{"type":"`+string(example)+`","config":'"$(cat config.json)"'}'`, url)
	}
	b.WriteString("<h2>Commands</h2>\n<ul>\n")
	for _, command := range p.connector.commands() {
		fmt.Fprintf(&b, "<li><code>%s</code></li>\n", html.EscapeString(command))
	}
	b.WriteString("</ul>\n<h2>Health</h2>\n<p><a href=\"healthz\">GET /healthz</a> answers while the server is up.</p>\n</main>\n</body>\n</html>\n")
	return b.String()
}

// writeCall writes a call from the shell. data is the argument of curl that has the request.
func (p welcomePage) writeCall(b *strings.Builder, data, url string) {
	call := "curl -H 'Content-Type: application/json' \\\n"
	if p.token {
		call += `  -H "Authorization: Bearer $` + authTokenVariable + "\" \\\n"
	}
	call += "  -d " + data + " \\\n  '" + url + "'"
	// A line that is too long for a narrow window can be scrolled with keys once the block has the focus.
	fmt.Fprintf(b, "<pre tabindex=\"0\"><code>%s</code></pre>\n", html.EscapeString(call))
}

// welcomeStart begins the page with its title and style.
const welcomeStart = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>%s: connector for Identity Security Cloud</title>
<style>%s</style>
</head>
<body>
<main>
`

// welcomeStyle is the style of the page.
const welcomeStyle = `
:root { color-scheme: light dark; --text: #1c2430; --soft: #f2f4f8; --line: #d8dde6; --accent: #0b5cad; background: #fff; }
@media (prefers-color-scheme: dark) {
	:root { --text: #e4e8ef; --soft: #1d232d; --line: #363f4d; --accent: #7db8f5; background: #12161d; }
}
body { margin: 0; color: var(--text); font: 16px/1.6 system-ui, sans-serif; }
main { max-width: 46rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; }
h1 { margin: 0 0 .5rem; font-size: 1.9rem; line-height: 1.2; overflow-wrap: anywhere; }
h2 { margin: 2.25rem 0 .5rem; padding-bottom: .25rem; border-bottom: 1px solid var(--line); font-size: 1.15rem; }
code { font: .9em/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
pre { margin: .75rem 0; padding: .9rem 1rem; overflow-x: auto; border: 1px solid var(--line); border-radius: .5rem; background: var(--soft); }
ul { columns: 16rem; padding-left: 1.2rem; }
li { overflow-wrap: anywhere; }
a { color: var(--accent); }
`

// welcomePolicy allows the page's style, and nothing else.
func welcomePolicy() string {
	sum := sha256.Sum256([]byte(welcomeStyle))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
		"'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}
