package lint

import (
	"fmt"
	"strings"

	"github.com/conngen/conngen/schema"
	"github.com/conngen/conngen/schema/protocol"
)

// isStandard reports whether a command belongs to the protocol.
func isStandard(name string) bool {
	_, ok := protocol.Find(name)
	return ok
}

// isOwn reports whether a command is the connector's own, and does not look like one of
// the protocol.
func isOwn(name string) bool {
	return !isStandard(name) && !hasStandardPrefix(name) && respelt(name) == ""
}

// hasStandardPrefix reports whether a name begins like those of the protocol, in any
// case.
func hasStandardPrefix(name string) bool {
	n := len(protocol.Prefix)
	return len(name) >= n && strings.EqualFold(name[:n], protocol.Prefix)
}

// respelt returns the standard command that a name spells differently, or with look-alike letters;
// "" for none.
func respelt(name string) string {
	if looks := look(name); looks != name && isStandard(looks) {
		return looks
	}
	return protocol.Respelt(look(name))
}

func unknownCommand(p *pass) {
	for _, c := range p.Commands {
		standard := respelt(c.Name)
		switch {
		case isStandard(c.Name):
		case standard == protocol.Prefix+c.Name:
			p.at(c.Pointer, didYouMean(standard, ""), "%q lacks the prefix of a standard command", c.Name).Fix = p.write(c.Pointer, standard)
		case standard != "":
			p.at(c.Pointer, didYouMean(standard, ""), "%q is a misspelling of a standard command; ISC never calls it", c.Name).Fix = p.write(c.Pointer, standard)
		case hasStandardPrefix(c.Name):
			near := p.nearCommand(c.Name)
			p.at(c.Pointer, didYouMean(near, "give your own command its own prefix"),
				"unknown command %q; only standard commands begin with %q", c.Name, protocol.Prefix).Fix = p.write(c.Pointer, near)
		}
	}
}

func customCommand(p *pass) {
	for _, c := range p.Commands {
		if isOwn(c.Name) {
			p.at(c.Pointer, "", "%q is the connector's own command: ISC calls it only when told to", c.Name)
		}
	}
}

func duplicateCommand(p *pass) {
	first := make(map[string]schema.Pointer)
	for _, c := range p.Commands {
		if before, ok := first[c.Name]; ok {
			d := p.conflict(c.Pointer, before, "remove one of the two", "command %q is listed twice", c.Name)
			d.Fix = p.safely(removeSecond, p.File.Remove(c.Pointer))
			continue
		}
		first[c.Name] = c.Pointer
	}
}

func deprecatedCommand(p *pass) {
	for _, c := range p.Commands {
		if c.Name == "std:agent:list" {
			const better = "std:machine-identity:list"
			p.at(c.Pointer, fmt.Sprintf("use %q", better), "command %q is deprecated", c.Name).Fix = p.write(c.Pointer, better)
		}
	}
}

func implicitCommand(p *pass) {
	for _, c := range p.Commands {
		if c.Name == "std:spec:read" {
			p.at(c.Pointer, "leave it out", "command %q need not be listed: every connector has it", c.Name).Fix = p.unsafely("remove it", p.File.Remove(c.Pointer))
		}
	}
}

func noCommands(p *pass) {
	if p.kindOf("/commands") == '[' && len(p.Commands) == 0 {
		p.at("/commands", `list "std:test-connection" and what the connector can do`, "the connector has no commands, so ISC can do nothing with it")
	}
}

func missingTestConnection(p *pass) {
	if len(p.Commands) > 0 && !p.HasCommand("std:test-connection") {
		d := p.at("/commands", `add "std:test-connection"`, "administrators cannot test the connection of a source: the command is not listed")
		d.Fix = p.unsafely(`add "std:test-connection"`, p.File.Append("/commands", `"std:test-connection"`))
	}
}

// command returns the entry of commands with a name.
func (p *pass) command(name string) (schema.Command, bool) {
	for _, c := range p.Commands {
		if c.Name == name {
			return c, true
		}
	}
	return schema.Command{}, false
}

// accountCommand returns the first command that works on accounts, other than discovery of their
// schema.
func (p *pass) accountCommand() (schema.Command, bool) {
	for _, c := range p.Commands {
		if strings.HasPrefix(c.Name, "std:account:") && c.Name != "std:account:discover-schema" {
			return c, true
		}
	}
	return schema.Command{}, false
}

func missingAccountSchema(p *pass) {
	c, ok := p.accountCommand()
	if kind := p.kindOf("/accountSchema"); ok && !p.dynamic && (kind == ' ' || kind == 'n') {
		p.at(c.Pointer, `add "accountSchema", or list "std:account:discover-schema"`, "command %q needs an accountSchema, which the spec does not have", c.Name)
	}
}

func emptyAccountSchema(p *pass) {
	at := schema.Pointer("/accountSchema").Member("attributes")
	if _, ok := p.accountCommand(); ok && !p.dynamic && p.AccountSchema != nil && p.kindOf(at) == '[' && len(p.AccountSchema.Attributes) == 0 {
		p.at(at, `add attributes, or list "std:account:discover-schema"`, "accounts have no attributes")
	}
}

func entitlementListWithoutSchemas(p *pass) {
	c, ok := p.command("std:entitlement:list")
	if ok && len(p.EntitlementSchemas) == 0 && !p.dynamic && !p.SupportsCustomSchemas {
		p.at(c.Pointer, `add "entitlementSchemas"`, "command %q has no entitlement types to list", c.Name)
	}
}

func entitlementSchemasWithoutList(p *pass) {
	if len(p.EntitlementSchemas) > 0 && !p.HasCommand("std:entitlement:list") {
		p.name("/entitlementSchemas", `add the command "std:entitlement:list"`, "entitlements have a schema, but no command lists them")
	}
}

func templateWithoutCreate(p *pass) {
	if p.AccountCreateTemplate != nil && !p.HasCommand("std:account:create") {
		p.name("/accountCreateTemplate", `add the command "std:account:create"`, "the create template is never used: no command creates accounts")
	}
}

func createWithoutTemplate(p *pass) {
	if c, ok := p.command("std:account:create"); ok && p.AccountCreateTemplate == nil {
		p.at(c.Pointer, `add "accountCreateTemplate"`, "command %q has no create template: administrators must write the create profile by hand", c.Name)
	}
}

func enableDisableUnpaired(p *pass) {
	const enable, disable = "std:account:enable", "std:account:disable"
	for _, pair := range [][2]string{{enable, disable}, {disable, enable}} {
		if c, ok := p.command(pair[0]); ok && !p.HasCommand(pair[1]) {
			p.at(c.Pointer, "", "%q is listed, but not %q, which undoes it", pair[0], pair[1])
		}
	}
}
