package emit

import (
	"strconv"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/conngen/conngen/schema"
)

func (e emitter) specFile(yield func(jen.Code) bool) {
	if e.Settings != "" && !yield(jen.Comment(SettingsDirective+e.Settings)) {
		return
	}
	all(yield, e.specTable(), e.specJSON())
}

// SettingsDirective begins the line that has the [plan.Settings] of the package. conngen
// check reads it.
const SettingsDirective = "//conngen:settings "

// specTable emits what the SDK needs to know of the spec.
func (e emitter) specTable() jen.Code {
	members := []jen.Code{
		jen.Id("Name").Op(":").Lit(e.Title),
		jen.Id("KeyType").Op(":").Add(e.sdk(keyTypes[e.Spec.KeyType])),
		jen.Id("JSON").Op(":").Id("specJSON"),
	}
	if s := e.Spec.AccountSchema; s != nil {
		members = append(members, jen.Id("Account").Op(":").Op("&").Add(e.sdk("AccountSchema")).Add(lines(e.accountSchema(s))))
	}
	if len(e.Spec.EntitlementSchemas) > 0 {
		schemas := each(e.Spec.EntitlementSchemas, func(s *schema.ObjectSchema) jen.Code { return lines(e.entitlementSchema(s)) })
		members = append(members, jen.Id("Entitlements").Op(":").Index().Add(e.sdk("EntitlementSchema")).Add(lines(schemas)))
	}
	if e.Open {
		members = append(members, jen.Id("Open").Op(":").True())
	}
	for _, list := range []struct {
		name  string
		names []string
	}{{"Required", e.Required}, {"Secrets", e.Secrets}, {"Passwords", e.Passwords}} {
		if len(list.names) > 0 {
			members = append(members, jen.Id(list.name).Op(":").Index().String().Values(quotedNames(list.names)))
		}
	}
	return documented("spec is what the SDK needs to know of the connector's spec.", jen.Var().Id("spec").Op("=").Add(e.sdk("Spec")).Add(lines(members)))
}

func (e emitter) accountSchema(s *schema.ObjectSchema) []jen.Code {
	return []jen.Code{
		jen.Id("DisplayAttribute").Op(":").Lit(s.DisplayAttribute),
		jen.Id("IdentityAttribute").Op(":").Lit(s.IdentityAttribute),
		jen.Id("GroupAttribute").Op(":").Lit(s.GroupAttribute),
		jen.Id("Attributes").Op(":").Add(e.schemaAttributes(s)),
	}
}

func (e emitter) entitlementSchema(s *schema.ObjectSchema) []jen.Code {
	members := []jen.Code{
		jen.Id("Type").Op(":").Lit(s.Type),
		jen.Id("DisplayAttribute").Op(":").Lit(s.DisplayAttribute),
		jen.Id("IdentityAttribute").Op(":").Lit(s.IdentityAttribute),
	}
	if s.HierarchyAttribute != "" {
		members = append(members, jen.Id("HierarchyAttribute").Op(":").Lit(s.HierarchyAttribute))
	}
	if s.IncludePermissions {
		members = append(members, jen.Id("IncludePermissions").Op(":").True())
	}
	return append(members, jen.Id("Attributes").Op(":").Add(e.schemaAttributes(s)))
}

// quotedNames are the elements of a list of names.
func quotedNames(names []string) jen.Code {
	var b strings.Builder
	for i, name := range names {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(strconv.Quote(name))
	}
	return jen.Id(b.String())
}

// schemaAttributes is the table of a schema's attributes, one line for each.
func (e emitter) schemaAttributes(s *schema.ObjectSchema) jen.Code {
	var r rows
	for i := range s.Attributes {
		r.schemaAttribute(&s.Attributes[i])
	}
	return jen.Index().Add(e.sdk("SchemaAttribute")).Custom(jen.Options{Open: "{", Close: "}", Multi: true}, r.code())
}

func (r *rows) schemaAttribute(a *schema.Attribute) {
	text := []string{"{Name: ", strconv.Quote(a.Name), ", Type: ", strconv.Quote(a.Type), ", Description: ", strconv.Quote(a.Description)}
	for _, flag := range []struct {
		name string
		set  bool
	}{{"Required", a.Required}, {"Multi", a.Multi}, {"Managed", a.Managed}, {"Entitlement", a.Entitlement}} {
		if flag.set {
			text = append(text, ", ", flag.name, ": true")
		}
	}
	if a.SchemaObjectType != "" {
		text = append(text, ", SchemaObjectType: ", strconv.Quote(a.SchemaObjectType))
	}
	r.add(append(text, "},")...)
}

func (e emitter) specJSON() jen.Code {
	return documented("specJSON is the whole spec, for std:spec:read.", jen.Const().Id("specJSON").Op("=").Id("`"+e.json()+"`"))
}
