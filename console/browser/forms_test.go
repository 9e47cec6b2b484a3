package browser

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/conngen/conngen/schema"
)

// TestForms: each spec has a form and a page to create accounts, without errors and accessibility
// violations, in light and dark mode.
func TestForms(t *testing.T) {
	t.Parallel()
	specs := allSpecs(t)
	for _, name := range slices.Sorted(maps.Keys(specs)) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			testForm(t, specs[name])
		})
	}
}

func testForm(t *testing.T, text []byte) {
	b, spec := newBench(t, text), readSpec(text)
	if spec == nil {
		testNoForm(t, b)
		return
	}
	drawn := make(map[string]bool)
	var p *page
	for n, values := range rounds(spec) {
		if n == 0 {
			p = open(t, b.address("/form"))
		} else {
			b.api(http.MethodPut, "/api/config", map[string]any{"values": values}, nil)
			p.visit(b.address("/form"))
		}
		p.waitDrawn()
		for _, menu := range eval[[]string](p, `[...document.querySelectorAll(".source-side nav a")].map((a) => a.hash)`) {
			p.route(menu)
			p.waitFor(`.source-menus a[aria-current=page][href="` + menu + `"]`)
			isNew := n == 0
			for _, path := range eval[[]string](p, `[...document.querySelectorAll("main [data-path]")].map((e) => e.dataset.path)`) {
				isNew = isNew || !drawn[path]
				drawn[path] = true
			}
			what := fmt.Sprintf("round %d, %s", n+1, menu)
			if isNew {
				p.checkLook(what)
			}
			if n == 0 {
				p.checkCards(what)
			}
		}
	}
	checkDrawn(t, spec, drawn)
	p.route("#/create")
	p.checkLook("create")
	if template := spec.AccountCreateTemplate; template != nil {
		if got := eval[int](p, `document.querySelectorAll("fieldset.create-field").length`); got != len(template.Fields) {
			t.Errorf("the page to create accounts has %d fields, want %d", got, len(template.Fields))
		}
	}
}

// checkDrawn: each item that can be shown was.
func checkDrawn(t *testing.T, spec *schema.Spec, drawn map[string]bool) {
	t.Helper()
	byKey := make(map[string]*schema.Entry)
	for e := range spec.ConfigItems() {
		byKey[e.Key] = e
	}
	for e := range spec.ConfigItems() {
		path, err := json.Marshal([]string{e.Key})
		if err != nil {
			t.Fatal(err)
		}
		if !drawn[string(path)] && waitsFor(byKey, e) != nil {
			t.Errorf("the form never shows %s", e.Key)
		}
	}
}

// testNoForm: the pages say that the spec is at fault.
func testNoForm(t *testing.T, b *bench) {
	p := open(t, b.address("/form"))
	p.expect(`network: .* 409 .*/api/spec$`)
	for _, fragment := range []string{"#/form", "#/create"} {
		p.route(fragment)
		p.waitForText("main .notice.bad", "The spec cannot be read")
		p.checkLook(fragment)
	}
}

// checkCards opens the dialog of each list of cards, and visits its pages.
func (p *page) checkCards(what string) {
	p.t.Helper()
	lists := eval[int](p, `document.querySelectorAll("main .cards > .pill").length`)
	for n := range lists {
		button := fmt.Sprintf(`document.querySelectorAll("main .cards > .pill")[%d]`, n)
		eval[chromedp.Void](p, `void `+button+`.focus()`)
		p.press(kb.Enter)
		p.waitFor("dialog[open] .card-form")
		pages := eval[int](p, `document.querySelectorAll("dialog[open] nav button").length`)
		for i := range pages {
			eval[chromedp.Void](p, fmt.Sprintf(`void document.querySelectorAll("dialog[open] nav button")[%d].focus()`, i))
			p.press(kb.Enter)
			p.wait(fmt.Sprintf(`document.querySelectorAll("dialog[open] nav button")[%d].getAttribute("aria-current") === "page"`, i))
			p.checkLook(fmt.Sprintf("%s, card %d, page %d", what, n+1, i+1))
			if got := eval[int](p, `document.querySelectorAll("dialog[open] [data-path], dialog[open] .item-note, dialog[open] .notice").length`); got == 0 {
				p.t.Errorf("%s, card %d: page %d is empty", what, n+1, i+1)
			}
		}
		p.press(kb.Escape)
		p.wait(`!document.querySelector("dialog[open]") && document.activeElement === ` + button)
	}
}
