package docs

import (
	_ "embed"
	"fmt"
	"html"
	"strings"
)

//go:embed page.css
var styles string

// renderHTML writes a self-contained file with inline styles and no script.
func renderHTML(title string, blocks []block) string {
	var h htmlWriter
	h.printf("<!DOCTYPE html>\n%s\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n", mark)
	h.printf("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>%s</title>\n<style>\n%s</style>\n</head>\n", escapeHTML(title), styles)
	h.printf("<body>\n<main>\n%s</main>\n</body>\n</html>\n", fragmentHTML(blocks))
	return h.b.String()
}

// fragmentHTML writes blocks without the frame of a page.
func fragmentHTML(blocks []block) string {
	var h htmlWriter
	for _, b := range blocks {
		h.block(b)
	}
	return h.b.String()
}

// An htmlWriter writes blocks as HTML.
type htmlWriter struct {
	b       strings.Builder
	section string // ID of the last heading
}

func (h *htmlWriter) printf(format string, args ...any) { fmt.Fprintf(&h.b, format, args...) }

// escapeHTML escapes a text for use in elements and attributes.
func escapeHTML(text string) string { return html.EscapeString(visible(text)) }

func (h *htmlWriter) block(b block) {
	switch b := b.(type) {
	case heading:
		id := ""
		if b.id != "" {
			id, h.section = ` id="`+b.id+`"`, b.id
		}
		h.printf("<h%d%s>%s</h%d>\n", b.level, id, h.spans(b.text), b.level)
	case paragraph:
		h.printf("<p>%s</p>\n", h.spans(b))
	case list:
		h.list(b)
	case table:
		h.table(b)
	case contentsList:
		h.printf("<nav id=%q aria-labelledby=\"contents-title\">\n<h2 id=\"contents-title\">Contents</h2>\n", contentsID)
		h.list(list(b))
		h.printf("</nav>\n")
	case keep:
		h.printf("%s\n", slot+string(b)+slot)
	}
}

// list writes a list. An item of a single line needs no paragraph.
func (h *htmlWriter) list(l list) {
	h.printf("<ul>\n")
	for _, item := range l {
		h.printf("<li>")
		for i, b := range item {
			if p, ok := b.(paragraph); ok && i == 0 && !isLoose(item) {
				h.printf("%s", h.spans(p))
				continue
			}
			h.printf("\n")
			h.block(b)
		}
		h.printf("</li>\n")
	}
	h.printf("</ul>\n")
}

// table writes a table in an element that scrolls if the table is wider than the screen. People
// without a mouse must be able to reach that element.
func (h *htmlWriter) table(t table) {
	h.printf("<div class=\"wide\" role=\"group\" aria-labelledby=%q tabindex=\"0\">\n<table>\n<thead>\n<tr>", h.section)
	for _, text := range t.head {
		h.printf(`<th scope="col">%s</th>`, escapeHTML(text))
	}
	h.printf("</tr>\n</thead>\n<tbody>\n")
	for _, row := range t.rows {
		h.printf("<tr>")
		for i, cell := range row {
			if i == 0 {
				h.printf(`<th scope="row">%s</th>`, h.spans(cell))
			} else {
				h.printf("<td>%s</td>", h.spans(cell))
			}
		}
		h.printf("</tr>\n")
	}
	h.printf("</tbody>\n</table>\n</div>\n")
}

func (h *htmlWriter) spans(spans []span) string {
	var b strings.Builder
	for _, s := range spans {
		switch s := s.(type) {
		case plain:
			b.WriteString(escapeHTML(string(s)))
		case name:
			b.WriteString("<code>" + html.EscapeString(visibleName(string(s))) + "</code>")
		case strong:
			b.WriteString("<strong>" + h.spans(s) + "</strong>")
		case emphasis:
			b.WriteString("<em>" + h.spans(s) + "</em>")
		case small:
			b.WriteString("<small>" + h.spans(s) + "</small>")
		case group:
			b.WriteString(h.spans(s))
		case link:
			b.WriteString(`<a href="` + html.EscapeString(s.url) + `">` + h.spans(s.text) + "</a>")
		case lineBreak:
			b.WriteString("<br>")
		}
	}
	return b.String()
}
