package settings

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzSettings: for any bytes, mistakes have positions in the text, and a text without mistakes is
// valid under the JSON Schema.
func FuzzSettings(f *testing.F) {
	for _, text := range []string{
		complete, `{}`, `[]`, `null`, ``, `{"rules": null}`, `{"rules": {"schema": "off", "a/b~c": 1}}`, `{"rules": {"no-commands": "off"}, "x": {}}`,
		`{"rules": {"no-commands": ["off"]}}`, `{"rules": {"no-commands": "off"}} x`, "\uFEFF{}", `{"rules":1e9999999}`, `{"$schema": 1}`,
		`{"generate": {"sdk": "\\", "out": "-", "package": "ǅ", "names": {"account/": "ǅ", "option/a/": "X", "%2F/~": ""}, "initialisms": ["ß", "ßß", "SSSS"]}}`,
		`{"stub": {"file": ".go", "type": "\ud800"}}`, `{"ignore": [{}, [], {"rule": "x", "at": "/~", "reason": "\u0000"}]}`, "{\"root\": true, \"root\": false, \xff}",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		file := parse(FileName, []byte(text))
		lines := strings.Split(strings.TrimPrefix(text, "\uFEFF"), "\n")
		for _, d := range file.found {
			if d.Line < 1 || d.Line > len(lines) || d.Column < 1 || d.Column > utf8.RuneCountInString(lines[d.Line-1])+1 || d.Message == "" {
				t.Errorf("not in the file: %v", d)
			}
			if strings.HasPrefix(d.Message, "settings do not match") {
				t.Errorf("only the JSON Schema refuses it: %v", d)
			}
		}
	})
}
