package filter

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// otherwise are the recorded cases that this filter answers otherwise, on purpose:
// with true or false, or an error that has the text.
var otherwise = []struct {
	reason string
	cases  map[string]string
}{
	{"!== is what it says", map[string]string{`login !== "bob"`: "true"}},
	{"a value alone is what it is worth", map[string]string{
		`active`: "true", `!active`: "false", `login`: "true", `true`: "true", `!true`: "false", `"x"`: "true", `active || off`: "true",
	}},
	{"brackets need something in them", map[string]string{`()`: `column 2: ")" where`}},
	{"numbers may have a sign", map[string]string{`age > -1`: "true", `age == +36`: "true"}},
	{"names may have dots and hyphens", map[string]string{`first-name == "Al"`: "true", `a.b == "dotted"`: "true"}},
	{"attributes are none of JavaScript's own", map[string]string{`constructor == null`: "true"}},
	{"null has no text", map[string]string{
		`nul.startsWith("a")`: "false", `nul.contains("a")`: "false", `nul.containsAll("a")`: "false",
	}},
	{"arguments are literals", map[string]string{`login.startsWith(login)`: `column 18: "login" where a text`}},
	{"methods are those of the language", map[string]string{
		`login.unknownMethod()`: `column 7: there is no method "unknownMethod"`, `login.toUpperCase() == "ADA"`: `column 7: there is no method "toUpperCase"`,
	}},
	{"indexes are not of the language", map[string]string{
		`obj["x"] == 1`: `column 4: "[" is not of the language`, `towns[0] == "Bergen"`: `column 6: "[" is not`, `login == [1]`: `column 10: "[" is not`,
	}},
	{"operators are those of the language", map[string]string{
		`login == "ada" and age == 36`: `column 16: unexpected "and"`,
		`login == "ada" & age == 36`:   `column 16: "&" is not of the language; and is written &&`,
		`age + 1 == 37`:                `column 5: unexpected "+"`,
		`age == 35 + 1`:                `column 11: unexpected "+"`,
		`age % 2 == 0`:                 `column 5: "%" is not of the language`,
		`login ? true : false`:         `column 7: "?" is not of the language`,
		`login in towns`:               `column 7: unexpected "in"`,
	}},
	{"there is one expression", map[string]string{
		`login == "ada" age == 36`:  `column 16: unexpected "age"`,
		`login == "ada"; age == 36`: `column 15: ";" is not of the language`,
		`login == "ada", age == 36`: `column 15: unexpected ","`,
	}},
}

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
	left := make(map[string]string)
	for _, o := range otherwise {
		for text, answer := range o.cases {
			left[text] = answer
		}
	}
	for _, c := range recorded.Cases {
		want := map[bool]string{true: "true", false: "false"}[c.Result]
		if c.Error {
			want = "filter"
		}
		if answer, ok := left[c.Filter]; ok {
			if answer == want {
				t.Errorf("%s: there is no difference, though it should be", c.Filter)
			}
			want = answer
			delete(left, c.Filter)
		}
		if got := filterAnswer(c.Filter, recorded.Attributes); !strings.Contains(got, want) || want != "filter" && len(want) < 6 && got != want {
			t.Errorf("%s: %s, want %s", c.Filter, got, want)
		}
	}
	for text := range left {
		t.Errorf("%s is not recorded", text)
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
	}
	for text, want := range map[string]string{
		`age == 36 && big == 9007199254740993`:     "true",
		`big === big`:                              "true",
		`nums.contains(2) && flags.contains(true)`: "true",
		`nums == "1,2"`:                            "true",
		`towns === towns`:                          "true",
		`n > 1 && n < 2`:                           "true",
		`-age < -35 && age == --36`:                "true",
		`!!active && !off`:                         "true",
		`age == 0x24 && age == 3.6e+1`:             "true",
		`emoji < "�"`:                              "true",
		`emoji == "😀" && missing == nul`:           "true",
		`login == 'a\'b'`:                          "false",
		`login.contains("d", "a")`:                 "filter, column 7: contains takes one argument",
		`login.isNull(1)`:                          "filter, column 7: isNull takes no arguments",
		`age.startsWith("3")`:                      "filter: age.startsWith works on texts, and the attribute is a number",
		`active.contains(1)`:                       "filter: active.contains works on texts and lists, and the attribute is a boolean",
		`é == "x" && !`:                            "filter, column 14: end where an attribute",
		`login.contains(-1) || age.x`:              "false",
		`login . isNull ( )`:                       "false",
		`login == "ada`:                            `filter, column 10: the text has no closing "\""`,
		`1x == 2`:                                  `filter, column 1: "1x" is not a number`,
		`1e == 2`:                                  `filter, column 1: "1e" is not a number`,
		strings.Repeat("(", 200):                   "nested too deep",
		strings.Repeat("!", 200) + "a":             "nested too deep",
	} {
		if got := filterAnswer(text, attributes); got != want && (len(want) < 6 || !strings.Contains(got, want)) {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

// FuzzParse: any text is a filter or an error with a column in it, and a
// filter answers whatever the attributes are.
func FuzzParse(f *testing.F) {
	for _, o := range otherwise {
		for text := range o.cases {
			f.Add(text)
		}
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
		for i := range values {
			n := i
			_, _ = filter.Matches(func(string) (any, bool) {
				n++
				return values[n%len(values)], n%7 != 0
			})
		}
	})
}
