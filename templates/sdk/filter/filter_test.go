package filter

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// forgiven are the recorded filters that fail in the original, and answer false here: null
// has no text.
var forgiven = []string{`nul.startsWith("a")`, `nul.contains("a")`, `nul.containsAll("a")`}

type filterCase struct {
	Filter string
	Result bool
	Error  bool
}

// TestFilterCases: what the original was seen to answer.
func TestFilterCases(t *testing.T) {
	t.Parallel()
	path := filepath.Join("..", "..", "..", "..", "shared", "protocol", "filter-cases.json")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Skipf("there are no recorded filters in %s", path)
	}
	var recorded struct {
		Attributes map[string]any
		Cases      []filterCase
	}
	if err := json.Unmarshal(text, &recorded); err != nil {
		t.Fatal(err)
	}
	for _, c := range recorded.Cases {
		got := filterAnswer(c.Filter, recorded.Attributes)
		switch {
		case slices.Contains(forgiven, c.Filter):
			if !c.Error || got != "false" {
				t.Errorf("%s: %s, which should be forgiven", c.Filter, got)
			}
		case c.Error:
			if !strings.HasPrefix(got, "filter") {
				t.Errorf("%s: %s, want an error", c.Filter, got)
			}
		case got != strconv.FormatBool(c.Result):
			t.Errorf("%s: %s, want %t", c.Filter, got, c.Result)
		}
	}
	if len(recorded.Cases) == 0 {
		t.Error("there are no cases")
	}
}

// filterAnswer is what a filter says of attributes: true, false or its error.
func filterAnswer(text string, attributes map[string]any) string {
	f, err := Parse(text)
	if err != nil {
		return err.Error()
	}
	matches, err := f.Matches(func(name string) (any, bool) {
		value, ok := attributes[name]
		return value, ok
	})
	switch {
	case err != nil:
		return err.Error()
	case matches:
		return "true"
	}
	return "false"
}

func TestFilter(t *testing.T) {
	t.Parallel()
	attributes := map[string]any{
		"login": "ada", "age": int64(36), "big": int64(9007199254740993), "towns": []string{"Bergen", "Lyon"}, "nums": []int64{1, 2},
		"flags": []bool{true}, "nul": nil, "active": true, "off": false, "dept": "", "n": json.Number("1.5"), "emoji": "😀",
		"mixed": []any{json.Number("1.7e12"), math.Copysign(0, -1), 1e21, json.Number("12345678901234567890")}, "obj": map[string]any{"x": 1}, "boxed": []any{map[string]any{}}, "floats": []any{1.0, json.Number("2")},
	}
	for text, want := range map[string]string{
		`age == 36 && big == 9007199254740993`:     "true",
		`big === big`:                              "true",
		`nums.contains(2) && flags.contains(true)`: "true",
		`nums == "1,2"`:                            "true",
		`towns === towns`:                          "true",
		`boxed == obj`:                             "false",
		`boxed == "[object Object]"`:               "true",
		`nums == floats && floats === nums`:        "true",
		`n > 1 && n < 2`:                           "true",
		`n == ".15e1" && n >= .5 && 5. > n`:        "true",
		`age > "-1"`:                               "true",
		`mixed == "1700000000000,0,1e+21,12345678901234567890"`: "true",
		`age == 3.6e+1`:                               "true",
		`emoji < "�"`:                                 "true",
		`emoji == "😀" && missing == nul`:              "true",
		`login == 'a\'b'`:                             "false",
		`(login).startsWith("a") && login?.notNull()`: "true",
		`login . isNull ( )`:                          "false",
		`, login == "ada";`:                           "true",
		`nul.contains("a") || nul.startsWith("a")`:    "false",
		`__proto__ == null || constructor.isNull()`:   "false",
		`age.startsWith("3")`:                         "filter: age.startsWith works on texts, and the attribute is a number",
		`active.contains(1)`:                          "filter: active.contains works on texts and lists, and the attribute is a boolean",
		`obj.contains("x")`:                           "filter: obj.contains works on texts and lists, and the attribute is an object",
		`é == "x" && !`:                               "filter, column 14: expected a value after !, found end",
		`login == "ada`:                               `filter, column 10: the text has no closing "\""`,
		`login = "ada"`:                               `filter, column 7: unexpected "="; compare with ==`,
		`login == "ada")`:                             `filter, column 15: unexpected ")"`,
		`(login == "ada"`:                             "filter, column 1: the bracket is not closed",
		`"x" }`:                                       `filter, column 5: unexpected "}"`,
		`a == { "hush" }`:                             `filter, column 6: expected a value after ==, found "{"`,
		`a <> "hush"`:                                 `filter, column 4: expected a value after <, found ">"`,
		`foo(login)`:                                  `filter, column 1: unknown function "foo"`,
		`login.isNull()()`:                            "filter, column 7: only methods of attributes can be called",
		`login.startsWith()`:                          "filter, column 7: startsWith takes one argument, a text",
		`login.contains("d",)`:                        `filter, column 20: expected a value, found ")"`,
		`login.contains(,"d")`:                        `filter, column 16: expected a value, found ","`,
		`login.contains("a" "b", "c")`:                `filter, column 23: expected a value, found ","`,
		`login.contains("a", "b" "c")`:                `filter, column 25: expected "," or ")", found text`,
		`login.contains("d"`:                          "filter, column 15: the bracket is not closed",
		`towns[0`:                                     "filter, column 6: the bracket is not closed",
		`towns[] == 1`:                                `filter, column 7: expected a value after [, found "]"`,
		`login.`:                                      "filter, column 7: expected the name of a method, found end",
		`login.5`:                                     `filter, column 7: expected the name of a method, found "5"`,
		`a ? b`:                                       `filter, column 6: expected ":", found end`,
		`a ? b :`:                                     "filter, column 8: expected a value after :, found end",
		`() && a`:                                     "filter, column 2: empty brackets",
		`a == ()`:                                     "filter, column 8: expected a value after ==, found end",
		`1x == 2`:                                     `filter, column 1: "1x" is not a number`,
		`1e == 2`:                                     `filter, column 1: "1e" is not a number`,
		`1.2.3 == 2`:                                  `filter, column 1: "1.2.3" is not a number`,
		`0x24 == 36`:                                  `filter, column 1: "0x24" is not a number`,
		`a == .`:                                      `filter, column 6: "." is not a number`,
		strings.Repeat("(", 200):                      "nested too deep",
		strings.Repeat("!", 200) + "a":                "nested too deep",
		strings.Repeat("a ? ", 200):                   "nested too deep",
		strings.Repeat("a.b[", 200):                   "nested too deep",
		strings.Repeat("a == 1 || ", 50_000) + "1 == 1": "true",
	} {
		if got := filterAnswer(text, attributes); got != want && (len(want) < 6 || !strings.Contains(got, want)) {
			t.Errorf("%.100s: %s, want %s", text, got, want)
		}
	}
}

// TestOddFilters: what is in the grammar and not in the language is false, or a value that is
// missing, and a warning says so.
func TestOddFilters(t *testing.T) {
	t.Parallel()
	attributes := map[string]any{"login": "ada", "age": 36.0, "active": true, "towns": []any{"Lyon"}, "obj": map[string]any{"x": 1.0}}
	for _, tt := range []struct {
		filter, want string
		warnings     []string
	}{
		{`login == "ada" && !(age < 18)`, "true", nil},
		{``, "false", nil},
		{` ; `, "false", nil},
		{`active`, "false", []string{`column 1: "active" alone is always false; write active == true`}},
		{`!active`, "true", []string{`column 2: "active" alone is always false; write active == true`}},
		{`é == 1 && (active || off)`, "false", []string{`column 12: "active" alone is`, `column 22: "off" alone is`}},
		{`!true`, "true", []string{`column 2: a value alone is always false; compare an attribute with it`}},
		{`"hush"`, "false", []string{`column 1: a value alone is`}},
		{`login !== "bob"`, "false", []string{`column 7: "!==" is always false; write !=`}},
		{`!(login !== "ada")`, "true", []string{`column 9: "!=="`}},
		{`login.unknownMethod()`, "false", []string{`column 7: the method "unknownMethod" is always false; the methods are contains, containsAll, `}},
		{`!login.unknownMethod("hush")`, "true", []string{`column 8: the method "unknownMethod"`}},
		{`login.isNull`, "false", []string{`column 7: isNull without brackets is always false; write isNull(…)`}},
		{`login["isNull"]()`, "false", []string{`column 6: a function is always false; the methods of attributes are `}},
		{`"hush".isNull()`, "false", []string{`column 8: isNull works only on an attribute and is always false here; `}},
		{`obj.x.notNull()`, "false", []string{`column 7: notNull works only on an attribute and is`}},
		{`login.startsWith(login)`, "false", []string{`column 18: startsWith is always false with an argument that is not a literal; write a text in quotes`}},
		{`!towns.containsAll("Lyon", -1)`, "true", []string{`column 28: containsAll is always false with`}},
		{`login.contains("d", "hush")`, "true", []string{`column 21: contains takes one argument; the rest is ignored`}},
		{`login.notNull(1)`, "true", []string{`column 15: notNull takes no arguments; the rest is ignored`}},
		{`age > -1`, "false", []string{`column 7: a number with a sign has no value here; put it in quotes, as in age > "-1"`}},
		{`-age == -36`, "true", []string{`column 1: "-" has no value here; filters do not calculate`, `column 9: a number with a sign`}},
		{`~age`, "false", []string{`column 1: "~" is always false; filters do not calculate`}},
		{`!active == true`, "false", []string{`column 1: "!" has no value here; put the comparison in brackets, as in !(a == b)`}},
		{`first-name == "Al"`, "false", []string{`column 6: "-" has no value here; filters do not calculate, and names cannot contain hyphens`}},
		{`age + 1 == 37`, "false", []string{`column 5: "+" has no value here; filters do not calculate`}},
		{`age ** 2`, "false", []string{`column 5: "**" is always false`}},
		{`login == "ada" & age == 36`, "false", []string{`column 16: "&" is always false; write &&`}},
		{`login == "ada" | age == 36`, "false", []string{`column 16: "|" is always false; write ||`}},
		{`obj.x == 1`, "false", []string{`column 5: ".x" has no value here; filters cannot access members of attributes, and names cannot contain dots`}},
		{`obj.x != 1`, "true", []string{`column 5: ".x" has no value here`}},
		{`towns[0] == "Lyon"`, "false", []string{`column 6: an index has no value here; look for a value in a list with contains("…")`}},
		{`login.isNull() == false`, "false", []string{`column 7: the result of isNull has no value here; write it without the comparison`}},
		{`login.toUpperCase() == "ADA"`, "false", []string{`column 7: the method "toUpperCase" has no value here; the methods are `}},
		{`f(login) == 1`, "false", []string{`column 1: a function has no value here`}},
		{`age == 36 == true`, "false", []string{`column 5: a comparison has no value here; join comparisons with && or ||`}},
		{`(age == 36 || active == true) == true`, "false", []string{`column 12: a condition has no value here; join conditions with && or ||`}},
		{`login ? true : false`, "false", []string{`column 7: a ternary is always false; write it with && and ||`}},
		{`login == [1,,2]`, "false", []string{`column 10: a list has no value here; compare with each of its values, and join that with ||`}},
		{`this == 1`, "false", []string{`column 1: "this" has no value here; write the name of an attribute`}},
		{`()`, "false", []string{`column 1: "()" is always false; write a comparison between the brackets`}},
		{`login == "ada" and age == 36`, "false", []string{`column 16: an expression with "and" in it is always false; write &&`}},
		{`login == "ada" OR age == 36`, "false", []string{`column 16: an expression with "OR" in it is always false; write ||`}},
		{`login in towns`, "false", []string{`column 7: an expression with "in" in it is always false; look for`}},
		{`login == "ada"; age == 36`, "false", []string{`column 17: a row of expressions is always false; join them with && or ||`}},
		{`!(login == "ada" "hush")`, "true", []string{`column 18: a row of expressions is`}},
		{"login\u00a0== \"ada\"", "false", []string{`column 1: the name "login\u00a0" contains an invisible character; delete it`}},
	} {
		if got := filterAnswer(tt.filter, attributes); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.filter, got, tt.want)
		}
		f, err := Parse(tt.filter)
		if err != nil {
			continue // filterAnswer has told
		}
		same := slices.EqualFunc(f.Warnings(), tt.warnings, func(got, want string) bool {
			return strings.HasPrefix(got, want) && !strings.Contains(got, "hush")
		})
		if !same {
			t.Errorf("%s: %q, want %q", tt.filter, f.Warnings(), tt.warnings)
		}
	}
}

// TestMatchesAllocates: a filter looks at every account of an aggregation.
func TestMatchesAllocates(t *testing.T) {
	f, err := Parse(`login == "ada" && age >= 18 && !dept.isEmpty() && (mail.endsWith("example.org") || missing.contains("x")) && active != false`)
	if err != nil {
		t.Fatal(err)
	}
	attributes := map[string]any{"login": "ada", "age": int64(36), "dept": "d", "mail": "ada@example.org", "active": true}
	lookUp := func(name string) (any, bool) {
		value, ok := attributes[name]
		return value, ok
	}
	if out, err := f.Matches(lookUp); !out || err != nil {
		t.Fatalf("%t, %v", out, err)
	}
	if n := testing.AllocsPerRun(100, func() { _, _ = f.Matches(lookUp) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// FuzzParse: any text is a filter or an error with a column in it, and a
// filter answers whatever the attributes are.
func FuzzParse(f *testing.F) {
	for _, text := range []string{`!active`, `a !== "x" and b`, `a.c() ? -1 : [1,,2]`, `() ; this[0] ?? a?.isNull(b, "x")`} {
		f.Add(text)
	}
	f.Add(`a.b-c.contains("x", 'y\n') && !(é === -1.5e3) || $ <= null`)
	values := []any{nil, true, "x", 1.5, int64(7), json.Number("3"), []any{"x", 1.0, nil}, []string{"a"}, []int64{1}, []bool{true}, map[string]any{"x": 1}}
	f.Fuzz(func(t *testing.T, text string) {
		filter, err := Parse(text)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "filter, column ") {
				t.Errorf("error %v", err)
			}
			return
		}
		for _, w := range filter.Warnings() {
			if !strings.HasPrefix(w, "column ") {
				t.Errorf("warning %s", w)
			}
		}
		for i := range values {
			n := i
			_, _ = filter.Matches(func(string) (any, bool) {
				n++
				return values[n%len(values)], n%7 != 0
			})
		}
	})
}
