package schema_test

import (
	"fmt"
	"testing"

	"github.com/conngen/conngen/schema"
	"github.com/google/go-cmp/cmp"
)

// A findingsTest has a spec and all findings about it.
type findingsTest struct {
	name, spec string
	want       []string // in the form of findingText
	unreadable bool     // Parse returns no spec
}

func (tt findingsTest) run(t *testing.T) {
	t.Parallel()
	spec, findings := schema.Parse("spec.json", []byte(tt.spec))
	var got []string
	for _, d := range findings {
		got = append(got, findingText(d))
	}
	if diff := cmp.Diff(tt.want, got); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
	if (spec == nil) != tt.unreadable {
		t.Errorf("spec is nil: %v, want %v", spec == nil, tt.unreadable)
	}
}

// findingText writes line:column+width: severity: message [rule] at pointer hint: hint.
func findingText(d schema.Diagnostic) string {
	text := fmt.Sprintf("%d:%d+%d: %s: %s [%s]", d.Line, d.Column, d.Width, d.Severity, d.Message, d.Rule)
	if d.Pointer != "" {
		text += " at " + string(d.Pointer)
	}
	if d.Hint != "" {
		text += " hint: " + d.Hint
	}
	return text
}

func TestSyntaxFindings(t *testing.T) {
	t.Parallel()
	tests := []findingsTest{
		{
			name: "empty file",
			spec: ``,
			want: []string{
				`1:1+1: error: file is empty [json-syntax] hint: a spec is a JSON object: {"name": …, "commands": […], "sourceConfig": […]}`,
			},
			unreadable: true,
		},
		{
			name: "white space only",
			spec: ` 

`,
			want: []string{
				`1:1+1: error: file is empty [json-syntax] hint: a spec is a JSON object: {"name": …, "commands": […], "sourceConfig": […]}`,
			},
			unreadable: true,
		},
		{
			name: "comments only",
			spec: `// nothing
`,
			want: []string{
				`1:1+10: error: JSON has no comments [json-comment] hint: remove the comment`,
				`1:1+1: error: file has comments but no spec [json-syntax]`,
			},
			unreadable: true,
		},
		{
			name: "no object",
			spec: `[1]`,
			want: []string{
				`1:1+1: error: spec must be a JSON object, not an array [schema]`,
			},
			unreadable: true,
		},
		{
			name: "a string",
			spec: `"spec"`,
			want: []string{
				`1:1+6: error: spec must be a JSON object, not a string [schema]`,
			},
			unreadable: true,
		},
		{
			name: "unterminated string",
			spec: `{
  "name": "x,
  "a": 1
}`,
			want: []string{
				`2:11+3: error: string is not closed on its line [json-syntax] hint: add the closing quote; a line break in a string is written \n`,
			},
			unreadable: true,
		},
		{
			name: "unterminated at the end",
			spec: `{"name": "x`,
			want: []string{
				`1:10+2: error: string is not closed on its line [json-syntax] hint: add the closing quote; a line break in a string is written \n`,
			},
			unreadable: true,
		},
		{
			name: "control character",
			spec: `{"na	me": 1}`,
			want: []string{
				`1:5+1: error: control character U+0009 in a string [json-syntax] hint: write \t`,
			},
			unreadable: true,
		},
		{
			name: "unknown escape",
			spec: `{"path": "C:\dir"}`,
			want: []string{
				`1:13+2: error: \d is not an escape in JSON [json-syntax] hint: write \\ for a backslash`,
			},
			unreadable: true,
		},
		{
			name: "short unicode escape",
			spec: `{"a": "\u12"}`,
			want: []string{
				`1:8+2: error: \u is not followed by four hexadecimal digits [json-syntax] hint: write \\ for a backslash`,
			},
			unreadable: true,
		},
		{
			name: "backslash before line end",
			spec: `{"a": "\
"}`,
			want: []string{
				`1:8+1: error: backslash escapes nothing [json-syntax] hint: write \\ for a backslash`,
			},
			unreadable: true,
		},
		{
			name: "single quotes",
			spec: `{'name': 1}`,
			want: []string{
				`1:2+1: error: JSON has no single-quoted names or strings [json-syntax] hint: use double quotes`,
			},
			unreadable: true,
		},
		{
			name: "single quotes for a value",
			spec: `{"name": 'x'}`,
			want: []string{
				`1:10+1: error: JSON has no single-quoted names or strings [json-syntax] hint: use double quotes`,
			},
			unreadable: true,
		},
		{
			name: "curly quotes",
			spec: `{“name”: 1}`,
			want: []string{
				`1:2+1: error: JSON has no names or strings in quotes like “ [json-syntax] hint: use plain double quotes: "`,
			},
			unreadable: true,
		},
		{
			name: "unquoted name",
			spec: `{
	name: 1}`,
			want: []string{
				`2:2+4: error: member name "name" has no quotes [json-syntax] hint: put names in double quotes`,
			},
			unreadable: true,
		},
		{
			name: "unquoted value",
			spec: `{"name": connector}`,
			want: []string{
				`1:10+9: error: value has no quotes [json-syntax] hint: put strings in double quotes`,
			},
			unreadable: true,
		},
		{
			name: "value in wrong case",
			spec: `{"a": True}`,
			want: []string{
				`1:7+4: error: "True" is not a value in JSON [json-syntax] hint: write true`,
			},
			unreadable: true,
		},
		{
			name: "value of another language",
			spec: `{"a": None}`,
			want: []string{
				`1:7+4: error: "None" is not a value in JSON [json-syntax] hint: write null`,
			},
			unreadable: true,
		},
		{
			name: "leading zero",
			spec: `{"a": 007}`,
			want: []string{
				`1:7+3: error: "007" is not a number in JSON [json-syntax] hint: leave out the leading zero`,
			},
			unreadable: true,
		},
		{
			name: "plus sign",
			spec: `{"a": +1}`,
			want: []string{
				`1:7+2: error: "+1" is not a number in JSON [json-syntax] hint: leave out the plus sign`,
			},
			unreadable: true,
		},
		{
			name: "point without digits",
			spec: `{"a": .5}`,
			want: []string{
				`1:7+2: error: ".5" is not a number in JSON [json-syntax] hint: write digits on both sides of the point`,
			},
			unreadable: true,
		},
		{
			name: "not a number",
			spec: `{"a": 1x}`,
			want: []string{
				`1:7+2: error: "1x" is not a number in JSON [json-syntax] hint: put strings in double quotes`,
			},
			unreadable: true,
		},
		{
			name: "missing comma between members",
			spec: `{
  "ä": "ö"
  "b": 1
}`,
			want: []string{
				`2:11+1: error: missing comma between members [json-syntax]`,
			},
			unreadable: true,
		},
		{
			name: "missing comma between elements",
			spec: `{"a": [1 2]}`,
			want: []string{
				`1:9+1: error: missing comma between elements [json-syntax]`,
			},
			unreadable: true,
		},
		{
			name: "quote in a string",
			spec: `{"a": "say "hi""}`,
			want: []string{
				`1:13+1: error: missing comma between members [json-syntax] hint: a quote inside a string is written \"`,
			},
			unreadable: true,
		},
		{
			name: "missing colon",
			spec: `{"a" 1}`,
			want: []string{
				`1:5+1: error: missing colon after member name "a" [json-syntax]`,
			},
			unreadable: true,
		},
		{
			name: "equals sign",
			spec: `{"a" = 1}`,
			want: []string{
				`1:6+1: error: member name "a" is followed by an equals sign [json-syntax] hint: write a colon`,
			},
			unreadable: true,
		},
		{
			name: "name without value",
			spec: `{"a", "b": 1}`,
			want: []string{
				`1:2+3: error: member "a" has no value [json-syntax] hint: add a colon and the value`,
			},
			unreadable: true,
		},
		{
			name: "missing value before comma",
			spec: `{"a": , "b": 1}`,
			want: []string{
				`1:7+1: error: value is missing before the comma [json-syntax]`,
			},
			unreadable: true,
		},
		{
			name: "missing value before bracket",
			spec: `{"a": }`,
			want: []string{
				`1:6+1: error: value is missing after the colon [json-syntax]`,
			},
			unreadable: true,
		},
		{
			name: "comma without value",
			spec: `{"a": [1,,2]}`,
			want: []string{
				`1:10+1: error: comma without a value before it [json-syntax] hint: remove it`,
			},
			unreadable: true,
		},
		{
			name: "comma first",
			spec: `{, "a": 1}`,
			want: []string{
				`1:2+1: error: comma without a value before it [json-syntax] hint: remove it`,
			},
			unreadable: true,
		},
		{
			name: "semicolon",
			spec: `{"a": 1; "b": 2}`,
			want: []string{
				`1:8+1: error: ';' in place of a comma or the closing bracket [json-syntax]`,
			},
			unreadable: true,
		},
		{
			name: "wrong bracket",
			spec: `{"a": [1}`,
			want: []string{
				`1:9+1: error: '}' does not close the '[' of line 1 [json-syntax]`,
			},
			unreadable: true,
		},
		{
			name: "wrong bracket in an object",
			spec: `{
"a": 1]`,
			want: []string{
				`2:7+1: error: ']' does not close the '{' of line 1 [json-syntax]`,
			},
			unreadable: true,
		},
		{
			name: "bracket in place of a name",
			spec: `{]`,
			want: []string{
				`1:2+1: error: ']' does not close the '{' of line 1 [json-syntax]`,
			},
			unreadable: true,
		},
		{
			name: "bracket in place of an element",
			spec: `{"a": [}`,
			want: []string{
				`1:8+1: error: '}' does not close the '[' of line 1 [json-syntax]`,
			},
			unreadable: true,
		},
		{
			name: "end of file",
			spec: `{
  "a": [
    1

`,
			want: []string{
				`3:6+1: error: file ends before the '[' of line 2 is closed [json-syntax]`,
			},
			unreadable: true,
		},
		{
			name: "end of file after name",
			spec: `{"a"`,
			want: []string{
				`1:5+1: error: file ends before the '{' of line 1 is closed [json-syntax]`,
			},
			unreadable: true,
		},
		{
			name: "end of file after comma",
			spec: `{"a": 1,`,
			want: []string{
				`1:9+1: error: file ends before the '{' of line 1 is closed [json-syntax]`,
			},
			unreadable: true,
		},
		{
			name: "bracket too many",
			spec: `{}
}`,
			want: []string{
				`2:1+1: error: '}' closes nothing [json-syntax] hint: remove it, or an earlier one`,
			},
			unreadable: true,
		},
		{
			name: "second value",
			spec: `{}
{}`,
			want: []string{
				`2:1+1: error: second value after the end of the spec [json-syntax] hint: keep one JSON object in the file`,
			},
			unreadable: true,
		},
		{
			name: "comma at the end",
			spec: `{},`,
			want: []string{
				`1:3+1: error: comma after the end of the spec [json-syntax] hint: remove it`,
			},
			unreadable: true,
		},
		{
			name: "bracket first",
			spec: `}`,
			want: []string{
				`1:1+1: error: '}' closes nothing [json-syntax] hint: remove it, or an earlier one`,
			},
			unreadable: true,
		},
		{
			name: "number sign",
			spec: `{
  # note
}`,
			want: []string{
				`2:3+1: error: number sign does not begin a comment [json-syntax] hint: remove it; JSON has no comments`,
			},
			unreadable: true,
		},
		{
			name: "invisible character",
			spec: "{\n\u00a0\"a\": 1}",
			want: []string{
				`2:1+1: error: invisible character U+00A0 in place of a member name [json-syntax] hint: remove it`,
			},
			unreadable: true,
		},
		{
			name: "odd character",
			spec: `{"a": @}`,
			want: []string{
				`1:7+1: error: '@' in place of a value [json-syntax]`,
			},
			unreadable: true,
		},
		{
			name: "comment not closed",
			spec: `{"a": 1 /* never`,
			want: []string{
				`1:9+2: error: comment is never closed [json-syntax] hint: remove it; JSON has no comments`,
			},
			unreadable: true,
		},
		{
			name: "null bytes",
			spec: "{\u0000}",
			want: []string{
				`1:1+1: error: file is encoded as UTF-16 [json-syntax] hint: save the file as UTF-8`,
			},
			unreadable: true,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, tt.run)
	}
}

func TestFormatFindings(t *testing.T) {
	t.Parallel()
	tests := []findingsTest{
		{
			name: "minimal",
			spec: `{"name": "x", "commands": ["std:test-connection"], "sourceConfig": []}`,
		},
		{
			name: "trailing comma in an array",
			spec: `{"name": "x", "commands": ["a",
], "sourceConfig": []}`,
			want: []string{
				`1:31+1: error: trailing comma before ']' [json-trailing-comma] hint: remove the comma`,
			},
		},
		{
			name: "trailing commas with comment",
			spec: `{"name": "x", "commands": ["a"], "sourceConfig": [], // last
}`,
			want: []string{
				`1:52+1: error: trailing comma before '}' [json-trailing-comma] hint: remove the comma`,
				`1:54+7: error: JSON has no comments [json-comment] hint: remove the comment`,
			},
		},
		{
			name: "comments",
			spec: `// spec
{"name": /* ä */ "x", "commands": [], "sourceConfig": []} // end`,
			want: []string{
				`1:1+7: error: JSON has no comments [json-comment] hint: remove the comment`,
				`2:10+7: error: JSON has no comments [json-comment] hint: remove the comment`,
				`2:59+6: error: JSON has no comments [json-comment] hint: remove the comment`,
			},
		},
		{
			name: "byte order mark",
			spec: "\ufeff{\"name\": \"x\", \"commands\": [\"std:test-connection\"], \"sourceConfig\": []}",
			want: []string{
				`1:1+1: warning: file begins with a byte order mark, which the platform does not read [utf8-bom] hint: save the file as UTF-8 without byte order mark`,
			},
		},
		{
			name: "duplicate key",
			spec: `{"name": "x",
"name": "y", "commands": [], "sourceConfig": [],
"name": "z"}`,
			want: []string{
				`2:1+6: warning: member name "name" occurs twice in this object, first in line 1; the last one counts [duplicate-json-key] hint: remove one of the two`,
				`3:1+6: warning: member name "name" occurs twice in this object, first in line 1; the last one counts [duplicate-json-key] hint: remove one of the two`,
			},
		},
		{
			name: "merge conflict",
			spec: `{
<<<<<<< HEAD
"name": "x",
=======
"name": "y",
>>>>>>> other
}`,
			want: []string{
				`2:1+12: error: merge conflict is not resolved [merge-conflict-markers] hint: keep one of the versions and remove the marker lines`,
			},
			unreadable: true,
		},
		{
			name: "three-way merge conflict without opening line",
			spec: `{
"name": "x",
||||||| base
"name": "y",
=======
}`,
			want: []string{
				`3:1+12: error: merge conflict is not resolved [merge-conflict-markers] hint: keep one of the versions and remove the marker lines`,
			},
			unreadable: true,
		},
		{
			name: "markers in a file that is JSON",
			spec: `{"name": "x", "commands": ["std:test-connection"], "sourceConfig": [],
"description": "\n<<<<<<< HEAD"}`,
		},
		{
			name: "nothing",
			spec: `{}`,
			want: []string{
				`1:1+1: error: spec needs a name [schema] hint: add "name", the display name of the connector`,
				`1:1+1: error: spec needs a sourceConfig [schema] hint: add "sourceConfig": []; it may be empty`,
				`1:1+1: error: spec needs commands [schema] hint: add "commands": ["std:test-connection"]`,
			},
		},
		{
			name: "null for what is needed",
			spec: `{"name": null, "commands": null, "sourceConfig": null}`,
			want: []string{
				`1:10+4: error: spec needs a name [schema] at /name hint: add "name", the display name of the connector`,
				`1:28+4: error: spec needs commands [schema] at /commands hint: add "commands": ["std:test-connection"]`,
				`1:50+4: error: spec needs a sourceConfig [schema] at /sourceConfig hint: add "sourceConfig": []; it may be empty`,
			},
		},
		{
			name: "empty name",
			spec: `{"name": "", "commands": ["std:test-connection"], "sourceConfig": []}`,
			want: []string{
				`1:10+2: error: name must not be empty [schema] at /name hint: add "name", the display name of the connector`,
			},
		},
		{
			name: "name is no string",
			spec: `{"name": [1], "commands": ["std:test-connection"], "sourceConfig": []}`,
			want: []string{
				`1:10+1: error: name must be a string, not an array [schema] at /name`,
			},
		},
		{
			name: "commands as string",
			spec: `{"name": "x", "commands": "std:account:list", "sourceConfig": []}`,
			want: []string{
				`1:27+18: error: commands must be an array of command names, not a string [schema] at /commands hint: write "commands": ["std:account:list"]`,
			},
		},
		{
			name: "commands as object",
			spec: `{"name": "x", "commands": {"std:account:list": true}, "sourceConfig": []}`,
			want: []string{
				`1:27+1: error: commands must be an array of command names, not an object [schema] at /commands hint: list the names: "commands": ["std:test-connection", …]`,
			},
		},
		{
			name: "command is no string",
			spec: `{"name": "x", "commands": ["std:account:list", 1, ""], "sourceConfig": []}`,
			want: []string{
				`1:48+1: error: command must be a string, not a number [schema] at /commands/1`,
				`1:51+2: error: command must not be empty [schema] at /commands/2 hint: remove it`,
			},
		},
		{
			name: "sourceConfig as object",
			spec: `{"name": "x", "commands": ["std:test-connection"], "sourceConfig": {}}`,
			want: []string{
				`1:68+1: error: sourceConfig must be an array of menus, sections and config items, not an object [schema] at /sourceConfig`,
			},
		},
		{
			name: "key type",
			spec: `{"name": "x", "commands": ["std:test-connection"], "sourceConfig": [],
"keyType": "Simple"}`,
			want: []string{
				`2:12+8: error: keyType must be "simple" or "compound", not "Simple" [schema] at /keyType hint: did you mean "simple"?`,
			},
		},
		{
			name: "key type absent in other words",
			spec: `{"name": "x", "commands": ["std:test-connection"], "sourceConfig": [],
"keyType": ""}`,
		},
		{
			name: "flag",
			spec: `{"name": "x", "commands": ["std:test-connection"], "sourceConfig": [],
"supportsStatefulCommands": "yes", "showDebugLoggingOption": "true", "supportsCustomSchemas": 1}`,
			want: []string{
				`2:29+5: error: supportsStatefulCommands must be true or false, not "yes" [schema] at /supportsStatefulCommands`,
				`2:95+1: error: supportsCustomSchemas must be true or false, not 1 [schema] at /supportsCustomSchemas`,
			},
		},
		{
			name: "parts of wrong type",
			spec: `{"name": "x", "commands": ["std:test-connection"], "sourceConfig": [],
"sourceConfigInitialValues": [], "accountSchema": [], "entitlementSchemas": {}, "accountCreateTemplate": "x"}`,
			want: []string{
				`2:30+1: error: sourceConfigInitialValues must be an object, not an array [schema] at /sourceConfigInitialValues`,
				`2:51+1: error: accountSchema must be an object, not an array [schema] at /accountSchema`,
				`2:77+1: error: entitlementSchemas must be an array of entitlement schemas, not an object [schema] at /entitlementSchemas`,
				`2:106+3: error: accountCreateTemplate must be an object, not a string [schema] at /accountCreateTemplate`,
			},
		},
		{
			name: "parts null",
			spec: `{"name": "x", "commands": ["std:test-connection"], "sourceConfig": [],
"sourceConfigInitialValues": null, "accountSchema": null, "entitlementSchemas": null, "accountCreateTemplate": null}`,
		},
		{
			name: "entry without type",
			spec: `{"name": "x", "commands": ["std:test-connection"], "sourceConfig": [
{"name": "general", "key": "g", "sections": [{"name": "a", "fields": []}]}
]}`,
			want: []string{
				`2:1+1: error: entry "g" has no type; an entry is a menu (type "menu", label, items), a section (type "section", items) or a config item (type, key, label) [source-config-entry-unrecognised] at /sourceConfig/0 hint: add "type": "menu" and a "label", and rename "sections" to "items"`,
			},
		},
		{
			name: "entry with fields",
			spec: `{"name": "x", "commands": ["std:test-connection"], "sourceConfig": [
{"name": "a", "fields": [{}]}
]}`,
			want: []string{
				`2:1+1: error: entry "a" has no type; an entry is a menu (type "menu", label, items), a section (type "section", items) or a config item (type, key, label) [source-config-entry-unrecognised] at /sourceConfig/0 hint: add "type": "section", and rename "fields" to "items"`,
			},
		},
		{
			name: "item without type",
			spec: `{"name": "x", "commands": ["std:test-connection"], "sourceConfig": [
{"key": "a", "label": "A"}
]}`,
			want: []string{
				`2:1+1: error: entry "A" has no type; an entry is a menu (type "menu", label, items), a section (type "section", items) or a config item (type, key, label) [source-config-entry-unrecognised] at /sourceConfig/0 hint: add the type of the config item, for example "type": "text"`,
			},
		},
		{
			name: "entry of empty type",
			spec: `{"name": "x", "commands": ["std:test-connection"], "sourceConfig": [
{"type": "", "items": []}
]}`,
			want: []string{
				`2:10+2: error: entry has no type; an entry is a menu (type "menu", label, items), a section (type "section", items) or a config item (type, key, label) [source-config-entry-unrecognised] at /sourceConfig/0/type hint: use menu > section > item`,
			},
		},
		{
			name: "type is no string",
			spec: `{"name": "x", "commands": ["std:test-connection"], "sourceConfig": [
{"type": 1, "key": "a", "label": "A"}
]}`,
			want: []string{
				`2:10+1: error: config item "a": type must be a string, not a number [schema] at /sourceConfig/0/type`,
			},
		},
		{
			name: "entry is no object",
			spec: `{"name": "x", "commands": ["std:test-connection"], "sourceConfig": [
"apiKey"
]}`,
			want: []string{
				`2:1+8: error: entry must be an object, not a string [schema] at /sourceConfig/0`,
			},
		},
		{
			name: "menu without label and items",
			spec: `{"name": "x", "commands": ["std:test-connection"], "sourceConfig": [
{"type": "menu"}
]}`,
			want: []string{
				`2:1+1: error: menu needs a label [schema] at /sourceConfig/0 hint: add "label", the text shown`,
				`2:1+1: error: menu needs items [schema] at /sourceConfig/0 hint: add "items": []`,
			},
		},
		{
			name: "section without items",
			spec: `{"name": "x", "commands": ["std:test-connection"], "sourceConfig": [
{"type": "section", "sectionTitle": "A"}
]}`,
			want: []string{
				`2:1+1: error: section "A" needs items [schema] at /sourceConfig/0 hint: add "items": []`,
			},
		},
		{
			name: "items as object",
			spec: `{"name": "x", "commands": ["std:test-connection"], "sourceConfig": [
{"type": "section", "sectionTitle": "A", "items": {}}
]}`,
			want: []string{
				`2:51+1: error: section "A": items must be an array of sections and config items, not an object [schema] at /sourceConfig/0/items`,
			},
		},
		{
			name: "menu in wrong case",
			spec: `{"name": "x", "commands": ["std:test-connection"], "sourceConfig": [
{"type": "Menu", "label": "A", "items": [{"type": "sections", "items": []}]}
]}`,
			want: []string{
				`2:10+6: error: entry type must be "menu", not "Menu" [schema] at /sourceConfig/0/type hint: write "type": "menu"`,
			},
		},
		{
			name: "section in wrong case",
			spec: `{"name": "x", "commands": ["std:test-connection"], "sourceConfig": [
{"type": "Section", "sectionTitle": "A", "items": []}
]}`,
			want: []string{
				`2:10+9: error: entry type must be "section", not "Section" [schema] at /sourceConfig/0/type hint: write "type": "section"`,
			},
		},
		{
			name: "item with name but no key",
			spec: `{"name": "x", "commands": ["std:test-connection"], "sourceConfig": [
{"type": "text",
 "name": "apiKey", "label": "API Key"}
]}`,
			want: []string{
				`3:2+6: error: config item "API Key" needs a key [item-key-missing] at /sourceConfig/0/name hint: rename "name" to "key"`,
			},
		},
		{
			name: "item without key",
			spec: `{"name": "x", "commands": ["std:test-connection"], "sourceConfig": [
{"type": "text", "label": "API Key"}
]}`,
			want: []string{
				`2:1+1: error: config item "API Key" needs a key [item-key-missing] at /sourceConfig/0 hint: add "key", the name of the value in the config`,
			},
		},
		{
			name: "item without key and label",
			spec: `{"name": "x", "commands": ["std:test-connection"], "sourceConfig": [
{"type": "text"}
]}`,
			want: []string{
				`2:1+1: error: config item needs a key [item-key-missing] at /sourceConfig/0 hint: add "key", the name of the value in the config`,
				`2:1+1: error: config item needs a label [schema] at /sourceConfig/0 hint: add "label", the text shown`,
			},
		},
		{
			name: "item with empty key and label",
			spec: `{"name": "x", "commands": ["std:test-connection"], "sourceConfig": [
{"type": "text", "key": "", "label": ""}
]}`,
			want: []string{
				`2:25+2: error: config item needs a key [item-key-missing] at /sourceConfig/0/key hint: add "key", the name of the value in the config`,
				`2:38+2: error: config item: label must not be empty [schema] at /sourceConfig/0/label hint: add "label", the text shown`,
			},
		},
		{
			name: "item deep down",
			spec: `{"name": "x", "commands": ["std:test-connection"], "sourceConfig": [
{"type": "menu", "label": "M", "items": [{"type": "section", "items": [
{"type": "text", "key": 1, "label": "L"}]}]}
]}`,
			want: []string{
				`3:25+1: error: config item "L": key must be a string, not a number [schema] at /sourceConfig/0/items/0/items/0/key`,
			},
		},
		{
			name: "limits",
			spec: `{"name": "x", "commands": ["std:test-connection"], "sourceConfig": [
{"type": "number", "key": "n", "label": "N", "min": true, "max": [], "maxlength": null, "parentValue": {}}
]}`,
			want: []string{
				`2:53+4: error: config item "n": min must be a number or a string, not a boolean [schema] at /sourceConfig/0/min`,
				`2:66+1: error: config item "n": max must be a number or a string, not an array [schema] at /sourceConfig/0/max`,
				`2:83+4: error: config item "n": maxlength must be a number or a string, not null [schema] at /sourceConfig/0/maxlength hint: leave it out`,
				`2:104+1: error: config item "n": parentValue must be a string, a boolean or a number, not an object [schema] at /sourceConfig/0/parentValue`,
			},
		},
		{
			name: "option",
			spec: `{"name": "x", "commands": ["std:test-connection"], "sourceConfig": [
{"type": "radio", "key": "r", "label": "R", "options": [{"label": "A"}, {"value": "b"}, {"label": "C", "value": []}, "d"]}
]}`,
			want: []string{
				`2:57+1: error: option "A" needs a value [schema] at /sourceConfig/0/options/0 hint: add "value", what the connector receives`,
				`2:73+1: error: option "b" needs a label [schema] at /sourceConfig/0/options/1 hint: add "label", the text shown`,
				`2:113+1: error: option "C": value must be a string, a number or a boolean, not an array [schema] at /sourceConfig/0/options/2/value`,
				`2:118+3: error: option must be an object, not a string [schema] at /sourceConfig/0/options/3`,
			},
		},
		{
			name: "options as object",
			spec: `{"name": "x", "commands": ["std:test-connection"], "sourceConfig": [
{"type": "radio", "key": "r", "label": "R", "options": {}}
]}`,
			want: []string{
				`2:56+1: error: config item "r": options must be an array of options, not an object [schema] at /sourceConfig/0/options`,
			},
		},
		{
			name: "options null",
			spec: `{"name": "x", "commands": ["std:test-connection"], "sourceConfig": [
{"type": "text", "key": "r", "label": "R", "options": null}
]}`,
			want: []string{
				`2:55+4: error: config item "r": options must be an array of options, not null [schema] at /sourceConfig/0/options hint: leave it out`,
			},
		},
		{
			name: "key value part",
			spec: `{"name": "x", "commands": ["std:test-connection"], "sourceConfig": [
{"type": "keyValue", "key": "k", "label": "K", "keyValueKey": {"key": "key", "required": "no", "maxlength": {}}}
]}`,
			want: []string{
				`2:90+4: error: keyValueKey: required must be true or false, not "no" [schema] at /sourceConfig/0/keyValueKey/required`,
				`2:109+1: error: keyValueKey: maxlength must be a number or a string, not an object [schema] at /sourceConfig/0/keyValueKey/maxlength`,
			},
		},
		{
			name: "card list without pages",
			spec: `{"name": "x", "commands": ["std:test-connection"], "sourceConfig": [
{"type": "cardList", "key": "c", "label": "C"}
]}`,
			want: []string{
				`2:1+1: error: config item "c" needs subMenus [schema] at /sourceConfig/0 hint: add "subMenus": [{"label": "…", "items": []}]`,
			},
		},
		{
			name: "card page without items",
			spec: `{"name": "x", "commands": ["std:test-connection"], "sourceConfig": [
{"type": "cardList", "key": "c", "label": "C", "subMenus": [{"label": "P"}]}
]}`,
			want: []string{
				`2:61+1: error: card page "P" needs items [schema] at /sourceConfig/0/subMenus/0 hint: add "items": []`,
			},
		},
		{
			name: "item in a card",
			spec: `{"name": "x", "commands": ["std:test-connection"], "sourceConfig": [
{"type": "cardList", "key": "c", "label": "C", "addButton": "maybe", "subMenus": [{"label": "P", "items": [
{"type": "text", "label": "T"}]}]}
]}`,
			want: []string{
				`2:61+7: error: config item "c": addButton must be true or false, not "maybe" [schema] at /sourceConfig/0/addButton`,
				`3:1+1: error: config item "T" needs a key [item-key-missing] at /sourceConfig/0/subMenus/0/items/0 hint: add "key", the name of the value in the config`,
			},
		},
		{
			name: "account schema without anything",
			spec: `{"name": "x", "commands": ["std:test-connection"], "sourceConfig": [],
"accountSchema": {}}`,
			want: []string{
				`2:18+1: error: accountSchema needs a displayAttribute [schema] at /accountSchema hint: name the attribute that is shown as the name`,
				`2:18+1: error: accountSchema needs an identityAttribute [schema] at /accountSchema hint: name the attribute that is the ID`,
				`2:18+1: error: accountSchema needs attributes [schema] at /accountSchema hint: add "attributes": [{"name": "id", "type": "string"}]`,
			},
		},
		{
			name: "attributes as object",
			spec: `{"name": "x", "commands": ["std:test-connection"], "sourceConfig": [],
"accountSchema": {"displayAttribute": "id", "identityAttribute": "id", "attributes": {"id": {"type": "string"}}}}`,
			want: []string{
				`2:86+1: error: accountSchema: attributes must be an array of attributes, not an object [schema] at /accountSchema/attributes hint: list the attributes: "attributes": [{"name": "id", "type": "string"}, …]`,
			},
		},
		{
			name: "attribute without name and type",
			spec: `{"name": "x", "commands": ["std:account:list"], "sourceConfig": [],
"accountSchema": {"displayAttribute": "id", "identityAttribute": "id", "attributes": [
{"name": "id", "type": "string"}, {}
]}}`,
			want: []string{
				`3:35+1: error: attribute needs a name [schema] at /accountSchema/attributes/1 hint: add "name"`,
				`3:35+1: error: attribute needs a type [schema] at /accountSchema/attributes/1 hint: add "type": "string", "boolean", "int" or "long"`,
			},
		},
		{
			name: "attribute of unknown type",
			spec: `{"name": "x", "commands": ["std:account:list"], "sourceConfig": [],
"accountSchema": {"displayAttribute": "id", "identityAttribute": "id", "attributes": [
{"name": "id", "type": "string"},
{"name": "n", "type": "number"},
{"name": "s", "type": "String"},
{"name": "b", "type": "bool"},
{"name": "x", "type": "strng"},
{"name": "y", "type": 5},
{"name": "z", "type": null}
]}}`,
			want: []string{
				`4:23+8: error: attribute "n": type must be "string", "boolean", "int" or "long", not "number" [unknown-attribute-type] at /accountSchema/attributes/1/type hint: use "int" or "long"`,
				`5:23+8: error: attribute "s": type must be "string", "boolean", "int" or "long", not "String" [unknown-attribute-type] at /accountSchema/attributes/2/type hint: did you mean "string"?`,
				`6:23+6: error: attribute "b": type must be "string", "boolean", "int" or "long", not "bool" [unknown-attribute-type] at /accountSchema/attributes/3/type hint: use "boolean"`,
				`7:23+7: error: attribute "x": type must be "string", "boolean", "int" or "long", not "strng" [unknown-attribute-type] at /accountSchema/attributes/4/type hint: did you mean "string"?`,
				`8:23+1: error: attribute "y": type must be "string", "boolean", "int" or "long", not 5 [unknown-attribute-type] at /accountSchema/attributes/5/type`,
				`9:23+4: error: attribute "z" needs a type [schema] at /accountSchema/attributes/6/type hint: add "type": "string", "boolean", "int" or "long"`,
			},
		},
		{
			name: "attribute flag",
			spec: `{"name": "x", "commands": ["std:account:list"], "sourceConfig": [],
"accountSchema": {"displayAttribute": "id", "identityAttribute": "id", "attributes": [
{"name": "id", "type": "string", "multi": "yes", "entitlement": "true", "managed": null}
]}}`,
			want: []string{
				`3:43+5: error: attribute "id": multi must be true or false, not "yes" [schema] at /accountSchema/attributes/0/multi`,
				`3:84+4: error: attribute "id": managed must be true or false, not null [schema] at /accountSchema/attributes/0/managed hint: leave it out`,
			},
		},
		{
			name: "attribute is no object",
			spec: `{"name": "x", "commands": ["std:account:list"], "sourceConfig": [],
"accountSchema": {"displayAttribute": "id", "identityAttribute": "id", "attributes": [
{"name": "id", "type": "string"}, "name"
]}}`,
			want: []string{
				`3:35+6: error: attribute must be an object, not a string [schema] at /accountSchema/attributes/1`,
			},
		},
		{
			name: "entitlement schema without type",
			spec: `{"name": "x", "commands": ["std:test-connection"], "sourceConfig": [],
"entitlementSchemas": [{"displayAttribute": "id", "identityAttribute": "id", "attributes": []}, 1]}`,
			want: []string{
				`2:24+1: error: entitlement schema needs a type [schema] at /entitlementSchemas/0 hint: add "type": "group"`,
				`2:97+1: error: entitlement schema must be an object, not a number [schema] at /entitlementSchemas/1`,
			},
		},
		{
			name: "template without fields",
			spec: `{"name": "x", "commands": ["std:test-connection"], "sourceConfig": [],
"accountCreateTemplate": {}}`,
			want: []string{
				`2:26+1: error: accountCreateTemplate needs fields [schema] at /accountCreateTemplate hint: add "fields": []`,
			},
		},
		{
			name: "field without key",
			spec: `{"name": "x", "commands": ["std:test-connection"], "sourceConfig": [],
"accountCreateTemplate": {"fields": [
{"label": "L", "type": "string"},
{"key": "", "type": "string"},
{"key": null, "type": "string"},
{"key": 1, "type": "string"},
{"name": "old", "type": "string"},
{"key": "", "name": "old", "type": "string"}
]}}`,
			want: []string{
				`3:1+1: error: template field "L" needs a key [field-key-missing] at /accountCreateTemplate/fields/0 hint: add "key", the name of the attribute`,
				`4:9+2: error: template field needs a key [field-key-missing] at /accountCreateTemplate/fields/1/key hint: add "key", the name of the attribute`,
				`5:9+4: error: template field needs a key [field-key-missing] at /accountCreateTemplate/fields/2/key hint: add "key", the name of the attribute`,
				`6:9+1: error: template field: key must be a string, not a number [schema] at /accountCreateTemplate/fields/3/key`,
			},
		},
		{
			name: "field of unknown type",
			spec: `{"name": "x", "commands": ["std:test-connection"], "sourceConfig": [],
"accountCreateTemplate": {"fields": [
{"key": "a", "type": "array"},
{"key": "b", "type": "integer"},
{"key": "c"}
]}}`,
			want: []string{
				`4:22+9: error: template field "b": type must be "string", "boolean", "int", "long" or "array", not "integer" [unknown-attribute-type] at /accountCreateTemplate/fields/1/type hint: use "int"`,
				`5:1+1: error: template field "c" needs a type [schema] at /accountCreateTemplate/fields/2 hint: add "type": "string", "boolean", "int" or "long"`,
			},
		},
		{
			name: "initial value",
			spec: `{"name": "x", "commands": ["std:test-connection"], "sourceConfig": [],
"accountCreateTemplate": {"fields": [
{"key": "a", "type": "string", "initialValue": {"type": "Static", "attributes": {}}},
{"key": "b", "type": "string", "initialValue": {"type": "fixed"}},
{"key": "c", "type": "string", "initialValue": {"type": "static", "attributes": {"value": [], "maxSize": true}}},
{"key": "d", "type": "string", "initialValue": "x"}
]}}`,
			want: []string{
				`3:57+8: error: initialValue of template field "a": type must be "identityAttribute", "static" or "generator", not "Static" [unknown-initial-value-type] at /accountCreateTemplate/fields/0/initialValue/type hint: did you mean "static"?`,
				`4:48+1: error: initialValue of template field "b" needs attributes [schema] at /accountCreateTemplate/fields/1/initialValue hint: add "attributes": {}`,
				`4:57+7: error: initialValue of template field "b": type must be "identityAttribute", "static" or "generator", not "fixed" [unknown-initial-value-type] at /accountCreateTemplate/fields/1/initialValue/type`,
				`5:91+1: error: initialValue of template field "c": value must be a string, a number or a boolean, not an array [schema] at /accountCreateTemplate/fields/2/initialValue/attributes/value`,
				`5:106+4: error: initialValue of template field "c": maxSize must be a number or a string, not a boolean [schema] at /accountCreateTemplate/fields/2/initialValue/attributes/maxSize`,
				`6:48+3: error: initialValue of template field "d" must be an object, not a string [schema] at /accountCreateTemplate/fields/3/initialValue`,
			},
		},
		{
			name: "identity attribute missing",
			spec: `{"name": "x", "commands": ["std:account:list"], "sourceConfig": [],
"accountSchema": {"displayAttribute": "uid", "identityAttribute": "uuid", "attributes": [
{"name": "uid", "type": "string"},
{"name": "mail", "type": "string"}
]}}`,
			want: []string{
				`2:67+6: error: identityAttribute names "uuid", which accountSchema does not have [identity-attribute-missing] at /accountSchema/identityAttribute hint: did you mean "uid"? the attributes are "uid", "mail"`,
			},
		},
		{
			name: "identity attribute of many",
			spec: `{"name": "x", "commands": ["std:account:list"], "sourceConfig": [],
"accountSchema": {"displayAttribute": "a1", "identityAttribute": "quux", "attributes": [
{"name": "a0", "type": "string"},
{"name": "a1", "type": "string"},
{"name": "a2", "type": "string"},
{"name": "a3", "type": "string"},
{"name": "a4", "type": "string"},
{"name": "a5", "type": "string"},
{"name": "a6", "type": "string"},
{"name": "a7", "type": "string"},
{"name": "a8", "type": "string"},
{"name": "a9", "type": "string"},
{"name": "a10", "type": "string"},
{"name": "a11", "type": "string"},
{"name": "a12", "type": "string"},
{"name": "a13", "type": "string"}
]}}`,
			want: []string{
				`2:66+6: error: identityAttribute names "quux", which accountSchema does not have [identity-attribute-missing] at /accountSchema/identityAttribute hint: the attributes are "a0", "a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8", "a9", "a10", "a11", and 2 more`,
			},
		},
		{
			name: "identity attribute without attributes",
			spec: `{"name": "x", "commands": ["std:account:list"], "sourceConfig": [],
"accountSchema": {"displayAttribute": "id", "identityAttribute": "id", "attributes": [

]}}`,
			want: []string{
				`2:66+4: error: identityAttribute names "id", which accountSchema does not have [identity-attribute-missing] at /accountSchema/identityAttribute hint: add the attribute, or list "std:account:discover-schema" in commands`,
			},
		},
		{
			name: "empty identity attribute",
			spec: `{"name": "x", "commands": ["std:account:list"], "sourceConfig": [],
"accountSchema": {"displayAttribute": "id", "identityAttribute": "", "attributes": [
{"name": "id", "type": "string"}
]}}`,
			want: []string{
				`2:66+2: error: identityAttribute names no attribute of accountSchema [identity-attribute-missing] at /accountSchema/identityAttribute hint: the attributes are "id"`,
			},
		},
		{
			name: "identity attribute found later",
			spec: `{"name": "x", "commands": ["std:account:discover-schema"], "sourceConfig": [],
"accountSchema": {"displayAttribute": "id", "identityAttribute": "", "attributes": [

]}}`,
		},
		{
			name: "identity attribute beside a nameless attribute",
			spec: `{"name": "x", "commands": ["std:account:list"], "sourceConfig": [],
"accountSchema": {"displayAttribute": "id", "identityAttribute": "id", "attributes": [
{"nam": "id", "type": "string"}
]}}`,
			want: []string{
				`3:1+1: error: attribute needs a name [schema] at /accountSchema/attributes/0 hint: add "name"`,
			},
		},
		{
			name: "duplicate attribute in conflict",
			spec: `{"name": "x", "commands": ["std:account:list"], "sourceConfig": [],
"accountSchema": {"displayAttribute": "id", "identityAttribute": "id", "attributes": [
{"name": "id", "type": "string"},
{"name": "id", "type": "int"},
{"name": "id", "type": "string"},
{"name": "id", "type": "string", "multi": true}
]}}`,
			want: []string{
				`4:10+4: error: attribute "id" is single-valued int here and single-valued string in line 3 [duplicate-attribute-conflict] at /accountSchema/attributes/1/name hint: remove one of the two`,
				`6:10+4: error: attribute "id" is multi-valued string here and single-valued string in line 3 [duplicate-attribute-conflict] at /accountSchema/attributes/3/name hint: remove one of the two`,
			},
		},
		{
			name: "duplicate attribute of unknown type",
			spec: `{"name": "x", "commands": ["std:account:list"], "sourceConfig": [],
"accountSchema": {"displayAttribute": "id", "identityAttribute": "id", "attributes": [
{"name": "id", "type": "string"},
{"name": "id", "type": "number"}
]}}`,
			want: []string{
				`4:24+8: error: attribute "id": type must be "string", "boolean", "int" or "long", not "number" [unknown-attribute-type] at /accountSchema/attributes/1/type hint: use "int" or "long"`,
			},
		},
		{
			name: "duplicate attribute in an entitlement schema",
			spec: `{"name": "x", "commands": ["std:test-connection"], "sourceConfig": [],
"entitlementSchemas": [{"type": "group", "displayAttribute": "id", "identityAttribute": "id", "attributes": [
{"name": "id", "type": "int"},
{"name": "id", "type": "long"}]}]}`,
			want: []string{
				`4:10+4: error: attribute "id" is single-valued long here and single-valued int in line 3 [duplicate-attribute-conflict] at /entitlementSchemas/0/attributes/1/name hint: remove one of the two`,
			},
		},
		{
			name: "duplicate entitlement type",
			spec: `{"name": "x", "commands": ["std:test-connection"], "sourceConfig": [],
"entitlementSchemas": [
{"type": "group", "displayAttribute": "", "identityAttribute": "", "attributes": []},
{"type": "group", "displayAttribute": "", "identityAttribute": "", "attributes": []}]}`,
			want: []string{
				`4:10+7: error: entitlement type "group" has a schema already, in line 3 [duplicate-entitlement-type] at /entitlementSchemas/1/type hint: merge the two schemas`,
			},
		},
		{
			name: "config key conflict",
			spec: `{"name": "x", "commands": ["std:test-connection"], "sourceConfig": [
{"type": "text", "key": "k", "label": "K"},
{"type": "section", "items": [{"type": "list", "key": "k", "label": "K"}]},
{"type": "text", "key": "k", "label": "K"}
]}`,
			want: []string{
				`3:55+3: error: config key "k" belongs to a "list" item here and to a "text" item in line 2 [duplicate-config-key-conflict] at /sourceConfig/1/items/0/key hint: rename one of the two, or give them the same parentKey and different parentValues`,
			},
		},
		{
			name: "config key conflict in a card",
			spec: `{"name": "x", "commands": ["std:test-connection"], "sourceConfig": [
{"type": "text", "key": "k", "label": "K"},
{"type": "cardList", "key": "c", "label": "C", "subMenus": [{"items": [
{"type": "list", "key": "k", "label": "K"},
{"type": "url", "key": "k", "label": "K"}]}]}
]}`,
			want: []string{
				`5:24+3: error: config key "k" belongs to a "url" item here and to a "list" item in line 4 [duplicate-config-key-conflict] at /sourceConfig/1/subMenus/0/items/1/key hint: rename one of the two, or give them the same parentKey and different parentValues`,
			},
		},
		{
			name: "alternatives for one config key",
			spec: `{"name": "x", "commands": ["std:test-connection"], "sourceConfig": [
{"type": "text", "key": "k", "label": "K", "parentKey": "p", "parentValue": "a"},
{"type": "list", "key": "k", "label": "K", "parentKey": "p", "parentValue": "b"}
]}`,
		},
		{
			name: "same condition for one config key",
			spec: `{"name": "x", "commands": ["std:test-connection"], "sourceConfig": [
{"type": "text", "key": "k", "label": "K", "parentKey": "p", "parentValue": "a"},
{"type": "list", "key": "k", "label": "K", "parentKey": "p", "parentValue": "a"}
]}`,
			want: []string{
				`3:25+3: error: config key "k" belongs to a "list" item here and to a "text" item in line 2 [duplicate-config-key-conflict] at /sourceConfig/1/key hint: rename one of the two, or give them the same parentKey and different parentValues`,
			},
		},
		{
			name: "all at once",
			spec: `{"name": "", // n
"commands": ["a",], "accountSchema": {"attributes": 1}}`,
			want: []string{
				`1:1+1: error: spec needs a sourceConfig [schema] hint: add "sourceConfig": []; it may be empty`,
				`1:10+2: error: name must not be empty [schema] at /name hint: add "name", the display name of the connector`,
				`1:14+4: error: JSON has no comments [json-comment] hint: remove the comment`,
				`2:17+1: error: trailing comma before ']' [json-trailing-comma] hint: remove the comma`,
				`2:38+1: error: accountSchema needs a displayAttribute [schema] at /accountSchema hint: name the attribute that is shown as the name`,
				`2:38+1: error: accountSchema needs an identityAttribute [schema] at /accountSchema hint: name the attribute that is the ID`,
				`2:53+1: error: accountSchema: attributes must be an array of attributes, not a number [schema] at /accountSchema/attributes hint: add "attributes": [{"name": "id", "type": "string"}]`,
			},
		},
		{
			name: "lone surrogates",
			spec: `{"name": "x", "commands": ["std:account:list"], "sourceConfig": [],
"accountSchema": {"displayAttribute": "id", "identityAttribute": "id", "attributes": [
{"name": "id\ud800", "type": "string"},
{"name": "id", "type": "string"},
{"name": "id\udfff", "type": "int"}
]}}`,
			want: []string{
				`3:10+10: error: name has \ud800, half of a surrogate pair, which is not a character [schema] at /accountSchema/attributes/0/name hint: write the character, or both halves`,
				`5:10+10: error: attribute "id�" is single-valued int here and single-valued string in line 3 [duplicate-attribute-conflict] at /accountSchema/attributes/2/name hint: remove one of the two`,
				`5:10+10: error: name has \udfff, half of a surrogate pair, which is not a character [schema] at /accountSchema/attributes/2/name hint: write the character, or both halves`,
			},
		},
		{
			name: "long texts are cut",
			spec: `{"name": "x", "commands": ["std:test-connection"], "sourceConfig": [],
"keyType": "ääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääää"}`,
			want: []string{
				`2:12+102: error: keyType must be "simple" or "compound", not "ääääääääääääääääääääääääääääääääääääääääääääääääääääääääääää…" [schema] at /keyType`,
			},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, tt.run)
	}
}
