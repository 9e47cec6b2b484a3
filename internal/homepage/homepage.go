// Package homepage knows where conngen is on the web.
package homepage

// URL is the address of the repository.
const URL = "https://github.com/conngen/conngen"

// Manual returns the address of a page in docs: "reference/rules.md".
func Manual(page string) string { return URL + "/blob/main/docs/" + page }
