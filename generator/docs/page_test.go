package docs

import (
	"fmt"
	"strings"
	"testing"

	"github.com/conngen/conngen/schema"
)

// specOf makes a spec from the members that differ from an empty one.
func specOf(t *testing.T, commands, items, rest string) *schema.Spec {
	t.Helper()
	return parseSpec(t, fmt.Sprintf(`{"name": "HR", "keyType": "simple", "commands": [%s], "sourceConfig": [%s]%s}`, commands, items, rest))
}

const (
	idSchema = `, "accountSchema": {"identityAttribute": "id", "displayAttribute": "id", "attributes": [{"name": "id", "type": "string"}]}`
	groups   = `{"name": "groups", "type": "string", "entitlement": true, "managed": true, "multi": true}`
)

// TestSentences: the page says what each part of a spec means.
func TestSentences(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		commands, items, rest string
		want                  []string
		not                   string
	}{
		{want: []string{
			"lets SailPoint Identity Security Cloud (ISC) neither read nor change accounts.", "The spec lists no commands, so the connector can do nothing yet.",
			"This connector adds no items to the form of a source.", "The form has no items that hold secrets.",
		}, not: "## Behaviour"},
		{
			commands: `"std:account:list", "std:account:list", "std:account:create", "std:change-password", "std:authenticate", "std:entitlement:read"`, rest: idSchema,
			want: []string{
				"(ISC) read accounts and entitlements, create accounts, change passwords, and check the passwords of people who sign in.",
				"Not supported:** test connection, single account aggregation, update account,", "delta aggregation.",
				"The spec has no create profile.", "The connector receives people's passwords when it changes a password and when someone signs in.",
			},
		},
		{commands: `"std:test-connection", "x:y"`, want: []string{"| Custom command | The spec does not say | <small>`x:y`</small> |", "Custom commands are the connector's own; its author can say what they do."}},
		{commands: `"std:test-connection"`, items: `{"key": "a", "label": "A", "type": "text"}`, want: []string{"The form requires no values.", "create a source with this connector, and fill in the form. Save it, then test the connection."}},
		{items: `{"key": "a", "label": "A", "type": "checkbox", "required": true}`, want: []string{"You need no values: the form has a default, or a choice, wherever it requires something.", "fill in the form.\n"}},
		{
			items: `{"key": "a", "label": "A", "type": "checkbox"}, {"key": "b", "label": "B", "type": "text", "required": true, "parentKey": "a", "parentValue": "false"}`,
			want:  []string{"What values you need depends on what you choose in the form.", "Shown when **A** is off.", "<small>text, required when shown · `b`</small>"},
		},
		{
			items: `{"key": "a", "label": "A", "type": "text", "parentKey": "x", "parentValue": "1"}, {"key": "b", "label": "B", "type": "text", "parentKey": "a", "parentValue": "1"}, {"key": "c", "label": "C", "type": "text", "parentKey": "a"}`,
			want:  []string{"Never shown: it depends on `x`, which the form does not have.", "Shown when **A** is `1`.", "Shown depending on **A**."},
		},
		{
			items: `{"key": "a", "label": "A", "type": "select", "options": [{"label": "X", "value": "x"}]}, {"key": "b", "label": "B", "type": "text", "parentKey": "a", "parentValue": "y"}, {"key": "c", "label": "C", "type": "toggle"}, {"key": "d", "label": "D", "type": "text", "parentKey": "c", "parentValue": "yes"}`,
			want:  []string{"Never shown: **A** has no option `y`.", "Shown when **C** is `yes`."},
		},
		{
			items: `{"key": "a", "label": "A", "type": "text", "required": true}, {"key": "b", "label": "B", "type": "text", "required": true, "value": "x"}, {"key": "c", "label": "C", "type": "list", "required": true}`,
			rest:  `, "sourceConfigInitialValues": {"a": "", "c": []}`, want: []string{"no default for them:\n\n- **A**\n- **C**\n\n<a"},
		},
		{
			items: `{"key": "a", "label": "A", "type": "checkbox"}, {"key": "b", "label": "B", "type": "text", "required": true, "parentKey": "a", "parentValue": "true"}`,
			rest:  `, "sourceConfigInitialValues": {"b": "x"}`, want: []string{"You need no values:"}, not: "depend",
		},
		{items: `{"key": "a", "label": " ", "type": "radio"}`, want: []string{"- `a` <small>choice · `a`</small>", "The spec has no options to choose from."}},
		{commands: `"std:config-options:read"`, items: `{"key": "a", "label": "A", "type": "select"}`, want: []string{"ISC asks the connector for the options."}},
		{
			items: `{"key": "a", "label": "A", "type": "cardList", "titleKey": "x", "subtitleKey": "x", "addButton": false, "editButton": false, "deleteButton": false, "subMenus": [{"label": "M", "items": [{"key": "x", "label": "X", "type": "text"}]}]}`,
			want:  []string{"Cards cannot be added. The list shows the **X** of each. Cards cannot be edited or deleted.", "A card has:"},
		},
		{items: `{"key": "a", "label": "A", "type": "text", "maxlength": "1", "min": "2"}, {"key": "b", "label": "B", "type": "number", "max": "3"}`, want: []string{"At least 2. At most 1 character.", "At most 3."}},
		{
			items: `{"key": "spConnEnableStatefulCommands", "label": "Delta", "type": "toggle"}, {"key": "provisioningTimeout", "label": "Timeout", "type": "number"}`, commands: `"std:account:update"`,
			rest: idSchema + `, "supportsStatefulCommands": true, "sourceConfigInitialValues": {"provisioningTimeout": "90"}`,
			want: []string{
				"ISC reads this item itself: it turns on delta aggregation.", "ISC reads this item itself: it says how many seconds ISC waits", "**Delta** in the form turns it on.",
				"| A change to an account | 90 seconds, unless **Timeout** in the form says otherwise |",
			},
			not: "### Other settings",
		},
		{rest: `, "supportsStatefulCommands": true, "testConnectionTimeout": 1, "showDebugLoggingOption": true`, want: []string{"The form has no item that turns it on.", "| Test of the connection | 1 second |", "ISC adds a switch for debug logging to the form."}},
		{
			rest: `, "sourceConfigInitialValues": {"provisioningTimeout": 120, "keyValueInitialValues": {"a": 1}, "x": [1, {"b": null}], "y": null}`,
			want: []string{
				"| `provisioningTimeout` | `120` | How many seconds ISC waits for a change to an account. |", "| `keyValueInitialValues` | `{\"a\":1}` | What ISC does with it is not documented. |",
				"| `x` | `[1,{\"b\":null}]` | The form has no item with this key. |",
			},
		},
		{rest: `, "accountSchema": {"identityAttribute": "id", "displayAttribute": "name", "groupAttribute": "groups", "attributes": []}`, commands: `"std:account:discover-schema"`, want: []string{
			"ISC identifies an account by `id`, and shows it as `name`.", "The attribute `groups` holds the groups of an account.", "The spec lists no attributes of accounts.", "The connector does not aggregate accounts.",
		}},
		{
			commands: `"std:account:list", "std:account:discover-schema"`, rest: `, "accountSchema": {"identityAttribute": "uid", "displayAttribute": "id", "attributes": [{"name": "id", "type": "string"}]}`,
			want: []string{"The spec does not list `uid` among the attributes."},
		},
		{
			commands: `"std:account:create"`, rest: `, "accountSchema": {"identityAttribute": "id", "displayAttribute": "id", "attributes": [{"name": "id", "type": "string"}, ` + groups + `]}`,
			want: []string{"| `group` | `groups` | any number | with a new account only |", "Entitlements that are requested with the account are sent too"}, not: "can also revoke",
		},
		{
			commands: `"std:account:update"`, rest: `, "accountSchema": {"identityAttribute": "id", "displayAttribute": "id", "attributes": [{"name": "id", "type": "string"}, ` + groups + `]},
			  "entitlementSchemas": [{"type": "group", "identityAttribute": "id", "displayAttribute": "", "hierarchyAttribute": "up", "includePermissions": true, "attributes": [{"name": "id", "type": "long"}, {"name": "up", "type": "string", "description": "Above", "required": true}]}, {"type": "role", "identityAttribute": "", "displayAttribute": "n", "attributes": []}]`,
			want: []string{
				"| [`group`](#entitlement-group) | `groups` | any number | yes |", "ISC can also revoke what can be requested.", "The connector does not aggregate entitlements: ISC knows only those that accounts have.",
				"ISC identifies an entitlement of this type by `id`.", "ISC shows an entitlement of this type as `n`.", "The spec lists no attributes of this type.", "ISC shows an entitlement of this type as `n`.\n\nNo attribute of accounts holds entitlements of this type, so nobody can request them.\n", "ISC also asks for the permissions",
				"| `up` | text | Above. Names the parent of the entitlement. Required. |", "| `id` | number | |",
			},
		},
		{commands: `"std:entitlement:list"`, want: []string{"The spec lists no types of entitlements."}},
		{
			commands: `"std:account:create"`, rest: idSchema + `, "accountCreateTemplate": {"fields": [{"key": "id", "label": "ID", "type": "int"}, {"name": "x", "label": "", "type": "string", "identityAttribute": "uid"}, {"key": "l", "label": "L", "type": "array", "isMultiValued": true}, {"key": "m", "label": "M", "type": "string", "isMultiValued": true}]}`,
			want: []string{
				"| `id`<br><small>ID</small> | text | no | nothing yet: an administrator must say |", "| `x` | text | no | identity attribute `uid` |",
				"| `l`<br><small>L</small> | list | no |", "| `m`<br><small>M</small> | text, several values | no |",
			},
			not: "lacks a required value",
		},
		{
			rest: `, "accountSchema": {"identityAttribute": "id", "displayAttribute": "id", "attributes": [{"name": "id", "type": "string"}, {"name": "password", "type": "string"}, {"name": "userPin", "type": "string"}]}`, commands: `"std:account:list"`,
			want: []string{"ISC stores what it reads of an account, and these attributes look like passwords: `password` and `userPin`."},
		},
		{rest: `, "features": ["A", "A", "B"]`, commands: `"std:test-connection"`, want: []string{"The spec declares these features of a source: `A` and `B`."}},
	} {
		spec := specOf(t, test.commands, test.items, test.rest)
		text := string(New(spec, Options{}).Render(Markdown, nil))
		for _, want := range test.want {
			if !strings.Contains(text, want) {
				t.Errorf("%q is not in:\n%s", want, text)
			}
		}
		if test.not != "" && strings.Contains(text, test.not) {
			t.Errorf("%q is in:\n%s", test.not, text)
		}
	}
}

// TestCompoundKey: the page says that accounts have two IDs.
func TestCompoundKey(t *testing.T) {
	t.Parallel()
	spec := parseSpec(t, strings.Replace(smallSpec, `"simple"`, `"compound"`, 1))
	if text := string(New(spec, Options{}).Render(Markdown, nil)); !strings.Contains(text, "An account has a compound key") {
		t.Errorf("it does not say so:\n%s", text)
	}
}

// TestService: the page explains the items that a bundle adds, except those already in the spec.
func TestService(t *testing.T) {
	t.Parallel()
	form := &schema.Entry{Type: schema.EntryMenu, Label: "Service", Items: []*schema.Entry{
		{Type: schema.EntrySection, Items: []*schema.Entry{{Key: "url", Label: "Own", Type: schema.ItemURL}, {Key: "other", Label: "Other", Type: schema.ItemSecret, Required: true}}},
	}}
	text := string(New(parseSpec(t, smallSpec), Options{Service: form}).Render(Markdown, nil))
	if !strings.Contains(text, "menu or section **Service**") || !strings.Contains(text, "- **Other** <small>secret, required · `other`</small>") || strings.Contains(text, "**Own**") {
		t.Errorf("the service is not explained:\n%s", text)
	}
	for _, items := range []string{`{"key": "url", "label": "U", "type": "url"}, {"key": "other", "label": "O", "type": "secret"}`} {
		text := string(New(specOf(t, "", items, ""), Options{Service: form}).Render(Markdown, nil))
		if strings.Contains(text, "These are the items") {
			t.Errorf("no items are listed:\n%s", text)
		}
	}
}

// TestChanges: changes are a section of a page, or a page of their own.
func TestChanges(t *testing.T) {
	t.Parallel()
	spec := parseSpec(t, smallSpec)
	breaking := []ChangeGroup{{Title: "Breaking", Messages: []string{"a *b* is gone: c"}}}
	for _, test := range []struct {
		groups []ChangeGroup
		left   int
		want   string
	}{
		{breaking, 2, "### Breaking\n\n- A \\*b\\* is gone: c.\n\nSmaller changes (texts, the order, initial values and the like): 2.\n"},
		{breaking, 0, "### Breaking\n\n- A \\*b\\* is gone: c.\n"},
		{nil, 2, "Only texts, the order, initial values and the like have changed.\n"},
		{nil, 0, "Nothing has changed.\n"},
	} {
		want := "<a id=\"changes-hr\"></a>\n\n## HR: changes since v1\n\n" + test.want
		if got := string(Changes(Markdown, spec, "v1", test.groups, test.left)); got != want {
			t.Errorf("got:\n%s\nwant:\n%s", got, want)
		}
		page := New(spec, Options{})
		page.AddChanges("v1", test.groups, test.left)
		if got := string(page.Render(Markdown, nil)); !strings.HasSuffix(got, "\n\n<a id=\"changes\"></a>\n\n## Changes since v1\n\n"+test.want) {
			t.Errorf("got:\n%s", got)
		}
	}
	if got := string(Changes(HTML, spec, "v1", breaking, 0)); !strings.Contains(got, "<li>A *b* is gone: c.</li>") || strings.Contains(got, "<html") {
		t.Errorf("got:\n%s", got)
	}
}
