package jsontext

import (
	"encoding/json"
	"math"
	"testing"
)

// TestNumberText: what String(JSON.parse(literal)) gives, except for whole numbers of
// more digits than JavaScript keeps.
func TestNumberText(t *testing.T) {
	t.Parallel()
	for literal, want := range map[string]string{
		"0":                      "0",
		"-0":                     "0",
		"-0.0":                   "0",
		"0e5":                    "0",
		"1.0":                    "1",
		"-42.50":                 "-42.5",
		"1.7e12":                 "1700000000000",
		"1E3":                    "1000",
		"12345.6789e2":           "1234567.89",
		"0.1":                    "0.1",
		"1e-6":                   "0.000001",
		"0.0000001":              "1e-7",
		"-1.5e-10":               "-1.5e-10",
		"1e-400":                 "0",
		"123456789012345678e3":   "123456789012345680000",
		"1e20":                   "100000000000000000000",
		"1e21":                   "1e+21",
		"1.5e300":                "1.5e+300",
		"1e400":                  "Infinity",
		"-1e400":                 "-Infinity",
		"0.12345678901234567890": "0.12345678901234568",
		"9007199254740993":       "9007199254740993",
		"-12345678901234567890":  "-12345678901234567890",
		"1000000000000000000000": "1000000000000000000000",
		"none":                   "none",
		"":                       "",
	} {
		if got := NumberText(literal); got != want {
			t.Errorf("%s: %s, want %s", literal, got, want)
		}
	}
}

func TestAppendFloat(t *testing.T) {
	t.Parallel()
	for want, f := range map[string]float64{
		"NaN": math.NaN(), "Infinity": math.Inf(1), "-Infinity": math.Inf(-1),
		"5e-324": math.SmallestNonzeroFloat64, "1.7976931348623157e+308": math.MaxFloat64,
	} {
		if got := string(AppendFloat([]byte("x"), f)); got != "x"+want {
			t.Errorf("%g: %s", f, got)
		}
	}
}

func TestReadInt(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]any{ // int64, or the error
		"1e18":                   int64(1e18),
		"+5":                     int64(5),
		"-1.20e1":                int64(-12),
		"9007199254740993.000":   int64(9007199254740993),
		"-9223372036854775808":   int64(math.MinInt64),
		"92233720368547758.07E2": int64(math.MaxInt64),
		"0e99999999999":          int64(0),
		"0.00":                   int64(0),
		"5.":                     int64(5),
		"1.5":                    ErrFraction.Error(),
		"15e-1":                  ErrFraction.Error(),
		"1e-99999999999":         ErrFraction.Error(),
		"9223372036854775808":    ErrRange.Error(),
		"-9223372036854775809":   ErrRange.Error(),
		"1e19":                   ErrRange.Error(),
		"1e99999999999":          ErrRange.Error(),
		"":                       "must be a whole number, not another text",
		"-":                      "must be a whole number, not another text",
		"+-5":                    "must be a whole number, not another text",
		".":                      "must be a whole number, not another text",
		"1e":                     "must be a whole number, not another text",
		"1e1.5":                  "must be a whole number, not another text",
		"1_000":                  "must be a whole number, not another text",
		"0x10":                   "must be a whole number, not another text",
		" 1 ":                    int64(1),
	} {
		var got any
		n, err := ReadInt(AppendString(nil, text))
		if got = n; err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
	for raw, want := range map[string]string{
		`true`: "must be a whole number, not a boolean",
		`null`: "must be a whole number, not null",
		`[1]`:  "must be a whole number, not a list",
		`1.5`:  ErrFraction.Error(),
		`1e99`: ErrRange.Error(),
	} {
		if n, err := ReadInt(json.RawMessage(raw)); err == nil || err.Error() != want {
			t.Errorf("%s: %d, %v, want %s", raw, n, err, want)
		}
	}
}
