package schema_test

import (
	"encoding/json"
	"testing"

	"github.com/conngen/conngen/schema"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// complete has every member that the format knows, and one unknown member in every kind of object.
const complete = `{
  "$schema": "./connector-spec.schema.json",
  "name": "Complete",
  "description": "All there is",
  "keyType": "simple",
  "commands": ["std:test-connection", "custom:run"],
  "sourceConfig": [
    {"type": "menu", "label": "Menu", "items": [
      {"type": "section", "sectionTitle": "Section", "sectionHelpMessage": "<b>Help</b>",
       "docLink": "https://docs.example", "docLinkLabel": "Docs", "items": [
        {"type": "number", "key": "page.size", "label": "Page size", "required": true,
         "parentKey": "paged", "parentValue": true, "placeholder": "100",
         "helpKey": "Rows", "helpText": "Text", "helpMessage": "Message",
         "min": "1", "max": 500, "maxlength": "3", "value": "100", "valuePath": "$.x", "extra": [1]},
        {"type": "radio", "key": "mode", "label": "Mode", "options": [
          {"label": "One", "value": "1", "docLink": "https://one.example", "docLinkLabel": "One", "extra": 1},
          {"label": "Two", "value": 2}]},
        {"type": "keyValue", "key": "headers", "label": "Headers",
         "keyValueKey": {"key": "name", "label": "Name", "type": "text", "required": "true", "maxlength": 20, "extra": 2},
         "keyValueValue": {"key": "query", "label": "Query", "type": "text"}},
        {"type": "cardList", "key": "cards", "label": "Cards", "titleKey": "title", "subtitleKey": "subtitle",
         "indexKey": "index", "buttonLabel": "New", "addButton": false, "copyButton": true, "dragNDropEnabled": "true",
         "subMenus": [{"label": "Page", "extra": 3, "items": [{"type": "text", "key": "title", "label": "Title"}]}]}
      ], "extra": 4}
    ], "extra": 5}
  ],
  "sourceConfigInitialValues": {"page.size": 100, "mode": "1", "headers": [ ], "gone": null},
  "accountSchema": {
    "displayAttribute": "name", "identityAttribute": "id", "groupAttribute": "groups", "extra": 6,
    "attributes": [
      {"name": "id", "type": "int", "description": "ID", "required": true, "extra": 7},
      {"name": "groups", "type": "string", "multi": "true", "entitlement": true, "managed": true,
       "writable": true, "schemaObjectType": "team"}
    ]
  },
  "entitlementSchemas": [
    {"type": "team", "displayAttribute": "id", "identityAttribute": "id", "groupAttribute": "id",
     "hierarchyAttribute": "parent", "includePermissions": true, "attributes": [], "extra": 8}
  ],
  "accountCreateTemplate": {
    "fields": [
      {"key": "id", "label": "ID", "type": "string", "required": true, "isMultiValued": false, "attributes": {}, "extra": 9,
       "initialValue": {"type": "generator", "extra": 10, "attributes": {"name": "Create Unique Account ID",
         "template": "$(firstname)", "maxSize": 20, "maxUniqueChecks": "5", "extra": 11}}},
      {"name": "flag", "label": "Flag", "type": "boolean", "identityAttribute": "uid",
       "initialValue": {"type": "static", "attributes": {"value": false}}}
    ],
    "extra": 12
  },
  "supportsStatefulCommands": true,
  "showDebugLoggingOption": "true",
  "supportsCustomSchemas": true,
  "features": ["PROVISIONING"],
  "scriptName": "script",
  "testConnectionTimeout": 30,
  "visibility": "private",
  "topology": "runtime",
  "extra": {"a": "b"}
}`

func unknown(p schema.Pointer, value string) []schema.Member {
	return []schema.Member{{Pointer: p.Member("extra"), Name: "extra", Value: json.RawMessage(value)}}
}

func TestModel(t *testing.T) {
	t.Parallel()
	got, findings := schema.Parse("spec.json", []byte(complete))
	if len(findings) > 0 {
		t.Errorf("findings: %v", findings)
	}
	want := &schema.Spec{
		Name:        "Complete",
		Description: "All there is",
		KeyType:     schema.SimpleKeyType,
		Commands: []schema.Command{
			{Pointer: "/commands/0", Name: "std:test-connection"},
			{Pointer: "/commands/1", Name: "custom:run"},
		},
		SourceConfig: wantSourceConfig(),
		InitialValues: []schema.InitialValue{
			{Pointer: "/sourceConfigInitialValues/page.size", Key: "page.size", Value: json.RawMessage("100")},
			{Pointer: "/sourceConfigInitialValues/mode", Key: "mode", Value: json.RawMessage(`"1"`)},
			{Pointer: "/sourceConfigInitialValues/headers", Key: "headers", Value: json.RawMessage("[ ]")},
		},
		AccountSchema:            wantAccountSchema(),
		EntitlementSchemas:       wantEntitlementSchemas(),
		AccountCreateTemplate:    wantTemplate(),
		SupportsStatefulCommands: true,
		ShowDebugLoggingOption:   true,
		SupportsCustomSchemas:    true,
		Features:                 []string{"PROVISIONING"},
		ScriptName:               "script",
		TestConnectionTimeout:    30,
		Visibility:               "private",
		Topology:                 "runtime",
		QuotedFlags: []schema.Pointer{
			"/sourceConfig/0/items/0/items/2/keyValueKey/required", "/sourceConfig/0/items/0/items/3/dragNDropEnabled",
			"/accountSchema/attributes/1/multi", "/showDebugLoggingOption",
		},
		Unknown: unknown("", `{"a": "b"}`),
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(schema.Spec{}, "File"), cmpopts.IgnoreFields(schema.Member{}, "Known")); diff != "" {
		t.Errorf("spec (-want +got):\n%s", diff)
	}
}

func wantSourceConfig() []*schema.Entry {
	const menu, section = schema.Pointer("/sourceConfig/0"), schema.Pointer("/sourceConfig/0/items/0")
	return []*schema.Entry{{
		Pointer: menu, Type: schema.EntryMenu, Label: "Menu", Unknown: unknown(menu, "5"),
		Items: []*schema.Entry{{
			Pointer: section, Type: schema.EntrySection, SectionTitle: "Section", SectionHelpMessage: "<b>Help</b>",
			DocLink: "https://docs.example", DocLinkLabel: "Docs", Unknown: unknown(section, "4"),
			Items: []*schema.Entry{
				wantNumber(section + "/items/0"),
				wantRadio(section + "/items/1"),
				wantKeyValue(section + "/items/2"),
				wantCardList(section + "/items/3"),
			},
		}},
	}}
}

func wantNumber(p schema.Pointer) *schema.Entry {
	return &schema.Entry{
		Pointer: p, Type: schema.ItemNumber, Key: "page.size", Label: "Page size", Required: true,
		ParentKey: "paged", ParentValue: "true", Placeholder: "100",
		HelpKey: "Rows", HelpText: "Text", HelpMessage: "Message",
		Min: "1", Max: "500", MaxLength: "3", Value: json.RawMessage(`"100"`), ValuePath: "$.x",
		Unknown: unknown(p, "[1]"),
	}
}

func wantRadio(p schema.Pointer) *schema.Entry {
	return &schema.Entry{
		Pointer: p, Type: schema.ItemRadio, Key: "mode", Label: "Mode",
		Options: []schema.Option{
			{
				Pointer: p + "/options/0", Label: "One", Value: "1",
				DocLink: "https://one.example", DocLinkLabel: "One", Unknown: unknown(p+"/options/0", "1"),
			},
			{Pointer: p + "/options/1", Label: "Two", Value: "2"},
		},
	}
}

func wantKeyValue(p schema.Pointer) *schema.Entry {
	return &schema.Entry{
		Pointer: p, Type: schema.ItemKeyValue, Key: "headers", Label: "Headers",
		KeyValueKey: &schema.KeyValuePart{
			Pointer: p + "/keyValueKey", Key: "name", Label: "Name", Type: "text", Required: true, MaxLength: "20",
			Unknown: unknown(p+"/keyValueKey", "2"),
		},
		KeyValueValue: &schema.KeyValuePart{Pointer: p + "/keyValueValue", Key: "query", Label: "Query", Type: "text"},
	}
}

func wantCardList(p schema.Pointer) *schema.Entry {
	return &schema.Entry{
		Pointer: p, Type: schema.ItemCardList, Key: "cards", Label: "Cards",
		TitleKey: "title", SubtitleKey: "subtitle", IndexKey: "index", ButtonLabel: "New",
		AddButton: false, EditButton: true, DeleteButton: true, CopyButton: true, DragNDropEnabled: true,
		SubMenus: []schema.SubMenu{{
			Pointer: p + "/subMenus/0", Label: "Page", Unknown: unknown(p+"/subMenus/0", "3"),
			Items: []*schema.Entry{
				{Pointer: p + "/subMenus/0/items/0", Type: schema.ItemText, Key: "title", Label: "Title"},
			},
		}},
	}
}

func wantAccountSchema() *schema.ObjectSchema {
	const attributes = schema.Pointer("/accountSchema/attributes")
	return &schema.ObjectSchema{
		Pointer: "/accountSchema", DisplayAttribute: "name", IdentityAttribute: "id", GroupAttribute: "groups",
		Attributes: []schema.Attribute{
			{
				Pointer: attributes + "/0", Name: "id", Type: schema.TypeInt, Description: "ID", Required: true,
				Unknown: unknown(attributes+"/0", "7"),
			},
			{
				Pointer: attributes + "/1", Name: "groups", Type: schema.TypeString, Multi: true,
				Entitlement: true, Managed: true, Writable: true, SchemaObjectType: "team",
			},
		},
		Unknown: unknown("/accountSchema", "6"),
	}
}

func wantEntitlementSchemas() []*schema.ObjectSchema {
	return []*schema.ObjectSchema{{
		Pointer: "/entitlementSchemas/0", Type: "team", DisplayAttribute: "id", IdentityAttribute: "id",
		GroupAttribute: "id", HierarchyAttribute: "parent", IncludePermissions: true,
		Unknown: unknown("/entitlementSchemas/0", "8"),
	}}
}

func wantTemplate() *schema.CreateTemplate {
	const first, second = schema.Pointer("/accountCreateTemplate/fields/0"), schema.Pointer("/accountCreateTemplate/fields/1")
	return &schema.CreateTemplate{
		Pointer: "/accountCreateTemplate",
		Fields: []schema.Field{
			{
				Pointer: first, Key: "id", Label: "ID", Type: schema.TypeString, Required: true,
				InitialValue: &schema.FieldValue{
					Pointer: first + "/initialValue", Type: schema.ValueGenerator, Name: "Create Unique Account ID",
					Template: "$(firstname)", MaxSize: "20", MaxUniqueChecks: "5",
					Unknown: append(unknown(first+"/initialValue", "10"), unknown(first+"/initialValue/attributes", "11")...),
				},
				Unknown: unknown(first, "9"),
			},
			{
				Pointer: second, Key: "flag", Name: "flag", Label: "Flag", Type: schema.TypeBoolean, IdentityAttribute: "uid",
				InitialValue: &schema.FieldValue{
					Pointer: second + "/initialValue", Type: schema.ValueStatic, Value: json.RawMessage("false"),
				},
			},
		},
		Unknown: unknown("/accountCreateTemplate", "12"),
	}
}

// TestPartialModel reads the correct parts of a spec with many errors.
func TestPartialModel(t *testing.T) {
	t.Parallel()
	const spec = `{
		"name": 1, "keyType": "", "commands": ["a", 2, ""], "testConnectionTimeout": "20",
		"sourceConfig": [1, {"name": "old"}, {"type": "text", "key": "flat", "label": null, "value": null, "min": []}, {"type": "menu", "items": [
			{"type": "menu", "items": [{"type": "toggle", "key": "deep", "required": "yes"}]}]}],
		"sourceConfigInitialValues": null, "accountSchema": [], "entitlementSchemas": [null, {"attributes": {}}],
		"accountCreateTemplate": {"fields": [{"key": "", "name": "old"}]} // all there is
	}`
	got, findings := schema.Parse("spec.json", []byte(spec))
	if !findings.HasErrors() {
		t.Error("no errors")
	}
	want := &schema.Spec{
		Commands: []schema.Command{{Pointer: "/commands/0", Name: "a"}},
		SourceConfig: []*schema.Entry{
			{Pointer: "/sourceConfig/1"},
			{Pointer: "/sourceConfig/2", Type: schema.ItemText, Key: "flat"},
			{Pointer: "/sourceConfig/3", Type: schema.EntryMenu, Items: []*schema.Entry{
				{Pointer: "/sourceConfig/3/items/0", Type: schema.EntryMenu, Items: []*schema.Entry{
					{Pointer: "/sourceConfig/3/items/0/items/0", Type: schema.ItemToggle, Key: "deep"},
				}},
			}},
		},
		EntitlementSchemas: []*schema.ObjectSchema{{Pointer: "/entitlementSchemas/1"}},
		AccountCreateTemplate: &schema.CreateTemplate{
			Pointer: "/accountCreateTemplate",
			Fields:  []schema.Field{{Pointer: "/accountCreateTemplate/fields/0", Key: "old", Name: "old"}},
		},
		TestConnectionTimeout: 20,
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(schema.Spec{}, "File"), cmpopts.IgnoreFields(schema.Member{}, "Known")); diff != "" {
		t.Errorf("spec (-want +got):\n%s", diff)
	}
}
