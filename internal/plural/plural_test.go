package plural

import "testing"

func TestCount(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{0: "0 specs", 1: "1 spec", 2: "2 specs"} {
		if got := Count(n, "spec"); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
}
