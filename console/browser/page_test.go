package browser

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// patience is how long a page may take for what a test waits for. It is long, since other work can share
// the machine; only a test that fails waits so long.
const patience = time.Minute

// A page is a tab of the browser. Whatever goes wrong in it fails its test: an error on the console, an
// exception that nobody catches, something that the page's policy refuses, and a request to another
// origin.
type page struct {
	t   testing.TB
	ctx context.Context

	mu       sync.Mutex
	origin   string
	faults   []string
	console  []string // its last lines, for somebody who looks into a failure
	expected []*regexp.Regexp
	seen     map[string]bool // marks that the console has shown
	marks    int
}

// open opens an address in a tab of its own.
func open(t testing.TB, address string) *page {
	t.Helper()
	ctx, cancel := chromedp.NewContext(chrome, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	p := &page{t: t, ctx: ctx, seen: make(map[string]bool)}
	if err := chromedp.Listen(ctx, p.event); err != nil {
		t.Fatal(err)
	}
	do(p, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
	p.size(1440, 900)
	p.scheme("light")
	t.Cleanup(func() {
		p.settle()
		for _, fault := range p.takeFaults() {
			t.Errorf("on the console: %s", fault)
		}
		if t.Failed() {
			p.show()
		}
	})
	p.visit(address)
	return p
}

// visit opens another address in the tab.
func (p *page) visit(address string) {
	p.t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		p.t.Fatal(err)
	}
	p.mu.Lock()
	p.origin = u.Scheme + "://" + u.Host
	p.mu.Unlock()
	p.run(chromedp.Navigate("about:blank")) // or only the fragment would change
	p.run(chromedp.Navigate(address))
}

// event takes note of what goes wrong.
func (p *page) event(event any) {
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		text := e.ExceptionDetails.Text
		if o := e.ExceptionDetails.Exception; o != nil {
			text += " " + o.Description + string(o.Value)
		}
		p.fault("exception: " + text)
	case *runtime.EventConsoleAPICalled:
		var words []string
		for _, o := range e.Args {
			words = append(words, strings.TrimSpace(strings.Trim(string(o.Value), `"`)+" "+o.Description))
		}
		text := strings.Join(words, " ")
		switch e.Type {
		case runtime.ConsoleAPICalledTypeError, runtime.ConsoleAPICalledTypeAssert, runtime.ConsoleAPICalledTypeWarning:
			p.fault(fmt.Sprintf("%s: %s", e.Type, text))
		}
		p.mu.Lock()
		p.seen[text] = true
		p.mu.Unlock()
		if !strings.HasPrefix(text, markPrefix) {
			p.note(fmt.Sprintf("%s: %s", e.Type, text))
		}
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError || e.Entry.Source == log.EntrySourceSecurity {
			p.fault(fmt.Sprintf("%s: %s %s", e.Entry.Source, e.Entry.Text, e.Entry.URL))
		}
	case *network.EventRequestWillBeSent:
		p.request(e.Request.URL)
	}
}

func (p *page) request(address string) {
	p.mu.Lock()
	origin := p.origin
	p.mu.Unlock()
	if address != "about:blank" && !strings.HasPrefix(address, origin+"/") && !strings.HasPrefix(address, "data:") && !strings.HasPrefix(address, "blob:"+origin+"/") {
		p.fault("a request leaves the origin: " + address)
	}
}

// note keeps a line for somebody who looks into a failure.
func (p *page) note(text string) {
	const kept = 50
	p.mu.Lock()
	defer p.mu.Unlock()
	p.console = append(p.console, text)
	p.console = p.console[max(0, len(p.console)-kept):]
}

func (p *page) fault(text string) {
	p.note(text)
	p.mu.Lock()
	defer p.mu.Unlock()
	if !slices.ContainsFunc(p.expected, func(r *regexp.Regexp) bool { return r.MatchString(text) }) {
		p.faults = append(p.faults, text)
	}
}

// expect says which faults are what the test wants.
func (p *page) expect(pattern string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.expected = append(p.expected, regexp.MustCompile(pattern))
}

// takeFaults returns the faults so far, and forgets them.
func (p *page) takeFaults() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	faults := p.faults
	p.faults = nil
	return faults
}

// markPrefix begins what settle writes to the console.
const markPrefix = "mark "

// settle waits until all that has happened in the page so far has been told.
func (p *page) settle() {
	p.t.Helper()
	p.marks++
	mark := markPrefix + number(p.marks)
	if _, err := tryEval[chromedp.Void](p, `console.debug(`+quoted(mark)+`)`); err != nil {
		p.t.Errorf("the page is gone: %v", err)
		return
	}
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(time.Millisecond) {
		p.mu.Lock()
		seen := p.seen[mark]
		p.mu.Unlock()
		if seen {
			return
		}
	}
	p.t.Error("the browser no longer tells what happens in the page")
}

// run does something in the page.
func (p *page) run(action chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	if _, err := within(p, action); err != nil {
		p.t.Fatal(err)
	}
}

// eval returns the value of an expression of JavaScript, or what its promise becomes.
func eval[T any](p *page, expression string) T {
	p.t.Helper()
	v, err := tryEval[T](p, expression)
	if err != nil {
		p.t.Fatalf("%s: %v", shortened(expression), err)
	}
	return v
}

func tryEval[T any](p *page, expression string) (T, error) {
	return within(p, chromedp.Evaluate[T](expression, func(e *runtime.EvaluateParams) { e.AwaitPromise = &isTrue }))
}

// within does something in the page, and gives up when it takes too long.
func within[T any](p *page, action chromedp.Action[T]) (T, error) {
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	return chromedp.Run(ctx, action)
}

var isTrue = true

func shortened(text string) string {
	if len(text) > 300 {
		return text[:300] + "…"
	}
	return text
}

// wait waits until an expression of JavaScript is true.
func (p *page) wait(expression string) {
	p.t.Helper()
	p.waitUntil(expression, shortened(expression))
}

// waitUntil waits until an expression of JavaScript is true, which what says in other words.
func (p *page) waitUntil(expression, what string) {
	p.t.Helper()
	var why string
	for end := time.Now().Add(patience); time.Now().Before(end); {
		found, err := tryEval[struct {
			Ok  bool
			Why string
		}](p, fmt.Sprintf(waiting, expression))
		switch {
		case found.Ok:
			return
		case err == nil:
			why = found.Why
		default: // the page may just be loading
			why = err.Error()
			time.Sleep(10 * time.Millisecond)
		}
	}
	p.t.Fatalf("the page does not come to %s (%s)", what, why)
}

// waiting looks for a second whether an expression is true: the page looks more often than the browser
// could be asked.
const waiting = `new Promise((done) => {
	const end = Date.now() + 1000;
	const look = () => {
		let Ok = false, Why = "it is false";
		try { Ok = Boolean(%s); } catch (err) { Why = String(err); }
		if (Ok || Date.now() > end) done({Ok, Why}); else setTimeout(look, 10);
	};
	look();
})`

// waitFor waits until the page has an element.
func (p *page) waitFor(selector string) {
	p.t.Helper()
	p.wait(`document.querySelector(` + quoted(selector) + `)`)
}

// waitForText waits until the text of an element holds a text.
func (p *page) waitForText(selector, text string) {
	p.t.Helper()
	p.wait(`document.querySelector(` + quoted(selector) + `)?.innerText.includes(` + quoted(text) + `)`)
}

// text returns the text of the first such element, as people see it.
func (p *page) text(selector string) string {
	p.t.Helper()
	return eval[string](p, `document.querySelector(`+quoted(selector)+`)?.innerText ?? ""`)
}

// route opens a page by its fragment, such as #/form, and waits until it is drawn.
func (p *page) route(fragment string) {
	p.t.Helper()
	eval[chromedp.Void](p, `void (location.hash = `+quoted(fragment)+`)`)
	p.waitDrawn()
}

// waitDrawn waits until the page and its data are there.
func (p *page) waitDrawn() {
	p.t.Helper()
	p.wait(`document.querySelector("main h1") && ![...document.querySelectorAll("main p.muted")].some((e) => e.textContent === "Loading…")`)
}

// press presses keys: kb.Tab, kb.Enter and so on, or those of a text.
func (p *page) press(keys string, modifiers ...chromedp.Modifier) {
	p.t.Helper()
	p.run(chromedp.KeyEvent(keys, chromedp.KeyModifiers(modifiers...)))
}

// tabTo presses Tab until such an element has the focus.
func (p *page) tabTo(selector string) {
	p.t.Helper()
	p.waitFor(selector)
	p.tabUntil(`document.activeElement.matches(`+quoted(selector)+`)`, selector)
}

// tabToNamed presses Tab until an element has the focus that a screen reader calls by a name.
func (p *page) tabToNamed(name string) {
	p.t.Helper()
	p.waitUntil(`[...document.querySelectorAll("a[href], button, input, select, textarea, [tabindex]")].some((e) => (`+nameOf+`)(e) === `+quoted(name)+`)`, "an element named "+name)
	p.tabUntil(`(`+nameOf+`)(document.activeElement) === `+quoted(name), name)
}

// maxTabs is how many elements of a page may take the focus.
const maxTabs = 300

func (p *page) tabUntil(isThere, what string) {
	p.t.Helper()
	for range maxTabs {
		if eval[bool](p, isThere) {
			return
		}
		p.press(kb.Tab)
	}
	p.t.Fatalf("Tab does not lead to %s", what)
}

// nameOf is the name of an element for a screen reader, as far as the pages give names.
const nameOf = `(e) => {
	const text = (ids) => ids.split(" ").map((id) => document.getElementById(id)?.textContent ?? "").join(" ");
	const own = (x) => [...x.childNodes].map((n) => n.nodeType === 3 ? n.data : n.nodeType !== 1 || n.getAttribute("aria-hidden") === "true" ? "" : own(n)).join("");
	const name = e.getAttribute("aria-label") ?? (e.getAttribute("aria-labelledby") && text(e.getAttribute("aria-labelledby"))) ?? (e.labels?.length ? own(e.labels[0]) : own(e));
	return name.replace(/\s+/g, " ").trim();
}`

// scheme makes the system light or dark, and still: a color in the middle of a change is neither.
func (p *page) scheme(name string) {
	p.t.Helper()
	do(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: name}, {Name: "prefers-reduced-motion", Value: "reduce"},
	}})
}

// size is the size of the window.
func (p *page) size(width, height int64) {
	p.t.Helper()
	p.run(chromedp.EmulateViewport(width, height))
}

// A violation is what axe finds.
type violation struct {
	Rule   string
	Impact string
	Help   string
	Nodes  []string
}

// colorRules are the rules of axe that depend on the scheme.
var colorRules = []string{"color-contrast", "link-in-text-block"}

// checkAxe reports what axe finds in the page that is serious or worse, by some rules or by all.
func (p *page) checkAxe(what string, rules ...string) {
	p.t.Helper()
	for _, v := range p.violations(rules...) {
		p.t.Errorf("%s: axe, %s, %s: %s\n\t%s", what, v.Impact, v.Rule, v.Help, strings.Join(v.Nodes, "\n\t"))
	}
}

func (p *page) violations(rules ...string) []violation {
	p.t.Helper()
	if !eval[bool](p, `typeof axe === "object"`) {
		eval[chromedp.Void](p, axe+`; undefined`)
	}
	options := map[string]any{"resultTypes": []string{"violations"}, "preload": false}
	if rules != nil {
		options["runOnly"] = map[string]any{"type": "rule", "values": rules}
	}
	text, err := json.Marshal(options)
	if err != nil {
		p.t.Fatal(err)
	}
	return eval[[]violation](p, `axe.run(document, `+string(text)+`).then((r) => r.violations.filter((v) => v.impact === "serious" || v.impact === "critical").map((v) => ({
		Rule: v.id, Impact: v.impact, Help: v.help, Nodes: v.nodes.slice(0, 5).map((n) => n.target.join(" ") + ": " + n.html.slice(0, 200) + " " + n.failureSummary.replaceAll("\n", " ").slice(0, 300)),
	})))`)
}

// checkLook reports what axe finds in light and in dark.
func (p *page) checkLook(what string) {
	p.t.Helper()
	p.checkAxe(what + ", light")
	p.scheme("dark")
	p.checkAxe(what+", dark", colorRules...)
	p.scheme("light")
}

// screenshot writes a picture of the window into the folder of $CONNGEN_SCREENSHOTS, if that is set.
func (p *page) screenshot(name string) {
	p.t.Helper()
	dir := os.Getenv("CONNGEN_SCREENSHOTS")
	if dir == "" {
		return
	}
	picture, err := within(p, chromedp.CaptureScreenshot())
	if err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), picture, 0o644); err != nil {
		p.t.Fatal(err)
	}
}

// show tells what the page shows, for somebody who looks into a failure.
func (p *page) show() {
	p.mu.Lock()
	lines := strings.Join(p.console, "\n")
	p.mu.Unlock()
	p.t.Logf("the console has:\n%s", lines)
	shown, err := tryEval[string](p, `document.URL + " shows, with the focus on " + document.activeElement.outerHTML.slice(0, 200) + ":\n" + document.body.innerText`)
	if err != nil {
		p.t.Logf("the page cannot be asked: %v", err)
		return
	}
	if len(shown) > 3000 {
		shown = shown[:3000] + "…"
	}
	p.t.Log(shown)
}

// quoted writes a text for JavaScript.
func quoted(text string) string {
	b, _ := json.Marshal(text) // a text has no error
	return string(b)
}

// do sends a command of the protocol.
func do[P, R any](p *page, command cdp.Command[P, R], params P) {
	p.t.Helper()
	ask(p, command, params)
}

// ask sends a command of the protocol, and returns its result.
func ask[P, R any](p *page, command cdp.Command[P, R], params P) R {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	result, err := chromedp.Call(ctx, command, params)
	if err != nil {
		p.t.Fatal(err)
	}
	return result
}
