package calls

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/tidwall/gjson"
)

// A Query says which rows a view has, and in which order.
type Query struct {
	Search  string   `json:"search"` // in any value, regardless of case
	Sort    *Sort    `json:"sort"`
	Filters []Filter `json:"filters"` // all must hold
	Marked  bool     `json:"marked"`  // only rows with marks

	Marks []MarkKind `json:"marks"` // a row must have one of them; without them Marked decides
}

// A Sort orders rows by a column. Rows without a value come last.
type Sort struct {
	Column     string `json:"column"`
	Descending bool   `json:"descending"`
}

// A Filter compares the values of a column. One matching element of a list is enough.
type Filter struct {
	Column string `json:"column"`
	Op     string `json:"op"`
	Value  string `json:"value"`
}

// filterOps are the comparisons of filters.
var filterOps = []string{"=", "!=", "contains", "empty", "set", ">", "<"}

// Check returns an error for a query that cannot be answered.
func (q Query) Check() error {
	for _, f := range q.Filters {
		switch {
		case f.Column == "":
			return errors.New("a filter lacks its column")
		case !slices.Contains(filterOps, f.Op):
			return fmt.Errorf("unknown filter %q: use one of %s", f.Op, strings.Join(filterOps, " "))
		}
	}
	for _, kind := range q.Marks {
		if !slices.Contains(markKinds[:], kind) {
			return fmt.Errorf("unknown mark %q: use one of %s", kind, strings.Trim(fmt.Sprint(markKinds), "[]"))
		}
	}
	if q.Sort != nil && q.Sort.Column == "" {
		return errors.New("the sort lacks its column")
	}
	return nil
}

// marks returns the marks of which a row must have one; with none, all rows match.
func (q Query) marks() (wanted markSet) {
	if q.Marked && len(q.Marks) == 0 {
		return ^wanted
	}
	for _, kind := range q.Marks {
		wanted.add(kind)
	}
	return wanted
}

// A View is the rows that a query finds.
type View struct {
	ID      string   `json:"view"`
	Total   int      `json:"total"`
	Columns []Column `json:"columns"`
}

// A Row is one output.
type Row struct {
	N     int             `json:"n"` // its line, counted from 1
	Data  json.RawMessage `json:"data"`
	Marks []Mark          `json:"marks"`
}

// ErrUnknownView is the error for a view that is no longer cached.
var ErrUnknownView = errors.New("the view is gone: only the newest are kept; ask for it again")

// errGone is the error for a recording that was removed while it was read.
var errGone = errors.New("the recording was removed to make room for newer ones")

// maxViews is how many views are cached.
const maxViews = 16

// views are the recent views, the newest last.
type views struct {
	list []*view
	last int
}

func (v *views) drop(c *recording) {
	v.list = slices.DeleteFunc(v.list, func(one *view) bool { return one.c == c })
}

// A view records its rows. It has all rows of a recording if rows is nil.
type view struct {
	id    string
	c     *recording
	query Query

	mu      sync.Mutex
	rows    []uint32
	scanned int // rows of the recording examined so far
}

func (v *view) hasAll() bool {
	return v.query.Search == "" && len(v.query.Filters) == 0 && v.query.marks() == 0 && v.query.Sort == nil
}

// View makes a view of a call's rows.
func (r *Recorder) View(ctx context.Context, id int, q Query) (View, error) {
	if err := q.Check(); err != nil {
		return View{}, err
	}
	c, err := r.find(id)
	if err != nil {
		return View{}, err
	}
	r.closeOld()
	v := &view{c: c, query: q}
	total, _, err := v.update(ctx)
	if err != nil {
		return View{}, err
	}
	c.mu.Lock()
	columns := c.known.copy()
	c.mu.Unlock()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.views.last++
	v.id = strconv.Itoa(r.views.last)
	r.views.list = append(r.views.list, v)
	if len(r.views.list) > maxViews {
		r.views.list = slices.Delete(r.views.list, 0, 1)
	}
	return View{ID: v.id, Total: total, Columns: columns}, nil
}

// view returns a view of a call, and marks it as recently used.
func (r *Recorder) view(id int, name string) (*view, error) {
	c, err := r.find(id)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	i := slices.IndexFunc(r.views.list, func(v *view) bool { return v.id == name && v.c == c })
	if i < 0 {
		return nil, ErrUnknownView
	}
	v := r.views.list[i]
	r.views.list = append(slices.Delete(r.views.list, i, i+1), v)
	return v, nil
}

// update looks at new rows, and returns how many the view has, and whether no more can come. A
// sorted view does not change.
func (v *view) update(ctx context.Context) (total int, complete bool, err error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	x := v.c.index()
	if v.hasAll() {
		return len(x.rows), !x.running, nil
	}
	if v.query.Sort != nil && v.rows != nil {
		return len(v.rows), !x.running && v.scanned == len(x.rows), nil
	}
	if v.rows == nil {
		v.rows = []uint32{}
	}
	match, marks := v.query.matcher(v.c.path), v.query.marks()
	var keys *sortKeys
	if v.query.Sort != nil {
		keys = newSortKeys(v.query.Sort, v.c.path(v.query.Sort.Column))
	}
	before := len(v.rows)
	err = v.c.scan(ctx, x, v.scanned, func(row int, data string) bool {
		if marks != 0 && x.marks[row]&marks == 0 {
			return true
		}
		if parsed := gjson.Parse(data); match(parsed) {
			v.rows = append(v.rows, uint32(row))
			if keys != nil {
				keys.add(parsed)
			}
		}
		return true
	})
	if err != nil {
		v.rows = v.rows[:before]
		if keys != nil {
			v.rows = nil
		}
		if ctx.Err() != nil {
			return 0, false, ctx.Err()
		}
		return 0, false, errGone
	}
	v.scanned = len(x.rows)
	if keys != nil {
		v.rows = keys.order(v.rows)
	}
	return len(v.rows), !x.running, nil
}

// row returns the number, in the recording, of a row of the view.
func (v *view) row(i int) int {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.hasAll() {
		return i
	}
	return int(v.rows[i])
}

// A Window is some rows of a view.
type Window struct {
	Total    int   `json:"total"`
	Complete bool  `json:"complete"` // it is final
	Rows     []Row `json:"rows"`
}

// maxWindowBytes is the maximum size in bytes of the rows in one window; it always has one row.
const maxWindowBytes = 8 << 20

// Rows returns a window of a view. It may have fewer rows than requested, if they are large.
func (r *Recorder) Rows(ctx context.Context, id int, name string, from, count int) (Window, error) {
	v, err := r.view(id, name)
	if err != nil {
		return Window{}, err
	}
	w := Window{Rows: []Row{}}
	if w.Total, w.Complete, err = v.update(ctx); err != nil {
		return Window{}, err
	}
	x := v.c.index()
	from, to := window(from, count, w.Total)
	size := 0
	for i := from; i < to && size < maxWindowBytes; i++ {
		row, err := v.c.row(x, v.row(i))
		if err != nil {
			return Window{}, errGone
		}
		size += len(row.Data)
		w.Rows = append(w.Rows, row)
	}
	return w, nil
}

// row reads a row with its marks.
func (c *recording) row(x index, row int) (Row, error) {
	line := int(x.rows[row])
	text, err := c.line(x, line)
	if err != nil {
		return Row{}, err
	}
	data := x.data(line, text)
	found := Row{N: line + 1, Data: rawOf(data), Marks: []Mark{}}
	if x.marks[row] == 0 {
		return found, nil
	}
	o := readObject(data)
	c.shape.check(o, 0, func(m Mark) {
		if x.marks[row].has(m.Kind) {
			found.Marks = append(found.Marks, m)
		}
	})
	if x.marks[row].has(Large) {
		c.shape.check(object{}, max(len(text)+1, nearLimit), func(m Mark) {
			if m.Kind == Large {
				found.Marks = append(found.Marks, m)
			}
		})
	}
	if x.marks[row].has(Duplicate) {
		found.Marks = append(found.Marks, Mark{Duplicate, "", "another object has the ID " + strconv.Quote(cmp.Or(o.identity, o.unique))})
	}
	return found, nil
}

// path returns where the values of a column are in the data.
func (c *recording) path(column string) []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.known.path(column)
}

// matcher returns a function that reports whether a row matches the search and the filters.
func (q Query) matcher(paths func(column string) []string) func(gjson.Result) bool {
	var tests []func(gjson.Result) bool
	if q.Search != "" {
		tests = append(tests, searchTest(q.Search))
	}
	for _, f := range q.Filters {
		get, test := newGetter(paths(f.Column)), f.test()
		tests = append(tests, func(row gjson.Result) bool { return test(get(row)) })
	}
	return func(row gjson.Result) bool {
		for _, test := range tests {
			if !test(row) {
				return false
			}
		}
		return true
	}
}

// searchTest looks for a text in any value. If a row has no escapes, its JSON tells at once that it
// does not have the text.
func searchTest(text string) func(gjson.Result) bool {
	text = strings.ToLower(text)
	quoted, _ := json.Marshal(text)
	plain := string(quoted) == `"`+text+`"`
	return func(row gjson.Result) bool {
		if plain && strings.IndexByte(row.Raw, '\\') < 0 && !strings.Contains(strings.ToLower(row.Raw), text) {
			return false
		}
		return anyText(row, func(value string) bool { return strings.Contains(strings.ToLower(value), text) })
	}
}

// test returns the comparison of a filter.
func (f Filter) test() func(gjson.Result) bool {
	any := func(fits func(gjson.Result) bool) func(gjson.Result) bool {
		return func(v gjson.Result) bool {
			if !v.IsArray() {
				return v.Exists() && v.Type != gjson.Null && fits(v)
			}
			found := false
			v.ForEach(func(_, item gjson.Result) bool {
				found = fits(item)
				return !found
			})
			return found
		}
	}
	equal := any(func(v gjson.Result) bool { return strings.EqualFold(v.String(), f.Value) })
	lower := strings.ToLower(f.Value)
	switch f.Op {
	case "=":
		return equal
	case "!=":
		return func(v gjson.Result) bool { return !equal(v) }
	case "contains":
		return any(func(v gjson.Result) bool { return strings.Contains(strings.ToLower(v.String()), lower) })
	case "empty":
		return func(v gjson.Result) bool { return !hasValue(v) }
	case "set":
		return hasValue
	case ">":
		return any(func(v gjson.Result) bool { return compareTexts(v.String(), f.Value) > 0 })
	}
	return any(func(v gjson.Result) bool { return compareTexts(v.String(), f.Value) < 0 })
}

// compareTexts compares two numbers, or otherwise two texts ignoring case.
func compareTexts(a, b string) int {
	x, errX := strconv.ParseFloat(a, 64)
	y, errY := strconv.ParseFloat(b, 64)
	if errX == nil && errY == nil {
		return cmp.Compare(x, y)
	}
	return strings.Compare(strings.ToLower(a), strings.ToLower(b))
}
