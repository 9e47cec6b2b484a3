package packed

import (
	"bytes"
	"errors"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
)

func TestReadFile(t *testing.T) {
	t.Parallel()
	text := []byte(strings.Repeat("text\n", 1000))
	packed, err := Pack(text)
	if err != nil || len(packed) > len(text)/10 {
		t.Fatalf("packed into %d bytes (%v)", len(packed), err)
	}
	files := fstest.MapFS{"plain": {Data: text}, "packed": {Data: packed}, "empty": {}, "broken": {Data: packed[:len(packed)-5]}}
	for name, want := range map[string][]byte{"plain": text, "packed": text, "empty": nil} {
		if got, err := ReadFile(files, name); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: read %d bytes (%v), want %d", name, len(got), err, len(want))
		}
	}
	if _, err := ReadFile(files, "broken"); err == nil {
		t.Error("half of a file has no error")
	}
	if _, err := ReadFile(files, "missing"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error is %v", err)
	}
}
