package filter_test

import (
	"fmt"

	"github.com/conngen/conngen/templates/sdk/filter"
)

// What a filter matches is left out of the aggregation.
func ExampleParse() {
	f, err := filter.Parse(`login.startsWith("svc-") || dept == "Sales" && age > 65`)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, account := range []map[string]any{
		{"login": "svc-backup", "dept": "IT", "age": 3.0},
		{"login": "ada", "dept": "Sales", "age": 36.0},
		{"login": "grace", "dept": "Sales", "age": 85.0},
	} {
		out, err := f.Matches(func(name string) (any, bool) {
			value, ok := account[name]
			return value, ok
		})
		fmt.Println(account["login"], out, err)
	}
	// Output:
	// svc-backup true <nil>
	// ada false <nil>
	// grace true <nil>
}

// A filter that looks right and has no effect.
func ExampleFilter_Warnings() {
	f, err := filter.Parse(`active && login != "root"`)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, w := range f.Warnings() {
		fmt.Println(w)
	}
	// Output: column 1: "active" alone is always false; write active == true
}

// A filter that cannot be read says where.
func ExampleParse_malformed() {
	_, err := filter.Parse(`dept == "Sales" &&`)
	fmt.Println(err)
	// Output: filter, column 19: expected a value after &&, found end
}
