package settings

import (
	_ "embed"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/conngen/conngen/schema"
)

// found formats findings, one per line, with the marked text: LINE:COLUMN "MARKED" message (hint).
func found(f *file) []string {
	var lines []string
	for _, d := range f.found {
		line := []rune(f.source.Line(d.Line))
		start := min(d.Column-1, len(line))
		text := fmt.Sprintf("%d:%d %s: %s", d.Line, d.Column, string(line[start:min(start+d.Width, len(line))]), d.Message)
		if d.Hint != "" {
			text += " (" + d.Hint + ")"
		}
		lines = append(lines, text)
	}
	return lines
}

func TestMistakes(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text string
		want []string
	}{
		{`[]`, []string{`1:1 [: settings must be an object, not an array`}},
		{`null`, []string{`1:1 null: settings must be an object, not null`}},
		{"\n {\"a\": 1, \"generat\": {}}", []string{
			`2:3 "a": unknown setting "a" (use "$schema", "generate", "ignore", "root", "rules" or "stub")`,
			`2:11 "generat": unknown setting "generat" (did you mean "generate"?)`,
		}},
		{`{"$schema": 1, "root": "yes", "rules": null, "generate": [], "stub": "x", "ignore": {}}`, []string{
			`1:13 1: $schema must be a string, not 1`,
			`1:24 "yes": root must be true or false, not "yes"`,
			`1:40 null: rules must be an object, not null (write "rules": {"missing-description": "off"})`,
			`1:58 [: generate must be an object, not an array (write "generate": {"out": "connector"})`,
			`1:70 "x": stub must be an object, not "x" (write "stub": {"file": "client.go"})`,
			`1:85 {: ignore must be an array, not an object (write "ignore": [{"rule": "missing-description", "at": "account/userId", "reason": "…"}])`,
		}},
		{`{"$schema": "", "generate": {"out": "", "package": " ", "sdk": "", "names": {"account/x": ""}, "initialisms": [""]}, "stub": {"file": "", "type": ""}}`, []string{
			`1:13 "": $schema must not be empty`,
			`1:37 "": out must not be empty`,
			`1:52 " ": package must not be empty`,
			`1:64 "": sdk must not be empty`,
			`1:91 "": Go name must not be empty`,
			`1:112 "": initialism must not be empty`,
			`1:135 "": file must not be empty`,
			`1:147 "": type must not be empty`,
		}},

		{`{"rules": {"missing-keytype": "off", "schema": "off", "zzz": "off", "no-commands": "fatal", "missing-key-type": "warn", "flat-config-item": 1}}`, []string{
			`1:12 "missing-keytype": unknown rule "missing-keytype" (did you mean "missing-key-type"?)`,
			`1:38 "schema": rule "schema" is an error of the format, which settings cannot change (remove it)`,
			`1:55 "zzz": unknown rule "zzz" (settings change what validate finds, and the command rules lists it)`,
			`1:84 "fatal": "fatal" is not a severity (write "off", "info", "warning" or "error")`,
			`1:113 "warn": "warn" is not a severity (did you mean "warning"?)`,
			`1:141 1: 1 is not a severity (write "off", "info", "warning" or "error")`,
		}},

		{`{"generate": {"output": "x"}}`, []string{`1:15 "output": unknown member "output" of generate (did you mean "out"?)`}},
		{`{"generate": {"out": "-"}}`, []string{`1:22 "-": out "-" is not a folder (write a folder relative to the spec's, such as "connector")`}},
		{`{"generate": {"out": 7}}`, []string{`1:22 7: out must be a string, not 7`}},

		{`{"generate": {"package": "my-hr"}}`, []string{`1:26 "my-hr": package "my-hr" is not a Go identifier (write letters and digits, such as "myhr")`}},
		{`{"generate": {"package": "1-"}}`, []string{`1:26 "1-": package "1-" is not a Go identifier (write letters and digits, such as "connector")`}},
		{`{"generate": {"package": "func"}}`, []string{`1:26 "func": package "func" is a keyword of Go (choose another name)`}},
		{`{"generate": {"package": "main"}}`, []string{`1:26 "main": package "main" cannot be imported (choose another name, such as "connector")`}},
		{`{"generate": {"package": "init"}}`, []string{`1:26 "init": package "init" cannot be imported (choose another name, such as "connector")`}},
		{`{"generate": {"package": "documentation"}}`, []string{`1:26 "documentation": package "documentation" cannot be imported (choose another name, such as "connector")`}},
		{`{"generate": {"package": "_"}}`, []string{`1:26 "_": package "_" cannot be imported (choose another name, such as "connector")`}},

		{`{"generate": {"sdk": "/usr/sdk"}}`, []string{`1:22 "/usr/sdk": sdk "/usr/sdk" is an absolute path (` + sdkForms + `)`}},
		{`{"generate": {"sdk": "C:/sdk"}}`, []string{`1:22 "C:/sdk": sdk "C:/sdk" is an absolute path (` + sdkForms + `)`}},
		{`{"generate": {"sdk": ".\\sdk"}}`, []string{`1:22 ".\\sdk": sdk ".\\sdk" has backslashes (write "./sdk")`}},
		{`{"generate": {"sdk": "C:\\sdk"}}`, []string{`1:22 "C:\\sdk": sdk "C:\\sdk" has backslashes (` + sdkForms + `)`}},
		{`{"generate": {"sdk": "."}}`, []string{`1:22 ".": sdk "." is not a folder of its own (write a folder for the SDK alone, such as "./sdk")`}},
		{`{"generate": {"sdk": ".."}}`, []string{`1:22 "..": sdk ".." is not a folder of its own (write a folder for the SDK alone, such as "./sdk")`}},
		{`{"generate": {"sdk": "./a/../"}}`, []string{`1:22 "./a/../": sdk "./a/../" is not a folder of its own (write a folder for the SDK alone, such as "./sdk")`}},
		{`{"generate": {"sdk": "example.com//sdk"}}`, []string{`1:22 "example.com//sdk": sdk "example.com//sdk" is neither a folder nor an import path (` + sdkForms + `)`}},
		{`{"generate": {"sdk": "example.com/../sdk"}}`, []string{`1:22 "example.com/../sdk": sdk "example.com/../sdk" is neither a folder nor an import path (` + sdkForms + `)`}},
		{`{"generate": {"sdk": "example.com/my sdk"}}`, []string{`1:22 "example.com/my sdk": sdk "example.com/my sdk" is neither a folder nor an import path (` + sdkForms + `)`}},
		{`{"generate": {"sdk": "example.com/sdk."}}`, []string{`1:22 "example.com/sdk.": sdk "example.com/sdk." is neither a folder nor an import path (` + sdkForms + `)`}},
		{`{"generate": {"sdk": "example.com/vendor/sdk"}}`, []string{`1:22 "example.com/vendor/sdk": sdk "example.com/vendor/sdk" is neither a folder nor an import path (` + sdkForms + `)`}},
		{`{"generate": {"sdk": "-x/sdk"}}`, []string{`1:22 "-x/sdk": sdk "-x/sdk" is neither a folder nor an import path (` + sdkForms + `)`}},
		{`{"generate": {"sdk": ".sdk"}}`, []string{`1:22 ".sdk": sdk ".sdk" is neither a folder nor an import path (` + sdkForms + `)`}},
		{`{"generate": {"sdk": "example.com/sdk/"}}`, []string{`1:22 "example.com/sdk/": sdk "example.com/sdk/" is neither a folder nor an import path (` + sdkForms + `)`}},

		{`{"generate": {"names": ["x"]}}`, []string{`1:24 [: names must be an object, not an array (write "names": {"account/userId": "UserID"})`}},
		{`{"generate": {"names": {"account/x": "userId", "account/y": "user-id", "account/z": "1", "account/a": "func", "account/b": null}}}`, []string{
			`1:38 "userId": Go name "userId" is not exported (write "UserID")`,
			`1:61 "user-id": Go name "user-id" is not an identifier (write "UserID")`,
			`1:85 "1": Go name "1" is not an identifier (begin with an upper-case letter, and write letters and digits: "UserID")`,
			`1:103 "func": Go name "func" is not exported (write "Func")`,
			`1:124 null: Go name must be a string, not null`,
		}},
		{`{"generate": {"names": {"": "A", "acount/x": "A", "/account/x": "A", "user": "A", "account": "A", "account/a/b": "A", "account/": "A", "account/a~b": "A", "account/a~": "A"}}}`, []string{
			`1:25 "": wire name must not be empty (write "account/userId")`,
			`1:34 "acount/x": wire name "acount/x" begins with "acount" (did you mean "account"?)`,
			`1:51 "/account/x": wire name "/account/x" begins with a slash (leave it out)`,
			`1:70 "user": wire name "user" begins with "user" (begin with "account", "entitlement", "create", "config", "option" or "command")`,
			`1:83 "account": wire name "account" has too few elements (write "account/ATTRIBUTE")`,
			`1:99 "account/a/b": wire name "account/a/b" has too many elements (write "account/ATTRIBUTE"; ` + escapeHint + `)`,
			`1:119 "account/": wire name "account/" has an empty element (write "account/ATTRIBUTE")`,
			`1:136 "account/a~b": wire name "account/a~b" has a ~ that escapes nothing (` + escapeHint + `)`,
			`1:156 "account/a~": wire name "account/a~" has a ~ that escapes nothing (` + escapeHint + `)`,
		}},
		{`{"generate": {"names": {"entitlement/a/b/c": "A", "option/x": "A", "option//x": "A", "option/a/b/c/d": "A", "config/a/b/c": "A", "create/a/b": "A", "command/a/b": "a"}}}`, []string{
			`1:25 "entitlement/a/b/c": wire name "entitlement/a/b/c" has too many elements (write "entitlement/TYPE" or "entitlement/TYPE/ATTRIBUTE"; ` + escapeHint + `)`,
			`1:51 "option/x": wire name "option/x" has too few elements (write "option/ITEM/VALUE" or "option/CARDS/ITEM/VALUE")`,
			`1:68 "option//x": wire name "option//x" has an empty element (write "option/ITEM/VALUE" or "option/CARDS/ITEM/VALUE")`,
			`1:130 "create/a/b": wire name "create/a/b" has too many elements (write "create/FIELD"; ` + escapeHint + `)`,
			`1:149 "command/a/b": wire name "command/a/b" has too many elements (write "command/NAME"; ` + escapeHint + `)`,
			`1:164 "a": Go name "a" is not exported (write "A")`,
		}},

		{`{"generate": {"initialisms": "IIQ"}}`, []string{`1:30 "IIQ": initialisms must be an array, not "IIQ" (write "initialisms": ["IIQ"])`}},
		{"{\"generate\": {\"initialisms\": [\"IIQ\", \"A B\", \"X\",\n\"iiq\", 5, \"S3\", \"iiq\"]}}", []string{
			`1:38 "A B": initialism "A B" is not a word of letters and digits (list each word by itself)`,
			`1:45 "X": initialism "X" has one character (remove it; single letters are upper-case anyway)`,
			`2:1 "iiq": initialism "iiq" is listed twice, first in line 1 (remove one of the two)`,
			`2:8 5: initialism must be a string, not 5`,
			`2:17 "iiq": initialism "iiq" is listed twice, first in line 1 (remove one of the two)`,
		}},

		{`{"stub": {"file": "client", "typ": "Client"}}`, []string{
			`1:19 "client": file "client" is not a Go file (write a name that ends in .go, such as "client.go")`,
			`1:29 "typ": unknown member "typ" of stub (did you mean "type"?)`,
		}},
		{`{"stub": {"file": "a/client_test.go", "type": "my client"}}`, []string{
			`1:19 "a/client_test.go": file "a/client_test.go" is a test file (write a name that does not end in _test.go, such as "client.go")`,
			`1:47 "my client": type "my client" is not a Go identifier (write letters and digits, such as "Client")`,
		}},
		{`{"stub": {"file": "/app/client.go"}}`, []string{
			`1:19 "/app/client.go": file "/app/client.go" is an absolute path (write a path relative to the spec's folder, such as "client.go")`,
		}},
		{`{"stub": {"file": "C:\\client.go"}}`, []string{
			`1:19 "C:\\client.go": file "C:\\client.go" is an absolute path (write a path relative to the spec's folder, such as "client.go")`,
		}},
		{`{"stub": {"file": "a/.go", "type": "_"}}`, []string{
			`1:19 "a/.go": file "a/.go" is one that Go ignores (write a name that begins with a letter, such as "client.go")`,
			`1:36 "_": type "_" is not a Go identifier (write letters and digits, such as "Client")`,
		}},
		{`{"stub": {"file": "_client.go", "type": "type"}}`, []string{
			`1:19 "_client.go": file "_client.go" is one that Go ignores (write a name that begins with a letter, such as "client.go")`,
			`1:41 "type": type "type" is not a Go identifier (write letters and digits, such as "Client")`,
		}},

		{"{\"ignore\": [\n{},\n\"x\",\n{\"rule\": \"schema\", \"at\": \"\", \"reason\": \" \", \"id\": 1},\n{\"rule\": \"no-comands\", \"at\": \"/a~2\", \"reason\": []}]}", []string{
			`2:1 {: ignore entry has no "at" (add "at", a wire name such as "account/userId", or a JSON Pointer)`,
			`2:1 {: ignore entry has no "reason" (add "reason": why the rule does not apply here)`,
			`2:1 {: ignore entry has no "rule" (add "rule", the ID of the rule)`,
			`3:1 "x": ignore entry must be an object, not "x" (write {"rule": "missing-description", "at": "account/userId", "reason": "…"})`,
			`4:10 "schema": rule "schema" is an error of the format, which settings cannot change (remove it)`,
			`4:26 "": at must not be empty`,
			`4:40 " ": reason must not be empty`,
			`4:45 "id": unknown member "id" of ignore entry (use "at", "reason" or "rule")`,
			`5:10 "no-comands": unknown rule "no-comands" (did you mean "no-commands"?)`,
			`5:30 "/a~2": JSON Pointer "/a~2" has a ~ that escapes nothing (` + escapeHint + `)`,
			`5:48 [: reason must be a string, not an array`,
		}},
		{`{"ignore": [{"rule": "no-commands", "at": "config", "reason": "x"}]}`, []string{
			`1:43 "config": wire name "config" has too few elements (write "config/ITEM" or "config/CARDS/ITEM")`,
		}},

		// Texts that are almost JSON are checked as far as possible.
		{"{\"rules\": {\"zzz\": \"off\",}}", []string{
			`1:12 "zzz": unknown rule "zzz" (settings change what validate finds, and the command rules lists it)`,
			`1:24 ,: trailing comma before '}' (remove the comma)`,
		}},
		{"{\"rules\": {}\n \"x\": 1}", []string{`1:13 : missing comma between members`}},
		{"\uFEFF{\n\"root\": true,\n\"root\": false}", []string{
			`3:1 "root": member name "root" occurs twice in this object, first in line 2; the last one counts (remove one of the two)`,
		}},
		{`{"rules": {"` + strings.Repeat("é", 100) + `": 1e9999999}}`, []string{
			`1:12 "` + strings.Repeat("é", 100) + `": unknown rule "` + strings.Repeat("é", 60) + `…" (settings change what validate finds, and the command rules lists it)`,
		}},
		{`"` + strings.Repeat("x", maxSize) + `"`, []string{`1:1 : file has 262146 bytes; settings have at most 262144`}},
	}
	for _, tt := range tests {
		f := parse(".conngen.json", []byte(tt.text))
		if diff := cmp.Diff(tt.want, found(f)); diff != "" {
			t.Errorf("%.200s (-want +got):\n%s", tt.text, diff)
		}
		for _, d := range f.found {
			if d.Path != ".conngen.json" || d.Severity != schema.Error || d.Rule == "" {
				t.Errorf("%.200s: incomplete: %+v", tt.text, d)
			}
		}
	}
}

// complete has each setting in each of its forms.
//
//go:embed testdata/complete.json
var complete string

func TestNoMistakes(t *testing.T) {
	t.Parallel()
	texts := []string{complete, `{}`, "\uFEFF{}", `{"rules": {}}`}
	for _, sdk := range []string{"../sdk", "../../x/sdk", "./a/../sdk", "sdk", "example.com/x/sdk", "my-first-project/sdk_v2~x+y"} {
		texts = append(texts, fmt.Sprintf(`{"generate": {"sdk": %q}}`, sdk))
	}
	for _, text := range texts {
		if f := parse(FileName, []byte(text)); len(f.found) > 0 {
			t.Errorf("%s: %q", text, found(f))
		}
	}
}

const sdkForms = `write a folder that begins with ./ or ../, or an import path such as "example.com/x/sdk"`
