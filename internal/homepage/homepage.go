// Package homepage knows the web addresses of conngen and its manual.
package homepage

// URL is the address of the repository.
const URL = "https://github.com/conngen/conngen"

// Manual returns the address of a page in docs, such as "reference/rules.md".
func Manual(page string) string { return URL + "/blob/main/docs/" + page }

// Reference is the folder of docs with the pages written by make reference.
const Reference = "reference"

// The reference pages, besides those of single rules.
const (
	Rules        = Reference + "/rules.md"
	Changes      = Reference + "/changes.md"
	Commands     = Reference + "/commands.md"      // of conngen
	SpecCommands = Reference + "/spec-commands.md" // of connectors
	Settings     = Reference + "/settings.md"
	Types        = Reference + "/types.md"
	Differences  = Reference + "/differences.md"
)

// Pages lists the pages above.
func Pages() []string {
	return []string{Rules, Changes, Commands, SpecCommands, Settings, Types, Differences}
}
