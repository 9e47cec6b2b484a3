package bundle

import (
	"archive/zip"
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strings"
)

// A Mode is a kind of bundle.
type Mode string

// The modes: bundles of [Program], and those of [Service].
const (
	ModeProgram Mode = "wasm"
	ModeService Mode = "forward"
)

// firstLine returns the first line of index.js.
func firstLine(info Info, mode Mode) string {
	return fmt.Sprintf("// The connector %q, version %s%s", info.Name, clean(info.Version, "0"), packedAs(mode))
}

// packedAs is the end of the first line of index.js, with its line end.
func packedAs(mode Mode) string { return ", packed by conngen in mode " + string(mode) + ".\n" }

// maxFirstLine is more than the first line of any index.js that conngen writes: it has the name of
// the connector.
const maxFirstLine = 1 << 20

// ModeOf returns the mode of a zip, or "" if it is not a bundle of conngen.
func ModeOf(content []byte) Mode {
	r, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return ""
	}
	index, err := r.Open(indexName)
	if err != nil {
		return ""
	}
	defer index.Close()
	line, err := bufio.NewReader(io.LimitReader(index, maxFirstLine)).ReadString('\n')
	if err != nil {
		return ""
	}
	for _, mode := range []Mode{ModeProgram, ModeService} {
		if strings.HasSuffix(line, packedAs(mode)) {
			return mode
		}
	}
	return ""
}
