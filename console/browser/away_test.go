package browser

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/conngen/conngen/console/loop"
)

// TestAgain: an open page says that dev has ended. A new dev at the same address has another token,
// which the page asks for, and takes from the address that dev prints.
func TestAgain(t *testing.T) {
	t.Parallel()
	d := newDev(t).ready()
	p := open(t, d.address("/traffic"))
	p.expect("net::ERR_|status of 401")
	p.waitForText("[role=status].phase", "Ready")
	first := d.token
	d.end()
	p.waitForText("[role=status].phase", "No connection")
	p.checkLook("a page without its server")
	p.route("#/overview")
	p.waitForText("[role=status].phase", "No connection")
	d.again()
	if d.token == first {
		t.Fatal("the token of a run is that of the run before")
	}
	p.sees("conngen dev runs again, with another token")
	p.checkLook("a page of an earlier run")
	eval[chromedp.Void](p, `void (location.href = `+quoted(d.address("/problems"))+`)`)
	p.wait(`document.querySelector("main h1")?.textContent === "Problems"`)
	p.waitForText("[role=status].phase", "Ready")
	if eval[bool](p, `location.href.includes("token")`) {
		t.Error("the token stays in the address")
	}
}

// TestReconnect: events missed while the stream is down are visible after it reconnects.
func TestReconnect(t *testing.T) {
	t.Parallel()
	b := newBench(t, golden(t, "complete"))
	p := open(t, b.address("/overview"))
	p.expect("net::ERR_")
	p.waitForText("[role=status].phase", "Ready")
	p.hold("/api/events")
	b.server.CloseClientConnections()
	p.waitForText("[role=status].phase", "No connection")
	p.wait(`held.length === 1`)
	runCall(t, b, "std:account:list", map[string]any{})
	b.writeSpec([]byte(accountSpec))
	b.loop.change(func(s *loop.Snapshot) {
		s.Round++
		s.Steps[0].Ms++
	})
	b.loop.find([]loop.Group{{Name: loop.GroupBuild, Title: "Go", State: loop.GroupFound, Found: []loop.Problem{{Path: "a.go", Line: 1, Severity: "error", Message: "wrong"}}}})
	p.release()
	p.waitForText("[role=status].phase", "Ready")
	p.waitForText(".recent", "std:account:list")
	p.waitForText("nav.pages .count", "1")
	p.waitForText(".project", "Many")

	// A spec whose request failed is requested again.
	p.hold("/api/spec")
	b.writeSpec([]byte(groupSpec))
	b.loop.change(func(s *loop.Snapshot) { s.Steps[0].Ms++ })
	p.wait(`held.length === 1`)
	p.fail()
	p.sees("conngen dev does not answer")
	b.server.CloseClientConnections()
	p.waitForText(".capabilities", "entitlement:list")
	p.gone("conngen dev does not answer")
}

// TestProgramEnds: the end of the program ends its call, the page says how it ended, and a build
// brings it back.
func TestProgramEnds(t *testing.T) {
	t.Parallel()
	d := newDev(t, func(d *dev) {
		d.replace("client.go", "\t\"context\"\n", "\t\"context\"\n\t\"os\"\n")
		d.addMethod("TestConnection(context.Context, sdk.TestConnectionInput) error", "\tos.Exit(3)\n\treturn nil\n")
	}).ready()
	d.configure()
	p := open(t, d.address("/commands/std:test-connection"))
	p.waitForText("[role=status].phase", "Ready")
	p.click("main button.primary", "Run")
	p.waitForText("section.card[aria-label^='Call ']", "failed")
	p.waitForText("[role=status].phase", "Failed")
	p.sees("The connector does not run")
	p.checkLook("a command whose program has ended")
	p.route("#/overview")
	p.waitForText(".answers", "Build 1 of hr has ended")
	p.sees("exited with code 3")
	p.checkLook("an overview without a connector")

	p.click("header button", "Rebuild")
	p.waitForText("[role=status].phase", "Ready")
	d.replace("client.go", "\tos.Exit(3)\n", "")
	d.replace("client.go", "\t\"os\"\n", "")
	p.route("#/commands/std:test-connection")
	d.comesTo("the mended code", func(s devState) bool { return s.Phase == "ready" && s.Connector.Build >= 3 })
	p.click("main button.primary", "Run")
	p.waitForText("section.card[aria-label^='Call 2']", "done")
}

// TestRebuild: during a build, the last good program answers; without one, the pages say so.
func TestRebuild(t *testing.T) {
	t.Parallel()
	b := newBench(t, golden(t, "complete"))
	p := open(t, b.address("/commands/std:account:list"))
	p.waitForText("[role=status].phase", "Ready")
	b.loop.change(func(s *loop.Snapshot) {
		s.Phase, s.Steps[3].State = loop.PhaseStarting, loop.StateRunning
	})
	p.waitForText("[role=status].phase", "Running: build")
	p.click("main button.primary", "Run")
	p.waitForText("section.card[aria-label='Call 1']", "done")
	p.route("#/overview")
	p.waitForText(".answers", "answers Build 1 of")
	p.waitForText(".step.running", "Build")
	p.checkLook("an overview while a build runs")

	release := make(chan struct{})
	b.setAnswer(func(w http.ResponseWriter, req *http.Request, _ command) {
		_, _ = io.WriteString(w, `{"type":"output","data":{"key":{"simple":{"id":"1"}},"attributes":{"id":"1"}}}`+"\n")
		w.(http.Flusher).Flush()
		select {
		case <-release:
		case <-req.Context().Done():
		}
	})
	var c call
	b.api("POST", "/api/calls", map[string]any{"command": "std:account:list", "input": map[string]any{}}, &c)
	p.route("#/results/2")
	p.hasRows(1)
	b.loop.change(func(s *loop.Snapshot) { // a new build takes over, and the call continues on its own
		s.Phase, s.Steps[3].State = loop.PhaseReady, loop.StateDone
		s.Connector.Build++
	})
	p.waitForText("[role=status].phase", "Ready")
	close(release)
	p.waitForText(".callbar", "done")

	b.loop.change(func(s *loop.Snapshot) { s.Phase, s.Connector = loop.PhaseFailed, loop.Connector{} })
	b.loop.setURL("")
	p.route("#/commands/std:account:list")
	p.waitForText("[role=status].phase", "Failed")
	p.sees("The connector does not run")
	p.expect("status of (409|502|503)")
	p.click("main button.primary", "Run")
	p.waitForText("main .notice.bad", "The command did not start")
	p.checkLook("a command without a connector")
	if n := len(b.commands()); n != 2 || !strings.HasPrefix(eval[string](p, `location.hash`), "#/commands") {
		t.Errorf("the connector got %d commands", n)
	}
}
