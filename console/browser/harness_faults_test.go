package browser

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// TestFaults: faults of a page are detected; otherwise no other test could fail.
func TestFaults(t *testing.T) {
	t.Parallel()
	b := newBench(t, golden(t, "complete"))
	p := open(t, b.address("/form"))
	p.waitDrawn()
	for script, want := range map[string]string{
		`console.error("wrong")`:                            "error: wrong",
		`console.warn("odd")`:                               "warning: odd",
		`setTimeout(() => { throw new Error("thrown") })`:   "exception: Uncaught Error: thrown",
		`void Promise.reject(new Error("rejected"))`:        "rejected",
		`document.body.setAttribute("style", "color: red")`: "Content Security Policy",
		`document.head.append(Object.assign(document.createElement("script"), {textContent: "1"}))`: "Content Security Policy",
		`void fetch("http://elsewhere.example/").catch(() => {})`:                                   "Content Security Policy",
		`void fetch("none.js")`: "404",
	} {
		eval[chromedp.Void](p, `void (`+script+`)`)
		var found string
		for end := time.Now().Add(patience); !strings.Contains(found, want) && time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
			found += strings.Join(p.takeFaults(), "\n")
		}
		if !strings.Contains(found, want) {
			t.Errorf("%s: %q, want %q", script, found, want)
		}
	}
	p.settle()
	p.takeFaults()
	p.request("https://elsewhere.example/")
	if found := p.takeFaults(); len(found) != 1 {
		t.Errorf("a request to another origin: %q", found)
	}
	eval[chromedp.Void](p, `void document.querySelector("main").append(Object.assign(document.createElement("button"), {className: "bare"}), document.createElement("input"))`)
	if len(p.violations()) == 0 {
		t.Error("axe finds nothing in a button and an input without names")
	}
}
