package browser

import (
	"testing"

	"github.com/chromedp/chromedp"
)

// TestUpdate: an update shows its changes. An account changed outside the page shows the change
// when it is read again.
func TestUpdate(t *testing.T) {
	t.Parallel()
	d := newDev(t).ready()
	d.configure()
	runCall(t, d, "std:account:list", map[string]any{})
	p := open(t, d.address("/results/1"))
	p.gridHas("1")

	// From the row to the update.
	p.click("table[role=grid] tbody tr:first-child td:nth-child(2)", "")
	p.waitFor("aside.pane")
	identity := eval[string](p, `new URLSearchParams(document.querySelector("aside.pane a[href*='account%3Aupdate']").hash.split("?")[1]).get("identity")`)
	was := attribute(p, "email")
	p.click("aside.pane a.button", "Update")
	p.waitForText("#command-name", "std:account:update")
	p.still()
	p.click("button", "Add a change")
	choose(p, "select[aria-label=Operation]", "Set")
	choose(p, "select[aria-label=Attribute]", "email")
	p.tabTo(`.change input`)
	p.press("new@example.com")
	p.click("main button.primary", "Run")
	p.waitForText("section.card[aria-label^='Call ']", "done")
	p.click("section.card a.button", "Open results")

	// Before and after.
	p.waitForText("table.differences", "new@example.com")
	changed := eval[[][]string](p, `[...document.querySelectorAll("table.differences tr.changed")].map((row) => [...row.cells].map((cell) => cell.innerText.trim()))`)
	if len(changed) != 1 || len(changed[0]) != 3 || changed[0][0] != "email" || changed[0][1] != was || changed[0][2] != "new@example.com" {
		t.Errorf("the update shows %q, want email from %q to new@example.com alone", changed, was)
	}
	if sent := p.text("main table.plain:not(.differences) tbody"); sent != "Set\temail\tnew@example.com" {
		t.Errorf("the change that was sent is %q", sent)
	}

	// The earlier list has the account's old values.
	p.route("#/results/1?row=1")
	p.waitForText("aside.pane", was)
	p.click("aside.pane button", "Read again and compare")
	p.waitForText("aside.pane table.differences", "new@example.com")
	p.waitForText("aside.pane table.differences", was)
	runCall(t, d, "std:account:update", map[string]any{"identity": identity, "key": map[string]any{"simple": map[string]any{"id": identity}}, "changes": []any{map[string]any{"op": "Set", "attribute": "email", "value": was}}})
	p.click("aside.pane button", "Read again and compare")
	p.waitForText("aside.pane", "Nothing differs.")
}

// attribute returns the value of an attribute in the open row.
func attribute(p *page, name string) string {
	p.t.Helper()
	return eval[string](p, `[...document.querySelectorAll("aside.pane table.attributes tr")].find((row) => row.cells[0].innerText.trim() === `+quoted(name)+`).cells[1].innerText.trim()`)
}

// choose chooses an option of a select.
func choose(p *page, selector, option string) {
	p.t.Helper()
	p.waitFor(selector)
	eval[chromedp.Void](p, `((e) => {
		e.value = `+quoted(option)+`;
		e.dispatchEvent(new Event("change", {bubbles: true}));
	})(document.querySelector(`+quoted(selector)+`))`)
	p.still()
}

// TestEntitlementLinks: a group of an account links to the group, and the group to its members.
func TestEntitlementLinks(t *testing.T) {
	t.Parallel()
	d := newDev(t).ready()
	d.configure()
	runCall(t, d, "std:account:list", map[string]any{})
	p := open(t, d.address("/results/1?row=1"))
	link := "aside.pane table.attributes a[href^='#/results/find']"
	p.waitFor(link)
	group := p.text(link)

	// No list of groups has run yet, so the page offers one.
	p.click(link, group)
	p.sees("No list of type group has run yet")
	p.click("main button", "List type group")
	p.waitFor("table[role=grid]")
	p.wait(`location.hash === "#/results/2"`)
	p.gridHas(group)

	// Back: now the link leads to the group, where before it led to the account.
	back(p)
	p.wait(`location.hash.startsWith("#/results/2?row=")`)
	back(p)
	p.wait(`location.hash === "#/results/1?row=1"`)
	p.waitFor(link)
	p.click(link, group)
	p.wait(`location.hash.startsWith("#/results/2?row=")`)
	p.waitForText("aside.pane .record", "group")
	if shown := attribute(p, "id"); shown != group {
		t.Errorf("the link to %s leads to %s", group, shown)
	}

	// The way back leads to the account, with its row open.
	back(p)
	p.wait(`location.hash === "#/results/1?row=1"`)
	p.waitFor(link)

	// And from the group to the accounts that have it.
	p.click(link, group)
	p.wait(`location.hash.startsWith("#/results/2?row=")`)
	p.click("aside.pane a.back", "Accounts that have it in groups")
	p.wait(`location.hash.startsWith("#/results/1?f=")`)
	p.waitFor("table[role=grid] tbody tr")
	p.wait(`[...document.querySelectorAll("table[role=grid] tbody tr")].every((row) => row.innerText.includes(` + quoted(group) + `))`)
	if rows := p.gridRows(); rows == 0 {
		t.Errorf("no account has %s", group)
	}
}

// back goes back in the history.
func back(p *page) {
	p.t.Helper()
	eval[bool](p, `new Promise((done) => { addEventListener("popstate", () => done(true), {once: true}); history.back(); })`)
	p.still()
}
