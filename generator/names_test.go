package generator

import "testing"

func TestScopeTake(t *testing.T) {
	t.Parallel()
	s := newScope("New", "UserID2")
	for _, step := range [][2]string{
		{"New", "New2"}, {"UserID", "UserID"}, {"UserID", "UserID3"}, {"UserID", "UserID4"}, {"UserID2", "UserID22"},
	} {
		if got := s.take(step[0]); got != step[1] {
			t.Errorf("take(%q) = %q, want %q", step[0], got, step[1])
		}
	}
}
