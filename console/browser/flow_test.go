package browser

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// TestKeyboard follows an author from a new project to a listed account, without a mouse.
func TestKeyboard(t *testing.T) {
	t.Parallel()
	d := newDev(t).ready()
	p := open(t, d.address("/overview"))
	p.sees("Ready")

	// The form.
	p.keyPage("f", "Source form")
	p.enter("Connection")
	p.typeInto("Base URL", "https://hr.example.com")
	p.typeInto("API token", "token-of-the-keyboard")
	p.enter("Save to config.json")
	p.waitForText(".source-panel", "Same as config.json")
	p.sees("The connector's decoding accepts this config.")
	if config := d.read("config.json"); !strings.Contains(config, `"https://hr.example.com"`) || !strings.Contains(config, `"token-of-the-keyboard"`) {
		t.Errorf("the form saves %s", config)
	}
	if info, err := os.Stat(filepath.Join(d.dir, "config.json")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file with the config: %v, %v; want the mode 0600", info.Mode(), err)
	}

	// The accounts.
	t.Logf("the first rows are there %v after Ctrl+Enter", p.listByKeys().Round(time.Millisecond))
	before := p.gridRows()
	if before < 2 {
		t.Errorf("the table has %d rows", before)
	}

	// One more account.
	p.keyPage("a", "Create account")
	p.enter("Create account")
	p.sees("The account was created")
	id := p.text(".request .notice code")
	p.enter("List accounts and find it")
	p.sees("It is in the list.")
	p.enter("Show it in the list")
	p.gridHas(id)
	p.waitForText("aside.pane", id)
	if after := p.gridRows(); after != before+1 {
		t.Errorf("the table has %d rows after the creation, %d before it", after, before)
	}
	p.press(kb.Escape)
	p.wait(`!document.querySelector("aside.pane")`)

	// Code that does not compile.
	good := d.replace("client.go", "return &Client{", "return &Cliend{")
	p.keyPage("p", "Problems")
	p.waitForText("main", "undefined: Cliend")
	p.waitForText("main", "client.go:26:10")
	p.keyPage("c", "Commands")
	p.sees("the last good one, answers")

	// And code that does.
	d.write("client.go", good)
	p.wait(`document.querySelector(".phase").innerText.trim() === "Ready"`)
	p.listByKeys()
	if rows := p.gridRows(); rows != before {
		t.Errorf("the table has %d rows after the new build, want the %d of the sample data", rows, before)
	}
	p.keyPage("p", "Problems")
	p.gone("Cliend")
}

// listByKeys lists the accounts and opens the table, with the keyboard only. It returns the time
// until the first rows.
func (p *page) listByKeys() time.Duration {
	p.t.Helper()
	p.keyPage("c", "Commands")
	p.tabTo(`nav.sidelist a[href="#/commands/std%3Aaccount%3Alist"]`)
	p.press(kb.Enter)
	p.waitForText("#command-name", "std:account:list")
	p.still()
	calls := eval[int](p, countedCalls)
	begun := time.Now()
	p.press(kb.Enter, chromedp.ModifierCtrl)
	p.wait(countedCalls + ` !== ` + number(calls))
	p.enter("Open results")
	p.wait(`document.querySelector("table[role=grid] tbody td:nth-child(2)")?.innerText.trim()`)
	return time.Since(begun)
}

// countedCalls is the call number that a command's page shows.
const countedCalls = `Number(document.querySelector("section.card[aria-label^='Call ']")?.getAttribute("aria-label").slice(5) ?? 0)`
