package browser

import (
	"context"
	"encoding/base64"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// Each marker has a core that is never escaped, and characters that JSON and URLs escape.
var markers = map[string]string{
	"secret of the config":        `Zq7configcore/+&"1 é`,
	"secret of an earlier config": `Zq7earliercore/+&"2 é`,
	"secret that is typed":        `Zq7typedcore/+&3`,
	"value of a header":           `Zq7headercore/+&"4 é`,
	"secret of a card":            `Zq7cardcore/+&"5 é`,
	"password of an account":      `Zq7passwordcore/+&"6 é`,
	"password that is typed":      `Zq7typedpasswordcore+7`,
	"password of another program": `Zq7clientpasswordcore/+&"8`,
	"secret of another program":   `Zq7clientconfigcore/+&"9`,
}

const leakySpecItems = `,
	{ "key": "headers", "label": "Headers", "type": "keyValue", "keyValueKey": { "key": "name", "label": "Name", "type": "text" }, "keyValueValue": { "key": "text", "label": "Value", "type": "secret" } },
	{ "key": "domains", "label": "Domains", "type": "cardList", "titleKey": "title", "subtitleKey": "title", "buttonLabel": "Add", "subMenus": [{ "label": "Domain", "items": [
		{ "key": "title", "label": "Title", "type": "text" }, { "key": "pin", "label": "PIN", "type": "secret" } ] }] }`

// newLeakyDev is a dev on a connector that writes all its secrets wherever it can.
func newLeakyDev(t *testing.T) *dev {
	t.Helper()
	return newDev(t, func(d *dev) {
		d.replace("connector-spec.json", `"helpKey": "A token that may read and change users and groups."
            }`, `"helpKey": "A token that may read and change users and groups."
            }`+leakySpecItems)
		d.replace("connector-spec.json", `      {
        "name": "groups",`, `      { "name": "password", "type": "string" },
      {
        "name": "groups",`)
		d.replace("connector-spec.json", `      {
        "key": "email",`, `      { "key": "password", "label": "Password", "type": "string", "required": true, "initialValue": { "type": "generator", "attributes": { "name": "Create Password" } } },
      {
        "key": "email",`)
		client, err := os.ReadFile("testdata/leaky/client.go")
		if err != nil {
			t.Fatal(err)
		}
		d.write("client.go", client)
	})
}

// TestSecrets: nothing that is kept or shown contains a secret, except the saved config file.
func TestSecrets(t *testing.T) {
	t.Parallel()
	d := newLeakyDev(t).ready()
	events := d.follow()
	config := func(token string) map[string]any {
		return map[string]any{"values": map[string]any{
			"baseUrl": "https://hr.example.com", "apiToken": token,
			"headers": []any{map[string]any{"name": "X-Key", "text": markers["value of a header"]}},
			"domains": []any{map[string]any{"title": "one", "pin": markers["secret of a card"]}},
		}}
	}
	d.api("PUT", "/api/config", config(markers["secret of an earlier config"]), nil)
	runCall(t, d, "std:account:list", map[string]any{})
	d.api("PUT", "/api/config", config(markers["secret of the config"]), nil)
	d.api("POST", "/api/config/save", map[string]any{"file": "config.json"}, nil)
	create := map[string]any{"identity": "ada", "attributes": map[string]any{"username": "ada", "email": "ada@example.com", "password": markers["password of an account"]}}
	for _, c := range []struct {
		command string
		input   any
		state   string
	}{
		{"std:account:create", create, "done"},
		{"std:test-connection", map[string]any{}, "failed"},
		{"std:account:list", map[string]any{}, "done"},
		{"std:account:read", map[string]any{"identity": "1", "key": map[string]any{"simple": map[string]any{"id": "1"}}}, "failed"},
		{"std:account:update", map[string]any{"identity": "1", "changes": []any{map[string]any{"op": "Set", "attribute": "password", "value": markers["password of an account"]}}}, "done"},
	} {
		if got := runCall(t, d, c.command, c.input); got.State != c.state {
			t.Errorf("%s: %+v", c.command, got)
		}
	}
	foreign := `{"baseUrl":"https://hr.example.com","apiToken":` + quoted(markers["secret of another program"]) + `}`
	d.command("std:account:create", `{"identity":"bob","attributes":{"username":"bob","email":"b@example.com","password":`+quoted(markers["password of another program"])+`}}`, foreign)
	d.command("std:account:list", `{}`, foreign)
	d.api("POST", "/api/selftest", map[string]any{"write": false}, nil)

	p := open(t, d.address("/form/connection"))
	p.expect("status of 4") // refused on purpose, such as a replay with a password
	p.waitDrawn()
	p.tabTo(`[data-path='["apiToken"]'] button`)
	p.press(kb.Enter)
	p.wait(`document.activeElement.matches("[data-path='[\"apiToken\"]'] input[type=password]")`)
	p.press(markers["secret that is typed"] + kb.Tab)
	p.waitForText(".source-panel", "Not saved to config.json.")
	p.route("#/commands/std:account:create")
	p.typeInto("username", "cy")
	p.typeInto("password", markers["password that is typed"])
	p.typeInto("email", "cy@example.com")
	p.press(kb.Enter, chromedp.ModifierCtrl)
	p.waitFor("section.card[aria-label^='Call ']")
	runCall(t, d, "std:test-connection", map[string]any{})
	runCall(t, d, "std:account:list", map[string]any{})

	found := newFinder(t)
	d.comesTo("the end of the self test", func(s devState) bool { return !s.Selftest.Running })
	for path, text := range d.crawl() {
		found.look("the answer of "+path, text)
	}
	var list struct{ Calls []call }
	d.api("GET", "/api/calls", nil, &list)
	for _, route := range routesOf(list.Calls) {
		p.route(route)
		p.still()
		found.look("the page "+route, p.all())
	}
	found.look("the stream of events", events())
	found.look("what dev prints", d.said.String())
	found.files(d.cache)
	found.files(d.dir, "config.json")
	if info, err := os.Stat(filepath.Join(d.dir, "config.json")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file with the config: %v, %v; want the mode 0600", info, err)
	}
	if saved := d.read("config.json"); !strings.Contains(saved, "Zq7configcore") {
		t.Errorf("the secret is not in the file with the config: %s", saved)
	}
	if found.looks < 100 {
		t.Errorf("the test looked at %d places", found.looks)
	}
}

// routesOf returns the pages, including those of all calls.
func routesOf(calls []call) []string {
	routes := []string{
		"#/overview", "#/form/base-configuration", "#/form/connection", "#/form/review-and-test", "#/create", "#/traffic", "#/problems", "#/results",
		"#/commands/std:account:create", "#/commands/std:account:list", "#/commands/std:test-connection", "#/commands/std:account:update?identity=1",
	}
	for _, c := range calls {
		at := number(c.ID)
		routes = append(routes, "#/results/"+at, "#/results/"+at+"?row=1", "#/results/"+at+"?row=1&view=json", "#/traffic/"+at)
	}
	return routes
}

// all is everything that the page holds and shows, except the values of password fields, which the
// user types.
func (p *page) all() string {
	p.t.Helper()
	return eval[string](p, `[
		document.documentElement.outerHTML, document.title, location.href, document.cookie, JSON.stringify(sessionStorage), JSON.stringify(localStorage), JSON.stringify(history.state),
		...[...document.querySelectorAll("input:not([type=password]), textarea, select")].map((e) => e.value),
		...performance.getEntries().map((e) => e.name),
	].join("\n")`)
}

// crawl reads everything in the API.
func (d *dev) crawl() map[string]string {
	d.t.Helper()
	texts := make(map[string]string)
	get := func(path string) { texts[path] = d.text("GET", path, "") }
	for _, path := range []string{"/api/state", "/api/spec", "/api/config", "/api/problems", "/api/calls"} {
		get(path)
	}
	texts["check"] = d.text("POST", "/api/config/check", `{"values":`+d.values()+`}`)
	var list struct{ Calls []call }
	d.api("GET", "/api/calls", nil, &list)
	for _, c := range list.Calls {
		at := "/api/calls/" + number(c.ID)
		get(at)
		get(at + "/lines?from=0&count=1000")
		get(at + "/logs")
		var view struct{ View string }
		d.api("POST", at+"/views", map[string]any{}, &view)
		get(at + "/rows?view=" + view.View + "&from=0&count=1000")
		for _, format := range []string{"csv", "ndjson"} {
			var ticket struct{ URL string }
			d.api("POST", at+"/tickets", map[string]any{"view": view.View, "format": format}, &ticket)
			texts[at+" as "+format] = d.text("GET", ticket.URL, "")
		}
		texts["a replay of "+at] = d.text("POST", at+"/replay", "{}")
	}
	get("/api/compare?a=1&b=" + number(list.Calls[0].ID))
	return texts
}

// values are the values of the config, as the page receives them.
func (d *dev) values() string {
	text := d.text("GET", "/api/config", "")
	_, values, _ := strings.Cut(text, `"values":`)
	depth := 0
	for n, c := range values {
		switch c {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return values[:n+1]
			}
		}
	}
	d.t.Fatalf("the config is %s", text)
	return ""
}

// text sends a request as the page does, and returns any answer.
func (d *dev) text(method, path, body string) string {
	d.t.Helper()
	req, err := http.NewRequest(method, d.origin+path, strings.NewReader(body))
	if err != nil {
		d.t.Fatal(err)
	}
	req.Header.Set("X-Conngen-Token", d.token)
	res, text := send(d.t, req)
	return fmt.Sprint(res.Header) + text
}

// follow follows the stream of events until the test ends. The result holds the events so far.
func (d *dev) follow() func() string {
	d.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	req, err := http.NewRequestWithContext(ctx, "GET", d.origin+"/api/events", nil)
	if err != nil {
		d.t.Fatal(err)
	}
	req.Header.Set("X-Conngen-Token", d.token)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		d.t.Fatal(err)
	}
	var mu sync.Mutex
	var text strings.Builder
	over := make(chan struct{})
	go func() {
		defer close(over)
		piece := make([]byte, 1<<16)
		for {
			n, err := res.Body.Read(piece)
			mu.Lock()
			text.Write(piece[:n])
			mu.Unlock()
			if err != nil {
				return
			}
		}
	}()
	d.t.Cleanup(func() {
		cancel()
		<-over
		res.Body.Close()
	})
	return func() string {
		mu.Lock()
		defer mu.Unlock()
		return text.String()
	}
}

// A finder finds markers.
type finder struct {
	t       *testing.T
	needles map[string]string // descriptions by marker
	looks   int
}

func newFinder(t *testing.T) *finder {
	f := &finder{t: t, needles: make(map[string]string)}
	for name, marker := range markers {
		core, _, _ := strings.Cut(marker, "core")
		f.needles[core+"core"] = name
		for _, encoding := range []*base64.Encoding{base64.StdEncoding, base64.URLEncoding} {
			text := encoding.EncodeToString([]byte(marker))
			f.needles[text[:16]] = name + " in base64"
		}
	}
	return f
}

// look reports the markers in a text.
func (f *finder) look(where, text string) {
	f.t.Helper()
	f.looks++
	for _, needle := range slices.Sorted(maps.Keys(f.needles)) {
		if at := strings.Index(text, needle); at >= 0 {
			f.t.Errorf("%s has the %s: …%s…", where, f.needles[needle], text[max(0, at-80):min(len(text), at+80)])
		}
	}
}

// files searches all files of a folder, with some exceptions.
func (f *finder) files(dir string, but ...string) {
	f.t.Helper()
	n := 0
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() || slices.Contains(but, entry.Name()) {
			return err
		}
		text, err := os.ReadFile(path)
		n++
		f.look(path, string(text))
		return err
	})
	if err != nil || n == 0 {
		f.t.Errorf("%s has %d files: %v", dir, n, err)
	}
}
