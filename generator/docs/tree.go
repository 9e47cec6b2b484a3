package docs

// A block is a part of a page that is on lines of its own: a [heading], a [paragraph], a [list], a
// [table], a [contentsList], a [keep] or a [missing].
type block any

// A heading begins a section, or is the page's title at level 1.
type heading struct {
	level int
	id    string // the target of links, "" for headings without
	text  []span
}

// A paragraph is a line of text of any length.
type paragraph []span

// A list is a list with bullets. An item is one or more blocks, the first of which is a paragraph.
type list [][]block

// A table has a header row. Cells of its first column are row headers.
type table struct {
	head []string
	rows [][][]span
}

// A contentsList is a table of contents.
type contentsList list

// A keep is the place of an author's block.
type keep string

// A span is a part of a line: [plain] text, a [name], a [lineBreak], or one that holds spans.
type span any

// Plain is text without markup.
type plain string

// A name is a machine-readable text: an attribute name, a key, a value.
type name string

// The spans that hold others.
type (
	strong   []span
	emphasis []span
	small    []span
	link     struct {
		url  string // #ID, or what [safeURL] accepts
		text []span
	}
)

// words removes the markup of spans. Spans that are not text stay.
type lineBreak struct{}

// words returns spans of a text without marks. Other spans stay.
func words(parts ...any) []span {
	spans := make([]span, len(parts))
	for i, p := range parts {
		if text, ok := p.(string); ok {
			p = plain(text)
		}
		spans[i] = p
	}
	return spans
}

// sentence is a paragraph of texts and spans.
func sentence(parts ...any) paragraph { return words(parts...) }

// enumerate joins parts of a sentence: "a, b and c".
func enumerate(parts [][]span) []span { return join(parts, " and ") }

// join joins parts of a sentence with commas, except the last one.
func join(parts [][]span, last string) []span {
	var joined []span
	for i, p := range parts {
		switch {
		case i == 0:
		case i < len(parts)-1:
			joined = append(joined, plain(", "))
		default:
			joined = append(joined, plain(last))
		}
		joined = append(joined, p...)
	}
	return joined
}

// names are the parts of an enumeration of names.
func names(all []string) [][]span {
	parts := make([][]span, len(all))
	for i, n := range all {
		parts[i] = []span{name(n)}
	}
	return parts
}

// A missing is on the page while the author's block of a name is empty.
type missing struct {
	name string
	text paragraph
}

// A group is several spans in place of one.
type group []span
