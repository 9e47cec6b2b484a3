package browser

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/google/go-cmp/cmp"

	"github.com/conngen/conngen/console/loop"
)

// TestCommands: the input of a command is entered in a form or as JSON, sent as shown, and copied
// as a shell command.
func TestCommands(t *testing.T) {
	t.Parallel()
	b := newBench(t, []byte(updateSpec))
	p := open(t, b.address("/commands/std:account:update"))
	p.waitDrawn()
	p.checkLook("a command")
	p.typeInto("identity", "it's \"ada\"")
	p.click("button", "Add a change")
	p.checkLook("a command with a change")
	p.click("[role=tab]", "Raw JSON")
	text := eval[string](p, `document.querySelector("[role=tabpanel] textarea").value`)
	p.tabTo("[role=tabpanel] textarea")
	p.press(kb.End, chromedp.ModifierCtrl)
	p.press("!")
	p.waitForText("[role=tabpanel] .error", "Not JSON yet")
	p.checkLook("an input that is not JSON")
	p.press(kb.Enter, chromedp.ModifierCtrl) // runs nothing
	p.click("[role=tab]", "Form")
	p.sees("The form waits for the raw JSON")
	p.click("[role=tab]", "Raw JSON")
	p.tabTo("[role=tabpanel] textarea")
	p.press(kb.End, chromedp.ModifierCtrl)
	p.press(kb.Backspace)
	p.wait(`document.querySelector("[role=tabpanel] textarea").value === ` + quoted(text))
	p.press(kb.Enter, chromedp.ModifierCtrl)
	p.waitForText("section.card[aria-label='Call 1']", "done")
	p.checkLook("a command that has run")
	got := b.commands()
	want := map[string]any{
		"identity": `it's "ada"`, "changes": []any{map[string]any{"op": "Set", "attribute": "id"}},
	}
	if len(got) != 1 {
		t.Fatalf("%d commands have reached the connector", len(got))
	}
	checkSent(t, got[0].Input, want)

	// The shell command sends the same as the page.
	if err := os.WriteFile(filepath.Join(b.dir, "config.json"), []byte(`{"url": "https://a.example"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	args := b.shell("curl", p.copied("Copy as curl"))
	var sent command
	if err := json.Unmarshal([]byte(args[len(args)-1]), &sent); err != nil {
		t.Fatalf("curl gets %q: %v", args, err)
	}
	if args[1] != b.origin+"/" || sent.Type != "std:account:update" || string(sent.Config) != `{"url": "https://a.example"}` {
		t.Errorf("curl gets %q", args)
	}
	checkSent(t, sent.Input, want)
	args = b.shell("go", p.copied("Copy as invoke"))
	if diff := cmp.Diff([]string{"run", ".", "invoke", "std:account:update", "--config", "config.json", "--input"}, args[:len(args)-1]); diff != "" {
		t.Errorf("go gets (-want +got):\n%s", diff)
	}
	checkSent(t, json.RawMessage(args[len(args)-1]), want)
}

func checkSent(t *testing.T, input json.RawMessage, want map[string]any) {
	t.Helper()
	var got map[string]any
	if err := json.Unmarshal(input, &got); err != nil {
		t.Fatalf("%v: %s", err, input)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the input (-want +got):\n%s", diff)
	}
}

// copied returns what a button copies to the clipboard.
func (p *page) copied(button string) string {
	p.t.Helper()
	for _, name := range []string{"clipboard-read", "clipboard-write"} {
		_, err := chromedp.CallBrowser(p.ctx, browser.SetPermission, browser.SetPermissionParams{
			Permission: &browser.PermissionDescriptor{Name: name}, Setting: browser.PermissionSettingGranted,
			BrowserContextID: chromedp.FromContext(p.ctx).BrowserContextID,
		})
		if err != nil {
			p.t.Fatal(err)
		}
	}
	eval[bool](p, `navigator.clipboard.writeText("").then(() => true)`)
	p.click("button", button)
	p.waitForText(".toasts", "Copied")
	return eval[string](p, `navigator.clipboard.readText()`)
}

// shell runs a command line whose program only prints its arguments, and returns them.
func (b *bench) shell(program, line string) []string {
	b.t.Helper()
	cmd := exec.Command("sh", "-ec", program+`() { for one; do printf '%s\0' "$one"; done; }; `+line)
	cmd.Dir = b.dir
	out, err := cmd.Output()
	if err != nil {
		b.t.Fatalf("%s: %v", line, err)
	}
	return strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")
}

// TestProblems: problems are listed by their source, and a click opens the editor at the line.
func TestProblems(t *testing.T) {
	t.Parallel()
	b := newBench(t, golden(t, "complete"))
	b.setEnviron("CONNGEN_EDITOR", "touch {path}-{line}-{column}")
	p := open(t, b.address("/problems"))
	b.loop.find([]loop.Group{
		{Name: loop.GroupValidate, Title: "Spec", State: loop.GroupFound, Found: []loop.Problem{
			{Path: "connector-spec.json", Line: 3, Column: 5, Severity: "error", Rule: "some-rule", Message: "a fault", Hint: "mend it"},
			{Path: "connector-spec.json", Line: 4, Column: 1, Severity: "warning", Message: "a doubt"},
		}},
		{Name: loop.GroupBuild, Title: "Go", State: loop.GroupOK},
		{Name: loop.GroupDiff, Title: "Changes", State: loop.GroupFound, Found: []loop.Problem{{Severity: "info", Message: "some news"}}},
	})
	p.sees("a fault")
	p.waitForText("nav.pages .count", "2")
	p.checkLook("problems")
	p.tabToNamed("connector-spec.json:3:5")
	p.press(kb.Enter)
	b.waitForFile("connector-spec.json-3-5")
	p.shortcut("/")
	p.wait(`document.activeElement.matches("[data-search]")`)
	p.press("doubt")
	p.gone("a fault")
	p.sees("1 finding")

	b.setEnviron("CONNGEN_EDITOR", "vi")
	p.expect("status of 409")
	p.click(".finding button", "connector-spec.json:4:1")
	p.waitForText(".finding .error", "needs a terminal of its own")
	p.checkLook("an editor that does not open")

	// A self test that writes requires confirmation.
	p.visit(b.address("/problems"))
	b.loop.find([]loop.Group{{Name: loop.GroupSelfTest, Title: "Self test", State: loop.GroupUnknown}})
	p.click("button", "Test with writing")
	p.waitFor("dialog[open]")
	p.checkLook("the question before a self test that writes")
	if !eval[bool](p, `[...document.querySelectorAll("dialog button")].find((e) => e.innerText === "Run with writing").disabled`) {
		t.Error("a self test writes at the first question")
	}
	p.press(kb.Escape)
	p.wait(`!document.querySelector("dialog[open]")`)
	if got := b.commands(); len(got) != 0 {
		t.Errorf("the connector got %v", got)
	}
}

// waitForFile waits for a file in the folder of the bench.
func (b *bench) waitForFile(name string) {
	b.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if _, err := os.Stat(filepath.Join(b.dir, name)); err == nil {
			return
		}
	}
	b.t.Fatalf("%s does not come", name)
}
