package calls

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/conngen/conngen/console/mask"
	"github.com/google/go-cmp/cmp"
)

// rows lists accounts, including odd ones.
const rows = `{"data":{"identity":"1","uuid":"u1","disabled":false,"attributes":{"id":"1","mail":"Bob@a.example","age":9,"groups":["g1","g2"],"active":true}},"type":"output"}
{"data":{"key":{"simple":{"id":"2"}},"attributes":{"id":"2","mail":"alice@a.example","age":"10","groups":["g9"],"extra":{"a":1}}},"type":"output"}
{"data":{},"type":"keepAlive"}
{"data":{"identity":"3","attributes":{"id":"3","mail":"","age":1.5,"groups":"g1","active":"yes"}},"type":"output"}
{"data":{"identity":"1","attributes":{"id":"1","mail":"Zoe \"Z\"","age":100,"groups":[]}},"type":"output"}
{"data":{"attributes":{"id":"5","mail":"=1+1","groups":["a;b"],"password":"p"}},"type":"output"}
{"data":{"key":{"compound":{"lookupId":"6","uniqueId":"u1"}},"deleted":true,"attributes":null},"type":"output"}
`

func listed(t *testing.T) (*connector, Call) {
	c := start(t, says(200, rows))
	return c, c.run(t, "std:account:list", "{}")
}

func TestMarks(t *testing.T) {
	t.Parallel()
	c, call := listed(t)
	want := map[MarkKind]int{Duplicate: 1, Missing: 2, WrongType: 1}
	if diff := cmp.Diff(want, call.Marks); diff != "" {
		t.Error(diff)
	}
	v, err := c.View(t.Context(), call.ID, Query{Marked: true})
	if err != nil || v.Total != 3 {
		t.Fatal(v.Total, err)
	}
	w, err := c.Rows(t.Context(), call.ID, v.ID, 0, 10)
	if err != nil {
		t.Fatal(err)
	}
	got := make(map[int][]Mark)
	for _, row := range w.Rows {
		got[row.N] = row.Marks
	}
	if diff := cmp.Diff(map[int][]Mark{
		4: {
			{WrongType, "age", `"age" holds a number; the schema says int`},
			{WrongType, "groups", `"groups" is a text; the schema says a list of string`},
			{WrongType, "active", `"active" holds a text; the schema says boolean`},
			{Missing, "mail", `"mail" has no value: it is the display attribute`},
		},
		5: {{Duplicate, "", `another object has the ID "1"`}},
		6: {{Missing, "", "the object has neither a key nor an identity"}},
	}, got); diff != "" {
		t.Error(diff)
	}
}

func TestLarge(t *testing.T) {
	t.Parallel()
	c := start(t, says(200, account("1", `"mail":"`+strings.Repeat("m", nearLimit)+`"`)+account("2", `"mail":"m"`)))
	call := c.run(t, "std:account:list", "{}")
	if diff := cmp.Diff(map[MarkKind]int{Large: 1}, call.Marks); diff != "" {
		t.Error(diff)
	}
	v, _ := c.View(t.Context(), call.ID, Query{})
	w, err := c.Rows(t.Context(), call.ID, v.ID, 0, 2)
	if err != nil || len(w.Rows[0].Marks) != 1 || !strings.HasPrefix(w.Rows[0].Marks[0].Message, "the line has 204 KiB") {
		t.Errorf("%+v, %v", w.Rows[0].Marks, err)
	}
}

func TestUnknownEntitlements(t *testing.T) {
	t.Parallel()
	c := start(t, nil)
	c.server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, _ := io.ReadAll(req.Body)
		if strings.Contains(string(body), "std:entitlement:list") {
			_, _ = io.WriteString(w, `{"data":{"identity":"g1","type":"group","attributes":{"id":"g1"}},"type":"output"}`+"\n")
			return
		}
		_, _ = io.WriteString(w, account("1", `"mail":"m","groups":["g1","g2"]`)+account("2", `"mail":"m","groups":["g1"]`))
	})
	before := c.run(t, "std:account:list", "{}")
	c.run(t, "std:entitlement:list", `{"type":"group","stateful":true,"state":{"since":"1"}}`)
	if before = c.run(t, "std:account:list", "{}"); len(before.Marks) > 0 {
		t.Errorf("marks without a list: %v", before.Marks)
	}
	c.run(t, "std:entitlement:list", `{}`) // of the only type
	after := c.run(t, "std:account:list", "{}")
	for _, id := range []int{before.ID, after.ID} {
		d, err := c.Call(id)
		for deadline := time.Now().Add(time.Minute); len(d.Marks) == 0 && time.Now().Before(deadline); d, err = c.Call(id) {
			time.Sleep(time.Millisecond) // those of earlier calls are updated later
		}
		if diff := cmp.Diff(map[MarkKind]int{UnknownEntitlement: 1}, d.Marks); diff != "" || err != nil {
			t.Error(id, diff, err)
		}
	}
	v, _ := c.View(t.Context(), before.ID, Query{Marked: true})
	w, err := c.Rows(t.Context(), before.ID, v.ID, 0, 2)
	if err != nil || len(w.Rows) != 1 || w.Rows[0].Marks[0] != (Mark{UnknownEntitlement, "groups", `the last list of "group" does not have "g2"`}) {
		t.Errorf("%+v, %v", w, err)
	}
}

func TestColumns(t *testing.T) {
	t.Parallel()
	c, call := listed(t)
	v, err := c.View(t.Context(), call.ID, Query{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, column := range v.Columns {
		got = append(got, fmt.Sprintf("%s %v %s %v %d", column.Name, column.Path, column.Type, column.Multi, column.Count))
	}
	want := []string{
		"id [attributes id] string false 5", "mail [attributes mail] string false 5", "age [attributes age] int false 4",
		"groups [attributes groups] string true 5", "active [attributes active] boolean false 2", "password [attributes password] string false 1",
		"identity [identity] string false 3", "uuid [uuid] string false 1", "disabled [disabled] boolean false 1",
		"extra [attributes extra] object false 1", "deleted [deleted] boolean false 1", "attributes [attributes]  false 0",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestViews(t *testing.T) {
	t.Parallel()
	c, call := listed(t)
	for name, test := range map[string]struct {
		query Query
		want  []int
	}{
		"all":             {Query{}, []int{0, 1, 3, 4, 5, 6}},
		"search":          {Query{Search: "ALICE"}, []int{1}},
		"search escaped":  {Query{Search: `"z"`}, []int{4}},
		"search name":     {Query{Search: "mail"}, []int{}},
		"sort text":       {Query{Sort: &Sort{Column: "mail"}}, []int{5, 1, 0, 4, 3, 6}},
		"sort down":       {Query{Sort: &Sort{"mail", true}}, []int{4, 0, 1, 5, 3, 6}},
		"sort numbers":    {Query{Sort: &Sort{Column: "age"}}, []int{3, 0, 1, 4, 5, 6}},
		"sort by member":  {Query{Sort: &Sort{"identity", true}}, []int{3, 0, 4, 1, 5, 6}},
		"sort filtered":   {Query{Sort: &Sort{"age", true}, Filters: []Filter{{"mail", "contains", "a.EXAMPLE"}}}, []int{1, 0}},
		"equal":           {Query{Filters: []Filter{{"groups", "=", "g1"}}}, []int{0, 3}},
		"not equal":       {Query{Filters: []Filter{{"groups", "!=", "G1"}}}, []int{1, 4, 5, 6}},
		"empty":           {Query{Filters: []Filter{{"groups", "empty", ""}}}, []int{4, 6}},
		"set":             {Query{Filters: []Filter{{"active", "set", ""}}}, []int{0, 3}},
		"greater":         {Query{Filters: []Filter{{"age", ">", "9"}}}, []int{1, 4}},
		"less":            {Query{Filters: []Filter{{"age", "<", "9.5"}}}, []int{0, 3}},
		"two filters":     {Query{Filters: []Filter{{"age", ">", "9"}, {"mail", "contains", "zoe"}}}, []int{4}},
		"nested":          {Query{Filters: []Filter{{"/attributes/extra/a", "=", "1"}}}, []int{1}},
		"marked":          {Query{Marked: true, Search: "zoe"}, []int{4}},
		"duplicates":      {Query{Marks: []MarkKind{Duplicate}}, []int{4}},
		"two marks":       {Query{Marked: true, Marks: []MarkKind{Missing, Duplicate}}, []int{3, 4, 5}},
		"no such mark":    {Query{Marks: []MarkKind{Large}}, []int{}},
		"sorted marks":    {Query{Marks: []MarkKind{WrongType, Duplicate}, Sort: &Sort{"identity", false}}, []int{4, 3}},
		"unknown column":  {Query{Sort: &Sort{Column: "none"}}, []int{0, 1, 3, 4, 5, 6}},
		"masked password": {Query{Filters: []Filter{{"password", "=", mask.Text}}}, []int{5}},
	} {
		t.Run(name, func(t *testing.T) {
			v, err := c.View(t.Context(), call.ID, test.query) // one after the other: few views are cached
			if err != nil {
				t.Fatal(err)
			}
			w, err := c.Rows(t.Context(), call.ID, v.ID, 0, 100)
			if err != nil {
				t.Fatal(err)
			}
			got := []int{}
			for _, row := range w.Rows {
				got = append(got, row.N-1)
			}
			if diff := cmp.Diff(test.want, got); diff != "" || v.Total != len(test.want) || !w.Complete {
				t.Errorf("total %d\n%s", v.Total, diff)
			}
		})
	}
}

func TestQueryErrors(t *testing.T) {
	t.Parallel()
	c, call := listed(t)
	for _, q := range []Query{{Sort: &Sort{}}, {Filters: []Filter{{"", "=", ""}}}, {Filters: []Filter{{"a", "~", ""}}}, {Marks: []MarkKind{"strange"}}} {
		if _, err := c.View(t.Context(), call.ID, q); err == nil {
			t.Errorf("%+v is accepted", q)
		}
	}
	if _, err := c.View(t.Context(), 99, Query{}); err != ErrUnknownCall {
		t.Error(err)
	}
	if _, err := c.Rows(t.Context(), call.ID, "99", 0, 1); err != ErrUnknownView {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.View(ctx, call.ID, Query{Search: "x"}); err != context.Canceled {
		t.Error(err)
	}
	v, _ := c.View(t.Context(), call.ID, Query{})
	for _, at := range []struct{ from, count, want int }{{-5, 2, 2}, {5, 10, 1}, {6, 1, 0}, {1 << 40, 1, 0}, {0, -1, 0}, {0, 1 << 40, 6}} {
		w, err := c.Rows(t.Context(), call.ID, v.ID, at.from, at.count)
		if err != nil || len(w.Rows) != at.want {
			t.Errorf("%+v: %d rows, %v", at, len(w.Rows), err)
		}
	}
}

func TestViewGrows(t *testing.T) {
	t.Parallel()
	next := make(chan string)
	c := start(t, func(w http.ResponseWriter, _ *http.Request) {
		for text := range next {
			_, _ = io.WriteString(w, text)
			w.(http.Flusher).Flush()
		}
	})
	call, err := c.Start(Request{Command: "std:account:list", Origin: FromPage})
	if err != nil {
		t.Fatal(err)
	}
	await := func(outputs int) {
		for running := (Call{}); running.Outputs < outputs; {
			running = <-c.changed
		}
	}
	next <- account("1", `"mail":"one"`)
	await(1)
	all, _ := c.View(t.Context(), call.ID, Query{})
	some, _ := c.View(t.Context(), call.ID, Query{Search: "one"})
	sorted, _ := c.View(t.Context(), call.ID, Query{Sort: &Sort{Column: "mail"}})
	next <- account("2", `"mail":"two"`) + account("3", `"mail":"one more"`)
	await(3)
	for view, want := range map[string]int{all.ID: 3, some.ID: 2, sorted.ID: 1} {
		w, err := c.Rows(t.Context(), call.ID, view, 0, 10)
		if err != nil || w.Total != want || len(w.Rows) != want || w.Complete {
			t.Errorf("view %s: %+v, %v", view, w, err)
		}
	}
	close(next)
	c.await(t, call.ID)
	for view, complete := range map[string]bool{all.ID: true, some.ID: true, sorted.ID: false} {
		if w, err := c.Rows(t.Context(), call.ID, view, 0, 10); err != nil || w.Complete != complete {
			t.Errorf("view %s: %+v, %v", view, w, err)
		}
	}
}

func TestFind(t *testing.T) {
	t.Parallel()
	c, call := listed(t)
	for id, want := range map[string]int{"1": 1, "2": 2, "3": 4, "6": 7, "u1": 1, "5": 0, "": 0} {
		line, ok, err := c.Find(call.ID, id)
		if err != nil || ok != (want > 0) || ok && line != want {
			t.Errorf("%q: %d %v %v, want %d", id, line, ok, err, want)
		}
	}
}

func TestState(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("s", 2*maxShown)
	c := start(t, says(200, `{"data":{"cursor":"early"},"type":"state"}`+"\n"+account("1", `"mail":"m"`)+
		`{"data":{"cursor":"`+long+`","token":"state-secret"},"type":"state"}`+"\n"+`{"data":{},"type":"keepAlive"}`+"\n"))
	c.options.Masker.Learn("state-secret")
	call := c.run(t, "std:account:list", "{}")
	last := SavedState{3, json.RawMessage(`{"cursor":"` + long + `","token":"` + mask.Text + `"}`), true}
	for line, want := range map[int]SavedState{
		0: last, 3: last,
		1: {1, json.RawMessage(`{"cursor":"early"}`), false},
		2: {0, json.RawMessage("null"), false}, 4: {0, json.RawMessage("null"), false}, 5: {0, json.RawMessage("null"), false},
	} {
		got, err := c.State(call.ID, line)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("line %d: %s %v", line, diff, err)
		}
	}
	if _, err := c.State(call.ID+1, 0); !errors.Is(err, ErrUnknownCall) {
		t.Error(err)
	}
}

func TestExport(t *testing.T) {
	t.Parallel()
	c, call := listed(t)
	v, _ := c.View(t.Context(), call.ID, Query{Filters: []Filter{{"mail", "set", ""}}})
	var out bytes.Buffer
	if err := c.Export(t.Context(), call.ID, v.ID, CSV, &out); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(out.String(), "id,mail,age,groups,active,password,identity,uuid,disabled,extra,deleted,attributes\r\n") {
		t.Errorf("%s", out.String())
	}
	records, err := csv.NewReader(&out).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range records[1:] {
		got = append(got, strings.Join(r[:6], "|")+"|"+r[9])
	}
	want := []string{
		"1|Bob@a.example|9|g1; g2|true||", `2|alice@a.example|10|g9|||{"a":1}`, `1|Zoe "Z"|100||||`, `5|'=1+1||["a;b"]||` + mask.Text + "|",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	all, _ := c.View(t.Context(), call.ID, Query{})
	out.Reset()
	if err := c.Export(t.Context(), call.ID, all.ID, NDJSON, &out); err != nil || strings.Count(out.String(), "\n") != 6 {
		t.Error(out.String(), err)
	}
}

// TestLineEnds: the file contains the cell's text unchanged.
func TestLineEnds(t *testing.T) {
	t.Parallel()
	c := start(t, says(200, account("1", `"mail":"a\nb\rc\r\n\"d\",; "`)+account("2", `"mail":" e"`)))
	call := c.run(t, "std:account:list", "{}")
	v, _ := c.View(t.Context(), call.ID, Query{})
	var out bytes.Buffer
	err := c.Export(t.Context(), call.ID, v.ID, CSV, &out)
	if want := "1,\"a\nb\rc\r\n\"\"d\"\",; \",,,,,1\r\n2,\" e\",,,,,2\r\n"; err != nil || !strings.HasSuffix(out.String(), want) {
		t.Errorf("%q, want %q; %v", out.String(), want, err)
	}
}

func TestColumnNames(t *testing.T) {
	t.Parallel()
	c := start(t, says(200, `{"data":{"extra":1,"a/b":2,"attributes":{"id":"x","extra":3,"":4}},"type":"output"}`))
	call := c.run(t, "std:account:list", "{}")
	v, err := c.View(t.Context(), call.ID, Query{Filters: []Filter{{"/extra", "=", "1"}, {"extra", "=", "3"}, {"/attributes/", "=", "4"}, {"a/b", "=", "2"}}})
	var names []string
	for _, column := range v.Columns[6:] {
		names = append(names, column.Name)
	}
	if diff := cmp.Diff([]string{"extra", "/attributes/", "/extra", "a/b"}, names); diff != "" || err != nil || v.Total != 1 {
		t.Error(v.Total, err, diff)
	}
}

func TestHarmless(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"": "", "a": "a", "-5": "-5", "-5.25e3": "-5.25e3", "=1": "'=1", "+49 30": "'+49 30", "-x": "'-x", "@sum": "'@sum",
		"\t=1": "'\t=1", "\r=1": "'\r=1", " =1": "' =1", "＝1": "'＝1", "a=1": "a=1", "-5+cmd()": "'-5+cmd()",
	} {
		if got := harmless(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestCompare(t *testing.T) {
	t.Parallel()
	answers := make(chan string, 2)
	c := start(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, <-answers) })
	answers <- account("1", `"mail":"m","groups":["a","b"]`) + account("2", `"mail":"m"`) + account("3", `"mail":"old","age":1`) + account("1", `"mail":"twice"`)
	answers <- account("3", `"age":null,"mail":"new","x":[1]`) + account("1", `"groups":["b","a"],"mail":"m"`) + account("4", `"mail":"m"`)
	a, b := c.run(t, "std:account:list", "{}"), c.run(t, "std:account:list", "{}")
	got, err := c.Compare(t.Context(), a.ID, b.ID)
	if err != nil {
		t.Fatal(err)
	}
	if got.OnlyA != 1 || got.OnlyB != 1 || got.Changed != 1 || got.Same != 1 || got.Truncated {
		t.Errorf("%+v", got)
	}
	shown := make(map[string]string)
	for _, d := range got.Rows {
		text, _ := json.Marshal(d)
		shown[d.Identity] = string(text)
	}
	if diff := cmp.Diff(map[string]string{
		"2": `{"identity":"2","a":2,"b":null,"changes":[]}`,
		"4": `{"identity":"4","a":null,"b":3,"changes":[]}`,
		"3": `{"identity":"3","a":3,"b":1,"changes":[{"attribute":"mail","before":"old","after":"new"},{"attribute":"age","before":1,"after":null},{"attribute":"x","before":null,"after":[1]}]}`,
	}, shown); diff != "" {
		t.Error(diff)
	}
	if same, err := c.Compare(t.Context(), a.ID, a.ID); err != nil || same.Same != 3 || len(same.Rows) != 0 {
		t.Errorf("%+v, %v", same, err)
	}
	answers <- `{"data":{"key":{"compound":{"lookupId":"1","uniqueId":"u"}},"attributes":{"a":1,"b":2},"a":2},"type":"output"}` + "\n"
	answers <- `{"data":{"key":{"compound":{"lookupId":"1","uniqueId":"v"}},"attributes":{"a":2,"b":2},"a":1},"type":"output"}` + "\n"
	a, b = c.run(t, "std:account:list", "{}"), c.run(t, "std:account:list", "{}")
	if moved, err := c.Compare(t.Context(), a.ID, b.ID); err != nil || moved.Changed != 1 || len(moved.Rows[0].Changes) != 3 || moved.Rows[0].Changes[0].Attribute != "/key" {
		t.Errorf("%+v, %v", moved, err)
	}
	if _, err := c.Compare(t.Context(), a.ID, 99); err != ErrUnknownCall {
		t.Error(err)
	}
}

// A million is the number of accounts that must be as smooth as a hundred.
const million = 1_000_000

// accounts writes many accounts of about 300 bytes each.
func accounts(w io.Writer, n int) {
	line := make([]byte, 0, 1<<10)
	for i := range n {
		id := strconv.Itoa(i * 7919 % n)
		line = append(line[:0], `{"data":{"key":{"simple":{"id":"`+id+`"}},"disabled":false,"attributes":{"id":"`+id+`","mail":"user.`+id+`@company.example","age":`+id+`,"firstName":"First name `+id+`","lastName":"Last name","groups":["group-1","group-22","group-`+id[:1]+`"],"active":true,"title":"Some title of a person"}},"type":"output"}`+"\n"...)
		_, _ = w.Write(line)
	}
}

// BenchmarkMillion measures a list of a million accounts. Each part is reported in milliseconds, and
// the memory of the recording in MiB.
func BenchmarkMillion(b *testing.B) {
	for b.Loop() {
		c := start(b, func(w http.ResponseWriter, _ *http.Request) { accounts(w, million) })
		before := heap()
		began := time.Now()
		lap := func(name string) {
			b.ReportMetric(float64(time.Since(began).Microseconds())/1000, name+"-ms")
			began = time.Now()
		}
		call := c.run(b, "std:account:list", "{}")
		lap("record")
		if call.Outputs != million || len(call.Marks) > 0 {
			b.Fatalf("%+v", call)
		}
		b.ReportMetric(float64(heap()-before)/(1<<20), "heap-MiB")
		began = time.Now()
		view := func(name string, q Query) View {
			v, err := c.View(b.Context(), call.ID, q)
			if err != nil {
				b.Fatal(err)
			}
			lap(name)
			return v
		}
		window := func(name string, v View, from int) {
			if w, err := c.Rows(b.Context(), call.ID, v.ID, from, 100); err != nil || len(w.Rows) != 100 {
				b.Fatal(len(w.Rows), err)
			}
			lap(name)
		}
		all := view("view", Query{})
		window("window", all, million/2)
		view("search", Query{Search: "user.77777@"})
		view("filter", Query{Filters: []Filter{{"age", ">", "500000"}}})
		sorted := view("sort-text", Query{Sort: &Sort{Column: "mail"}})
		window("sorted-window", sorted, million/2)
		view("sort-number", Query{Sort: &Sort{Column: "age", Descending: true}})
		if _, ok, err := c.Find(call.ID, "777"); !ok || err != nil {
			b.Fatal(err)
		}
		lap("find")
		if err := c.Export(b.Context(), call.ID, all.ID, CSV, io.Discard); err != nil {
			b.Fatal(err)
		}
		lap("csv")
		if err := c.Export(b.Context(), call.ID, all.ID, NDJSON, io.Discard); err != nil {
			b.Fatal(err)
		}
		lap("ndjson")
		if _, err := c.Compare(b.Context(), call.ID, call.ID); err != nil {
			b.Fatal(err)
		}
		lap("compare")
	}
}
