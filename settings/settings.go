// Package settings reads .conngen.json, the file in which a project says how
// conngen treats its specs.
//
// A [Loader] finds the files that apply to a spec, from the spec's folder upwards, and
// merges them. The result, [Settings], knows which file makes each setting. [JSONSchema]
// returns the format.
package settings

import (
	"fmt"
	"maps"
	"slices"

	"github.com/conngen/conngen/internal/nearest"
	"github.com/conngen/conngen/internal/rules"
	"github.com/conngen/conngen/schema"
)

// FileName is the name of a settings file in its folder.
const FileName = ".conngen.json"

// The values of settings that are not set.
const (
	DefaultOut  = "connector" // folder of the package, relative to the spec's
	DefaultFile = "client.go" // of the client, if it has none yet
	DefaultType = "Client"    // of the client
)

// Settings are the combined settings of one spec. The zero Settings are those of a spec
// without settings files.
//
// They share data with other Settings from the same [Loader], so do not change them.
type Settings struct {
	Rules    map[string]Value // severities by rule ID, including "off"
	Generate Generate
	Stub     Stub
	Ignore   []Ignore // the nearest file first, each in its own order

	// Own is the file in the spec's own folder, or nil if there is none. The findings of
	// UnmatchedNames and UnusedIgnores are about it.
	Own *schema.File
}

// Generate are the settings of the generated package.
type Generate struct {
	Out         Value            // folder of the package, relative to the spec's: "connector"
	Package     Value            // its name: "hr"
	SDK         SDK              // where the SDK is
	Names       map[string]Value // Go names by wire name: "UID" for "account/userId"
	Initialisms []Value          // the words that Go names capitalize, sorted
}

// SDK says where the SDK of a generated package is: in a folder that conngen writes, or in an
// existing package.
type SDK struct {
	Value

	// Folder is the folder to write, "" if the setting is an import path. The setting is relative
	// to its file; Folder has the form of the Loader's root, which on disk is an absolute path.
	Folder string // "/home/ada/hr/sdk" for "./sdk"
}

// Stub are the settings of the author's client.
type Stub struct {
	File Value // relative to the spec's folder: "client.go"
	Type Value // "Client"
}

// Ignore hides the findings of a rule in one part of a spec.
type Ignore struct {
	Rule   string // "missing-description"
	At     string // wire name or JSON Pointer: "account/userId", "/accountSchema/attributes/3"
	Reason string
	Origin Origin
}

// A Value is one setting. The zero Value is an unset one.
type Value struct {
	Text   string // "" only in the zero Value
	Origin Origin
}

// IsSet reports whether a file sets the value.
func (v Value) IsSet() bool { return v.Origin.File != nil }

// An Origin is the position where a setting is made.
type Origin struct {
	File *schema.File   // nil for an unset one
	At   schema.Pointer // of the value in File
	Own  bool           // File is in the spec's own folder
}

// String returns the position in a compiler's format, "hr/.conngen.json:3:12"; "" for the zero
// Origin.
func (o Origin) String() string {
	if o.File == nil {
		return ""
	}
	at := o.File.Position(o.At)
	return fmt.Sprintf("%s:%d:%d", o.File.Name, at.Line, at.Column)
}

// Finding returns a finding at the value of the setting. The Origin must not be zero.
func (o Origin) Finding(severity schema.Severity, message, hint string) schema.Diagnostic {
	return finding(o.File, o.File.Position, o.At, severity, message, hint)
}

// NameFinding is [Origin.Finding] at the name of the member with the setting, such as a wire name
// in names.
func (o Origin) NameFinding(severity schema.Severity, message, hint string) schema.Diagnostic {
	return finding(o.File, o.File.NamePosition, o.At, severity, message, hint)
}

func finding(file *schema.File, position func(schema.Pointer) schema.Position, at schema.Pointer, severity schema.Severity, message, hint string) schema.Diagnostic {
	return schema.Diagnostic{
		Path: file.Name, Position: position(at), Pointer: at,
		Rule: rules.Settings, Severity: severity, Message: message, Hint: hint,
	}
}

// maxHints is how many near names are searched in one list. Comparisons take time, and nobody reads
// more hints of one kind.
const maxHints = 100

// UnmatchedNames returns an error for each wire name in names that is not among known, the wire
// names of the spec. Only the file beside the spec must match: one further up applies to other
// specs, too.
func (s Settings) UnmatchedNames(known []string) schema.Diagnostics {
	has := make(map[string]bool, len(known))
	for _, name := range known {
		has[name] = true
	}
	var found schema.Diagnostics
	for _, name := range slices.Sorted(maps.Keys(s.Generate.Names)) {
		value := s.Generate.Names[name]
		if has[name] || !value.Origin.Own {
			continue
		}
		hint := "remove it, or correct the name"
		if len(found) < maxHints {
			if near := nearest.Name(name, ofKind(known, kindOf(name))); near != "" {
				hint = fmt.Sprintf("did you mean %q?", near)
			}
		}
		found = append(found, value.Origin.NameFinding(schema.Error, fmt.Sprintf("the spec has nothing called %s", quote(name)), hint))
	}
	found.Sort()
	return found
}
