// Package docs writes the page that explains a connector to people who never see its code:
// administrators who fill in the form of a source, and auditors who ask what the connector may do.
//
// [New] makes a page from a spec, [Page.Render] writes it in one of the formats. An author can write
// into the page between marks; [Read] finds such text, and Render keeps it.
package docs

import (
	"strconv"
	"strings"

	"github.com/conngen/conngen/schema"
)

// A Format is a format of pages.
type Format string

// The formats.
const (
	Markdown Format = "md"
	HTML     Format = "html"
)

// Formats lists the formats, the default one first.
func Formats() []string { return []string{string(Markdown), string(HTML)} }

// Ext is the extension of the format's files.
func (f Format) Ext() string { return "." + string(f) }

// Options are what a page shows in addition to the spec.
type Options struct {
	Service *schema.Entry // the menu or section that a bundle adds when its connector runs as a service; nil for none
}

// A Page explains a connector.
type Page struct {
	title  string
	blocks []block
}

// New makes the page of a spec that has no errors.
func New(spec *schema.Spec, o Options) *Page {
	w := newWriter(spec, o)
	w.introduction()
	w.features()
	w.requirements()
	w.configuration()
	w.accounts()
	w.entitlements()
	w.create()
	w.behaviour()
	w.security()
	return &Page{title: spec.Name, blocks: w.withContents()}
}

// A ChangeGroup holds changes of similar severity.
type ChangeGroup struct {
	Title    string
	Messages []string
}

// AddChanges adds a section with the changes since a revision. left is the number of omitted
// changes in texts, order and initial values.
func (p *Page) AddChanges(revision string, groups []ChangeGroup, left int) {
	p.blocks = append(p.blocks, changes("changes", "Changes since "+revision, groups, left)...)
}

// Changes is a page with only that section, without the frame of a page.
func Changes(f Format, spec *schema.Spec, revision string, groups []ChangeGroup, left int) []byte {
	blocks := changes(idOf("changes", spec.Name), strings.TrimSpace(spec.Name)+": changes since "+revision, groups, left)
	if f == HTML {
		return []byte(fragmentHTML(blocks))
	}
	return []byte(fragmentMarkdown(blocks))
}

func changes(id, title string, groups []ChangeGroup, left int) []block {
	blocks := []block{heading{2, id, words(title)}}
	for _, g := range groups {
		var messages list
		for _, m := range g.Messages {
			messages = append(messages, []block{sentence(asSentence(m))})
		}
		blocks = append(blocks, heading{3, "", words(g.Title)}, messages)
	}
	switch {
	case left > 0 && len(groups) > 0:
		blocks = append(blocks, sentence("Smaller changes (texts, the order, initial values and the like): "+strconv.Itoa(left)+"."))
	case left > 0:
		blocks = append(blocks, sentence("Only texts, the order, initial values and the like have changed."))
	case len(groups) == 0:
		blocks = append(blocks, sentence("Nothing has changed."))
	}
	return blocks
}

// Render writes the page in a format, with what an author has written into an older one; that is nil
// if there is no older page.
func (p *Page) Render(f Format, old *Existing) []byte {
	blocks := old.insert(p.blocks)
	if f == HTML {
		return old.restore(renderHTML(p.title, blocks))
	}
	return old.restore(renderMarkdown(blocks))
}
