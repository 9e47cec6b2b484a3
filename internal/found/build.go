package found

import (
	"go/build"
	"io"
	"os"
	"strings"
)

// BuildContext returns Go's default build context with the tags of GOFLAGS, which go/build ignores.
// It opens only regular files.
func BuildContext() *build.Context { return buildContext(goFlags(os.Getenv, os.UserConfigDir)) }

func buildContext(goFlags string) *build.Context {
	context := build.Default
	context.BuildTags = tagsOf(goFlags)
	context.OpenFile = func(name string) (io.ReadCloser, error) { return Open(name) }
	return &context
}

// tagsOf returns the build tags in a value of GOFLAGS. As in the go command, the last -tags
// counts, and a quoted value may separate tags by spaces.
func tagsOf(goFlags string) []string {
	var tags []string
	for _, flag := range splitQuoted(goFlags) {
		name, value, _ := strings.Cut(flag, "=")
		if name != "-tags" && name != "--tags" {
			continue
		}
		if strings.ContainsAny(value, " '") {
			tags = splitQuoted(value)
			continue
		}
		tags = strings.FieldsFunc(value, func(r rune) bool { return r == ',' })
	}
	return tags
}

// splitQuoted splits text at spaces. A field that begins with a quote ends with the next one.
func splitQuoted(text string) []string {
	var fields []string
	for {
		text = strings.TrimLeft(text, " \t\r\n")
		if text == "" {
			return fields
		}
		end, next := strings.IndexAny(text, " \t\r\n"), 0
		if quote := text[0]; quote == '"' || quote == '\'' {
			text, next = text[1:], 1
			end = strings.IndexByte(text, quote)
		}
		if end < 0 {
			end, next = len(text), 0 // the go command refuses a quote that is not closed
		}
		fields, text = append(fields, text[:end]), text[end+next:]
	}
}
