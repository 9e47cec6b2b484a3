package browser

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// TestShell: the keys are explained, and the theme is the system's until the user chooses one.
func TestShell(t *testing.T) {
	t.Parallel()
	b := newBench(t, golden(t, "complete"))
	p := open(t, b.address("/overview"))
	p.waitDrawn()
	p.still()
	p.press("?")
	p.waitForText("dialog[open]", "This list")
	p.checkLook("the keys")
	p.press("gp") // a dialog handles all keys itself
	p.press(kb.Escape)
	p.wait(`!document.querySelector("dialog[open]") && location.hash === "#/overview"`)
	for _, one := range []struct{ key, title string }{{"p", "Problems"}, {"t", "Traffic"}, {"r", "Results"}, {"c", "Commands"}, {"a", "Create account"}, {"f", "Source form"}, {"o", "Overview"}} {
		p.keyPage(one.key, one.title)
		p.checkLook(one.title)
	}

	const background = `getComputedStyle(document.body).backgroundColor`
	light := eval[string](p, background)
	p.scheme("dark")
	dark := eval[string](p, background)
	if light == dark {
		t.Errorf("light and dark have the same background, %s", light)
	}
	p.tabToNamed("Theme: as the system")
	p.press(kb.Enter)
	p.wait(background + ` === ` + quoted(light))
	p.visit(b.address("/overview"))
	p.waitDrawn()
	p.wait(background + ` === ` + quoted(light))
	p.tabToNamed("Theme: light")
	p.press(kb.Enter)
	p.scheme("light")
	p.wait(background + ` === ` + quoted(dark))
	p.tabToNamed("Theme: dark")
	p.press(kb.Enter)
	p.wait(background + ` === ` + quoted(light))
}

// TestRemote: dev shows a connector that runs elsewhere, says when it stops answering, and resumes
// when it answers again.
func TestRemote(t *testing.T) {
	t.Parallel()
	answer := http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if text, _ := io.ReadAll(req.Body); strings.Contains(string(text), "std:account:list") {
			_, _ = io.WriteString(w, `{"type":"output","data":{"key":{"simple":{"id":"far"}},"attributes":{"id":"far","name":"away"}}}`+"\n")
		}
	})
	connector := httptest.NewServer(answer)
	t.Cleanup(func() { connector.Close() })
	d := newRemoteDev(t, connector.URL, accountSpec)
	p := open(t, d.address("/overview"))
	p.waitForText("main .answers", "answers The connector at "+connector.URL)
	p.checkLook("the overview of a connector elsewhere")
	p.route("#/commands/std:account:list")
	p.wait(`![...document.querySelectorAll("main button")].some((e) => e.innerText.includes("Copy as invoke"))`) // there is no program to run
	p.click("main button.primary", "Run")
	p.waitForText("section.card[aria-label='Call 1']", "done")
	p.route("#/results/1")
	p.gridHas("away")

	at := connector.Listener.Addr().String()
	connector.Close()
	p.route("#/overview")
	p.waitForText("main .answers", "does not answer")
	p.waitForText("[role=status].phase", "Waiting")
	p.checkLook("the overview of a connector elsewhere that does not answer")
	listener, err := net.Listen("tcp", at)
	if err != nil {
		t.Fatal(err)
	}
	connector = &httptest.Server{Listener: listener, Config: &http.Server{Handler: answer}}
	connector.Start()
	p.waitForText("[role=status].phase", "Ready")
	p.route("#/commands/std:account:list")
	p.click("main button.primary", "Run")
	p.waitForText("section.card[aria-label='Call 2']", "done")
}

// newRemoteDev starts dev on a spec and a connector that runs elsewhere.
func newRemoteDev(t *testing.T, connector, spec string) *dev {
	t.Helper()
	d := &dev{t: t, dir: t.TempDir(), cache: t.TempDir(), said: newNotes(devAddress), args: []string{"--connector", connector}}
	d.write("connector-spec.json", []byte(spec))
	d.start("127.0.0.1:0")
	return d
}
