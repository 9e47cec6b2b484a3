// Package homepage knows where conngen and its manual are on the web.
package homepage

// URL is the address of the repository.
const URL = "https://github.com/conngen/conngen"

// Manual returns the address of a page in docs: "reference/rules.md".
func Manual(page string) string { return URL + "/blob/main/docs/" + page }

// Reference is the folder of docs whose pages make reference writes.
const Reference = "reference"

// The pages of the reference, besides the one of each rule.
const (
	Rules       = Reference + "/rules.md"
	Changes     = Reference + "/changes.md"
	Commands    = Reference + "/commands.md"
	Settings    = Reference + "/settings.md"
	Types       = Reference + "/types.md"
	Differences = Reference + "/differences.md"
)

// Pages lists the pages above.
func Pages() []string {
	return []string{Rules, Changes, Commands, Settings, Types, Differences}
}
