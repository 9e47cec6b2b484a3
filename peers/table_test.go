package main

import "testing"

func TestMarkdown(t *testing.T) {
	t.Parallel()
	const want = `| What | Figure | conngen | the other | | ratio |
|---|---|---:|---:|---|---:|
| generate, 12 attributes | time | 25.0 ms | 10.0 ms | go-jsonschema | 2.50 |
|  | peak memory | 12.0 MiB | 24.0 MiB | go-jsonschema | 0.50 |
| check, 1,000 specs | CPU time | 2.50 s |  |  |  |
| account:list, accounts | per second | 1,090,000 | 74,100 | original SDK | 14.8 |
`
	got := markdown([]row{
		{"generate, 12 attributes", wall, 0.025, "go-jsonschema", 0.01},
		{"generate, 12 attributes", memory, 12 << 20, "go-jsonschema", 24 << 20},
		{what: "check, 1,000 specs", kind: cpu, ours: 2.5},
		{"account:list, accounts", rate, 1_094_999, "original SDK", 74_149},
	})
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestUnits(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		kind  kind
		value float64
		want  string
	}{
		{wall, 0, "0.00 µs"},
		{wall, 71.26e-6, "71.3 µs"},
		{wall, 0.00999, "9.99 ms"},
		{wall, 0.9994, "999 ms"},
		{cpu, 12.34, "12.3 s"},
		{user, 1611, "1611 s"},
		{size, 20_431_113, "20.4 MB"},
		{rate, 7.6, "8"},
		{rate, 611, "611"},
		{rate, 999_999, "1,000,000"},
	} {
		if got := c.kind.text(c.value); got != c.want {
			t.Errorf("%v of %v is %q, want %q", c.kind, c.value, got, c.want)
		}
	}
}
