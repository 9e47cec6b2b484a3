package calls

import (
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/conngen/conngen/internal/lazyregexp"
)

// A Column is a member that rows may have: an attribute, or a member next to the attributes. Its
// name is the member's; if two members have the same name, the second to occur has its JSON Pointer
// in the data, such as "/attributes/disabled".
type Column struct {
	Name  string   `json:"name"`
	Path  []string `json:"path"` // in the data
	Type  string   `json:"type"` // of the schema: string, boolean, int, long; otherwise of the first value: string, boolean, number, object
	Multi bool     `json:"multi"`
	Count int      `json:"count"` // the rows that have a value
}

// maxColumns is the maximum number of columns of a call: objects may have any number of names.
const maxColumns = 1000

// columns are the columns of a call.
type columns struct {
	list       []*Column
	attributes map[string]*Column // by the names of members
	members    map[string]*Column
	named      map[string]*Column // by the names of columns
}

func newColumns(s *shape) columns {
	c := columns{attributes: make(map[string]*Column), members: make(map[string]*Column), named: make(map[string]*Column)}
	for _, name := range s.order {
		a := s.attributes[name]
		column := c.make(c.attributes, name, "attributes", name)
		column.Type, column.Multi = a.Type, a.Multi
	}
	return c
}

// make adds a column.
func (c *columns) make(known map[string]*Column, name string, path ...string) *Column {
	column := &Column{Name: name, Path: path}
	if c.named[name] != nil || name == "" {
		column.Name = ""
		for _, p := range path {
			column.Name += "/" + escapePointer.Replace(p)
		}
	}
	c.list = append(c.list, column)
	known[name], c.named[column.Name] = column, column
	return column
}

var (
	escapePointer   = strings.NewReplacer("~", "~0", "/", "~1")
	unescapePointer = strings.NewReplacer("~1", "/", "~0", "~")
)

// path returns where the values of a column are in the data. A column that has not occurred may be
// a JSON Pointer, otherwise it is an attribute.
func (c *columns) path(name string) []string {
	if column := c.named[name]; column != nil {
		return column.Path
	}
	rest, isPointer := strings.CutPrefix(name, "/")
	if !isPointer {
		return []string{"attributes", name}
	}
	path := strings.Split(rest, "/")
	for i := range path {
		path[i] = unescapePointer.Replace(path[i])
	}
	return path
}

// add counts the members of a row.
func (c *columns) add(o object) {
	for _, p := range o.attributes {
		c.note(c.attributes, p, "attributes", p.name)
	}
	for _, p := range o.members {
		c.note(c.members, p, p.name)
	}
}

func (c *columns) note(known map[string]*Column, p pair, path ...string) {
	column := known[p.name]
	if column == nil {
		if len(c.list) >= maxColumns {
			return
		}
		for i := range path {
			path[i] = strings.Clone(path[i]) // of the row's text
		}
		column = c.make(known, path[len(path)-1], path...)
	}
	if p.value.Type == gjson.Null {
		return
	}
	column.Count++
	if column.Type == "" {
		column.Type, column.Multi = occurring(p.value)
	}
}

// occurring returns the type of a value that the schema does not have.
func occurring(v gjson.Result) (name string, multi bool) {
	switch {
	case v.IsArray():
		name := ""
		v.ForEach(func(_, item gjson.Result) bool {
			name, _ = occurring(item)
			return false
		})
		return name, true
	case v.IsObject():
		return "object", false
	case v.IsBool():
		return "boolean", false
	case v.Type == gjson.Number:
		return "number", false
	}
	return "string", false
}

// copy returns a copy of the columns.
func (c *columns) copy() []Column {
	all := make([]Column, len(c.list))
	for i, column := range c.list {
		all[i] = *column
		all[i].Path = slices.Clone(column.Path)
	}
	return all
}

// simpleName matches names without special characters in a gjson path.
var simpleName = lazyregexp.New(`^[A-Za-z_][A-Za-z0-9_]*$`)

// A getter returns the value at one place of an object.
type getter func(gjson.Result) gjson.Result

// newGetter returns the getter for a path.
func newGetter(path []string) getter {
	for _, name := range path {
		if !simpleName().MatchString(name) {
			return func(v gjson.Result) gjson.Result { return at(v, path) }
		}
	}
	joined := strings.Join(path, ".")
	return func(v gjson.Result) gjson.Result { return gjson.Get(v.Raw, joined) }
}

// at returns the value at a path in an object.
func at(v gjson.Result, path []string) gjson.Result {
	for _, name := range path {
		if !v.IsObject() {
			return gjson.Result{}
		}
		var found gjson.Result
		v.ForEach(func(key, value gjson.Result) bool {
			if key.String() == name {
				found = value
				return false
			}
			return true
		})
		v = found
	}
	return v
}

// hasValue reports whether a value exists and is not empty.
func hasValue(v gjson.Result) bool { return v.Exists() && !isEmpty(v) }

// anyText calls each with the texts of all values, until it returns true.
func anyText(v gjson.Result, each func(string) bool) bool {
	if !v.IsObject() && !v.IsArray() {
		return v.Type != gjson.Null && each(v.String())
	}
	found := false
	v.ForEach(func(_, value gjson.Result) bool {
		found = anyText(value, each)
		return !found
	})
	return found
}

// listSeparator separates the elements of a list in a cell.
const listSeparator = "; "

// cellText returns a value as text: a list has its elements with [listSeparator] between them, or
// is JSON if that would be ambiguous.
func cellText(v gjson.Result) string {
	switch {
	case !v.Exists() || v.Type == gjson.Null:
		return ""
	case v.IsArray():
		var items []string
		simple := true
		v.ForEach(func(_, item gjson.Result) bool {
			simple = simple && !item.IsObject() && !item.IsArray() && item.Type != gjson.Null && !strings.ContainsAny(item.String(), ";[") && item.String() != ""
			items = append(items, item.String())
			return simple
		})
		if !simple {
			return v.Raw
		}
		return strings.Join(items, listSeparator)
	}
	return v.String()
}
