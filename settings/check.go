package settings

import (
	"fmt"
	"go/token"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/conngen/conngen/internal/goname"
	"github.com/conngen/conngen/internal/importpath"
	"github.com/conngen/conngen/internal/lazyregexp"
)

// Each function here describes the fault in the text of one setting, and the correction; "" if
// there is no fault.

func checkOut(out string) (message, hint string) {
	if out == "-" {
		return `out "-" is not a folder`, `write a folder relative to the spec's, such as "connector"`
	}
	return "", ""
}

func checkPackage(name string) (message, hint string) {
	switch {
	case token.IsKeyword(name):
		return fmt.Sprintf("package %q is a keyword of Go", name), "choose another name"
	case !token.IsIdentifier(name):
		letters := strings.ToLower(keep(name, isWordRune))
		if !token.IsIdentifier(letters) {
			letters = "connector"
		}
		return fmt.Sprintf("package %s is not a Go identifier", quote(name)), fmt.Sprintf("write letters and digits, such as %q", letters)
	case !goname.CanImport(name):
		return fmt.Sprintf("package %q cannot be imported", name), `choose another name, such as "connector"`
	}
	return "", ""
}

// checkSDK accepts a folder or an import path.
func checkSDK(sdk string) (message, hint string) {
	const forms = `write a folder that begins with ./ or ../, or an import path such as "example.com/x/sdk"`
	switch {
	case strings.Contains(sdk, `\`):
		slashed := strings.ReplaceAll(sdk, `\`, "/")
		if message, _ := checkSDK(slashed); message != "" {
			return fmt.Sprintf("sdk %s has backslashes", quote(sdk)), forms
		}
		return fmt.Sprintf("sdk %s has backslashes", quote(sdk)), fmt.Sprintf("write %s", quote(slashed))
	case path.IsAbs(sdk), driveLetter().MatchString(sdk):
		return fmt.Sprintf("sdk %s is an absolute path", quote(sdk)), forms
	case IsFolder(sdk):
		if base := path.Base(path.Clean(sdk)); base == "." || base == ".." {
			return fmt.Sprintf("sdk %s is not a folder of its own", quote(sdk)), `write a folder for the SDK alone, such as "./sdk"`
		}
	case strings.HasPrefix(sdk, "."), importpath.Check(sdk) != nil: // .sdk is more likely a folder than an import path
		return fmt.Sprintf("sdk %s is neither a folder nor an import path", quote(sdk)), forms
	}
	return "", ""
}

var driveLetter = lazyregexp.New(`^[A-Za-z]:`)

// IsFolder reports whether the sdk setting is a folder, not an import path.
func IsFolder(sdk string) bool {
	return sdk == "." || sdk == ".." || strings.HasPrefix(sdk, "./") || strings.HasPrefix(sdk, "../")
}

func checkGoName(name string) (message, hint string) {
	if token.IsIdentifier(name) && token.IsExported(name) {
		return "", ""
	}
	message = fmt.Sprintf("Go name %s is not exported", quote(name))
	if !token.IsIdentifier(name) && !token.IsKeyword(name) {
		message = fmt.Sprintf("Go name %s is not an identifier", quote(name))
	}
	if exported := new(goname.Namer).Name(name, ""); token.IsIdentifier(exported) && token.IsExported(exported) {
		return message, fmt.Sprintf("write %s", quote(exported))
	}
	return message, `begin with an upper-case letter, and write letters and digits: "UserID"`
}

func checkInitialism(word string) (message, hint string) {
	switch letters := keep(word, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }); {
	case letters != word:
		return fmt.Sprintf("initialism %s is not a word of letters and digits", quote(word)), "list each word by itself"
	case utf8.RuneCountInString(word) < 2:
		return fmt.Sprintf("initialism %q has one character", word), "remove it; single letters are upper-case anyway"
	}
	return "", ""
}

// CheckStubFile describes the fault in the name of a client's file, and the correction; "" if there
// is no fault.
func CheckStubFile(name string) (message, hint string) {
	base := path.Base(strings.ReplaceAll(name, `\`, "/"))
	switch {
	case !strings.HasSuffix(base, ".go"):
		return fmt.Sprintf("file %s is not a Go file", quote(name)), `write a name that ends in .go, such as "client.go"`
	case strings.HasSuffix(base, "_test.go"):
		return fmt.Sprintf("file %s is a test file", quote(name)), `write a name that does not end in _test.go, such as "client.go"`
	case strings.HasPrefix(base, "_"), strings.HasPrefix(base, "."):
		return fmt.Sprintf("file %s is one that Go ignores", quote(name)), `write a name that begins with a letter, such as "client.go"`
	}
	return "", ""
}

// checkStubFile is CheckStubFile for settings, which other machines read, too.
func checkStubFile(name string) (message, hint string) {
	if path.IsAbs(name) || driveLetter().MatchString(name) {
		return fmt.Sprintf("file %s is an absolute path", quote(name)), `write a path relative to the spec's folder, such as "client.go"`
	}
	return CheckStubFile(name)
}

func checkStubType(name string) (message, hint string) {
	if token.IsIdentifier(name) && name != "_" {
		return "", ""
	}
	return fmt.Sprintf("type %s is not a Go identifier", quote(name)), `write letters and digits, such as "Client"`
}

func isWordRune(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }

// keep returns the wanted characters of text.
func keep(text string, wanted func(rune) bool) string {
	return strings.Map(func(r rune) rune {
		if wanted(r) {
			return r
		}
		return -1
	}, text)
}
