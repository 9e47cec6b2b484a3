package browser

import (
	"bytes"
	"testing"

	"github.com/conngen/conngen/console/loop"
)

// round runs a round that validates the spec, and waits until the page has seen each step.
func (l *fakeLoop) round(p *page) {
	p.t.Helper()
	for _, step := range []struct {
		state loop.StepState
		shown string
	}{{loop.StateRunning, "Running: validate"}, {loop.StateDone, "Ready"}} {
		l.change(func(s *loop.Snapshot) { s.Steps[0].State = step.state })
		p.waitForText(".phase", step.shown)
	}
}

// TestFollow: an open form follows a changing spec and keeps the entered values. It marks
// undocumented types as unknown. The navigation counts problems.
func TestFollow(t *testing.T) {
	t.Parallel()
	b, f := openForm(t, "complete")
	spec := golden(t, "complete")
	f.menu("connection")
	f.fill("https://kept.example", "workspaceUrl")
	item := []byte(`"key": "tenantId",`)
	if !bytes.Contains(spec, item) {
		t.Fatal("the spec has no tenantId")
	}
	for _, label := range []string{"First", "Second", "Third"} {
		added := `"key": "` + label + `", "label": "` + label + ` addition", "type": "mystery"}, {`
		b.writeSpec(bytes.Replace(spec, item, append([]byte(added), item...), 1))
		b.loop.round(f.page)
		f.waitForText(in(".item-label", label), label+" addition")
		f.waitForText(in(".item-note", label), `The type "mystery" is not documented`)
	}
	if got := eval[string](f.page, `document.querySelector(`+quoted(in("input", "workspaceUrl"))+`).value`); got != "https://kept.example" {
		t.Errorf("the form forgets what was filled in: %q", got)
	}
	f.checkLook("items of unknown types")

	problem := loop.Problem{Path: "connector-spec.json", Line: 3, Column: 5, Severity: "error", Message: "wrong <b>here</b>"}
	b.loop.find([]loop.Group{{Name: loop.GroupValidate, Title: "Spec", State: loop.GroupFound, Found: []loop.Problem{problem}}})
	f.waitForText("nav.pages .count", "1")
	f.route("#/problems")
	f.waitForText("main", "wrong <b>here</b>")
}
