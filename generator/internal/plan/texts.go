package plan

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/conngen/conngen/schema"
)

// attributeDoc is the spec's description, with the attribute's role in the schema.
func attributeDoc(s *schema.ObjectSchema, a *schema.Attribute) string {
	doc := make([]string, 1, 4)
	doc[0] = Sentence(a.Description)
	if a.Name == s.IdentityAttribute {
		doc = append(doc, "Identity attribute.")
	}
	if a.Name == s.DisplayAttribute && a.Name != s.IdentityAttribute {
		doc = append(doc, "Display attribute.")
	}
	if a.Entitlement {
		doc = append(doc, fmt.Sprintf("Entitlements of type %q.", a.ObjectType()))
	}
	if a.Name == s.HierarchyAttribute {
		doc = append(doc, "Parent of this entitlement.")
	}
	return JoinSentences(doc...)
}

func fieldDoc(f schema.Field) string {
	if f.Required {
		return JoinSentences(Sentence(f.Label), "Required.")
	}
	return Sentence(f.Label)
}

// configDoc is an item's label and help.
func configDoc(e *schema.Entry) string {
	doc := []string{Sentence(e.Label)}
	for _, help := range []string{e.HelpKey, e.HelpText, e.HelpMessage} {
		if help != "" && help != e.Label {
			doc = append(doc, Sentence(help))
		}
	}
	return JoinSentences(doc...)
}

// Sentence ends a text with a full stop.
func Sentence(text string) string {
	text = strings.TrimSpace(text)
	if text == "" || strings.ContainsAny(text[len(text)-1:], ".!?:") {
		return text
	}
	return text + "."
}

// JoinSentences joins the non-empty texts.
func JoinSentences(texts ...string) string {
	some := slices.DeleteFunc(texts, func(t string) bool { return t == "" })
	return strings.Join(some, " ")
}

// PlainRune turns invisible characters, including line ends and text direction marks, into spaces.
func PlainRune(r rune) rune {
	if unicode.IsPrint(r) {
		return r
	}
	return ' '
}

// OneLine joins the lines of a text, without invisible characters.
func OneLine(text string) string {
	return strings.Join(strings.Fields(strings.Map(PlainRune, text)), " ")
}

// JSON returns the spec as std:spec:read sends it, safe for a raw string literal. It stays as
// written, except that strings in place of booleans, which the official tools cannot read, become
// booleans. It is "" if the spec is not JSON.
func (p *Package) JSON() string {
	text := p.Spec.File.Text()
	var booleans bytes.Buffer
	done := 0
	for _, s := range quotedFlags(p.Spec) {
		booleans.Write(text[done:s.start])
		booleans.WriteString(s.boolean)
		done = s.end
	}
	booleans.Write(text[done:])
	return rawJSONText(booleans.Bytes())
}

// A quotedFlag is a boolean that is in the text of a spec as a string.
type quotedFlag struct {
	start, end int
	boolean    string
}

// quotedFlags returns the booleans written as strings, in text order.
func quotedFlags(spec *schema.Spec) []quotedFlag {
	flags := make([]quotedFlag, 0, len(spec.QuotedFlags))
	for _, at := range spec.QuotedFlags {
		var boolean string
		if json.Unmarshal(spec.File.Raw(at), &boolean) == nil {
			start, end := spec.File.Span(at)
			flags = append(flags, quotedFlag{start, end, boolean})
		}
	}
	slices.SortFunc(flags, func(a, b quotedFlag) int { return cmp.Compare(a.start, b.start) })
	return flags
}

// rawJSONText returns the spec as indented JSON that fits between backquotes. Characters that a Go
// source file should not hold are escaped; they can only occur in strings. Text that is not JSON
// yields "".
func rawJSONText(text []byte) string {
	text = bytes.ToValidUTF8(bytes.TrimPrefix(text, []byte("\uFEFF")), []byte("\uFFFD"))
	var indented bytes.Buffer
	if err := json.Indent(&indented, bytes.TrimSpace(text), "", "  "); err != nil {
		return ""
	}
	return escapeHidden(indented.Bytes())
}

// escapeHidden escapes invisible characters, except line ends.
func escapeHidden(text []byte) string {
	var b strings.Builder
	b.Grow(len(text))
	done := 0
	for i, size := 0, 0; i < len(text); i += size {
		r := rune(text[i])
		if size = 1; r >= utf8.RuneSelf {
			r, size = utf8.DecodeRune(text[i:])
		}
		if ' ' <= r && r <= '~' && r != '`' || r == '\n' || r > '~' && unicode.IsPrint(r) {
			continue
		}
		b.Write(text[done:i])
		escape(&b, r)
		done = i + size
	}
	b.Write(text[done:])
	return b.String()
}

func escape(b *strings.Builder, r rune) {
	if r1, r2 := utf16.EncodeRune(r); r1 != unicode.ReplacementChar {
		fmt.Fprintf(b, `\u%04x\u%04x`, r1, r2)
		return
	}
	fmt.Fprintf(b, `\u%04x`, r)
}
