package browser

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// longPatience is how long a build or a command with a million rows may take: with an empty cache,
// Go compiles the standard library for the first build.
const longPatience = 5 * time.Minute

// A devState is the part of dev's state that tests wait for.
type devState struct {
	Phase     string
	Connector struct {
		Build          int
		Running, Stale bool
	}
	Selftest struct{ Running bool }
}

func (d *dev) state() (s devState) {
	d.t.Helper()
	d.api("GET", "/api/state", nil, &s)
	return s
}

// ready waits until the newest build answers, and returns the run.
func (d *dev) ready() *dev {
	d.t.Helper()
	d.comesTo("an answer of the connector", func(s devState) bool { return s.Phase == "ready" })
	return d
}

// comesTo waits until the state is as expected.
func (d *dev) comesTo(what string, isSo func(devState) bool) {
	d.t.Helper()
	for end := time.Now().Add(longPatience); !isSo(d.state()); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			d.t.Fatalf("dev does not come to %s", what)
		}
	}
}

// read returns a file of the project.
func (d *dev) read(name string) string {
	d.t.Helper()
	text, err := os.ReadFile(filepath.Join(d.dir, name))
	if err != nil {
		d.t.Fatal(err)
	}
	return string(text)
}

// configure sets the config of the connector.
func (d *dev) configure() {
	d.t.Helper()
	d.api("PUT", "/api/config", map[string]any{"values": map[string]any{"baseUrl": "https://hr.example.com", "apiToken": "token-of-the-test"}}, nil)
}

// addMethod adds a method to the client from init, which imports the SDK for it.
func (d *dev) addMethod(signature, body string) {
	d.t.Helper()
	text := d.read("client.go")
	if sdk := "\t\"" + d.module() + "/connector/sdk\"\n"; !strings.Contains(text, sdk) {
		connector := "\t\"" + d.module() + "/connector\"\n"
		text = strings.Replace(text, connector, connector+sdk, 1)
	}
	d.write("client.go", []byte(text+"\nfunc (c *Client) "+signature+" {\n"+body+"}\n"))
}

// command sends a command to the connector as another program would, and returns the answer.
func (d *dev) command(name, input, config string) string {
	d.t.Helper()
	body := `{"type":` + quoted(name) + `,"input":` + input + `,"config":` + config + `}`
	req, err := http.NewRequest(http.MethodPost, d.origin+"/", strings.NewReader(body))
	if err != nil {
		d.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	_, text := send(d.t, req)
	return text
}

// send sends a request, and returns the answer with its body.
func send(t testing.TB, req *http.Request) (*http.Response, string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	res, err := http.DefaultClient.Do(req.WithContext(ctx))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatalf("%s %s: %v", req.Method, req.URL, err)
	}
	return res, string(text)
}

// A call is a recorded call in the API's form.
type call struct {
	ID        int
	Command   string
	State     string
	Outputs   int
	Error     *struct{ Type, Message string }
	Marks     map[string]int
	LogLines  int
	FirstByte *int `json:"firstByteMs"`
}

// An apiClient accesses the API of a dev or a bench.
type apiClient interface {
	api(method, path string, body, v any)
}

// runCall runs a command as the page does, and waits for its end.
func runCall(t testing.TB, on apiClient, command string, input any) (c call) {
	t.Helper()
	on.api("POST", "/api/calls", map[string]any{"command": command, "input": input}, &c)
	return waitCall(t, on, c.ID)
}

func waitCall(t testing.TB, on apiClient, id int) (c call) {
	t.Helper()
	for end := time.Now().Add(longPatience); ; time.Sleep(10 * time.Millisecond) {
		c = call{}
		on.api("GET", "/api/calls/"+number(id), nil, &c)
		if c.State != "running" {
			return c
		}
		if time.Now().After(end) {
			t.Fatalf("call %d does not end", id)
		}
	}
}

func number(n int) string {
	text, _ := json.Marshal(n) // a number has no error
	return string(text)
}

// sees waits until a text is visible on the page.
func (p *page) sees(text string) {
	p.t.Helper()
	p.waitForText("#app", text)
}

// gone waits until a text is no longer visible.
func (p *page) gone(text string) {
	p.t.Helper()
	p.wait(`!document.querySelector("#app").innerText.includes(` + quoted(text) + `)`)
}

// still waits until the page has finished drawing and handles keys and clicks.
func (p *page) still() {
	p.t.Helper()
	eval[bool](p, `new Promise((done) => requestAnimationFrame(() => setTimeout(() => requestAnimationFrame(() => setTimeout(() => done(true), 20)), 20)))`)
}

// keyPage opens a page with its keyboard shortcut.
func (p *page) keyPage(key, title string) {
	p.t.Helper()
	p.press("g" + key)
	p.wait(`document.querySelector("main h1")?.textContent === ` + quoted(title))
	p.waitDrawn()
	p.still()
}

// shortcut presses a key whose character must not be typed on the page that it opens.
func (p *page) shortcut(key string) {
	p.t.Helper()
	do(p, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeKeyDown, Key: key, Text: key})
	do(p, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeKeyUp, Key: key})
}

// enter moves to a button or a link with Tab, and presses it with Enter.
func (p *page) enter(name string) {
	p.t.Helper()
	p.press(kb.Tab) // never the element that already has the focus
	p.tabToNamed(name)
	p.press(kb.Enter)
	p.still()
}

// typeInto moves to a control with Tab, and types a text.
func (p *page) typeInto(name, text string) {
	p.t.Helper()
	p.tabToNamed(name)
	p.press(text)
}

// click clicks the first element that matches a selector and has a text.
func (p *page) click(selector, text string) {
	p.t.Helper()
	found := `[...document.querySelectorAll(` + quoted(selector) + `)].find((e) => e.innerText.includes(` + quoted(text) + `) || e.getAttribute("aria-label") === ` + quoted(text) + `)`
	p.wait(found)
	eval[chromedp.Void](p, `void `+found+`.click()`)
	p.still()
}

// gridRows is the number of rows that the table reports.
func (p *page) gridRows() int {
	p.t.Helper()
	return eval[int](p, `Number(document.querySelector("table[role=grid]")?.getAttribute("aria-rowcount") ?? 1) - 1`)
}

// gridHas waits until the table shows a cell with a text.
func (p *page) gridHas(text string) {
	p.t.Helper()
	p.wait(`[...document.querySelectorAll("table[role=grid] td")].some((e) => e.innerText.trim() === ` + quoted(text) + `)`)
}
