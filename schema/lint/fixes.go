package lint

// Fixes says which fixes the findings of a rule offer. A finding has none if conngen cannot tell
// what was meant.
type Fixes struct {
	Safe   bool   // some change neither types nor meaning
	Unsafe bool   // some change a type or a meaning, or guess
	Asked  bool   // they are only applied if the user asks for the rule by its ID
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
	"json-syntax":                      none("Only the author knows what was meant."),
	"merge-conflict-markers":           none("Someone has to choose a version."),
	"json-trailing-comma":              safe("Removes the comma, where the rest is the JSON of a spec."),
	"json-comment":                     safe("Removes the comment, where the rest is the JSON of a spec."),
	"schema":                           unsafe("Corrects a misspelt menu or section and the case of true and false, and makes a list of a single command."),
	"source-config-entry-unrecognised": none("Only the author knows what the entry is."),
	"item-key-missing":                 unsafe("Renames name to key."),
	"unknown-attribute-type":           unsafe("Writes the type that a name stands for elsewhere, such as long for number, and corrects misspelt types."),
	"field-key-missing":                none("Only the author knows which attribute the field sets."),
	"unknown-initial-value-type":       unsafe("Corrects a misspelt type."),
	"identity-attribute-missing":       unsafe("Corrects a misspelt name. The name decides what the IDs of accounts are."),
	"duplicate-entitlement-type":       safe("Removes the second of two schemas that are the same."),
	"duplicate-attribute-conflict":     none("Only the source system tells which type is right."),
	"duplicate-config-key-conflict":    none("Only the author knows which of the two to rename."),

	"utf8-bom":           safe("Removes the byte order mark."),
	"duplicate-json-key": both("Removes the second of two members with the same value; of others, with --unsafe, the first, which does not count."),
	"go-name-collision":  none("The spec is right; set the name in .conngen.json."),
	"go-name-empty":      none("The spec is right; set the name in .conngen.json."),
	"name-with-spaces":   unsafe("Removes the white space, in references too. The source system may know the name with it."),
	"look-alike-names":   unsafe("Writes a name with plain letters, in references too. Someone has to decide which of two names to change."),
	"unknown-field":      unsafe("Corrects a misspelt name, such as multiple to multi."),
	"boolean-as-string":  safe("Removes the quotes."),

	"unknown-command":                  unsafe("Corrects a misspelt standard command. The client then needs its method."),
	"duplicate-command":                safe("Removes the second."),
	"deprecated-command":               unsafe("Replaces the command. The client then needs the method of the new one."),
	"no-commands":                      none("Only the author knows what the connector can do."),
	"missing-test-connection":          unsafe("Adds std:test-connection. The client then needs its method."),
	"missing-account-schema":           none("Only the source system tells which attributes accounts have."),
	"empty-account-schema":             none("Only the source system tells which attributes accounts have."),
	"entitlement-list-without-schemas": none("Only the source system tells which attributes entitlements have."),
	"entitlement-schemas-without-list": none("Either the command is missing, or the schemas are left over."),
	"template-without-create":          none("Either the command is missing, or the template is left over."),

	"unknown-item-type":                  unsafe("Writes the documented type, such as secret for password or text for string, and corrects misspelt types."),
	"flat-config-item":                   unsafe("Puts a section around neighbouring items, and a menu around that at the top level. Their titles are yours to write."),
	"nested-menu":                        unsafe("Moves the menu to the top level, or the section out of the one around it."),
	"secret-typed-as-text":               unsafe("Makes the item a secret. Administrators have to enter the value again."),
	"static-password-in-create-template": unsafe("Has the generator Create Password make a password for each account."),
	"initial-value-for-secret":           unsafe("Removes the value. Older versions of the spec still show it."),
	"initial-value-unknown-key":          unsafe("Removes the value, or corrects the case of its key."),
	"initial-value-type-mismatch":        unsafe("Adds or removes quotes, where nothing else is wrong."),
	"initial-value-not-an-option":        unsafe("Writes the option that differs only in case, or that has this label."),
	"parent-key-unknown":                 unsafe("Corrects a misspelt key."),
	"parent-key-missing":                 none("Only the author knows which item decides."),
	"parent-value-missing":               unsafe("Shows the item while its checkbox or toggle is on."),
	"parent-value-impossible":            unsafe("Writes the value that differs only in case, or that has this label."),
	"parent-value-not-string":            both("Puts the value in quotes, with the option that it names; a number such as 1.0, which becomes \"1\", only with --unsafe."),
	"parent-type-unusual":                none("Only the author knows which item should decide."),
	"card-key-unknown":                   unsafe("Corrects a misspelt key."),
	"options-missing":                    none("Only the author knows the options."),
	"duplicate-option-value":             safe("Removes the second of two options that are the same."),
	"option-value-not-string":            both("Puts the value in quotes, with what refers to it; a number such as 1.0, which becomes \"1\", only with --unsafe."),
	"key-value-parts-missing":            none("Only the author knows what to call the keys and values."),
	"limit-not-numeric":                  safe("Removes white space around a number, and underscores between its thousands."),
	"number-out-of-range":                both("Writes a whole number in digits; with --unsafe, removes the quotes of an initial value, and swaps min and max."),
	"duplicate-config-key":               both("Removes the second of two items that are the same; one in another section only with --unsafe."),

	"duplicate-attribute":                    safe("Removes the second of two attributes that are the same."),
	"display-attribute-missing":              unsafe("Corrects a misspelt name."),
	"group-attribute-missing":                unsafe("Corrects a misspelt name."),
	"hierarchy-attribute-missing":            unsafe("Corrects a misspelt name."),
	"entitlement-identity-attribute-missing": unsafe("Corrects a misspelt name."),
	"group-attribute-not-entitlement":        unsafe("Makes the attribute an entitlement."),
	"entitlement-attribute-without-schema":   unsafe("Sets schemaObjectType to a type that is named like the attribute."),
	"entitlement-type-ambiguous":             unsafe("Sets schemaObjectType to a type that is named like the attribute."),
	"managed-without-entitlement":            unsafe("Makes the group attribute an entitlement, and removes managed from attributes of entitlements."),
	"schema-object-type-without-entitlement": unsafe("Makes the attribute an entitlement if the type has a schema, and removes schemaObjectType from attributes of entitlements."),
	"identity-attribute-multi":               none("Only the author knows which attribute is the ID."),
	"identity-attribute-type":                none("Only the author knows which attribute is the ID."),

	"duplicate-template-field":        safe("Removes the second of two fields that are the same."),
	"static-value-type-mismatch":      unsafe("Gives the field the type of its account attribute, or the value its quotes, where that fits."),
	"initial-value-attribute-missing": none("Only the author knows where the value comes from."),
	"unknown-generator":               unsafe("Corrects a misspelt name."),
	"generator-template-missing":      none("Only the author can decide how IDs are made."),
	"generator-template-syntax":       safe("Writes $(…) in place of ${…}, where that has a name."),
	"required-field-static-empty":     none("Either the value is missing, or the field is optional."),
	"deprecated-field-name":           safe("Renames name to key."),
	"stateful-without-checkbox":       unsafe("Adds a checkbox to the last section."),
	"stateful-checkbox-without-flag":  unsafe("Sets supportsStatefulCommands to true."),

	"missing-key-type":                       {Unsafe: true, Asked: true, Text: "Adds \"keyType\": \"simple\", which changes the generated types. Only --rule missing-key-type applies it."},
	"undocumented-field":                     none("Nothing is wrong: ISC knows the field."),
	"missing-description":                    none("Only the author knows what the attribute means."),
	"undocumented-help-field":                unsafe("Renames it to helpKey, which the form shows."),
	"create-without-template":                none("Only the source system tells what an account needs."),
	"section-without-menu":                   unsafe("Puts a menu around neighbouring sections. Its label is yours to write."),
	"entitlement-not-multi":                  none("Only the source system tells whether an account can have several."),
	"entitlement-schema-unreferenced":        none("Only the author knows which attribute holds the entitlements."),
	"section-title-missing":                  none("Only the author knows what the section is about."),
	"managed-entitlement-without-update":     none("Either the command is missing, or the attribute is not managed."),
	"template-field-not-in-schema":           unsafe("Corrects a misspelt key."),
	"field-type-conflict":                    unsafe("Gives the field the type of its account attribute, which the generated code uses anyway."),
	"identity-attribute-dynamic":             none("Nothing is wrong: discovery returns the attribute."),
	"display-attribute-dynamic":              none("Nothing is wrong: discovery returns the attribute."),
	"group-attribute-dynamic":                none("Nothing is wrong: discovery returns the attribute."),
	"password-attribute":                     none("Only the author knows whether the attribute is a password."),
	"custom-command":                         none("Nothing is wrong: the command is the connector's own."),
	"entitlement-flag-in-entitlement-schema": unsafe("Removes the flag."),
	"enable-disable-unpaired":                none("Only the author knows what the connector can do."),
	"entitlement-not-string":                 unsafe("Writes the type string."),
	"undocumented-item-value":                none("Nothing is wrong if ISC knows the member."),
	"template-placeholder":                   none("Only the author knows the connector's name."),
	"template-field-without-initial-value":   unsafe("Turns the older form identityAttribute into an initialValue."),
	"implicit-command":                       unsafe("Removes the command."),
}
