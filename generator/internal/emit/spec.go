package emit

import (
	"github.com/dave/jennifer/jen"

	"github.com/conngen/conngen/schema"
)

func (e emitter) specFile(yield func(jen.Code) bool) {
	if e.Settings != "" && !yield(jen.Comment(SettingsDirective+e.Settings)) {
		return
	}
	all(yield, e.specTable(), e.specJSON())
}

// SettingsDirective begins the line with the [plan.Settings] of the package. conngen check reads
// it.
const SettingsDirective = "//conngen:settings "

// specTable emits what the SDK needs to know about the spec.
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
	return documented("spec is what the SDK needs to know about the connector's spec.", jen.Var().Id("spec").Op("=").Add(e.sdk("Spec")).Add(lines(members)))
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
	var r rows
	r.begin()
	for i, name := range names {
		if i > 0 {
			r.write(", ")
		}
		r.quote(name)
	}
	return r.code()
}

// schemaAttributes is the table of a schema's attributes, one line for each.
func (e emitter) schemaAttributes(s *schema.ObjectSchema) jen.Code {
	var r rows
	r.grow(len(s.Attributes), 120)
	for i := range s.Attributes {
		r.schemaAttribute(&s.Attributes[i])
	}
	return jen.Index().Add(e.sdk("SchemaAttribute")).Custom(jen.Options{Open: "{", Close: "}", Multi: true}, r.code())
}

func (r *rows) schemaAttribute(a *schema.Attribute) {
	r.add("{Name: ")
	r.quote(a.Name)
	r.write(", Type: ")
	r.quote(a.Type)
	r.write(", Description: ")
	r.quote(a.Description)
	r.flag("Required", a.Required)
	r.flag("Multi", a.Multi)
	r.flag("Managed", a.Managed)
	r.flag("Entitlement", a.Entitlement)
	if a.SchemaObjectType != "" {
		r.write(", SchemaObjectType: ")
		r.quote(a.SchemaObjectType)
	}
	r.write("},")
}

// flag writes a flag that is set.
func (r *rows) flag(name string, set bool) {
	if set {
		r.write(", ", name, ": true")
	}
}

func (e emitter) specJSON() jen.Code {
	return documented("specJSON is the whole spec, for std:spec:read.", jen.Const().Id("specJSON").Op("=").Id("`"+e.json()+"`"))
}
