package goname

import "strings"

// operators are signs with a joint meaning.
var operators = map[string]string{
	"!=": "NotEqual", "==": "Equal", "<=": "LessOrEqual", ">=": "GreaterOrEqual", "&&": "And", "||": "Or",
}

// signs are spelt out if a name has nothing else.
var signs = map[rune]string{
	'!': "Not", '"': "Quote", '#': "Hash", '$': "Dollar", '%': "Percent", '&': "And", '\'': "Apostrophe",
	'(': "LeftParen", ')': "RightParen", '*': "Star", '+': "Plus", ',': "Comma", '-': "Minus", '.': "Dot",
	'/': "Slash", ':': "Colon", ';': "Semicolon", '<': "Less", '=': "Equal", '>': "Greater", '?': "Question",
	'@': "At", '[': "LeftBracket", '\\': "Backslash", ']': "RightBracket", '^': "Caret", '_': "Underscore",
	'`': "Backquote", '{': "LeftBrace", '|': "Or", '}': "RightBrace", '~': "Tilde",
	'£': "Pound", '¥': "Yen", '€': "Euro", '§': "Section", '°': "Degree", '±': "PlusMinus", '·': "Dot",
	'×': "Times", '÷': "Divide", '–': "Dash", '—': "Dash", '…': "Ellipsis", '•': "Bullet",
	'≠': "NotEqual", '≤': "LessOrEqual", '≥': "GreaterOrEqual", '≈': "Almost", '∞': "Infinity", '→': "To", '✓': "Check",
}

// spelt spells out the signs of a text, "" if it has none with a name.
func spelt(text string) string {
	if name, ok := operators[strings.TrimSpace(text)]; ok {
		return name
	}
	var b strings.Builder
	for _, r := range text {
		b.WriteString(signs[r])
	}
	return b.String()
}
