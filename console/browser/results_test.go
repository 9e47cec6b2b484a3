package browser

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/google/go-cmp/cmp"
)

// groupSpec is a spec of accounts that have groups.
const groupSpec = `{
	"name": "Groups", "keyType": "simple", "commands": ["std:test-connection", "std:account:list", "std:entitlement:list"],
	"sourceConfig": [{"type": "section", "sectionTitle": "Source", "items": [{"key": "url", "label": "URL", "type": "url"}]}],
	"accountSchema": {"displayAttribute": "name", "identityAttribute": "id", "groupAttribute": "groups", "attributes": [
		{"name": "id", "type": "string"}, {"name": "name", "type": "string"}, {"name": "floor", "type": "int"},
		{"name": "groups", "type": "string", "entitlement": true, "managed": true, "multi": true, "schemaObjectType": "group"}
	]},
	"entitlementSchemas": [{"type": "group", "displayAttribute": "id", "identityAttribute": "id", "attributes": [{"name": "id", "type": "string"}]}]
}`

// goodAccounts is how many accounts of newMarkedBench have no mark.
const goodAccounts = 40

// newMarkedBench is a bench with a list of groups, call 1, and a list of accounts with each kind of
// fault, call 2.
func newMarkedBench(t *testing.T) *bench {
	t.Helper()
	b := newBench(t, []byte(groupSpec))
	b.answer = func(w http.ResponseWriter, _ *http.Request, c command) {
		if c.Type == "std:entitlement:list" {
			_, _ = io.WriteString(w, `{"type":"output","data":{"type":"group","key":{"simple":{"id":"staff"}},"attributes":{"id":"staff"}}}`+"\n")
			return
		}
		account := func(id, attributes string) {
			fmt.Fprintf(w, `{"type":"output","data":{"key":{"simple":{"id":%q}},"attributes":{"id":%q,%s}}}`+"\n", id, id, attributes)
		}
		for n := range goodAccounts {
			account(number(n), fmt.Sprintf(`"name":"name %d","floor":%d,"groups":["staff"]`, n, n%7))
		}
		fmt.Fprintln(w, `{"type":"output","data":{"key":{"simple":{"id":"none"}},"attributes":{"name":"without an ID","groups":["staff"]}}}`)
		account("3", `"name":"again","floor":1,"groups":["staff"]`)
		account("wrong", `"name":"wrong","floor":"high","groups":["staff"]`)
		account("ghost", `"name":"ghost","floor":2,"groups":["ghosts"]`)
	}
	runCall(t, b, "std:entitlement:list", map[string]any{"type": "group"})
	runCall(t, b, "std:account:list", map[string]any{})
	return b
}

// TestResults: the table marks faults, and sorts, filters, searches and exports what it shows.
func TestResults(t *testing.T) {
	t.Parallel()
	b := newMarkedBench(t)
	p := open(t, b.address("/results/2"))
	p.gridHas("name 0")
	const all = goodAccounts + 4
	p.hasRows(all)
	for _, mark := range []string{"1 duplicate", "1 value missing", "1 wrong type", "1 unknown entitlement"} {
		p.sees(mark)
	}
	p.checkLook("a table with marks")
	p.click("label.check", "Marked rows only")
	p.hasRows(4)
	p.gridHas("ghost")
	p.click("table[role=grid] tbody td", "ghost")
	p.waitForText("aside.pane", "unknown entitlement")
	p.checkLook("an open row")
	p.press(kb.Escape)
	p.wait(`!document.querySelector("aside.pane")`)
	p.click("label.check", "Marked rows only")
	p.hasRows(all)

	// The address contains the state of the table.
	p.click("th button", "floor")
	p.wait(`document.querySelector("th[aria-sort=ascending]")?.innerText.includes("floor")`)
	p.click("th button", "floor")
	p.wait(`document.querySelector("th[aria-sort=descending]")?.innerText.includes("floor")`)
	p.shortcut("/")
	p.wait(`document.activeElement.matches("[data-search]")`)
	p.press("name 1")
	p.hasRows(11) // 1 and 10 to 19
	p.click("button", "Filter")
	p.waitFor("dialog[open]")
	p.checkLook("the dialog of a filter")
	p.chooseNamed("Column", "floor")
	p.chooseNamed("Condition", ">")
	p.tabToNamed("Value")
	p.press("3" + kb.Enter)
	p.wait(`!document.querySelector("dialog[open]")`)
	want := []string{"name 13", "name 12", "name 19", "name 11", "name 18"} // on floors 6, 5, 5, 4 and 4
	p.hasRows(len(want))
	p.gridHas(want[0])
	hash := eval[string](p, `location.hash`)
	p.visit(b.address(strings.TrimPrefix(hash, "#")))
	p.hasRows(len(want))
	p.gridHas(want[0])
	if got := eval[[]string](p, `[...document.querySelectorAll("table[role=grid] tbody tr")].map((row) => [...row.cells].map((c) => c.innerText.trim()).find((text) => text.startsWith("name")))`); cmp.Diff(want, got) != "" {
		t.Errorf("the table shows %q, want %q", got, want)
	}

	// The export contains what the table shows.
	dir := p.downloads()
	p.click("button", "CSV")
	records, err := csv.NewReader(strings.NewReader(waitFile(t, filepath.Join(dir, "account-list-2.csv")))).ReadAll()
	if err != nil || len(records) != 1+len(want) {
		t.Fatalf("the CSV has %d lines: %v", len(records), err)
	}
	p.click("button", "NDJSON")
	lines := strings.Split(strings.TrimSpace(waitFile(t, filepath.Join(dir, "account-list-2.ndjson"))), "\n")
	if len(lines) != len(want) {
		t.Fatalf("the NDJSON has %d lines", len(lines))
	}
	for n, name := range want {
		var row struct{ Attributes struct{ Name string } }
		if err := json.Unmarshal([]byte(lines[n]), &row); err != nil || row.Attributes.Name != name {
			t.Errorf("line %d of the NDJSON is %s (%v), want %s", n+1, lines[n], err, name)
		}
		if !strings.Contains(strings.Join(records[n+1], ","), name) {
			t.Errorf("line %d of the CSV is %q, want %s", n+2, records[n+1], name)
		}
	}
	p.click("button", "Columns")
	p.waitFor("dialog[open]")
	p.checkLook("the dialog of the columns")
	p.click("dialog label.check", "floor")
	p.press(kb.Escape)
	p.wait(`!document.querySelector("dialog[open]") && ![...document.querySelectorAll("th")].some((e) => e.innerText.includes("floor"))`)
}

// TestTraffic: each call is shown with its lines and input, can be repeated, and can be compared
// with another.
func TestTraffic(t *testing.T) {
	t.Parallel()
	b := newMarkedBench(t)
	p := open(t, b.address("/traffic"))
	p.gridHas("std:account:list")
	p.hasRows(2)
	p.checkLook("the calls")
	p.click("table[role=grid] tbody td", "std:account:list")
	p.wait(`location.hash === "#/traffic/2"`)
	p.hasRows(goodAccounts + 4)
	p.checkLook("the lines of a call")
	p.click("table[role=grid] tbody td", "name 0")
	p.waitForText("aside.pane", `"name": "name 0"`)
	p.checkLook("a line")
	p.press(kb.Escape)
	p.wait(`!document.querySelector("aside.pane")`)
	p.click("[role=tab]", "Input")
	p.waitForText("[role=tabpanel]", "{}")
	p.click("[role=tab]", "Log")
	p.sees("The connector wrote no log line during this call")
	p.checkLook("the log of a call")

	before := b.answer
	b.setAnswer(func(w http.ResponseWriter, req *http.Request, c command) {
		var text strings.Builder
		before(recorder{w, &text}, req, c)
		_, rest, _ := strings.Cut(text.String(), "\n") // account 0 is gone
		_, _ = io.WriteString(w, strings.Replace(rest, `"name":"name 1"`, `"name":"another"`, 1)+
			`{"type":"output","data":{"key":{"simple":{"id":"new"}},"attributes":{"id":"new","name":"new","groups":["staff"]}}}`+"\n")
	})
	p.click("button", "Replay")
	p.wait(`location.hash.startsWith("#/traffic/3")`)
	waitCall(t, b, 3)
	p.waitForText("main [role=status]", "done")
	choose(p, "select[aria-label='Compare with another call']", "2")
	p.wait(`location.hash === "#/traffic/compare/2/3"`)
	for _, text := range []string{"1 only in call 2", "1 only in call 3", "1 changed", "another"} {
		p.sees(text)
	}
	p.checkLook("a comparison")

	b.setAnswer(func(w http.ResponseWriter, _ *http.Request, _ command) {
		w.WriteHeader(http.StatusInternalServerError)
		_, _ = io.WriteString(w, "generic error: \n + ConnectorError: no <b>answer</b>\n    at x {\n  type: 'generic'\n}")
	})
	runCall(t, b, "std:account:list", map[string]any{})
	if res, err := http.Post(b.origin, "application/json", strings.NewReader(`{"type":"std:test-connection","input":{},"config":{}}`)); err != nil {
		t.Error(err)
	} else {
		_ = res.Body.Close()
	}
	p.route("#/traffic")
	p.gridHas("client") // a command from another program
	p.hasRows(5)
	p.shortcut("/")
	p.wait(`document.activeElement.matches("[data-search]")`)
	p.press("account:list")
	p.hasRows(3)
	p.click("label.check", "Failed only")
	p.hasRows(1)
	p.click("table[role=grid] tbody td", "std:account:list")
	p.waitForText("main .notice.bad", "no <b>answer</b>")
	p.checkLook("a call that failed")
}

// A recorder keeps what is written for an answer.
type recorder struct {
	http.ResponseWriter
	text *strings.Builder
}

func (r recorder) Write(text []byte) (int, error) { return r.text.Write(text) }

// hasRows waits until the table has a number of rows.
func (p *page) hasRows(n int) {
	p.t.Helper()
	p.wait(`document.querySelector("table[role=grid]")?.getAttribute("aria-rowcount") === ` + quoted(number(n+1)))
}

// chooseNamed chooses an option of the select with a label.
func (p *page) chooseNamed(label, option string) {
	p.t.Helper()
	id := eval[string](p, `[...document.querySelectorAll("label")].find((e) => e.innerText.trim() === `+quoted(label)+`).htmlFor`)
	choose(p, "#"+id, option)
}

// downloads lets the tab save files, and returns their folder.
func (p *page) downloads() string {
	p.t.Helper()
	dir := p.t.TempDir()
	_, err := chromedp.CallBrowser(p.ctx, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{
		Behavior: browser.SetDownloadBehaviorBehaviorAllow, DownloadPath: dir, BrowserContextID: chromedp.FromContext(p.ctx).BrowserContextID,
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return dir
}

// waitFile waits until the browser has saved a complete file.
func waitFile(t *testing.T, path string) string {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if text, err := os.ReadFile(path); err == nil && len(text) > 0 {
			return string(text)
		}
	}
	others, _ := filepath.Glob(filepath.Join(filepath.Dir(path), "*"))
	t.Fatalf("the browser does not save %s; there are %q", filepath.Base(path), others)
	return ""
}
