package browser

import (
	"bufio"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/heapprofiler"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

const (
	million   = 1_000_000
	maxRows   = 200       // maximum in the document
	maxHeap   = 100 << 20 // maximum number of bytes that the page may hold
	countRows = `document.querySelectorAll("tr").length`
)

// accountSpec is a spec of accounts with few attributes.
const accountSpec = `{
	"name": "Many", "keyType": "simple", "commands": ["std:test-connection", "std:account:list", "std:account:read"],
	"sourceConfig": [{"type": "section", "sectionTitle": "Source", "items": [{"key": "url", "label": "URL", "type": "url"}]}],
	"accountSchema": {"displayAttribute": "name", "identityAttribute": "id", "attributes": [
		{"name": "id", "type": "string"}, {"name": "name", "type": "string"}, {"name": "floor", "type": "int"}
	]}
}`

// TestMillion: a million accounts are as smooth as a hundred. It measures times, which are only
// meaningful if it runs alone.
func TestMillion(t *testing.T) {
	t.Parallel()
	b := newBench(t, []byte(accountSpec))
	b.answer = func(w http.ResponseWriter, _ *http.Request, _ command) {
		out := bufio.NewWriterSize(w, 1<<16)
		for n := range million {
			fmt.Fprintf(out, `{"type":"output","data":{"key":{"simple":{"id":"%d"}},"attributes":{"id":"%d","name":"name %d","floor":%d}}}`+"\n", n, n, (n*7919+13)%million, n%50)
		}
		_ = out.Flush() // a disconnected caller has cancelled the call
	}
	p := open(t, b.address("/commands/std:account:list"))
	p.wait(`document.querySelector("#command-name")`)
	p.still()
	begun := time.Now()
	p.click("button", "Run")
	p.wait(`document.querySelector("a[href='#/results/1']")`)
	p.route("#/results/1")
	p.gridHas("name 7932")
	t.Logf("the first rows of a million are there after %v", time.Since(begun).Round(time.Millisecond))
	p.checkSize("while it streams")
	c := waitCall(t, b, 1)
	if c.State != "done" || c.Outputs != million {
		t.Fatalf("the call is %+v", c)
	}
	p.wait(`document.querySelector("table[role=grid]").getAttribute("aria-rowcount") === "1000001"`)
	t.Logf("all are there after %v", time.Since(begun).Round(10*time.Millisecond))
	p.checkSize("with all rows")

	// To the end and back, by scrolling with a mouse and with the keyboard.
	p.scrollTo(`e.scrollHeight`)
	p.gridHas("999999")
	p.scrollTo(`e.scrollHeight / 2`)
	p.wait(`Math.abs(document.querySelector("table[role=grid] tbody tr").dataset.row - 500000) < 100000 && !document.querySelector("table[role=grid] tbody").innerText.includes("…")`)
	p.checkSize("in the middle")
	p.scrollTo(`0`)
	p.gridHas("name 7932")
	eval[chromedp.Void](p, `document.querySelector("table[role=grid]").focus()`)
	p.press(kb.End)
	p.gridHas("999999")
	p.press(kb.Home)
	p.gridHas("name 7932")
	p.checkSize("after the way to the end and back")

	begun = time.Now()
	p.click("th button", "name")
	p.wait(`document.querySelector("table[role=grid] tbody tr td:nth-child(3)")?.innerText.trim() === "name 0"`)
	t.Logf("a sort takes %v", time.Since(begun).Round(10*time.Millisecond))
	p.checkSize("sorted")
	begun = time.Now()
	p.shortcut("/")
	p.wait(`document.activeElement.matches("[data-search]")`)
	p.press("name 777777")
	p.wait(`document.querySelector("table[role=grid]")?.getAttribute("aria-rowcount") === "2"`)
	p.gridHas("name 777777")
	t.Logf("a search takes %v", time.Since(begun).Round(10*time.Millisecond))
	p.checkSize("after a search")
}

// scrollTo scrolls the table to a position, given as an expression of its element e.
func (p *page) scrollTo(place string) {
	p.t.Helper()
	eval[chromedp.Void](p, `((e) => { e.scrollTop = `+place+`; })(document.querySelector(".grid"))`)
	p.still()
}

// checkSize checks the size of the page.
func (p *page) checkSize(when string) {
	p.t.Helper()
	p.still()
	if n := eval[int](p, countRows); n > maxRows || n < 2 {
		p.t.Errorf("%s: the document has %d rows", when, n)
	}
	do(p, heapprofiler.CollectGarbage, cdp.Empty{})
	used := ask(p, runtime.GetHeapUsage, cdp.Empty{})
	size := used.UsedSize + used.EmbedderHeapUsedSize + used.BackingStorageSize
	p.t.Logf("%s: the heap has %.1f MiB, the document %d rows", when, size/(1<<20), eval[int](p, countRows))
	if size > maxHeap {
		p.t.Errorf("%s: the heap has %.0f MiB", when, size/(1<<20))
	}
}

// TestCancel: a click ends the connector's work.
func TestCancel(t *testing.T) {
	t.Parallel()
	b := newBench(t, []byte(accountSpec))
	ended := make(chan time.Time, 1)
	b.answer = func(w http.ResponseWriter, req *http.Request, _ command) {
		for n := 0; req.Context().Err() == nil; n++ {
			fmt.Fprintf(w, `{"type":"output","data":{"key":{"simple":{"id":"%d"}},"attributes":{"id":"%d"}}}`+"\n", n, n)
			w.(http.Flusher).Flush()
			select {
			case <-req.Context().Done():
			case <-time.After(5 * time.Millisecond):
			}
		}
		ended <- time.Now()
	}
	p := open(t, b.address("/results"))
	p.click("button", "List the accounts")
	p.gridHas("2")
	before := p.gridRows()
	p.wait(`Number(document.querySelector("table[role=grid]").getAttribute("aria-rowcount")) > ` + number(before+1)) // it grows
	begun := time.Now()
	p.click("button", "Cancel")
	select {
	case at := <-ended:
		t.Logf("the connector's context ends %v after the click", at.Sub(begun).Round(time.Millisecond))
	case <-time.After(patience):
		t.Fatal("the connector goes on after a cancel")
	}
	p.waitForText(".callbar", "cancelled")
	if c := waitCall(t, b, 1); c.State != "cancelled" || c.Outputs == 0 {
		t.Errorf("the call is %+v", c)
	}
}
