package docs

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// help reads a help text, which may have HTML. It keeps paragraphs, line breaks, lists, emphasis,
// code and links, and only the text of everything else; scripts and styles are dropped. A tag that
// HTML does not have, as in "the token of <user>", is text.
func help(text string) []block {
	if !strings.ContainsAny(text, "<&") {
		return paragraphs(text)
	}
	h := &helpReader{tokens: html.NewTokenizer(strings.NewReader(text)), lists: []*openList{{items: list{nil}}}}
	for {
		switch h.tokens.Next() {
		case html.ErrorToken:
			for len(h.lists) > 1 {
				h.closeList()
			}
			h.flush()
			return h.lists[0].items[0]
		case html.TextToken:
			h.text(string(h.tokens.Text()))
		case html.StartTagToken, html.SelfClosingTagToken:
			h.tag(string(h.tokens.Raw()), 1)
		case html.EndTagToken:
			h.tag(string(h.tokens.Raw()), -1)
		}
	}
}

// A helpReader turns HTML tokens into blocks.
type helpReader struct {
	tokens *html.Tokenizer
	lists  []*openList // the whole text, as a list of one item, and the open lists
	runs   []run       // of the current paragraph
	style  style
	hidden int // number of open elements whose text is dropped
}

// An openList is a list whose end has not been read.
type openList struct {
	items  list
	nested int // lists in it that are nested too deep
}

// A style counts the open elements of each kind, with the target of their link.
type style struct {
	strong, emphasis, code int
	url                    string
}

// A run is text of one style. A line break has no text.
type run struct {
	text string
	style
}

// maxNesting is the maximum depth of lists. Items of deeper lists move to the list around them.
const maxNesting = 5

// tag handles a start tag or, with -1, an end tag.
func (h *helpReader) tag(raw string, open int) {
	token := h.tokens.Token()
	switch token.DataAtom {
	case 0:
		h.text(raw)
	case atom.Script, atom.Style, atom.Title, atom.Template, atom.Iframe, atom.Noscript, atom.Textarea:
		h.hidden = max(0, h.hidden+open)
	case atom.B, atom.Strong:
		h.style.strong = max(0, h.style.strong+open)
	case atom.I, atom.Em:
		h.style.emphasis = max(0, h.style.emphasis+open)
	case atom.Code, atom.Kbd, atom.Samp, atom.Tt:
		h.style.code = max(0, h.style.code+open)
	case atom.A:
		h.style.url = ""
		for _, a := range token.Attr {
			if a.Key == "href" && open > 0 && safeURL(a.Val) {
				h.style.url = a.Val
			}
		}
	case atom.Br:
		h.lineBreak()
	case atom.Ul, atom.Ol:
		h.flush()
		if open > 0 {
			h.openList()
		} else {
			h.closeList()
		}
	case atom.Li:
		h.flush()
		if top := h.top(); open > 0 && len(h.lists) > 1 {
			top.items = append(top.items, nil)
		}
	case atom.Span, atom.U, atom.Small, atom.Sub, atom.Sup, atom.Font, atom.Mark, atom.Abbr, atom.Label, atom.Img:
	default:
		h.flush()
	}
}

func (h *helpReader) top() *openList { return h.lists[len(h.lists)-1] }

func (h *helpReader) openList() {
	if len(h.lists) > maxNesting {
		h.top().nested++
		return
	}
	h.lists = append(h.lists, new(openList))
}

func (h *helpReader) closeList() {
	top := h.top()
	switch {
	case top.nested > 0:
		top.nested--
	case len(h.lists) > 1:
		h.flush()
		h.lists = h.lists[:len(h.lists)-1]
		h.addList(withoutEmpty(top.items))
	}
}

// addList adds a list to the current item. If the item has nothing else yet, the list's items
// replace it.
func (h *helpReader) addList(l list) {
	top := h.top()
	last := len(top.items) - 1
	switch {
	case len(l) == 0:
	case len(h.lists) > 1 && (last < 0 || len(top.items[last]) == 0):
		top.items = append(top.items[:max(last, 0)], l...)
	default:
		h.add(l)
	}
}

func withoutEmpty(l list) list {
	var items list
	for _, item := range l {
		if len(item) > 0 {
			items = append(items, item)
		}
	}
	return items
}

// add adds a block to the current item.
func (h *helpReader) add(b block) {
	top := h.top()
	if len(top.items) == 0 {
		top.items = list{nil}
	}
	last := len(top.items) - 1
	top.items[last] = append(top.items[last], b)
}

func (h *helpReader) text(text string) {
	if h.hidden == 0 {
		h.runs = append(h.runs, run{visible(text), h.style})
	}
}

// lineBreak ends a line; a second one in a row ends the paragraph.
func (h *helpReader) lineBreak() {
	for i := len(h.runs) - 1; i >= 0; i-- {
		if h.runs[i].text == "" {
			h.flush()
			return
		}
		if strings.TrimSpace(h.runs[i].text) != "" {
			h.runs = append(h.runs, run{})
			return
		}
	}
}

// flush makes a paragraph of the text read so far.
func (h *helpReader) flush() {
	var spans []span
	space, fresh := false, true // a space is due; nothing is on the line yet
	for _, r := range h.runs {
		if r.text == "" {
			spans, space, fresh = append(spans, lineBreak{}), false, true
			continue
		}
		text := strings.Join(strings.Fields(r.text), " ")
		if space = space || strings.HasPrefix(r.text, " "); text == "" {
			continue
		}
		if space && !fresh {
			spans = append(spans, plain(" "))
		}
		spans = append(spans, r.span(text))
		space, fresh = strings.HasSuffix(r.text, " "), false
	}
	h.runs = nil
	for len(spans) > 0 && spans[len(spans)-1] == span(lineBreak{}) {
		spans = spans[:len(spans)-1]
	}
	if len(spans) > 0 {
		h.add(paragraph(joined(spans)))
	}
}

// span is the text in its style.
func (r run) span(text string) span {
	var s span = plain(text)
	if r.code > 0 {
		s = name(text)
	}
	if r.emphasis > 0 {
		s = emphasis{s}
	}
	if r.strong > 0 {
		s = strong{s}
	}
	if r.url != "" {
		s = link{r.url, []span{s}}
	}
	return s
}

// joined merges adjacent plain spans.
func joined(spans []span) []span {
	var out []span
	for _, s := range spans {
		text, ok := s.(plain)
		if ok && len(out) > 0 {
			if before, ok := out[len(out)-1].(plain); ok {
				out[len(out)-1] = before + text
				continue
			}
		}
		out = append(out, s)
	}
	return out
}
