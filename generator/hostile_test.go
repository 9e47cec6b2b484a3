package generator

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/conngen/conngen/internal/hostile"
	"github.com/conngen/conngen/schema"
)

// work runs the steps of validate, generate, check and diff on a spec and its next version.
func work(t testing.TB, spec, next []byte) {
	s, found := schema.Parse("connector-spec.json", spec)
	if s == nil {
		t.Fatalf("nothing can be read: %v", found)
	}
	Lint(s, testOptions)
	if !found.HasErrors() {
		files, err := Generate(s, testOptions)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			Masked(string(f.Content), s)
		}
	}
	n, _ := schema.Parse("connector-spec.json", next)
	CompareAPI(s, n, testOptions, testOptions)
}

// allocated returns how many bytes the work allocates in total. Unlike time, that is the same in
// each run, and superlinear code nearly always allocates.
func allocated(t *testing.T, spec, next []byte) float64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	work(t, spec, next)
	runtime.ReadMemStats(&after)
	return float64(after.TotalAlloc - before.TotalAlloc)
}

// TestHostileSpecs: memory grows linearly with the spec, whichever part of it grows. It is not
// parallel, since it counts what the whole process allocates.
func TestHostileSpecs(t *testing.T) {
	const most = 1.4 // growth allowed per byte of the spec
	for _, k := range hostile.Kinds() {
		n := max(k.Small/4, 2)
		small, large := k.Spec(n, 0), k.Spec(2*n, 0)
		if _, found := schema.Parse("spec.json", small); found.HasErrors() != k.Wrong {
			t.Errorf("%s: %d errors, first of %v", k.Name, found.Count(schema.Error), found[:min(1, len(found))])
		}
		once := allocated(t, small, k.Spec(n, 1)) / float64(len(small))
		twice := allocated(t, large, k.Spec(2*n, 1)) / float64(len(large))
		if twice > most*once {
			t.Errorf("%s: %.0f bytes for each of the spec, and %.0f in one of twice the size", k.Name, once, twice)
		}
	}
}

// BenchmarkHostile works on specs of two sizes. The time per byte should not differ.
func BenchmarkHostile(b *testing.B) {
	for _, k := range hostile.Kinds() {
		for _, n := range []int{k.Small, 2 * k.Small} {
			b.Run(fmt.Sprintf("%s/%d", k.Name, n), func(b *testing.B) {
				spec, next := k.Spec(n, 0), k.Spec(n, 1)
				b.SetBytes(int64(len(spec)))
				b.ReportAllocs()
				for b.Loop() {
					work(b, spec, next)
				}
			})
		}
	}
}
