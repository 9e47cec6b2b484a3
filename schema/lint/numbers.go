package lint

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/conngen/conngen/internal/lazyregexp"
	"github.com/conngen/conngen/schema"
)

// A limit is a member of the format that has a number, which may be in quotes.
type limit struct {
	at    schema.Pointer
	text  string
	count bool // of things, so a whole number of at least 1
}

// limits returns the limits of a spec that are a number or a string.
func (p *pass) limits() []limit {
	var all []limit
	add := func(owner schema.Pointer, name, text string, count bool) {
		if at := owner.Member(name); strings.ContainsRune(`"0`, p.kindOf(at)) {
			all = append(all, limit{at, text, count})
		}
	}
	for _, e := range p.items {
		add(e.Pointer, "min", e.Min, false)
		add(e.Pointer, "max", e.Max, false)
		add(e.Pointer, "maxlength", e.MaxLength, true)
		for _, part := range []*schema.KeyValuePart{e.KeyValueKey, e.KeyValueValue} {
			if part != nil {
				add(part.Pointer, "maxlength", part.MaxLength, true)
			}
		}
	}
	for _, f := range p.fields() {
		if v := f.InitialValue; v != nil {
			attributes := v.Pointer.Member("attributes")
			add(attributes, "maxSize", v.MaxSize, true)
			add(attributes, "maxUniqueChecks", v.MaxUniqueChecks, true)
		}
	}
	return all
}

func limitNotNumeric(p *pass) {
	for _, l := range p.limits() {
		switch {
		case !isNumeric(l.text):
			p.at(l.at, `write a number, such as "10"`, "%s is not a number", l.at.Last()).Fix = p.plainLimit(l)
		case strings.TrimSpace(l.text) != l.text:
			p.at(l.at, "remove the white space", "%s is a number with white space around it", l.at.Last()).Fix = p.plainLimit(l)
		}
	}
}

func numberOutOfRange(p *pass) {
	for _, l := range p.limits() {
		switch {
		case !isNumeric(l.text):
		case l.count:
			p.count(l.at, l.text)
		case !isExact(l.text):
			p.inexact(l.at, "leave it out", "%s", l.at.Last())
		}
	}
	p.seconds("/testConnectionTimeout")
	for _, e := range p.items {
		p.emptyRange(e)
	}
	p.firstValues(func(v schema.InitialValue, e *schema.Entry) {
		if e == nil && v.Key == schema.ProvisioningTimeoutKey {
			if d := p.seconds(v.Pointer); d != nil && d.Fix != nil {
				d.Fix.Safe = kindOf(v.Value) == '0' // as for other initial values
			}
			return
		}
		p.firstNumber(v, e)
	})
	for _, f := range p.fields() {
		if v := f.InitialValue; v != nil && isOutOfRange(v.Value, f.Type) {
			p.staticNumber(f)
		}
	}
}

// count reports a value that cannot be a number of things. It returns the finding, or nil
// if there is none.
func (p *pass) count(at schema.Pointer, text string) *schema.Diagnostic {
	if n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64); err == nil && n >= 1 && n <= math.MaxInt32 {
		return nil
	}
	d := p.at(at, plainNumber(text), "%s must be a whole number from 1 to %d, in digits", at.Last(), math.MaxInt32)
	d.Fix = p.inDigits(at, text, p.kindOf(at) == '"')
	return d
}

// seconds does the same for a time that is not a number of seconds.
func (p *pass) seconds(at schema.Pointer) *schema.Diagnostic {
	raw := p.File.Raw(at)
	switch kindOf(raw) {
	case ' ', 'n': // absent
		return nil
	case '0':
		return p.count(at, string(raw))
	}
	var text string
	hint := "write a number, such as 60"
	if json.Unmarshal(raw, &text) == nil && plainNumber(text) != "" {
		hint = plainNumber(text) + ", without quotes"
	}
	d := p.at(at, hint, "%s must be a number of seconds", at.Last())
	d.Fix = p.inDigits(at, text, false)
	return d
}

// plainNumber proposes the digits of a count that is written with a point or exponent.
func plainNumber(text string) string {
	if digits := countDigits(text); digits != "" {
		return "write " + digits
	}
	return ""
}

// countDigits are the digits of a count; "" for other values.
func countDigits(text string) string {
	n, err := schema.ParseNumber(text)
	if err != nil || n != math.Trunc(n) || n < 1 || n > math.MaxInt32 {
		return ""
	}
	return strconv.Itoa(int(n))
}

// inDigits is a fix that writes a count in digits, and in quotes if quoted is set.
func (p *pass) inDigits(at schema.Pointer, text string, quoted bool) *schema.Fix {
	digits := countDigits(text)
	if digits == "" {
		return nil
	}
	fix := "write " + digits
	if quoted {
		digits = literal(digits)
	}
	return p.safely(fix, p.File.Replace(at, digits))
}

// grouped is a number with underscores between its thousands.
var grouped = lazyregexp.New(`^[-+]?[0-9]{1,3}(_[0-9]{3})+$`)

// plainLimit is a fix for a limit that is a number except for white space around it and
// underscores between its thousands.
func (p *pass) plainLimit(l limit) *schema.Fix {
	digits := strings.TrimSpace(l.text)
	if grouped().MatchString(digits) {
		digits = strings.ReplaceAll(digits, "_", "")
	}
	if !isNumeric(digits) {
		return nil
	}
	return p.safely("write "+digits, p.File.Replace(l.at, literal(digits)))
}

// emptyRange reports an item whose limits allow no number.
func (p *pass) emptyRange(e *schema.Entry) {
	least, ok := number(e.Min)
	most, okay := number(e.Max)
	if ok && okay && least > most {
		d := p.conflict(e.Pointer.Member("max"), e.Pointer.Member("min"), "swap them", "max of %q is less than its min, so no number fits", e.Key)
		d.Fix = p.unsafely("swap them", p.File.Swap(d.Pointer, e.Pointer.Member("min")))
	}
}

// firstNumber reports numbers in the first value of a config item that the platform cannot
// represent, or that the item's limits reject. The item may be nil.
func (p *pass) firstNumber(v schema.InitialValue, e *schema.Entry) {
	value, ok := number(string(v.Value))
	switch {
	case kindOf(v.Value) != '0':
		p.numbersIn(v)
	case !ok || !isExact(string(v.Value)):
		p.inexact(v.Pointer, "", "the initial value of %q", v.Key)
	case e != nil && e.Type == schema.ItemNumber:
		if least, ok := number(e.Min); ok && value < least {
			p.conflict(v.Pointer, e.Pointer.Member("min"), "", "the initial value of %q is less than its min", v.Key)
		}
		if most, ok := number(e.Max); ok && value > most {
			p.conflict(v.Pointer, e.Pointer.Member("max"), "", "the initial value of %q is greater than its max", v.Key)
		}
	}
}

// numbersIn reports the numbers in a list or object that the platform cannot represent.
func (p *pass) numbersIn(v schema.InitialValue) {
	if !strings.ContainsRune("[{", kindOf(v.Value)) {
		return
	}
	decoder := json.NewDecoder(bytes.NewReader(v.Value))
	decoder.UseNumber()
	var value any
	if decoder.Decode(&value) != nil {
		return
	}
	var walk func(schema.Pointer, any)
	walk = func(at schema.Pointer, value any) {
		switch value := value.(type) {
		case json.Number:
			if !isExact(value.String()) {
				p.inexact(at, "", "a number in the initial value of %q", v.Key)
			}
		case []any:
			for i, element := range value {
				walk(at.Member(strconv.Itoa(i)), element)
			}
		case map[string]any:
			for name, member := range value {
				walk(at.Member(name), member)
			}
		}
	}
	walk(v.Pointer, value)
}

// maxExact is the largest integer up to which JavaScript represents every integer exactly.
const maxExact = 1<<53 - 1

// inexact reports a number that the platform cannot represent; what says to whom it belongs.
func (p *pass) inexact(at schema.Pointer, hint, what, name string) {
	p.at(at, hint, what+" is out of range: the platform represents integers from -%d to %d", name, maxExact, maxExact)
}

// staticNumber reports a static value that is out of range.
func (p *pass) staticNumber(f schema.Field) {
	const what = "the static value of field %q"
	at := valueOf(f, "value")
	if p.kindOf(at) == '"' {
		p.at(at, "", what+" is out of range: a whole number has 64 bits", f.Key)
		return
	}
	p.inexact(at, "", what, f.Key)
}

// isExact reports whether the platform, which reads JSON in JavaScript, can represent a number.
func isExact(text string) bool {
	n, err := schema.ParseNumber(text)
	return err == nil && math.Abs(n) <= maxExact
}

// isOutOfRange reports whether a static value is a number that the platform cannot represent. In
// quotes, a whole number may have 64 bits.
func isOutOfRange(value json.RawMessage, fieldType string) bool {
	var text string
	switch {
	case kindOf(value) == '0':
		return !isExact(string(value))
	case slices.Contains([]string{schema.TypeInt, schema.TypeLong}, fieldType) && json.Unmarshal(value, &text) == nil:
		_, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
		return errors.Is(err, strconv.ErrRange)
	}
	return false
}

// isNumeric reports whether a text is a number of any size.
func isNumeric(text string) bool {
	_, err := schema.ParseNumber(text)
	return err == nil || errors.Is(err, strconv.ErrRange)
}

// number reads a number for comparison with a limit.
func number(text string) (n float64, ok bool) {
	n, err := schema.ParseNumber(text)
	return n, err == nil
}
