package sdktest

import "strings"

// A section is one file of a txtar archive: its name between dashes, and its text.
type section struct {
	name string
	line int // of the marker; the text begins on the next one
	text string
}

// readArchive reads the txtar form: a comment, then sections.
func readArchive(text string) (comment string, sections []section) {
	var current strings.Builder
	end := func() {
		if len(sections) == 0 {
			comment = current.String()
		} else {
			sections[len(sections)-1].text = current.String()
		}
		current.Reset()
	}
	line := 0
	for l := range strings.Lines(text) {
		line++
		l = strings.TrimRight(strings.TrimSuffix(l, "\n"), "\r") // Git may have checked it out with CRLF
		if name, ok := marker(l); ok {
			end()
			sections = append(sections, section{name: name, line: line})
			continue
		}
		current.WriteString(l + "\n")
	}
	end()
	return comment, sections
}

// marker reads the line that begins a section.
func marker(line string) (name string, ok bool) {
	rest, starts := strings.CutPrefix(line, "-- ")
	rest, ends := strings.CutSuffix(rest, " --")
	name = strings.TrimSpace(rest)
	return name, starts && ends && name != ""
}

// appendSection appends a section, whose text ends with a line break or is empty.
func appendSection(b []byte, name, text string) []byte {
	b = append(b, "-- "+name+" --\n"...)
	return append(b, text...)
}
