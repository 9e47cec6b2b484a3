package sdk

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// TestWarnOfOthers: a token file that any user can read or write is a warning, also behind the
// symbolic links of a Kubernetes volume.
func TestWarnOfOthers(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("files have no such modes")
	}
	dir := t.TempDir()
	file, link := filepath.Join(dir, "token"), filepath.Join(dir, "link")
	if err := os.WriteFile(file, []byte(testToken), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("token", link); err != nil {
		t.Fatal(err)
	}
	for mode, want := range map[os.FileMode]string{0o600: "", 0o400: "", 0o644: "-rw-r--r--", 0o640: "", 0o440: "", 0o604: "-rw----r--", 0o611: "", 0o602: "-rw-----w-", 0o620: ""} {
		if err := os.Chmod(file, mode); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{file, link} {
			var log bytes.Buffer
			warnOfOthers(t.Context(), slog.New(slog.NewJSONHandler(&log, nil)), name)
			if (want == "") != (log.Len() == 0) || !strings.Contains(log.String(), want) || strings.Contains(log.String(), testToken) {
				t.Errorf("mode %o: %s", mode, log.String())
			}
		}
	}
	var log bytes.Buffer
	for _, name := range []string{"", os.DevNull, filepath.Join(dir, "none")} {
		if warnOfOthers(t.Context(), slog.New(slog.NewJSONHandler(&log, nil)), name); log.Len() > 0 {
			t.Errorf("%q: %s", name, log.String())
		}
	}
}
