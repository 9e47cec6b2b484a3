package lint

// Fixes says which fixes the findings of a rule offer. Not every finding of the rule has one: there
// is none where nobody can tell what was meant.
type Fixes struct {
	Safe   bool   // some change neither types nor meaning
	Unsafe bool   // some change a type or a meaning, or take a guess
	Asked  bool   // they are applied only where someone asks for the rule by its ID
	Text   string // what they do, or why there are none: "removes the comma"
}

// Any reports whether there are fixes at all.
func (f Fixes) Any() bool { return f.Safe || f.Unsafe }

// Fixes returns the fixes of the rule.
func (r Rule) Fixes() Fixes { return fixes[r.ID] }

func safe(text string) Fixes   { return Fixes{Safe: true, Text: text} }
func unsafe(text string) Fixes { return Fixes{Unsafe: true, Text: text} }
func both(text string) Fixes   { return Fixes{Safe: true, Unsafe: true, Text: text} }
func none(why string) Fixes    { return Fixes{Text: why} }

// fixes are those of all rules.
var fixes = map[string]Fixes{
	"json-syntax":                      none("What is missing or too much, only its author knows."),
	"merge-conflict-markers":           none("Which of the versions is right, only people know."),
	"json-trailing-comma":              safe("Removes the comma, where the rest is JSON."),
	"json-comment":                     safe("Removes the comment, where the rest is JSON."),
	"schema":                           unsafe("Corrects the type of a menu or section and the case of true and false, and makes a list of a single command."),
	"source-config-entry-unrecognised": none("What the entry is, only its author knows."),
	"item-key-missing":                 unsafe("Renames name to key."),
	"unknown-attribute-type":           unsafe("Writes the type that the name stands for, such as long for number."),
	"field-key-missing":                none("Which attribute the field is for, only its author knows."),
	"unknown-initial-value-type":       unsafe("Writes the type of which this is a misspelling."),
	"identity-attribute-missing":       unsafe("Writes the attribute of which this is a misspelling. It decides about the IDs of accounts."),
	"duplicate-entitlement-type":       safe("Removes the second of two schemas that are the same."),
	"duplicate-attribute-conflict":     none("Which of the two is right, only the source system tells."),
	"duplicate-config-key-conflict":    none("Which of the two is right, only their author knows."),

	"utf8-bom":           safe("Removes the byte order mark."),
	"duplicate-json-key": both("Removes the second of two that have the same value; with --unsafe the first of others, which does not count."),
	"go-name-collision":  none("The name is set in .conngen.json; the spec is right."),
	"go-name-empty":      none("The name is set in .conngen.json; the spec is right."),
	"name-with-spaces":   unsafe("Removes the white space, from references to the name too. The source system may know it with the space."),
	"look-alike-names":   unsafe("Writes a name with plain letters, and references to it too. Which of two names to change, only people know."),
	"unknown-field":      unsafe("Renames the member to the one of which it is a misspelling, such as multiple to multi."),
	"boolean-as-string":  safe("Removes the quotes."),

	"unknown-command":                  unsafe("Writes the standard command of which this is a misspelling. The client needs its method."),
	"duplicate-command":                safe("Removes the second."),
	"deprecated-command":               unsafe("Writes the command that replaces it. The client needs its method."),
	"no-commands":                      none("What the connector can do, only its author knows."),
	"missing-test-connection":          unsafe("Lists std:test-connection. The client needs its method."),
	"missing-account-schema":           none("Which attributes accounts have, only the source system tells."),
	"empty-account-schema":             none("Which attributes accounts have, only the source system tells."),
	"entitlement-list-without-schemas": none("Which attributes entitlements have, only the source system tells."),
	"entitlement-schemas-without-list": none("Whether the command is missing or the schemas are left over, only people know."),
	"template-without-create":          none("Whether the command is missing or the template is left over, only people know."),

	"unknown-item-type":                  unsafe("Writes the documented type: secret for password, text for string, or the one of which this is a misspelling."),
	"flat-config-item":                   unsafe("Puts a section around neighbouring items, and a menu at the top level. Their titles are for you to write."),
	"nested-menu":                        unsafe("Moves the menu to the top level, or the section out of the one around it."),
	"secret-typed-as-text":               unsafe("Writes the type secret, or secrettextarea. Administrators enter the value again."),
	"static-password-in-create-template": unsafe("Has the generator Create Password make one for each account."),
	"initial-value-for-secret":           unsafe("Removes the value. Whoever has an older version of the spec still has it."),
	"initial-value-unknown-key":          unsafe("Removes the value, or corrects the case of its key."),
	"initial-value-type-mismatch":        unsafe("Adds or removes the quotes, where that is all there is to it."),
	"initial-value-not-an-option":        unsafe("Writes the option that differs in case alone, or whose label this is."),
	"parent-key-unknown":                 unsafe("Writes the key of which this is a misspelling."),
	"parent-key-missing":                 none("On which item this one depends, only its author knows."),
	"parent-value-missing":               unsafe("Shows the item where a checkbox or toggle is on."),
	"parent-value-impossible":            unsafe("Writes the value that differs in case alone, or whose label this is."),
	"parent-value-not-string":            safe("Puts the value in quotes."),
	"parent-type-unusual":                none("What decides whether the item is shown, only its author knows."),
	"card-key-unknown":                   unsafe("Writes the key of which this is a misspelling."),
	"options-missing":                    none("What there is to choose from, only its author knows."),
	"duplicate-option-value":             safe("Removes the second of two options that are the same."),
	"option-value-not-string":            safe("Puts the value in quotes."),
	"key-value-parts-missing":            none("What the pairs are called, only their author knows."),
	"limit-not-numeric":                  safe("Writes the number without white space and underscores."),
	"number-out-of-range":                both("Writes a whole number in digits; with --unsafe swaps min and max. What else was meant, only people know."),
	"duplicate-config-key":               safe("Removes the second of two items that are the same."),

	"duplicate-attribute":                    safe("Removes the second of two attributes that are the same."),
	"display-attribute-missing":              unsafe("Writes the attribute of which this is a misspelling."),
	"group-attribute-missing":                unsafe("Writes the attribute of which this is a misspelling."),
	"hierarchy-attribute-missing":            unsafe("Writes the attribute of which this is a misspelling."),
	"entitlement-identity-attribute-missing": unsafe("Writes the attribute of which this is a misspelling."),
	"group-attribute-not-entitlement":        unsafe("Sets entitlement of the attribute to true."),
	"entitlement-attribute-without-schema":   unsafe("Sets schemaObjectType to the type that is called like the attribute."),
	"entitlement-type-ambiguous":             unsafe("Sets schemaObjectType to the type that is called like the attribute."),
	"managed-without-entitlement":            unsafe("Sets entitlement of the group attribute to true, and removes managed from attributes of entitlements."),
	"schema-object-type-without-entitlement": unsafe("Sets entitlement to true where the type has a schema, and removes schemaObjectType from attributes of entitlements."),
	"identity-attribute-multi":               none("Which attribute is the ID, only the source system tells."),
	"identity-attribute-type":                none("Which attribute is the ID, only the source system tells."),

	"duplicate-template-field":        safe("Removes the second of two fields that are the same."),
	"static-value-type-mismatch":      unsafe("Gives the field the type of the account's attribute, or the value its quotes, where that fits."),
	"initial-value-attribute-missing": none("Where the value comes from, only its author knows."),
	"unknown-generator":               unsafe("Writes the generator of which this is a misspelling."),
	"generator-template-missing":      none("How IDs are made, only people decide."),
	"generator-template-syntax":       safe("Writes $(…) in place of ${…}."),
	"required-field-static-empty":     none("Whether the value is missing or the field is optional, only people know."),
	"deprecated-field-name":           safe("Renames name to key."),
	"stateful-without-checkbox":       unsafe("Adds a checkbox to the last section."),
	"stateful-checkbox-without-flag":  unsafe("Sets supportsStatefulCommands to true."),

	"missing-key-type":                       {Unsafe: true, Asked: true, Text: "Adds \"keyType\": \"simple\". It changes the generated types, so it has to be asked for, with --rule missing-key-type."},
	"undocumented-field":                     none("ISC knows the member."),
	"missing-description":                    none("What the attribute means, only people know."),
	"undocumented-help-field":                unsafe("Renames it to helpKey, which the form shows."),
	"create-without-template":                none("Which fields an account needs, only the source system tells."),
	"section-without-menu":                   unsafe("Puts a menu around neighbouring sections. Its label is for you to write."),
	"entitlement-not-multi":                  none("Whether an account can have several, only the source system tells."),
	"entitlement-schema-unreferenced":        none("Which attribute holds the entitlements, only the source system tells."),
	"section-title-missing":                  none("What the section is about, only its author knows."),
	"managed-entitlement-without-update":     none("Whether the command is missing or nothing can be changed, only its author knows."),
	"template-field-not-in-schema":           unsafe("Writes the attribute of which this is a misspelling."),
	"field-type-conflict":                    unsafe("Gives the field the type of the account's attribute, which is used in any case."),
	"identity-attribute-dynamic":             none("Nothing is wrong: discovery brings the attribute."),
	"display-attribute-dynamic":              none("Nothing is wrong: discovery brings the attribute."),
	"group-attribute-dynamic":                none("Nothing is wrong: discovery brings the attribute."),
	"password-attribute":                     none("Whether the attribute is a password, only people know."),
	"custom-command":                         none("Nothing is wrong: the connector has a command of its own."),
	"entitlement-flag-in-entitlement-schema": unsafe("Removes the flag."),
	"enable-disable-unpaired":                none("What the connector can do, only its author knows."),
	"entitlement-not-string":                 unsafe("Writes the type string."),
	"undocumented-item-value":                none("The platform may know the member."),
	"template-placeholder":                   none("What the connector is called, only its author knows."),
	"template-field-without-initial-value":   unsafe("Makes an initialValue of the older form identityAttribute."),
	"implicit-command":                       unsafe("Removes the command."),
}
