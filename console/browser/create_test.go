package browser

import (
	"encoding/json"
	"io"
	"net/http"
	"testing"

	"github.com/chromedp/chromedp/kb"
	"github.com/google/go-cmp/cmp"
)

// TestCreate: a template is filled in for an identity edited with the keyboard. An ID already in
// the last list is incremented. The page shows what it sends.
func TestCreate(t *testing.T) {
	t.Parallel()
	b := newBench(t, golden(t, "complete"))
	b.answer = func(w http.ResponseWriter, _ *http.Request, c command) {
		_, _ = io.WriteString(w, `{"type":"output","data":{"identity":"1","attributes":{"id":"1","userName":"Grace.Hopper"}}}`+"\n")
	}
	b.api(http.MethodPost, "/api/calls", map[string]any{"command": "std:account:list", "input": map[string]any{}}, nil)
	p := open(t, b.address("/create"))
	f := form{page: p}
	p.waitDrawn()
	for label, text := range map[string]string{"First Name (firstname)": "Grace", "Last Name (lastname)": "Hopper", "Work Email (email)": "grace@example.com"} {
		f.tabToNamed(label)
		f.replace(text)
	}
	p.waitForText(".request pre", `"userName": "Grace.Hopper1"`)
	p.checkLook("a template that is filled in")
	f.push("Show the passwords")
	p.wait(`!document.querySelector(".request pre").innerText.includes("••")`)
	var shown, sent any
	if err := json.Unmarshal([]byte(p.text(".request pre")), &shown); err != nil {
		t.Fatal(err)
	}
	f.push("Create account")
	p.waitForText(".request", "The account was created")
	p.checkLook("an account that was created")
	commands := b.commands()
	last := commands[len(commands)-1]
	if err := json.Unmarshal(last.Input, &sent); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(shown, sent); diff != "" || last.Type != "std:account:create" {
		t.Errorf("%s (-shown +sent):\n%s", last.Type, diff)
	}
	attributes, _ := shown.(map[string]any)["attributes"].(map[string]any)
	password, _ := attributes["password"].(string)
	if len(password) < 12 {
		t.Errorf("the password %q is short", password)
	}
	delete(attributes, "password")
	if diff := cmp.Diff(map[string]any{
		"userName": "Grace.Hopper1", "email": "grace@example.com", "invitedBy": "ada.lovelace", "mfaEnabled": true, "failedLogins": 0.0,
		"storageBytes": 1073741824.0, "phoneNumbers": []any{"+44 20 7946 0018"}, "costCenter": "Sample costCenter",
	}, attributes); diff != "" {
		t.Errorf("the attributes (-want +got):\n%s", diff)
	}
	f.push("List accounts and find it")
	p.waitForText(".request", "It is in the list")
	f.push("Show it in the list")
	p.wait(`location.hash.startsWith("#/results/")`)
}

// TestReview: the page shows errors at their place and links to them, and shows the result of a
// test.
func TestReview(t *testing.T) {
	t.Parallel()
	b, f := openForm(t, "complete")
	f.menu("aggregation")
	for text, want := range map[string]string{"501": "must be at most 500", "0": "must be at least 1", "many": "must be a number"} {
		f.fill(text, "pageSize")
		f.press(kb.Tab)
		f.waitForText(in(".error", "pageSize"), want)
	}
	f.turn("includeGuests")
	f.tabTo(in("input", "guestDomains"))
	f.press(kb.Tab)
	f.waitForText(in(".error", "guestDomains"), "is required")
	f.checkLook("a form with errors")

	f.menu("review-and-test")
	f.waitForText(".review", "items need attention")
	f.push("workspaceUrl")
	f.wait(`document.activeElement.matches(` + quoted(in("input", "workspaceUrl")) + `)`)
	f.checkLook("an item that is missing")

	f.menu("review-and-test")
	f.push("Test Connection")
	f.waitForText("dialog[open]", "Test Success!")
	f.checkLook("a test that succeeds")
	f.screenshot("form-test")
	f.press(kb.Escape)
	b.setAnswer(func(w http.ResponseWriter, _ *http.Request, _ command) {
		w.WriteHeader(http.StatusInternalServerError)
		_, _ = io.WriteString(w, "generic error: \n + ConnectorError: the workspace <b>is not</b> there\n    at test {\n  type: 'generic'\n}")
	})
	f.push("Test Connection")
	f.waitForText("dialog[open]", "Test Failed")
	f.waitForText("dialog[open]", "the workspace <b>is not</b> there")
	f.checkLook("a test that fails")
	f.push("Continue Editing")
	f.wait(`!document.querySelector("dialog[open]")`)
}
