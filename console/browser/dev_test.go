package browser

import "testing"

// TestDev: conngen dev itself serves the pages.
func TestDev(t *testing.T) {
	t.Parallel()
	d := newDev(t)
	p := open(t, d.address("/overview"))
	p.waitForText("[role=status].phase", "Ready")
	p.waitDrawn()
	p.checkLook("overview")
	if token := eval[bool](p, `location.href.includes(sessionStorage.getItem("conngen-token"))`); token {
		t.Error("the token stays in the address")
	}
}
