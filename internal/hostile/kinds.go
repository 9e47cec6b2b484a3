package hostile

import (
	"fmt"
	"strings"
)

// maxBytes is close to the maximum size of a spec.
const maxBytes = 9 << 20

var standard = []string{"std:test-connection", "std:account:list", "std:account:read"}

// Kinds returns all families of specs.
func Kinds() []Kind { return kinds }

var kinds = []Kind{
	{Name: "commands", Small: 200, Large: 90_000, make: func(b *builder, n int) {
		b.commands(repeat(n, func(i int) string { return b.word("acme:do-", i) })...)
	}},
	{Name: "repeated-commands", Small: 200, Large: 90_000, make: func(b *builder, n int) {
		b.commands(repeat(n, func(i int) string { return standard[(i+b.version)%len(standard)] })...)
		b.account("[]")
	}},
	{Name: "unknown-commands", Small: 200, Large: 90_000, make: func(b *builder, n int) {
		b.commands(repeat(n, func(i int) string { return b.word("std:account:lits", i) })...)
	}},
	{Name: "entitlement-types", Small: 100, Large: 12_000, make: func(b *builder, n int) {
		b.commands("std:entitlement:list", "std:entitlement:read", "std:test-connection")
		b.members["entitlementSchemas"] = list(n, func(i int) string { return objectSchema(b.word("type", i), "id", "[]") })
	}},
	{Name: "entitlement-attributes", Small: 200, Large: 30_000, make: func(b *builder, n int) {
		b.commands("std:entitlement:list")
		b.members["entitlementSchemas"] = "[" + objectSchema("group", "id", list(n, func(i int) string { return attribute(b.word("a", i), "") })) + "]"
	}},
	{Name: "attributes", Small: 200, Large: 30_000, make: func(b *builder, n int) {
		b.commands("std:account:list", "std:account:create", "std:account:update")
		b.account(list(n, func(i int) string { return attribute(b.word("a", i), "") }))
	}},
	{Name: "repeated-attributes", Small: 200, Large: 30_000, make: func(b *builder, n int) {
		b.commands("std:account:list", "std:account:create", "std:account:update")
		b.account(list(n, func(i int) string { return attribute(b.word("a", i%2), "") }))
	}},
	{Name: "references", Small: 100, Large: 8_000, make: func(b *builder, n int) {
		b.commands("std:account:list", "std:entitlement:list")
		b.account(list(n, func(i int) string {
			return attribute(b.word("a", i), fmt.Sprintf(`,"entitlement":true,"schemaObjectType":%q`, b.word("typ", i)))
		}))
		b.members["entitlementSchemas"] = list(n, func(i int) string { return objectSchema(b.word("type", i), "id", "[]") })
	}},
	{Name: "fields", Small: 200, Large: 12_000, make: func(b *builder, n int) {
		b.commands("std:account:list", "std:account:create", "std:account:update")
		b.account(list(n/2, func(i int) string { return attribute(b.word("a", i), "") }))
		b.members["accountCreateTemplate"] = `{"fields":` + list(n, func(i int) string {
			return fmt.Sprintf(`{"key":%q,"label":%q,"type":"string","required":true,"initialValue":{"type":"identityAttribute","attributes":{"name":"uid"}}}`,
				b.word("a", i), b.word("Label ", i))
		}) + "}"
	}},
	{Name: "items", Small: 200, Large: 40_000, make: func(b *builder, n int) {
		b.items(list(n, func(i int) string { return textItem(b.word("item", i), b.word("Label ", i)) }))
	}},
	{Name: "children", Small: 200, Large: 25_000, make: func(b *builder, n int) {
		b.items("[" + textItem("root", "Root") + "," + strings.Join(repeat(n, func(i int) string {
			return fmt.Sprintf(`{"key":%q,"label":"Child","type":"checkbox","parentKey":%q,"parentValue":"true"}`, b.word("item", i+1), b.word("item", i))
		}), ",\n") + "]")
	}},
	{Name: "lost-children", Small: 200, Large: 25_000, make: func(b *builder, n int) {
		b.items(list(n, func(i int) string {
			return fmt.Sprintf(`{"key":%q,"label":"Child","type":"text","parentKey":%q,"parentValue":"true"}`, b.word("item", i), b.word("itme", i))
		}))
	}},
	{Name: "menus", Small: 200, Large: 18_000, make: func(b *builder, n int) {
		b.members["sourceConfig"] = list(n, func(i int) string {
			return fmt.Sprintf(`{"type":"menu","label":%q,"items":[{"type":"section","sectionTitle":%q,"items":[%s]}]}`,
				b.word("Menu ", i), b.word("Section ", i), textItem(b.word("item", i), "Label"))
		})
	}},
	{Name: "nested-menus", Small: 20, Large: 700, make: func(b *builder, n int) {
		b.members["sourceConfig"] = list(n, func(i int) string {
			return strings.Repeat(`{"type":"menu","label":"Menu","items":[`, 90) + textItem(b.word("item", i), "Label") + strings.Repeat("]}", 90)
		})
	}},
	{Name: "options", Small: 200, Large: 60_000, make: func(b *builder, n int) {
		b.items(`[{"key":"mode","label":"Mode","type":"select","options":` + list(n, func(i int) string { return option(b.word("value ", i)) }) + "}]")
	}},
	{Name: "repeated-options", Small: 200, Large: 60_000, make: func(b *builder, n int) {
		b.items(`[{"key":"mode","label":"Mode","type":"select","options":` + list(n, func(i int) string { return option(b.word("value ", i%2)) }) + "}]")
	}},
	{Name: "choices", Small: 100, Large: 14_000, make: func(b *builder, n int) {
		b.items(list(n, func(i int) string {
			return fmt.Sprintf(`{"key":%q,"label":"Mode","type":"radio","options":[%s,%s]}`, b.word("mode", i), option("one"), option("two"))
		}))
	}},
	{Name: "alternatives", Small: 200, Large: 20_000, make: func(b *builder, n int) {
		b.items(`[{"key":"mode","label":"Mode","type":"select","options":` + list(n, func(i int) string { return option(b.word("m", i)) }) + "},\n" +
			strings.Join(repeat(n, func(i int) string {
				return fmt.Sprintf(`{"key":"address","label":%q,"type":"text","required":true,"parentKey":"mode","parentValue":%q}`, b.word("Address ", i), b.word("m", i))
			}), ",\n") + "]")
	}},
	{Name: "alternative-choices", Small: 100, Large: 12_000, make: func(b *builder, n int) {
		b.items(`[{"key":"mode","label":"Mode","type":"select","options":` + list(n, func(i int) string { return option(b.word("m", i)) }) + "},\n" +
			strings.Join(repeat(n, func(i int) string {
				return fmt.Sprintf(`{"key":"region","label":"Region","type":"select","parentKey":"mode","parentValue":%q,"options":[%s]}`, b.word("m", i), option(b.word("region ", i)))
			}), ",\n") + "]")
	}},
	{Name: "alternative-cards", Small: 100, Large: 10_000, make: func(b *builder, n int) {
		b.items(`[{"key":"mode","label":"Mode","type":"select","options":` + list(n, func(i int) string { return option(b.word("m", i)) }) + "},\n" +
			strings.Join(repeat(n, func(i int) string {
				return fmt.Sprintf(`{"key":"sources","label":"Sources","type":"cardList","parentKey":"mode","parentValue":%q,"titleKey":"name","subtitleKey":"name","subMenus":[{"label":"Menu","items":[%s]}]}`,
					b.word("m", i), textItem(b.word("name", i), "Name"))
			}), ",\n") + "]")
	}},
	{Name: "conflicts", Small: 200, Large: 40_000, Wrong: true, make: func(b *builder, n int) {
		types := []string{"text", "secret", "number"}
		b.items(list(n, func(i int) string {
			return fmt.Sprintf(`{"key":"address","label":%q,"type":%q}`, b.word("Label ", i), types[i%3])
		}))
	}},
	{Name: "cards", Small: 100, Large: 14_000, make: func(b *builder, n int) {
		b.items(list(n, func(i int) string { return card(b.word("sources", i), "["+textItem("name", "Name")+"]") }))
	}},
	{Name: "card-items", Small: 200, Large: 40_000, make: func(b *builder, n int) {
		b.items("[" + card("sources", list(n, func(i int) string { return textItem(b.word("name", i), "Name") })) + "]")
	}},
	{Name: "submenus", Small: 200, Large: 24_000, make: func(b *builder, n int) {
		b.items(`[{"key":"sources","label":"Sources","type":"cardList","titleKey":"name0","subtitleKey":"name0","subMenus":` + list(n, func(i int) string {
			return fmt.Sprintf(`{"label":"Menu","items":[%s]}`, textItem(b.word("name", i), "Name"))
		}) + "}]")
	}},
	{Name: "secrets", Small: 200, Large: 18_000, make: func(b *builder, n int) {
		b.items(list(n, func(i int) string {
			return fmt.Sprintf(`{"key":%q,"label":"Password","type":"text","value":"hunter%d"}`, b.word("password", i), i)
		}))
		b.members["sourceConfigInitialValues"] = "{" + strings.Join(repeat(n, func(i int) string {
			return fmt.Sprintf(`%q:"hunter%d"`, b.word("password", i), i)
		}), ",\n") + "}"
	}},
	{Name: "number-secrets", Small: 200, Large: 18_000, make: func(b *builder, n int) {
		b.items(list(n, func(i int) string {
			return fmt.Sprintf(`{"key":%q,"label":"Password","type":"secret"}`, b.word("password", i))
		}))
		b.members["sourceConfigInitialValues"] = "{" + strings.Join(repeat(n, func(i int) string {
			return fmt.Sprintf(`%q:%d`, b.word("password", i), 100_000+i)
		}), ",\n") + "}"
	}},
	{Name: "escapes", Small: 10_000, Large: maxBytes, make: func(b *builder, n int) {
		b.items(`[{"key":"password","label":"Password","type":"secret"}]`)
		b.members["sourceConfigInitialValues"] = `{"password":"hunter2"}`
		b.members["description"] = `"\` + long("u005c", n, b.version) + `"`
	}},
	{Name: "initial-values", Small: 200, Large: 90_000, make: func(b *builder, n int) {
		b.items(list(1, func(i int) string { return textItem("name0", "Name") }))
		b.members["sourceConfigInitialValues"] = "{" + strings.Join(repeat(n, func(i int) string {
			return fmt.Sprintf("%q:%d", b.word("naem", i), i)
		}), ",\n") + "}"
	}},
	{Name: "unknown-fields", Small: 200, Large: 90_000, make: func(b *builder, n int) {
		b.members["accountSchema"] = `{"displayAttribute":"id","identityAttribute":"id","attributes":[{"name":"id","type":"string",` +
			strings.Join(repeat(n, func(i int) string { return fmt.Sprintf("%q:true", b.word("multiple", i)) }), ",\n") + "}]}"
	}},
	{Name: "repeated-members", Small: 200, Large: 90_000, make: func(b *builder, n int) {
		b.members["resources"] = "[{" + strings.Join(repeat(n, func(i int) string { return fmt.Sprintf("%q:%d", "name", i+b.version) }), ",\n") + "}]"
	}},
	{Name: "wrong-attributes", Small: 200, Large: 45_000, Wrong: true, make: func(b *builder, n int) {
		b.account(list(n, func(i int) string { return fmt.Sprintf(`{"name":%q,"type":"number"}`, b.word("a", i)) }))
	}},
	{Name: "wrong-line", Small: 200, Large: 45_000, Wrong: true, make: func(b *builder, n int) {
		b.account(strings.ReplaceAll(list(n, func(i int) string {
			return fmt.Sprintf(`{"name":%q,"type":"number","description":%q}`, b.word("a", i), strings.Repeat("ä", 40))
		}), "\n", ""))
	}},
	{Name: "wrong-everything", Small: 200, Large: 40_000, Wrong: true, make: func(b *builder, n int) {
		b.commands(repeat(n/4, func(int) string { return "" })...)
		b.members["sourceConfig"] = list(n, func(i int) string { return fmt.Sprintf(`{"name":%q,"required":"yes"}`, b.word("item", i)) })
		b.account(list(n/4, func(i int) string { return `{"name":"","type":3}` }))
		b.members["keyType"] = `"both"`
	}},
	{Name: "wrong-scalars", Small: 200, Large: 90_000, Wrong: true, make: func(b *builder, n int) {
		b.members["sourceConfig"] = list(n, func(i int) string { return fmt.Sprint(i + b.version) })
	}},
	{Name: "collisions", Small: 200, Large: 20_000, make: func(b *builder, n int) {
		b.commands("std:account:list", "std:account:create", "std:account:update")
		b.account(list(n, func(i int) string { return attribute(signs(i+b.version), "") }))
	}},
	{Name: "option-collisions", Small: 200, Large: 60_000, make: func(b *builder, n int) {
		b.items(`[{"key":"mode","label":"Mode","type":"select","options":` + list(n, func(i int) string { return option(signs(i + b.version)) }) + "}]")
	}},
	{Name: "command-collisions", Small: 200, Large: 90_000, make: func(b *builder, n int) {
		b.commands(repeat(n, func(i int) string { return signs(i + b.version) })...)
	}},
	{Name: "type-collisions", Small: 100, Large: 12_000, make: func(b *builder, n int) {
		b.commands("std:entitlement:list", "std:entitlement:read", "std:test-connection")
		b.members["entitlementSchemas"] = list(n, func(i int) string { return objectSchema(signs(i+b.version), "id", "[]") })
	}},
	{Name: "look-alikes", Small: 200, Large: 30_000, make: func(b *builder, n int) {
		b.commands("std:account:list")
		b.account(list(n, func(i int) string { return attribute(alike(i+b.version), "") }))
	}},
	{Name: "nothing-names", Small: 200, Large: 30_000, make: func(b *builder, n int) {
		b.commands("std:account:list")
		b.account(list(n, func(i int) string {
			return attribute(strings.Repeat("\u00a7", 1+(i+b.version)%200)+strings.Repeat("¶", i/200), "")
		}))
	}},
	{Name: "deep", Small: 2, Large: 450, make: func(b *builder, n int) {
		deep := func(i int) string {
			return strings.Repeat(`[{"a":`, 92) + fmt.Sprint(i+b.version) + strings.Repeat("}]", 92)
		}
		b.members["resources"] = list(n/2, deep)
		b.members["sourceConfigInitialValues"] = "{" + strings.Join(repeat(n/2, func(i int) string { return fmt.Sprintf("%q:%s", b.word("item", i), deep(i)) }), ",\n") + "}"
		b.items(list(n/2, func(i int) string { return textItem(b.word("item", i), "Item") }))
	}},
	{Name: "deep-unknown", Small: 2, Large: 1000, make: func(b *builder, n int) {
		b.members["unknown"] = list(n, func(i int) string {
			return strings.Repeat(`[{"a":`, 92) + fmt.Sprint(i+b.version) + strings.Repeat("}]", 92)
		})
	}},
	{Name: "long-description", Small: 10_000, Large: maxBytes, make: func(b *builder, n int) {
		b.members["description"] = fmt.Sprintf("%q", long("word ", n, b.version))
	}},
	{Name: "long-word", Small: 10_000, Large: maxBytes, make: func(b *builder, n int) {
		b.members["description"] = fmt.Sprintf("%q", long("w", n, b.version))
	}},
	{Name: "long-lines", Small: 10_000, Large: maxBytes / 2, make: func(b *builder, n int) {
		b.members["description"] = fmt.Sprintf("%q", long("\n", n, b.version))
	}},
	{Name: "long-name", Small: 10_000, Large: maxBytes, make: func(b *builder, n int) {
		b.members["name"] = fmt.Sprintf("%q", long("Name ", n, b.version))
	}},
	{Name: "long-command", Small: 10_000, Large: maxBytes, Wrong: true, make: func(b *builder, n int) { b.commands(long("do:It-", n, b.version)) }},
	{Name: "long-attribute", Small: 10_000, Large: maxBytes, Wrong: true, make: func(b *builder, n int) {
		b.commands("std:account:list", "std:account:create", "std:account:update")
		b.account("[" + attribute(long("userId-", n, b.version), "") + "]")
	}},
	{Name: "long-signs", Small: 10_000, Large: maxBytes, Wrong: true, make: func(b *builder, n int) {
		b.commands("std:account:list")
		b.account("[" + attribute(long("=!", n, b.version), "") + "]")
	}},
	{Name: "long-type", Small: 10_000, Large: maxBytes, Wrong: true, make: func(b *builder, n int) {
		b.commands("std:entitlement:list")
		b.members["entitlementSchemas"] = "[" + objectSchema(long("group-", n, b.version), "id", "[]") + "]"
	}},
	{Name: "long-key", Small: 10_000, Large: maxBytes, Wrong: true, make: func(b *builder, n int) {
		b.items("[" + textItem(long("base.url-", n, b.version), "Label") + "]")
	}},
	{Name: "long-option", Small: 10_000, Large: maxBytes, Wrong: true, make: func(b *builder, n int) {
		b.items(`[{"key":"mode","label":"Mode","type":"select","options":[` + option(long("on off ", n, b.version)) + "]}]")
	}},
	{Name: "long-type-of-many", Small: 200, Large: 30_000, Wrong: true, make: func(b *builder, n int) {
		b.commands("std:entitlement:list")
		b.members["entitlementSchemas"] = "[" + objectSchema(long("group-", 100*n, b.version), "id", list(n, func(i int) string { return attribute(b.word("a", i), "") })) + "]"
	}},
	{Name: "long-card-of-many", Small: 200, Large: 30_000, Wrong: true, make: func(b *builder, n int) {
		b.items("[" + card(long("source-", 100*n, b.version), list(n, func(i int) string { return textItem(b.word("name", i), "Name") })) + "]")
	}},
	{Name: "long-choice-of-many", Small: 200, Large: 60_000, Wrong: true, make: func(b *builder, n int) {
		b.items(fmt.Sprintf(`[{"key":%q,"label":"Mode","type":"select","options":`, long("mode-", 60*n, b.version)) +
			list(n, func(i int) string { return option(b.word("value ", i)) }) + "}]")
	}},
	{Name: "long-parent-of-many", Small: 200, Large: 20_000, Wrong: true, make: func(b *builder, n int) {
		parent := long("parent-", 60*n, b.version)
		b.items("[" + fmt.Sprintf(`{"key":%q,"label":"Parent","type":"checkbox"},`, parent) + strings.Join(repeat(n, func(i int) string {
			return fmt.Sprintf(`{"key":%q,"label":"Label","type":"text","parentKey":%q,"parentValue":"tru"}`, b.word("item", i), "parent")
		}), ",\n") + "]")
	}},
	{Name: "growing-names", Small: 100, Large: 900, make: func(b *builder, n int) {
		b.commands("std:account:list")
		b.account(list(n, func(i int) string { return attribute(strings.Repeat("a", i+1+b.version), "") }))
	}},
	{Name: "growing-commands", Small: 100, Large: 900, make: func(b *builder, n int) {
		b.commands(repeat(n, func(i int) string { return strings.Repeat("a", i+1+b.version) })...)
	}},
}

func attribute(name, more string) string {
	return fmt.Sprintf(`{"name":%q,"type":"string","description":"Text"%s}`, name, more)
}

func option(value string) string { return fmt.Sprintf(`{"label":%q,"value":%q}`, value, value) }

func card(key, items string) string {
	return fmt.Sprintf(`{"key":%q,"label":"Card","type":"cardList","titleKey":"name","subtitleKey":"name","subMenus":[{"label":"Menu","items":%s}]}`, key, items)
}

// long returns a text of n bytes or slightly more.
func long(text string, n, version int) string {
	return strings.Repeat(text, 1+n/len(text)) + fmt.Sprint(version)
}

// signs returns names that all map to the same Go identifier.
func signs(i int) string {
	name := "user"
	for n := i; n > 0; n /= 8 {
		name += string("-_.: /+="[n%8])
	}
	return name + "id"
}

// alike returns names that look the same.
func alike(i int) string {
	name := ""
	for bit := range 16 {
		if i>>bit&1 == 1 {
			name += "\u0430" // Cyrillic
		} else {
			name += "a"
		}
	}
	return name
}
