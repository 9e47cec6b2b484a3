package browser

import (
	"encoding/json"
	"io"
	"net/http"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/google/go-cmp/cmp"
)

// updateSpec is a spec whose accounts can be listed and updated.
const updateSpec = `{
	"name": "Updates", "keyType": "compound", "commands": ["std:test-connection", "std:account:list", "std:account:update"],
	"sourceConfig": [{"type": "section", "sectionTitle": "Source", "items": [{"key": "url", "label": "URL", "type": "url"}]}],
	"accountSchema": {"displayAttribute": "name", "identityAttribute": "id", "attributes": [
		{"name": "id", "type": "string"}, {"name": "roles", "type": "string", "multi": true}, {"name": "name", "type": "string"}
	]}
}`

// TestLateAnswer: changes made in a command's form while an answer is pending survive it.
func TestLateAnswer(t *testing.T) {
	t.Parallel()
	b := newBench(t, []byte(updateSpec))
	b.answer = func(w http.ResponseWriter, _ *http.Request, _ command) {
		_, _ = io.WriteString(w, `{"type":"output","data":{"key":{"compound":{"lookupId":"ada","uniqueId":"key of ada"}},"attributes":{"id":"ada"}}}`+"\n")
	}
	runCall(t, b, "std:account:list", map[string]any{})
	p := open(t, b.address("/results/1"))
	p.gridHas("ada")
	p.hold("/api/calls/1/find")

	p.route("#/commands/std:account:update?identity=ada")
	p.wait(`held.length === 1`)
	p.click("button", "Add a change")
	choose(p, "select[aria-label=Attribute]", "name")
	p.tabTo(".change input")
	p.press("Ada")
	p.release()
	p.wait(`document.querySelector(".pair .field:last-child input").value === "key of ada"`)
	p.checkInput(map[string]any{
		"identity": "ada", "key": compoundKey("ada", "key of ada"), "changes": []any{map[string]any{"op": "Set", "attribute": "name", "value": "Ada"}},
	})

	// A key typed meanwhile overrides that of the list.
	p.route("#/commands/std:account:list")
	p.route("#/commands/std:account:update?identity=ada")
	p.wait(`held.length === 1`)
	p.tabTo(".pair .field:last-child input")
	p.press("another")
	p.release()
	p.still()
	p.checkInput(map[string]any{
		"identity": "ada", "key": compoundKey("ada", "another"), "changes": []any{map[string]any{"op": "Set", "attribute": "name", "value": "Ada"}},
	})
}

// TestLateChip: if a click moves the focus out of an input and adds its value, the value stays, and
// the click still works.
func TestLateChip(t *testing.T) {
	t.Parallel()
	p := open(t, newBench(t, []byte(updateSpec)).address("/commands/std:account:update"))
	p.waitDrawn()
	p.click("button", "Add a change")
	choose(p, "select[aria-label=Attribute]", "roles")
	p.tabTo(".change input")
	p.press("admin")
	p.mouse("button", "Add a change")
	p.wait(`document.querySelectorAll(".change").length === 2`)
	p.waitForText(".change .chips", "admin")
	p.checkInput(map[string]any{"changes": []any{
		map[string]any{"op": "Set", "attribute": "roles", "value": "admin"}, map[string]any{"op": "Set", "attribute": "id"},
	}})
}

func compoundKey(id, unique string) any {
	return map[string]any{"compound": map[string]any{"lookupId": id, "uniqueId": unique}}
}

// checkInput checks the command input on the page.
func (p *page) checkInput(want map[string]any) {
	p.t.Helper()
	p.click("[role=tab]", "Raw JSON")
	var got map[string]any
	text := eval[string](p, `document.querySelector("[role=tabpanel] textarea").value`)
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		p.t.Fatalf("%v: %s", err, text)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		p.t.Errorf("the input (-want +got):\n%s", diff)
	}
	p.click("[role=tab]", "Form")
}

// hold delays the page's requests to a path, until release. Pending ones are in the list held.
func (p *page) hold(path string) {
	p.t.Helper()
	eval[chromedp.Void](p, `void ((send) => {
		globalThis.held = [];
		globalThis.fetch = async (path, ...rest) => {
			if (globalThis.held && String(path).startsWith(`+quoted(path)+`)) await new Promise((go, fail) => held.push({go, fail}));
			return send(path, ...rest);
		};
	})(fetch)`)
}

// release sends the held requests.
func (p *page) release() {
	p.t.Helper()
	eval[chromedp.Void](p, `void held.splice(0).forEach((one) => one.go())`)
}

// fail makes the held requests fail as without a connection, and stops holding.
func (p *page) fail() {
	p.t.Helper()
	eval[chromedp.Void](p, `void (held.forEach((one) => one.fail(new TypeError("no connection"))), delete globalThis.held)`)
}

// mouse clicks an element with the mouse, which moves the focus like a real click.
func (p *page) mouse(selector, text string) {
	p.t.Helper()
	at := eval[struct{ X, Y float64 }](p, `((e) => {
		e.scrollIntoView({block: "center"});
		const box = e.getBoundingClientRect();
		return {X: box.x + box.width / 2, Y: box.y + box.height / 2};
	})([...document.querySelectorAll(`+quoted(selector)+`)].find((e) => e.innerText.includes(`+quoted(text)+`)))`)
	p.run(chromedp.MouseClickXY(at.X, at.Y))
}
