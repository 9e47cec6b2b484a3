package export

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/conngen/conngen/internal/lazyregexp"
)

// A mark identifies an export: a line with the checksum of the file without the mark. Files that
// Postman exported or a person edited do not match their checksum.
const markStart = "conngen checksum "

var (
	markPattern = lazyregexp.New(markStart + "[0-9a-f]{16}")
	emptyMark   = markStart + "0000000000000000"
)

// marked puts the checksum into a file that has the empty mark. same returns the part of the
// file that counts; nil means all.
func marked(content []byte, same func([]byte) []byte) []byte {
	return bytes.ReplaceAll(content, []byte(emptyMark), []byte(markOf(content, same)))
}

func markOf(content []byte, same func([]byte) []byte) string {
	content = bytes.ReplaceAll(content, []byte("\r\n"), []byte("\n")) // as git may check it out
	content = markPattern().ReplaceAll(content, []byte(emptyMark))
	if same != nil {
		content = same(content)
	}
	sum := sha256.Sum256(content)
	return markStart + hex.EncodeToString(sum[:8])
}

// checkMark checks the mark of a file that a command's export would replace. others says what,
// other than a hand edit, may have changed it.
func checkMark(old []byte, command, others string, same func([]byte) []byte) error {
	if !markPattern().Match(old) {
		return fmt.Errorf("was not written by %s; name another file with --out", command)
	}
	want := []byte(markOf(old, same))
	for _, m := range markPattern().FindAll(old, -1) {
		if bytes.Equal(m, want) {
			return nil
		}
	}
	return fmt.Errorf("has changed since conngen wrote it%s; move it away, or name another file with --out", others)
}
