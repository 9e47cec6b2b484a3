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
			names := each(list.names, func(name string) jen.Code { return jen.Lit(name) })
			members = append(members, jen.Id(list.name).Op(":").Index().String().Values(names...))
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

// schemaAttributes is the table of a schema's attributes, one line for each.
func (e emitter) schemaAttributes(s *schema.ObjectSchema) jen.Code {
	return jen.Index().Add(e.sdk("SchemaAttribute")).Add(lines(each(s.Attributes, schemaAttribute)))
}

func schemaAttribute(a schema.Attribute) jen.Code {
	members := []jen.Code{
		jen.Id("Name").Op(":").Lit(a.Name),
		jen.Id("Type").Op(":").Lit(a.Type),
		jen.Id("Description").Op(":").Lit(a.Description),
	}
	flag := func(name string, set bool) {
		if set {
			members = append(members, jen.Id(name).Op(":").True())
		}
	}
	flag("Required", a.Required)
	flag("Multi", a.Multi)
	flag("Managed", a.Managed)
	flag("Entitlement", a.Entitlement)
	if a.SchemaObjectType != "" {
		members = append(members, jen.Id("SchemaObjectType").Op(":").Lit(a.SchemaObjectType))
	}
	return jen.Values(members...)
}

func (e emitter) specJSON() jen.Code {
	return documented("specJSON is the whole spec, for std:spec:read.", jen.Const().Id("specJSON").Op("=").Id("`"+e.JSON+"`"))
}
