package lazyregexp

import "testing"

func TestNew(t *testing.T) {
	t.Parallel()
	word := New(`^\w+$`)
	if !word().MatchString("word") || word().MatchString("two words") {
		t.Error("the expression does not match what it should")
	}
	if first, second := word(), word(); first != second {
		t.Error("the expression compiles twice")
	}
	defer func() {
		if recover() == nil {
			t.Error("a mistake in an expression goes unnoticed in tests")
		}
	}()
	New("(")
}
