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

// patience is how long a test waits for the page. It is long, since other work can share the
// machine; only a failing test waits that long.
const patience = time.Minute

// A page is a tab of the browser. Any fault in it fails its test: an error on the console, an
// uncaught exception, a violation of the page's policy, and a request to another origin.
type page struct {
	t   testing.TB
	ctx context.Context

	mu       sync.Mutex
	origin   string
	faults   []string
	console  []string // its last lines, for diagnosing a failure
	expected []*regexp.Regexp
	seen     map[string]bool // marks seen on the console
	marks    int
}

// open opens an address in a new tab.
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
	p.run(chromedp.Navigate("about:blank")) // otherwise only the fragment would change
	p.run(chromedp.Navigate(address))
}

// event records faults.
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

// note keeps a line for diagnosing a failure.
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

// expect declares faults that the test expects.
func (p *page) expect(pattern string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.expected = append(p.expected, regexp.MustCompile(pattern))
}

// takeFaults returns and clears the faults so far.
func (p *page) takeFaults() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	faults := p.faults
	p.faults = nil
	return faults
}

// markPrefix begins what settle writes to the console.
const markPrefix = "mark "

// settle waits until all events of the page so far have been reported.
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

// run runs actions in the page.
func (p *page) run(action chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	if _, err := within(p, action); err != nil {
		p.t.Fatal(err)
	}
}

// eval returns the value of a JavaScript expression, or the result of its promise.
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

// within runs actions in the page with a timeout.
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

// wait waits until a JavaScript expression is true.
func (p *page) wait(expression string) {
	p.t.Helper()
	p.waitUntil(expression, shortened(expression))
}

// waitUntil waits until a JavaScript expression is true; what describes it.
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
		default: // the page may still be loading
			why = err.Error()
			time.Sleep(10 * time.Millisecond)
		}
	}
	p.t.Fatalf("the page does not come to %s (%s)", what, why)
}

// waiting polls an expression for a second: the page can check more often than the browser could be
// asked.
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

// waitForText waits until an element's text contains a text.
func (p *page) waitForText(selector, text string) {
	p.t.Helper()
	p.wait(`document.querySelector(` + quoted(selector) + `)?.innerText.includes(` + quoted(text) + `)`)
}

// text returns the visible text of the first matching element.
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

// waitDrawn waits until the page and its data are drawn.
func (p *page) waitDrawn() {
	p.t.Helper()
	p.wait(`document.querySelector("main h1") && ![...document.querySelectorAll("main p.muted")].some((e) => e.textContent === "Loading…")`)
}

// press presses keys: kb.Tab, kb.Enter and so on, or the characters of a text.
func (p *page) press(keys string, modifiers ...chromedp.Modifier) {
	p.t.Helper()
	p.run(chromedp.KeyEvent(keys, chromedp.KeyModifiers(modifiers...)))
}

// tabTo presses Tab until a matching element has the focus.
func (p *page) tabTo(selector string) {
	p.t.Helper()
	p.waitFor(selector)
	p.tabUntil(`document.activeElement.matches(`+quoted(selector)+`)`, selector)
}

// tabToNamed presses Tab until the focused element has a name for screen readers.
func (p *page) tabToNamed(name string) {
	p.t.Helper()
	p.waitUntil(`[...document.querySelectorAll("a[href], button, input, select, textarea, [tabindex]")].some((e) => (`+nameOf+`)(e) === `+quoted(name)+`)`, "an element named "+name)
	p.tabUntil(`(`+nameOf+`)(document.activeElement) === `+quoted(name), name)
}

// maxTabs is the maximum number of Tab stops on a page.
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

// nameOf is the name of an element for a screen reader, for the ways in which the pages set names.
const nameOf = `(e) => {
	const text = (ids) => ids.split(" ").map((id) => document.getElementById(id)?.textContent ?? "").join(" ");
	const own = (x) => [...x.childNodes].map((n) => n.nodeType === 3 ? n.data : n.nodeType !== 1 || n.getAttribute("aria-hidden") === "true" ? "" : own(n)).join("");
	const name = e.getAttribute("aria-label") ?? (e.getAttribute("aria-labelledby") && text(e.getAttribute("aria-labelledby"))) ?? (e.labels?.length ? own(e.labels[0]) : own(e));
	return name.replace(/\s+/g, " ").trim();
}`

// scheme sets light or dark mode, and disables animation: a color in transition is neither.
func (p *page) scheme(name string) {
	p.t.Helper()
	do(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: name}, {Name: "prefers-reduced-motion", Value: "reduce"},
	}})
}

// size sets the size of the window.
func (p *page) size(width, height int64) {
	p.t.Helper()
	p.run(chromedp.EmulateViewport(width, height))
}

// A violation is a finding of axe.
type violation struct {
	Rule   string
	Impact string
	Help   string
	Nodes  []string
}

// colorRules are the rules of axe that depend on the scheme.
var colorRules = []string{"color-contrast", "link-in-text-block"}

// checkAxe reports serious or worse findings of axe in the page, for some rules or all.
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

// checkLook reports findings of axe in light and dark mode.
func (p *page) checkLook(what string) {
	p.t.Helper()
	p.checkAxe(what + ", light")
	p.scheme("dark")
	p.checkAxe(what+", dark", colorRules...)
	p.scheme("light")
}

// screenshot writes a picture of the window into the folder $CONNGEN_SCREENSHOTS, if set.
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

// show describes the content of the page, for diagnosing a failure.
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

// quoted quotes a text for JavaScript.
func quoted(text string) string {
	b, _ := json.Marshal(text) // a text has no error
	return string(b)
}

// do sends a DevTools command.
func do[P, R any](p *page, command cdp.Command[P, R], params P) {
	p.t.Helper()
	ask(p, command, params)
}

// ask sends a DevTools command, and returns its result.
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
