package sdk

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// A cost is a kind of request or value that has n of something.
type cost struct {
	name     string
	n        int
	do       func(t testing.TB, n int)
	compares bool // values with each other
}

// texts returns n texts in JSON, with a comma between them.
func texts(n int, one string) string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf(one, i)
	}
	return strings.Join(all, ",")
}

func wordList(prefix string, n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprint(prefix, i)
	}
	return all
}

func update(t testing.TB, changes string) AccountUpdateInput[memberChanges] {
	var in AccountUpdateInput[memberChanges]
	if err := json.Unmarshal([]byte(`{"identity":"1","changes":[`+changes+`]}`), &in); err != nil {
		t.Fatal(err)
	}
	return in
}

// applied carries out changes on an account.
func applied(t testing.TB, changes string) memberAttributes {
	in := update(t, changes)
	a := memberAttributes{ID: "1", Groups: []string{"a"}, Extra: map[string]any{"x": []any{"a"}}}
	if err := in.Apply(&a); err != nil {
		t.Fatal(err)
	}
	return a
}

var costs = []cost{
	{"apply list", 20_000, func(_ testing.TB, n int) {
		ListChange[string]{Added: wordList("a", n), Removed: wordList("r", n)}.Apply(wordList("l", n))
	}, true},
	{"diff list", 20_000, func(_ testing.TB, n int) {
		ListChange[string]{Set: wordList("a", n)}.Diff(wordList("b", n))
	}, true},
	{"one value each", 20_000, func(t testing.TB, n int) {
		applied(t, texts(n, `{"op":"Add","attribute":"groups","value":"g%d"}`))
	}, false},
	{"added and removed", 20_000, func(t testing.TB, n int) {
		values := "[" + texts(n, `"g%d"`) + "]"
		applied(t, `{"op":"Add","attribute":"groups","value":`+values+`},{"op":"Remove","attribute":"groups","value":`+values+`}`)
	}, true},
	{"set and added", 20_000, func(t testing.TB, n int) {
		applied(t, `{"op":"Set","attribute":"groups","value":["a"]},`+texts(n, `{"op":"Add","attribute":"groups","value":"g%d"}`))
	}, false},
	{"values of one extra", 20_000, func(t testing.TB, n int) {
		applied(t, `{"op":"Add","attribute":"x","value":[`+texts(n, `"g%d"`)+`]}`)
	}, false},
	{"removed of one extra", 20_000, func(t testing.TB, n int) {
		applied(t, `{"op":"Set","attribute":"x","value":[`+texts(n, `"g%d"`)+`]},{"op":"Remove","attribute":"x","value":[`+texts(n, `"h%d"`)+`]}`)
	}, false},
	{"extra one each", 20_000, func(t testing.TB, n int) {
		applied(t, texts(n, `{"op":"Add","attribute":"x","value":"g%d"}`))
	}, false},
	{"extras", 20_000, func(t testing.TB, n int) {
		applied(t, texts(n, `{"op":"Add","attribute":"x%d","value":"g"}`))
	}, false},
	{"unhandled", 20_000, func(t testing.TB, n int) {
		in := AccountUpdateInput[memberChanges]{Changes: make([]AttributeChange, n)}
		for i, name := range wordList("x", n) {
			in.Changes[i] = change(ChangeAdd, name, `"g"`)
		}
		if err := Unhandled(&in); err == nil {
			t.Error("all handled")
		}
	}, true},
	{"written", 20_000, func(t testing.TB, n int) {
		in := update(t, texts(n, `{"op":"Add","attribute":"x%d","value":"g"}`))
		if _, err := Marshal(&in); err != nil {
			t.Error(err)
		}
	}, false},
	{"wrong changes", 20_000, func(t testing.TB, n int) {
		var in AccountUpdateInput[memberChanges]
		if err := json.Unmarshal([]byte(`{"identity":"1","changes":[`+texts(n, `{"op":"Add","attribute":"age","value":"x%d"}`)+`]}`), &in); err == nil {
			t.Error("no error")
		}
	}, false},
	{"array", 100_000, func(t testing.TB, n int) {
		var a memberAttributes
		if err := Unmarshal([]byte(`{"groups":[`+texts(n, `"g%d"`)+`],"levels":[`+texts(n, `%d`)+`],"x":[`+texts(n, `"g%d"`)+`]}`), &a); err != nil {
			t.Error(err)
		}
		if _, err := Marshal(&a); err != nil {
			t.Error(err)
		}
	}, false},
	{"members", 20_000, func(t testing.TB, n int) {
		var a memberAttributes
		if err := Unmarshal([]byte(`{`+texts(n, `"g%d":1`)+`}`), &a); err != nil {
			t.Error(err)
		}
		if _, err := Marshal(&a); err != nil {
			t.Error(err)
		}
	}, false},
	{"repeated members", 20_000, func(t testing.TB, n int) {
		var a memberAttributes
		if err := Unmarshal([]byte(`{`+texts(n, `"title":"%d"`)+`}`), &a); err != nil {
			t.Error(err)
		}
	}, false},
	{"misspelt", 20_000, func(_ testing.TB, n int) {
		misspeltMembers("input", []byte(`{"attributes":{`+texts(n, `"titel%d":1`)+`}}`), new(member))
	}, false},
	{"datasets", 20_000, func(t testing.TB, n int) {
		var in datasetsInput
		if err := Unmarshal([]byte(`{"datasetIds":[`+texts(n, `"d%d"`)+`],"datasetSchemas":{`+texts(n, `"d%d":{"name":"x"}`)+`}}`), &in); err != nil {
			t.Error(err)
		}
		withoutRepeats(in.IDs)
	}, false},
	{"state", 100_000, func(t testing.TB, n int) {
		_, err := DecodeState[map[string]any]([]byte(`{` + texts(n, `"s%d":"x"`) + `}`))
		w := newWriter(context.Background(), "x", writerOptions{javaScript: true}, func([]byte) error { return nil })
		if err != nil || w.SaveState(json.RawMessage(`{`+texts(n, `"s%d":"x"`)+`}`)) != nil {
			t.Error(err)
		}
		if err := w.core.end(nil); err != nil {
			t.Error(err)
		}
	}, false},
}

// TestCosts: twice as much of anything takes about twice the memory. It is not parallel,
// since it counts what the whole process allocates.
func TestCosts(t *testing.T) {
	if testing.Short() {
		t.Skip("takes long with the race detector")
	}
	const most = 2.7
	for _, c := range costs {
		n := c.n / 20
		allocated := func(n int) float64 {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			c.do(t, n)
			runtime.ReadMemStats(&after)
			return float64(after.TotalAlloc - before.TotalAlloc)
		}
		once, twice := allocated(n), allocated(2*n)
		if twice > most*once {
			t.Errorf("%s: %d take %.0f bytes, and %d take %.0f", c.name, n, once, 2*n, twice)
		}
	}
}

// TestLongLists changes lists whose values cannot be compared with each other in the time that
// a test has: that would allocate nothing, and take minutes.
func TestLongLists(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes long with the race detector")
	}
	for _, c := range costs {
		if c.compares {
			c.do(t, 100_000)
		}
	}
}

func BenchmarkCosts(b *testing.B) {
	for _, c := range costs {
		for _, n := range []int{c.n, 2 * c.n} {
			b.Run(fmt.Sprintf("%s/%d", strings.ReplaceAll(c.name, " ", "-"), n), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					c.do(b, n)
				}
			})
		}
	}
}
